"""No job is lost: each one submitted in the window is counted in one place, in whatever way it is asked and shown."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_centers import random_center

from onecenter.cli.main import main
from onecenter.scenario import Scenario
from onecenter.scenario.toml import dump
from onecenter.workload.build import build

PLACES = ("in_time", "late", "refused", "cancelled_waiting", "open")

#: Numbers of random scenarios: a few on each run of the tests, more where there is time, all at night.
FEW, SOME, ALL = range(12), range(12, 72), range(500)


def expected(scenario: Scenario) -> dict[str, int]:
    """Return by platform how many jobs are submitted in the window, from the drawn jobs alone."""
    jobs = build(scenario)
    inside = (jobs.submit >= scenario.time.warmup) & (jobs.submit < scenario.time.horizon)
    return {name: int((inside & (jobs.platform == index)).sum()) for index, name in enumerate(jobs.platforms)}


def json_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what a command prints with --json."""
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def check_part(part: Mapping[str, Any], count: int) -> None:
    """Fail unless a platform's or the center's figures are about so many jobs, each counted once."""
    assert part["submitted"] == count
    assert sum(part[name] for name in PLACES) == count
    assert part["started"] + part["waiting"] + part["cancelled_waiting"] + part["refused"] == count
    assert part["ended"] + part["running"] == part["started"]
    assert part["waiting_at_horizon"] <= part["unfinished"] <= count - part["refused"]
    assert part["open"] <= part["waiting"]
    if not part["targets"]:
        assert (part["in_time"], part["late"]) == (part["started"], 0)


def check_target(one: Mapping[str, Any], percent: float) -> None:
    """Fail unless a judgement counts each of its jobs once and its verdict follows from the counts."""
    assert sum(one[name] for name in PLACES) == one["jobs"]
    enough = one["jobs"] * percent / 100 - 1e-9
    met, possible = one["in_time"] >= enough, one["in_time"] + one["open"] >= enough
    verdict = "undecided" if one["jobs"] == 0 else "met" if met else "undecided" if possible else "missed"
    assert one["verdict"] == verdict
    assert (one["reason"] == "") == (verdict == "met")


def check_bounds(part: Mapping[str, Any]) -> None:
    """Fail unless each figure lies between its bounds, and is given exactly where they agree."""
    for name, value, low, high in with_bounds(part):
        if low is None or high is None or low != high:
            assert value is None, name
            assert low is None or high is None or low < high, name
        else:
            assert value == low, name
    for group in ("wait_s", "jct_s"):
        lows = [part[group][f"p{percent}_low"] for percent in (50, 95, 99)]
        assert lows == sorted(lows, key=lambda low: np.inf if low is None else low)


def with_bounds(part: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any, Any]]:
    """Give each figure that has bounds: name, value, low, high."""
    for group in ("wait_s", "jct_s", "bounded_slowdown"):
        for key in part[group]:
            if f"{key}_low" in part[group]:
                yield f"{group}.{key}", part[group][key], part[group][f"{key}_low"], part[group][f"{key}_high"]
    yield "makespan_s", part["makespan_s"], part["makespan_low_s"], part["makespan_high_s"]
    yield "on_time", part["on_time"], part["on_time_low"], part["on_time_high"]


def check_summary(summary: Mapping[str, Any], counts: Mapping[str, int]) -> None:
    """Fail unless a summary's figures are about these jobs, per platform, target and center."""
    assert list(summary["platforms"]) == list(counts)
    for name, part in summary["platforms"].items():
        check_part(part, counts[name])
    check_part(summary["center"], sum(counts.values()))
    for part in (summary["center"], *summary["platforms"].values()):
        check_bounds(part)
        for one in part["targets"]:
            check_target(one, float(one["what"].split()[1].removeprefix("p")))
    for name in (*PLACES, "submitted", "started", "unfinished"):
        assert summary["center"][name] == sum(part[name] for part in summary["platforms"].values())


@pytest.fixture
def written(tmp_path: Path, number: int) -> str:
    """Return the path of a random scenario."""
    path = tmp_path / "random.toml"
    path.write_text(dump(random_center(number).resolved()), encoding="utf-8")
    return str(path)


def check_run_and_compare(written: str, number: int, policies: str, capsys: pytest.CaptureFixture[str]) -> None:
    counts = expected(random_center(number))
    ran: dict[str, Any] = json_of(capsys, "run", written)
    check_summary(ran, counts)
    compared = json_of(capsys, "compare", written, "--policies", policies)["policies"]
    for summary in compared.values():
        check_summary(summary, counts)
    assert len({summary["center"]["refused"] for summary in (ran, *compared.values())}) == 1


@pytest.mark.parametrize("number", FEW)
def test_run_and_compare_lose_no_job(written: str, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    check_run_and_compare(written, number, "fifo,easy", capsys)


@pytest.mark.slow
@pytest.mark.parametrize("number", SOME)
def test_run_and_compare_lose_no_job_of_some(written: str, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    check_run_and_compare(written, number, "fifo", capsys)


@pytest.mark.nightly
@pytest.mark.parametrize("number", ALL)
def test_run_and_compare_lose_no_job_of_many(written: str, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    check_run_and_compare(written, number, "fifo", capsys)

"""Figures of a run are about every job of its window: those that can never run, wait on, or leave count too."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main

PLACES = ("in_time", "late", "refused", "cancelled_waiting", "open")

HEAD = """
[time]
start = "2026-03-02T00:00:00+08:00"
horizon = "{horizon}"
[center.nodes.n]
count = {nodes}
accelerators = {accelerators}
[policy]
order = "fifo"
backfill = "none"
[platforms.p]
{targets}
"""

#: Some ask 1 accelerator, the others 32, twice what a center of 16 has.
TOO_LARGE = """
[platforms.p.demand.s]
arrivals = {{ kind = "poisson", rate = "{rate} / h" }}
sizes = [{{ share = {small}, accelerators = 1 }}, {{ share = {large}, accelerators = 4, tasks = 8 }}]
run_time = {{ kind = "exponential", mean = "1 h" }}
"""


def scenario(
    path: Path, demand: str, targets: str = "", nodes: int = 1, accelerators: int = 1, horizon: str = "100 h"
) -> str:
    """Write a scenario of one platform; return its path."""
    head = HEAD.format(horizon=horizon, nodes=nodes, accelerators=accelerators, targets=targets)
    path.write_text(head + demand, encoding="utf-8")
    return str(path)


def listed(jobs: list[dict[str, str | int]]) -> str:
    """Return a stream of listed jobs; values as TOML."""
    rows = ["{ " + ", ".join(f"{name} = {json.dumps(value)}" for name, value in job.items()) + " }" for job in jobs]
    return f"[platforms.p.demand.s]\njobs = [{', '.join(rows)}]\n"


def one_by_one(count: int, every_minutes: int, run_minutes: int) -> str:
    """Return jobs of one accelerator each, at equal distances."""
    return listed(
        [
            {"submit": f"{every_minutes * k} min", "run_time": f"{run_minutes} min", "accelerators": 1}
            for k in range(count)
        ]
    )


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """Return what a command prints on both streams."""
    assert main(list(arguments)) == status
    found = capsys.readouterr()
    return found.out + found.err


def figures(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    return dict(json.loads(printed(capsys, *arguments, "--json")))


# ---- 1.2: 70 % of the jobs are larger than the center.


@pytest.fixture
def too_large(tmp_path: Path) -> str:
    demand = TOO_LARGE.format(rate=6, small=0.3, large=0.7)
    targets = 'wait = { p90 = "2 h" }\n'
    return scenario(tmp_path / "large.toml", demand, targets, nodes=4, accelerators=4, horizon="10 d")


@pytest.mark.case("1.2-1")
def test_jobs_that_can_never_run_miss_their_target(too_large: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(capsys, "run", too_large)
    workload = oc.run(too_large).workload
    small = int((workload.gang == 1_000).sum())
    part = found["platforms"]["p"]
    assert (part["submitted"], part["refused"]) == (len(workload), len(workload) - small)
    (target,) = part["targets"]
    assert (target["verdict"], target["in_time"], target["jobs"]) == ("missed", small, len(workload))
    assert 0.25 < target["within"] < 0.35
    assert "can never run on this center" in target["reason"]


@pytest.mark.case("1.2-2")
def test_a_condition_on_the_target_of_jobs_that_can_never_run_holds(
    too_large: str, capsys: pytest.CaptureFixture[str]
) -> None:
    condition = "platforms.p.meets_target == false"
    assert condition in printed(capsys, "run", too_large, "--fail-if", condition, status=1)


@pytest.mark.case("1.2-3")
@pytest.mark.parametrize("command", ["run", "compare"])
def test_refused_is_a_column_and_said(command: str, too_large: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, command, too_large)
    assert "can never run" in next(line for line in text.splitlines() if "p95" in line and "use" in line)
    workload = oc.run(too_large).workload
    never = f"{int((workload.gang > 16_000).sum()):,} of {len(workload):,} jobs can never run on this center"
    assert never in text


@pytest.mark.case("1.2-4")
@pytest.mark.parametrize(("language", "says"), [("en", "can never run on this center"), ("zh", "永远无法运行")])
def test_the_report_says_who_can_never_run(
    language: str, says: str, too_large: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    printed(capsys, "run", too_large, "--out", str(tmp_path / "out"))
    printed(capsys, "report", str(tmp_path / "out"), "-o", str(page), "--lang", language)
    text = page.read_text(encoding="utf-8")
    assert says in text
    assert not re.search("100.? ?%", text[text.index("<table") :].split("</table>")[0])


# ---- 1.3: the same demand on 4 and on 8 nodes.


@pytest.mark.case("1.3")
def test_more_nodes_do_not_look_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demand = TOO_LARGE.format(rate=2, small=0.93, large=0.07)
    path = scenario(tmp_path / "both.toml", demand, 'wait = { p95 = "2 d" }\n', 4, 4, "20 d")
    four, eight = (figures(capsys, "run", path, "--set", f"center.nodes.n.count={nodes}") for nodes in (4, 8))
    waits = [each["center"]["wait_s"] for each in (four, eight)]
    bounds = [math.inf if wait["p95"] is None else wait["p95"] for wait in waits]
    assert bounds[0] == math.inf > bounds[1] > 0
    assert [each["center"]["targets"][0]["verdict"] for each in (four, eight)] == ["missed", "met"]
    assert "can never run" in four["center"]["targets"][0]["reason"]
    assert eight["center"]["refused"] == 0


# ---- 2.1: a 1-h job every 30 min on one accelerator: the k-th waits k/2 h.


@pytest.fixture
def twice_too_much(tmp_path: Path) -> str:
    return scenario(tmp_path / "twice.toml", one_by_one(200, 30, 60), 'wait = { p50 = "60 h" }\n')


@pytest.mark.case("2.1-1")
def test_one_rank_over_all_jobs(twice_too_much: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(capsys, "run", twice_too_much)
    # The 100th of the waits 0, 0.5, …, 99.5 h.
    ranks = [found[part]["wait_s"]["p50"] for part in ("center",)] + [found["platforms"]["p"]["wait_s"]["p50"]]
    assert ranks == [178_200, 178_200]
    assert found["platforms"]["p"]["targets"][0]["measured"] == 178_200
    assert oc.run(twice_too_much).platforms["wait_p50_s"].to_list() == [178_200]


@pytest.mark.case("2.1-2")
def test_the_other_ranks_and_the_mean(twice_too_much: str, capsys: pytest.CaptureFixture[str]) -> None:
    wait = figures(capsys, "run", twice_too_much)["center"]["wait_s"]
    assert (wait["p95"], wait["p99"]) == (189 * 1_800, 197 * 1_800)
    assert wait["mean"] == pytest.approx(1_800 * 199 / 2)


# ---- 2.2: overloaded queues.


@pytest.mark.case("2.2-1")
def test_means_and_stays_are_about_all_jobs(twice_too_much: str, capsys: pytest.CaptureFixture[str]) -> None:
    center = figures(capsys, "run", twice_too_much)["center"]
    assert center["jct_s"]["mean"] == pytest.approx(1_800 * 199 / 2 + 3_600)
    assert center["jct_s"]["p50"] == 178_200 + 3_600
    # The last ends at 200 h, and none of the jobs is left out.
    assert center["makespan_s"] == 200 * 3_600
    assert (center["submitted"], center["started"]) == (200, 200)


@pytest.mark.case("2.2-2")
def test_policies_are_compared_on_the_same_jobs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Long and short jobs in turn, twice what one accelerator can do: shortest first starves the long ones to the end.
    jobs: list[dict[str, str | int]] = [
        {"submit": f"{30 * k} min", "run_time": f"{(110, 10)[k % 2]} min", "accelerators": 1} for k in range(40)
    ]
    path = scenario(tmp_path / "mixed.toml", listed(jobs), horizon="20 h")
    found = figures(capsys, "compare", path, "--policies", "fifo,sjf")["policies"]
    run = [(110, 10)[k % 2] for k in range(40)]
    orders: dict[str, Callable[[int], Any]] = {"fifo": lambda job: job, "sjf": lambda job: (run[job], job)}
    for name, order in orders.items():
        center = found[name]["center"]
        assert center["wait_s"]["mean"] == pytest.approx(60 * mean_wait(run, order))
        assert center["started"] == 40


def mean_wait(run: list[int], order: Callable[[int], Any]) -> float:
    """Return the mean wait (min) of jobs that come every 30 min, one at a time, the first in order of those there."""
    left, now, waits = list(range(len(run))), 0, []
    while left:
        now = max(now, 30 * left[0])
        job = min((job for job in left if 30 * job <= now), key=order)
        left.remove(job)
        waits.append(now - 30 * job)
        now += run[job]
    return sum(waits) / len(waits)


@pytest.mark.case("2.2-3")
@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_queue_that_grows_is_said(command: str, twice_too_much: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "the queue grows: 100 jobs of the window wait at its end" in printed(capsys, command, twice_too_much)


@pytest.mark.case("2.2-4")
def test_what_the_cap_leaves_open_is_a_bracket(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Class B comes before A for ever and fills the center: of A, two jobs in three wait to the cap.
    demand = """
[platforms.p.demand.first]
priority = 5
arrivals = { kind = "timetable", slots = ["mon 00:00"], roster = 1 }
sizes = [{ accelerators = 1 }]
run_time = { kind = "constant", value = "400 d" }
[platforms.p.demand.later]
jobs = [
  { submit = "1 h", run_time = "1 h", accelerators = 1 },
  { submit = "2 h", run_time = "1 h", accelerators = 1 },
]
"""
    path = scenario(tmp_path / "open.toml", demand, 'wait = { p50 = "1 y" }\n', horizon="1 d")
    center = figures(capsys, "run", path)["center"]
    assert (center["submitted"], center["started"], center["open"]) == (3, 1, 2)
    wait = center["wait_s"]
    # They still wait 11 days after the start.
    assert (wait["p50"], wait["p50_low"], wait["p50_high"]) == (None, (11 * 24 - 2) * 3_600, None)
    assert (wait["mean"], wait["mean_low"], wait["mean_high"]) == (None, (2 * 11 * 24 - 3) * 1_200, None)
    assert center["targets"][0]["verdict"] == "undecided"
    assert "≥ 11 d" in printed(capsys, "run", path)


# ---- 2.3: bounded slowdown.


@pytest.mark.case("2.3-1")
def test_bounded_slowdown_is_about_all_jobs(twice_too_much: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(capsys, "run", twice_too_much)["center"]["bounded_slowdown"]
    slowdowns = [1 + k / 2 for k in range(200)]
    assert found["mean"] == pytest.approx(sum(slowdowns) / 200)
    assert found["p95"] == slowdowns[189]


@pytest.mark.case("2.3-2")
def test_slowdown_does_not_prefer_the_policy_that_starves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # A long job holds the center to the end of the window; of those that wait, five short ones go before a long one.
    jobs: list[dict[str, str | int]] = [{"submit": "0 s", "run_time": "50 min", "accelerators": 1}]
    jobs += [{"submit": "1 min", "run_time": "30 min", "accelerators": 1}]
    jobs += [{"submit": f"{2 + k} min", "run_time": "1 min", "accelerators": 1} for k in range(5)]
    path = scenario(tmp_path / "starve.toml", listed(jobs), horizon="1 h")
    found = figures(capsys, "compare", path, "--policies", "fifo,sjf")["policies"]
    # First come, first served: the k-th short one came at 2 + k min and starts at 80 + k.
    fifo = [1, (49 + 30) / 30, *[78 + 1] * 5]
    assert found["fifo"]["center"]["bounded_slowdown"]["mean"] == pytest.approx(sum(fifo) / 7)
    # Shortest first: they start at 50 + k, the long one at 55.
    sjf = [1, (54 + 30) / 30, *[48 + 1] * 5]
    assert found["sjf"]["center"]["bounded_slowdown"]["mean"] == pytest.approx(sum(sjf) / 7)


# ---- 2.4: 6 of 21 jobs late, 5 % allowed.


@pytest.mark.case("2.4")
def test_a_verdict_is_a_fact_also_about_few_jobs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 15 jobs find the center empty; six come at one instant behind a long one, and wait for an hour.
    jobs: list[dict[str, str | int]] = [
        {"submit": f"{10 * k} min", "run_time": "1 min", "accelerators": 1} for k in range(14)
    ]
    jobs += [{"submit": "200 min", "run_time": "60 min", "accelerators": 1}]
    jobs += [{"submit": "200 min", "run_time": "1 min", "accelerators": 1} for _ in range(6)]
    path = scenario(tmp_path / "few.toml", listed(jobs), 'wait = { p95 = "10 min" }\n', horizon="10 h")
    (target,) = figures(capsys, "run", path)["center"]["targets"]
    assert (target["verdict"], target["few"]) == ("missed", True)
    assert (target["jobs"], target["in_time"], target["late"]) == (21, 15, 6)
    assert "few jobs" in printed(capsys, "run", path)


# ---- Replays, and other members of the kinds.


@pytest.mark.case("2.1-3")
def test_a_replay_with_a_horizon_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "queue.swf"
    rows = [f"{k + 1} {1_800 * k} -1 3600 1 -1 -1 1 3600 -1 1 1 1 -1 1 -1 -1 -1" for k in range(20)]
    log.write_text("; MaxProcs: 1\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = figures(capsys, "replay", str(log), "--processors", "1", "--horizon", "10 h", "--backfill", "none")
    assert found["center"]["wait_s"]["p50"] == 9 * 1_800
    assert found["center"]["wait_s"]["mean"] == pytest.approx(1_800 * 19 / 2)


@pytest.mark.case("2.1-4")
def test_reasons_are_those_of_the_whole_wait(twice_too_much: str) -> None:
    rows = oc.run(twice_too_much).reasons
    assert rows["wait_ms"].to_list() == [1_800_000 * sum(range(200))]


@pytest.mark.case("2.1-5")
def test_a_deadline_of_a_job_that_never_runs_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demand = listed([
        {"submit": "0 s", "run_time": "90 min", "accelerators": 1},
        {"submit": "0 s", "run_time": "90 min", "accelerators": 1, "tasks": 2},
        {"submit": "1 min", "run_time": "90 min", "accelerators": 1},
    ]) + 'deadline = { after = "2 h" }\n'  # fmt: skip
    path = scenario(tmp_path / "due.toml", demand, horizon="1 h")
    # One runs at the horizon and ends in time, one can never run, one ends after three hours.
    assert figures(capsys, "run", path)["center"]["on_time"] == pytest.approx(1 / 3)


@pytest.mark.case("2.1-6")
def test_the_digest_is_that_of_the_rows_before_the_horizon(twice_too_much: str) -> None:
    from onecenter.results.log import digest

    result = oc.run(twice_too_much)
    before = result.decisions[result.decisions["t"] < result.window.horizon]
    assert result.log_digest == digest(before)
    assert len(before) < len(result.decisions)

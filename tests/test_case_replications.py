"""Wrong answers about replications that an outside trial found: intervals, overload, nothing drawn, is it enough."""

import json
from pathlib import Path
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError
from onecenter.scenario import Scenario, load, with_set

#: The p99 wait of M/M/8 at 0.8 in mean service times, which are 1,000 s: ln(0.45764 / 0.01) / 1.6.
P99 = 2389.69


def mmc(servers: int, load_: float, horizon: str, **more: Any) -> Scenario:
    """Return M/M/c with a mean service time of 1,000 s."""
    rate = f"{3.6 * servers * load_} / h"
    values = {"time.horizon": horizon, "center.nodes.server.count": servers} | more
    return with_set(load("mm-c"), values | {"platforms.queue.demand.customers.arrivals.rate": rate})


def figure(scenario: Scenario, name: str, n: int = 10) -> dict[str, Any]:
    """Return a figure of the center over replications."""
    rows = oc.replicate(scenario, n).figures().filter(platform="center", figure=name).to_dicts()
    return rows[0]


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Return what a command prints with --json."""
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# ---- the interval of a p99 covers, or is withheld with the reason


@pytest.mark.case("2.5-1")
def test_an_interval_is_withheld_where_too_little_is_known() -> None:
    # 24 h of 23 jobs, ten times: 55 of them lie beyond p99, in a few queues.
    row = figure(mmc(8, 0.8, "3 d"), "wait p99")
    assert row["value"] > 0
    assert (row["low"], row["high"]) == (None, None)
    assert "too few long queues" in row["reason"]


@pytest.mark.slow
@pytest.mark.case("2.5-2")
def test_the_interval_of_p99_covers() -> None:
    shown = [figure(mmc(8, 0.8, "11 d", **{"time.seed": seed}), "wait p99") for seed in range(50)]
    known = [row for row in shown if row["low"] is not None]
    covered = sum(row["low"] <= P99 <= row["high"] for row in known)
    assert len(known) > 30
    assert covered >= 0.92 * len(known)


@pytest.mark.case("2.6")
@pytest.mark.parametrize("n", [2, 4])
def test_no_interval_of_waits_reaches_below_zero(n: int) -> None:
    found = oc.replicate("changsha-eighth", n).figures()
    assert found["low"].drop_nulls().len() > 0
    assert found["low"].min() >= 0  # type: ignore[operator]


# ---- nothing is drawn


@pytest.mark.case("2.7-1")
@pytest.mark.parametrize("command", ["run", "compare"])
def test_replications_of_listed_jobs_are_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "tiny", "--replications", "3"]) == 2
    assert "nothing in it is drawn at random" in capsys.readouterr().err


@pytest.mark.case("2.7-2")
def test_listed_jobs_are_no_replications_in_python() -> None:
    for call in (
        lambda: oc.replicate("tiny", 3).figures(),
        lambda: oc.compare(["fifo", "easy"], "tiny", n=3).table,
        lambda: oc.plan("tiny", "center.nodes.small.count=1:4"),
    ):
        with pytest.raises(OnecenterError, match="nothing in it is drawn at random"):
            call()


@pytest.mark.case("2.7-3")
def test_listed_jobs_are_no_sweep_of_replications(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("sweep", "tiny", "--vary", "center.nodes.small.count=1,2", "--out", str(tmp_path / "out"))
    assert main([*words, "--replications", "2"]) == 2
    assert "nothing in it is drawn at random" in capsys.readouterr().err


@pytest.mark.case("2.7-4")
def test_a_platform_on_which_nothing_is_drawn_has_no_p_value() -> None:
    # Two jobs are listed for a node of their own; only the other platform's jobs are drawn.
    listed = [{"submit": f"{minute} min", "run_time": "1 h", "accelerators": 1} for minute in (0, 10)]
    scenario = mmc(
        2,
        0.7,
        "3 d",
        **{
            "time.warmup": "0 d",
            "center.nodes.own": {"count": 1, "accelerators": 1},
            "platforms.queue.demand.customers.node_types": ["server"],
            "platforms.lab": {"demand": {"fixed": {"node_types": ["own"], "jobs": listed}}},
        },
    )
    more = with_set(scenario, {"center.nodes.own.count": 2})
    table = oc.compare({"one": scenario, "two": more}, n=4).table
    row = table.filter(platform="lab").to_dicts()[0]
    assert (row["base_s"], row["other_s"]) == (1_500, 0)
    assert (row["p"], row["beyond_chance"]) == (None, None)
    assert "nothing is drawn" in row["reason"]


# ---- a transient is not overload


@pytest.mark.case("2.8-1")
@pytest.mark.parametrize(
    ("servers", "mean", "values"),
    [
        (4, "1 h", {"time.warmup": "0 d", "time.seed": 1006}),
        (8, "1 h", {"time.warmup": "1 h", "time.seed": 1003}),
        (8, "1000 s", {"time.warmup": "1 h", "time.seed": 1018}),
    ],
)
def test_a_center_that_still_fills_is_not_overloaded(servers: int, mean: str, values: dict[str, Any]) -> None:
    scale = {"1 h": 1 / 3.6, "1000 s": 1.0}[mean]
    more = {"platforms.queue.demand.customers.run_time.mean": mean, **values}
    assert not oc.replicate(mmc(servers, 0.96 * scale, "4 d", **more), 10).overloaded
    assert oc.replicate(mmc(servers, 1.05 * scale, "4 d", **more), 10).overloaded


@pytest.mark.case("2.8-2")
def test_a_comparison_says_which_side_is_overloaded() -> None:
    free, full = mmc(4, 0.5, "8 d"), mmc(4, 1.2, "8 d")
    found = oc.compare({"free": free, "full": full}, n=4)
    assert found.as_dict()["sides"] == {"free": {"overloaded": False}, "full": {"overloaded": True}}
    assert "overloaded under full" in found.text()


# ---- is today's fleet enough

ENOUGH = ("run", "mm-c", "--set", "time.horizon=12 d", "--set", "platforms.queue.wait.p95='25 min'")


@pytest.mark.case("4.6-1")
def test_is_the_fleet_enough(capsys: pytest.CaptureFixture[str]) -> None:
    # The p95 of M/M/8 is 23 min at 0.8 and 52 min at 0.9: 25 min are enough for the one, not for the other.
    found = printed(capsys, *ENOUGH, "--replications", "40")
    (target,) = found["center"]["targets"]
    assert target["in_time_low"] < target["in_time"] < target["in_time_high"]
    assert target["low"] < target["value"] < target["high"]
    assert (target["verdict"] == "met") == (target["in_time_low"] >= 0.95) == (target["high"] <= 1_500)
    busier = printed(capsys, *ENOUGH, "--replications", "10", "--demand", "1.125")
    (target,) = busier["platforms"]["queue"]["targets"]
    assert (target["verdict"], busier["demand"], busier["center"]["meets_target"]) == ("missed", 1.125, False)
    assert target["in_time_high"] < 0.95


@pytest.mark.case("4.6-2")
def test_whether_the_fleet_is_enough_can_fail_a_build(capsys: pytest.CaptureFixture[str]) -> None:
    words = [*ENOUGH, "--replications", "10", "--workers", "1", "--demand", "1.125"]
    assert main([*words, "--fail-if", "center.meets_target == false"]) == 1
    assert "✗ missed  p95 wait  ≤ 25 min" in capsys.readouterr().out
    assert main([*words, "--fail-if", "center.meets_tarket == false"]) == 2


@pytest.mark.case("4.6-3")
def test_options_that_need_replications_are_refused_without(capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--demand", "--workers"):
        assert main(["run", "mm-c", option, "2"]) == 2
        assert f"{option}: --replications is expected beside it" in capsys.readouterr().err
    assert main(["run", "mm-c", "--replications", "2", "--stride", "event"]) == 2
    assert "--stride" in capsys.readouterr().err

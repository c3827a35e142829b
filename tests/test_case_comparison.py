"""Wrong answers about comparisons that an outside trial found: one hypothesis per row, one adjustment."""

import json
from functools import cache
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.scenario import Scenario, load, with_set

#: Arrivals are so rare that in some replications nobody waits.
RARE = ("--set", "time.horizon=2 d", "--set", "time.warmup=1 d", "--set", "platforms.queue.demand.customers.scale=0.3")


@cache
def three_policies() -> list[dict[str, Any]]:
    """Return the rows of three policies on few replications."""
    return oc.compare(["fifo", "easy", "easy-sjbf"], "changsha-eighth", n=4).table.to_dicts()


@pytest.mark.case("9.1-1")
def test_the_interval_and_the_verdict_say_the_same() -> None:
    rows = three_policies()
    ends = {"ratio": ("ratio_low", "ratio_high", 1), "difference": ("difference_low_s", "difference_high_s", 0)}
    for row in rows:
        # Where there is a ratio it is tested: its interval leaves 1 out exactly where it is called beyond chance.
        low, high, null = ends["ratio" if row["ratio"] is not None else "difference"]
        left_out = row[low] > null or row[high] < null
        assert left_out == row["beyond_chance"], row
    assert {row["beyond_chance"] for row in rows} == {True, False}


@pytest.mark.case("9.1-2")
def test_a_row_tests_one_thing() -> None:
    for row in three_policies():
        other = "difference_low_s" if row["tested"] == "ratio" else "ratio_low"
        assert row[other] is None
        assert (row["p"] < 0.05) == row["beyond_chance"]


@pytest.mark.case("9.2")
def test_where_nobody_waits_the_difference_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "mm-c", "--policies", "fifo,sjf", "--replications", "4", *RARE]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("queue ")]
    assert " s (" in line or " ms (" in line
    assert "(−" in line or "(+" in line


@pytest.mark.case("9.3")
def test_window_cut_and_replications_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "mm-c", "--policies", "fifo,sjf", "--replications", "3", "--set", "time.horizon=12 d"]
    assert main(words) == 0
    assert "3 paired replications; the first 2 d are cut (as the scenario says), the window is 10 d" in (
        capsys.readouterr().out
    )
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["window_s"] == {"warmup": 2 * 86_400, "horizon": 12 * 86_400}
    assert (found["replications"], found["cut"]) == (3, "as the scenario says")


def sides() -> dict[str, Scenario]:
    """Return a center that forgets its start soon, and one that does not."""
    plain = with_set(load("mm-c"), {"time.horizon": "12 d", "time.warmup": "0 d"})
    return {str(scale): with_set(plain, {"platforms.queue.demand.customers.scale": scale}) for scale in (0.6, 1.2)}


@pytest.mark.case("9.4")
def test_the_cut_does_not_depend_on_who_comes_first() -> None:
    found = sides()
    turned = dict(reversed(found.items()))
    (row,), (back,) = (oc.compare(each, n=2).table.filter(platform="queue").to_dicts() for each in (found, turned))
    # The same jobs are counted, so that each side has the same mean.
    assert (row["base"], row["base_s"], row["other"]) == (back["other"], back["other_s"], back["base"])
    # It is the longest of the cuts that each would make alone.
    own = [oc.replicate(scenario, 1).task.measurement.window.warmup for scenario in found.values()]
    both = {run.task.measurement.window.warmup for run in oc.compare(found, n=2).runs.values()}
    assert min(own) < max(own)
    assert both == {max(own)}


@pytest.mark.case("9.5")
def test_a_condition_reaches_each_pair(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "mm-c", "--policies", "fifo,sjf,largest-first", "--replications", "3"]
    words += ["--set", "time.horizon=6 d"]
    for other in ("sjf", "largest-first"):
        assert main([*words, "--fail-if", f"pairs.{other}.center.p <= 1"]) == 1
        assert f"pairs.{other}.center.p" in capsys.readouterr().err
    assert main([*words, "--fail-if", "pairs.nobody.center.p <= 1"]) == 2


@pytest.mark.case("9.6")
def test_workers_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "mm-c", "--replications", "3", "--policies", "fifo,sjf", "--set", "time.horizon=5 d", "--json"]
    assert main([*words, "--workers", "1"]) == 0
    alone = capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr().out == alone


@pytest.mark.case("9.7-1")
def test_sides_that_refuse_different_jobs_have_no_ratio() -> None:
    # A job of two accelerators in ten has no node on the smaller center.
    sizes = [{"accelerators": 1, "share": 0.9}, {"accelerators": 2, "share": 0.1}]
    one = with_set(load("mm-c"), {"time.horizon": "5 d", "platforms.queue.demand.customers.sizes": sizes})
    two = with_set(one, {"center.nodes.server.accelerators": 2})
    (row, _) = oc.compare({"one": one, "two": two}, n=3).table.to_dicts()
    assert (row["ratio"], row["p"], row["beyond_chance"]) == (None, None, None)
    assert row["base_refused"] > 0
    assert row["other_refused"] == 0
    assert "different jobs" in row["reason"]


@pytest.mark.case("9.7-2")
def test_a_side_that_leaves_jobs_waiting_has_a_bound_and_no_ratio() -> None:
    # Short jobs of one accelerator pass by those of four for as long as the run goes on.
    sizes = [{"accelerators": 1, "share": 0.95}, {"accelerators": 4, "share": 0.05}]
    stream = "platforms.queue.demand.customers"
    values = {f"{stream}.sizes": sizes, f"{stream}.scale": 0.62, "center.nodes.server": {"count": 1, "accelerators": 4}}
    scenario = with_set(load("mm-c"), {"time.horizon": "12 h", "time.warmup": "2 h", **values})
    policies = {"fifo": "fifo", "smallest": oc.Policy("smallest-first", "easy")}
    (row, _) = oc.compare(policies, scenario, n=3).table.to_dicts()
    assert row["other_open"] > 0
    assert (row["other_s"], row["ratio"], row["p"]) == (None, None, None)
    assert row["other_low_s"] > 0
    assert "still waited" in row["reason"]

"""Plans: judging targets by hand, several node types against exhaustive search, words, bad input."""

import json
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError
from onecenter.experiments.assessment import _verdict, _verdict_of_periods
from onecenter.planning.candidates import Candidates
from onecenter.planning.economics import yearly_cost
from onecenter.planning.fleets import fleet_of
from onecenter.planning.limits import Limits
from onecenter.scenario import Scenario, from_dict, load, with_set
from onecenter.statistics.estimates import Estimate

PATH = "center.nodes.server.count"


def queue(**more: Any) -> Scenario:
    """Return M/M/c, mean service 1,000 s, 6.4 servers' work, with a target; 60 days."""
    values = {"time.horizon": "30 d", "platforms.queue.wait": {"p95": "20 min"}}
    return with_set(load("mm-c"), values | more)


@pytest.mark.parametrize(
    ("low", "high", "withheld", "verdict"),
    [
        (0.01, 0.04, "", "met"),
        (0.01, 0.05, "", "met"),
        (0.01, 0.06, "", "undecided"),
        (0.06, 0.09, "", "missed"),
        (0.0, 0.0, "too few long queues", "undecided"),
        (0.06, 0.09, "too few long queues", "missed"),
        (None, None, "", "undecided"),
    ],
)
def test_verdicts(low: float | None, high: float | None, withheld: str, verdict: str) -> None:
    assert _verdict(Estimate(0.05, low, None), Estimate(0.05, None, high), 0.05, withheld) == verdict


@pytest.mark.parametrize(
    # Of 59 periods none: 1 - 0.05^(1/59) = 0.0495; of 58: 0.0503.
    ("missed", "periods", "verdict"),
    [(0, 59, "met"), (0, 58, "undecided"), (20, 60, "missed"), (3, 60, "undecided")],
)
def test_verdicts_of_periods(missed: int, periods: int, verdict: str) -> None:
    seen = np.arange(periods) < missed
    assert _verdict_of_periods(seen, 0.05, 0.95) == verdict


def test_a_plan_of_one_type() -> None:
    found = oc.plan(queue(), {PATH: (6, 12)})
    # P(wait > 20 min) is 0.067 at 8 servers and 0.011 at 9.
    assert found.answer == {PATH: 9}
    assert found.undecided == []
    assert "9 nodes" in found.text()
    assert "8 miss it" in found.text()
    assert "9 个节点" in found.text("zh")
    assert "95 分位等待时间" in found.text("zh")
    assert found.table.filter(pl.col(PATH) == 9)["verdict"].to_list() == ["met"]
    assert {each["cost"] for each in found.tried} == {None}
    plain = json.loads(json.dumps(found.as_dict()))
    assert plain["meets"]["queue"]["wait_s"] < 1_200
    assert found.plot.frontier() is not None


def test_a_plan_on_periods() -> None:
    strict = oc.plan(queue(), {PATH: (6, 14)}, periods=0.9)
    assert strict.answer[PATH] >= 9


def test_more_demand_takes_more_nodes() -> None:
    assert oc.plan(queue(), {PATH: (8, 16)}, demand=1.4).answer[PATH] > 9


def test_a_range_is_guessed() -> None:
    assert oc.plan(queue(), PATH).answer == {PATH: 9}


# ---- two types under a budget

TYPES = {
    "center.nodes": {
        "small": {"count": 1, "accelerators": 1, "price": 100_000.0, "full_power": "1 kW"},
        "large": {"count": 1, "accelerators": 3, "price": 260_000.0, "full_power": "4 kW"},
    }
}
RANGES = {"center.nodes.small.count": (1, 6), "center.nodes.large.count": (1, 6)}


def two_types() -> Scenario:
    """Return the queue on nodes of one and of three accelerators."""
    plain = queue().resolved()
    plain["center"] = {"nodes": TYPES["center.nodes"], "site": {"tariff": 0.1}}
    return from_dict(plain, "two-types")


TYPES_VARIED = tuple(path.split(".")[2] for path in RANGES)


@pytest.fixture(scope="module")
def every_fleet() -> Candidates:
    """Return the six by six fleets, each decided when it is first asked for."""
    return Candidates(two_types(), TYPES_VARIED, 40, None, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    "limits", [Limits(minimise="cost"), Limits(budget=200_000.0)]
)
def test_a_mix_as_exhaustive_search(limits: Limits, every_fleet: Candidates) -> None:
    scenario = two_types()
    found = oc.plan(scenario, RANGES, limits=limits, replications=40)
    good = []
    for values in product(range(1, 7), range(1, 7)):
        fleet = fleet_of(scenario, TYPES_VARIED, values)
        if not limits.broken(fleet) and every_fleet.decided(values).verdict == "met":
            good.append((limits.height(fleet), values))
    assert good
    assert found.chosen == min(good)[1]
    assert found.chosen in found.likely


def test_all_fleets_together_have_so_many_replications(monkeypatch: pytest.MonkeyPatch) -> None:
    # A first look at a few fleets, ten replications each, spends forty; so the first round, of twenty, is the last.
    monkeypatch.setattr("onecenter.planning.search.MAX_LOOKED", 1)
    found = oc.plan(two_types(), RANGES, limits=Limits(minimise="cost"), replications=40)
    assert max(one["replications"] for one in found.tried) == 20
    assert found.chosen in found.likely


def test_one_of_two_types_is_named_with_all_nodes() -> None:
    found = oc.plan(two_types(), {"center.nodes.small.count": (4, 9)}, replications=20)
    assert found.chosen is not None
    small, total = found.chosen[0], found.chosen[0] + 1
    assert found.text().startswith(f"{small} nodes of small ({total} in all)")
    assert found.text("zh").startswith(f"需要 {small} 个 small 节点（共 {total} 个节点）")


def test_the_front_falls() -> None:
    found = oc.plan(two_types(), RANGES, limits=Limits(minimise="cost"), replications=20)
    costs, waits = zip(*((one["cost"], one["worst_wait"]) for one in found.front), strict=True)
    assert list(costs) == sorted(costs)
    assert list(waits) == sorted(waits, reverse=True)
    assert yearly_cost(found.best.runs.task.scenario).total > 0
    for each in found.tried:
        fleet = fleet_of(two_types(), TYPES_VARIED, tuple(each["values"].values()))
        assert each["cost"] == pytest.approx(yearly_cost(fleet).total)


# ---- bad input

BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "unknown path": ("center.nodes.servr.count", {}, "did you mean"),
    "no count": ("platforms.queue.priority", {}, "no node count"),
    "no range": ({PATH: "6"}, {}, "16:128"),
    "words": ({PATH: "few:many"}, {}, "16:128"),
    "falling": ({PATH: (9, 6)}, {}, "as large or larger"),
    "zero": ({PATH: (0, 6)}, {}, "from 1 to"),
    "nothing": ({}, {}, "expected"),
    "demand": ({PATH: (6, 12)}, {"demand": 0.0}, "more than 0"),
    "periods": ({PATH: (6, 12)}, {"periods": 1.5}, "less than 1"),
    "replications": ({PATH: (6, 12)}, {"replications": 1}, "at least 2"),
    "both ends fail": ({PATH: (6, 8)}, {}, "even 8 nodes miss"),
    "both ends pass": ({PATH: (10, 14)}, {}, "10 nodes already meet"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_plans(case: str) -> None:
    vary, options, words = BAD[case]
    with pytest.raises(OnecenterError, match=words):
        oc.plan(queue(), vary, **options)


def test_a_plan_without_targets() -> None:
    with pytest.raises(OnecenterError, match="no platform has a target"):
        oc.plan("mm-c", {PATH: (6, 12)})


@pytest.mark.parametrize(
    "options", [{"budget": 0.0}, {"budget": -1.0}, {"power_cap": -5.0}, {"racks": 0}, {"minimise": "regret"}]
)
def test_bad_limits(options: dict[str, Any]) -> None:
    with pytest.raises(OnecenterError, match="expected"):
        Limits(**options)


def test_limits_that_nothing_keeps() -> None:
    with pytest.raises(OnecenterError, match="within the limits"):
        oc.plan(two_types(), RANGES, limits=Limits(budget=1.0))


def test_limits_hold_for_one_type_too() -> None:
    scenario = queue(**{"center.nodes.server.full_power": "1 kW"})
    assert oc.plan(scenario, {PATH: (6, 12)}, limits=Limits(power_cap=9_000)).answer == {PATH: 9}
    with pytest.raises(OnecenterError, match="9 nodes meet the targets, but do not keep within power_cap"):
        oc.plan(scenario, {PATH: (6, 12)}, limits=Limits(power_cap=8_999))
    with pytest.raises(OnecenterError, match="price is missing"):
        oc.plan(scenario, {PATH: (6, 12)}, limits=Limits(budget=1.0))


def test_a_budget_needs_prices() -> None:
    scenario = with_set(two_types(), {"center.nodes.large.price": 0.0})
    with pytest.raises(OnecenterError, match=r"large\.price is missing"):
        oc.plan(scenario, RANGES, limits=Limits(minimise="cost"))


COMMANDS = {
    "impossible target": (["--target", "platforms.queue.wait.p95=-3 min"], "platforms.queue.wait"),
    "unknown target": (["--target", "platforms.que.wait.p95=3 min"], "did you mean"),
    "criterion": (["--criterion", "weeks=0.9"], "periods=0.95"),
    "power": (["--power-cap", "much"], "--power-cap"),
    "workers": (["--workers", "0"], "at least 1"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_bad_commands(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    options, words = COMMANDS[case]
    assert main(["plan", "mm-c", "--vary", f"{PATH}=6:12", *options]) == 2
    assert words in capsys.readouterr().err

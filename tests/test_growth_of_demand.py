"""Growth of demand: rates by hand, the start-ups' chain by hand and in the limit, the first month that fails."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from onecenter.errors import PlanError, ScenarioError
from onecenter.planning.growth import factors, first_month, in_month, never_falls, order_month
from onecenter.planning.startups import Course, course, entries_of, graduate_demand, tenant_demand, voucher_factor
from onecenter.scenario import Scenario, from_dict, load, with_set
from onecenter.scenario.growth import Chain
from onecenter.statistics.queueing import mgc_percentile
from onecenter.units import MS
from onecenter.workload.build import build
from onecenter.workload.load import offered_load

STREAM: dict[str, Any] = {
    "arrivals": {"kind": "poisson", "rate": "3 / h"},
    "sizes": [{"accelerators": 1}],
    "run_time": {"kind": "constant", "value": "1 h"},
}
BASE: dict[str, Any] = {
    "time": {"start": "2026-03-02T00:00:00+08:00", "horizon": "7 d", "seed": 3},
    "center": {"nodes": {"a": {"count": 4, "accelerators": 8}}},
    "platforms": {
        "young": {"demand": {"x": STREAM}},
        "old": {"demand": {"y": STREAM | {"scale": 2.0}, "z": STREAM | {"scale": 4.0}}},
        "batch": {"demand": {"l": {"jobs": [{"submit": "0 s", "run_time": "1 h", "accelerators": 1}]}}},
    },
}

#: Rates of 1.2, 2.4, 3.6 a year are 0.1, 0.2, 0.3 a month.
TWO_STAGES: dict[str, Any] = {
    "platform": "young",
    "stages": {
        "first": {"tenants": 100, "demand": 1, "entries": 10, "exit": 1.2, "up": 2.4},
        "second": {"tenants": 20, "demand": 5, "entries": 1, "exit": 1.2, "up": 3.6},
    },
    "graduates": {"old": {"share": 0.5, "demand": 8, "exit": 6.0}},
}


def growing(**growth: Any) -> Scenario:
    return from_dict(BASE | {"growth": growth})


def chain_of(changes: Mapping[str, Any] | None = None) -> Chain:
    return Chain.model_validate(TWO_STAGES | dict(changes or {}))


def one_stage(**stage: Any) -> Chain:
    return Chain.model_validate({"platform": "young", "stages": {"only": stage}})


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        ({"monthly": 0.5}, [1, 1.5, 2.25, 3.375]),
        ({"monthly": -0.5}, [1, 0.5, 0.25, 0.125]),
        ({"monthly": 0.5, "first": 3}, [1, 1, 1, 1.5]),
        ({"factors": [1.2, 0.9]}, [1, 1.2, 0.9, 0.9]),
        ({"factors": [2.0], "first": 2}, [1, 1, 2, 2]),
        ({"factors": [0.0]}, [1, 0, 0, 0]),
    ],
)
def test_rates_and_factors(pace: dict[str, Any], expected: list[float]) -> None:
    scenario = growing(platforms={"old": pace})
    found = factors(scenario, 3)
    assert found["old", "y"].tolist() == pytest.approx(expected)
    assert found["old", "z"].tolist() == found["old", "y"].tolist()
    assert found["young", "x"].tolist() == [1, 1, 1, 1]
    assert factors(scenario, 2)["old", "z"][2] == pytest.approx(expected[2])


def test_a_stream_goes_before_its_platform() -> None:
    own = {"y": {"factors": [3.0]}}
    found = factors(growing(platforms={"old": {"monthly": 1.0, "demand": own}}), 2)
    assert (found["old", "y"].tolist(), found["old", "z"].tolist()) == ([1, 3, 3], [1, 2, 4])
    found = factors(growing(platforms={"old": {"demand": own}}), 2)
    assert (found["old", "y"].tolist(), found["old", "z"].tolist()) == ([1, 3, 3], [1, 1, 1])


def test_a_month_multiplies_the_scales_and_nothing_else() -> None:
    scenario = growing(platforms={"old": {"monthly": 0.5}})
    assert in_month(scenario, 0) is scenario
    later = in_month(scenario, 2)
    scales = {(p, s): stream.scale for p, s, stream in later.streams}
    assert scales == {("young", "x"): 1, ("old", "y"): 4.5, ("old", "z"): 9, ("batch", "l"): 1}
    assert later.growth is None  # has been applied: a second time changes nothing
    assert in_month(later, 2) is later
    assert later.notes == ("demand of month 2 of its growth",)
    back = with_set(later, {"platforms.old.demand.y.scale": 2.0, "platforms.old.demand.z.scale": 4.0})
    assert back.model_copy(update={"growth": scenario.growth, "notes": (), "notes_zh": ()}) == scenario


def test_another_platforms_growth_changes_no_job() -> None:
    scenario = growing(platforms={"old": {"monthly": 0.5}})
    now, later = build(scenario), build(in_month(scenario, 2))
    young = [jobs.platform == list(jobs.platforms).index("young") for jobs in (now, later)]
    assert now.submit[young[0]].tolist() == later.submit[young[1]].tolist()
    assert len(later) > len(now)


def test_a_scenario_without_growth_stays() -> None:
    scenario = from_dict(BASE)
    assert in_month(scenario, 12) is scenario
    assert {tuple(values) for values in factors(scenario, 2).values()} == {(1.0, 1.0, 1.0)}


@pytest.mark.parametrize(
    ("month", "right"), [(-1, "at least 0"), (601, "at most 600"), (2.5, "a whole number"), (True, "a whole number")]
)
def test_there_is_no_such_month(month: int, right: str) -> None:
    scenario = growing(platforms={"old": {"monthly": 0.5}})
    for call in (in_month, never_falls, factors):
        with pytest.raises(PlanError, match=f"^month: {month}: {right} is expected"):
            call(scenario, month)
    with pytest.raises(PlanError, match=right):
        first_month(lambda month: True, month, rising=True)


def test_demand_beyond_all_bounds_is_told() -> None:
    with pytest.raises(ScenarioError, match=r"platforms\.old\.demand\.y\.scale"):
        in_month(growing(platforms={"old": {"monthly": 1.0}}), 600)


def test_the_chain_by_hand() -> None:
    # Month 1: first 100 - 10 - 20 + 10 = 80; second 20 - 2 - 6 + 1 + 20 = 33; graduated 6.
    # Month 2: first 80 - 8 - 16 + 10 = 66; second 33 - 3.3 - 9.9 + 1 + 16 = 36.8; graduated 6 + 9.9.
    found = course(chain_of(), 2)
    assert found.stages == ("first", "second")
    assert found.stock == pytest.approx(np.array([[100, 20], [80, 33], [66, 36.8]]))
    assert found.entered.tolist() == [0, 11, 22]
    assert found.exited == pytest.approx([0, 12, 23.3])
    assert found.graduated == pytest.approx([0, 6, 15.9])
    # Half of them stay, and half of those leave each month: 3, then 1.5 + 4.95.
    assert found.graduates["old"] == pytest.approx([0, 3, 6.45])
    # Demand 100 + 5 * 20 = 200 tenants of the first stage, then 80 + 165 and 66 + 184.
    assert tenant_demand(chain_of(), 2) == pytest.approx([1, 245 / 200, 250 / 200])
    assert graduate_demand(chain_of(), 2)["old"] == pytest.approx([0, 3 * 8 / 200, 6.45 * 8 / 200])


def everyone(found: Course) -> Any:
    return found.stock.sum(axis=1) + found.exited + found.graduated - found.entered


@pytest.mark.parametrize("name", ["two stages", "changsha"])
def test_nobody_is_lost(name: str) -> None:
    growth = load("changsha").growth
    assert growth is not None and growth.chain is not None
    found = course(chain_of() if name == "two stages" else growth.chain, 240)
    assert everyone(found) == pytest.approx(np.full(241, found.stock[0].sum()))
    assert (found.stock >= 0).all()


def test_a_stage_comes_to_entries_over_rates() -> None:
    # 3 a month against 0.05 + 0.1 of the stock a month: 20; the way there is geometric.
    found = course(one_stage(tenants=5, entries=3, exit=0.6, up=1.2), 400)
    assert found.stock[-1, 0] == pytest.approx(20)
    assert found.stock[:, 0] == pytest.approx(20 - 15 * 0.85 ** np.arange(401))
    # Two stages in a row: the second gets 2 of the 3 and loses a tenth of its stock a month.
    second = {"tenants": 0, "exit": 0.6, "up": 0.6}
    stages = {"a": {"tenants": 5, "entries": 3, "exit": 0.6, "up": 1.2}, "b": second}
    assert course(chain_of({"stages": stages}), 400).stock[-1] == pytest.approx([20, 20])


def test_all_may_leave_in_a_month() -> None:
    found = course(one_stage(tenants=8, entries=2, exit=9, up=3), 3)
    assert found.stock[:, 0].tolist() == [8, 2, 2, 2]


def test_defaults_balance_the_stock_of_an_incubator() -> None:
    chain = one_stage(tenants=100)
    assert entries_of(chain) == pytest.approx([27.5 / 12])
    year = course(chain, 12)
    assert 0.05 <= year.stock[12, 0] / 100 - 1 <= 0.065
    assert year.exited[12] + year.graduated[12] == pytest.approx(21, abs=1)
    later = {"a": {"tenants": 60}, "b": {"tenants": 40}}
    assert entries_of(chain_of({"stages": later})) == pytest.approx([27.5 / 12, 0])


def test_vouchers_act_by_the_elasticity() -> None:
    # A price of 1/4 and an elasticity of 1/2: twice the demand, from the second month on.
    voucher = {"subsidy": 0.75, "elasticity": 0.5, "first": 2}
    with_it = chain_of({"voucher": voucher})
    assert voucher_factor(with_it.voucher, 3).tolist() == pytest.approx([1, 1, 2, 2])
    assert tenant_demand(with_it, 2) == pytest.approx(tenant_demand(chain_of(), 2) * [1, 1, 2])
    assert graduate_demand(with_it, 2)["old"].tolist() == graduate_demand(chain_of(), 2)["old"].tolist()
    for same in ({"subsidy": 0.75, "elasticity": 0.0}, {"subsidy": 0.0, "elasticity": 3.0}):
        assert tenant_demand(chain_of({"voucher": same}), 9).tolist() == tenant_demand(chain_of(), 9).tolist()


def test_the_chain_moves_its_platform_and_that_of_the_graduates() -> None:
    # young asks for 3 accelerators, old for 6 + 12; graduates bring 0.12 * 3 to old in month 1: 0.02 of its 18.
    paces = {"young": {"monthly": 1.0}, "old": {"demand": {"z": {"monthly": 0.5}}}}
    scenario = growing(platforms=paces, chain=TWO_STAGES)
    found = factors(scenario, 1)
    assert found["young", "x"] == pytest.approx([1, 2 * 245 / 200])
    assert found["old", "y"] == pytest.approx([1, 1.02])
    assert found["old", "z"] == pytest.approx([1, 1.52])
    assert found["batch", "l"].tolist() == [1, 1]
    load_ = offered_load(in_month(scenario, 1))
    assert load_.of("old").accelerators == pytest.approx(6 + 12 * 1.5 + 3 * 0.12)


def test_graduates_cannot_be_measured_by_work_without_accelerators() -> None:
    scenario = growing(chain=TWO_STAGES)
    idle = {f"platforms.old.demand.{name}.scale": 0.0 for name in "yz"}
    with pytest.raises(ScenarioError, match=r"platforms\.old: asks for no accelerators"):
        in_month(with_set(scenario, idle), 1)
    alone = {**TWO_STAGES, "graduates": {}}
    assert in_month(with_set(growing(chain=alone), idle), 1).platforms["old"].demand["y"].scale == 0


@pytest.mark.parametrize("first", [*range(11), None])
def test_the_first_month_that_fails(first: int | None) -> None:
    asked: list[int] = []

    def fails(month: int) -> bool:
        asked.append(month)
        return first is not None and month >= first

    assert first_month(fails, 10, rising=True) == first
    assert len(asked) <= 5
    assert first_month(fails, 10, rising=False) == first


def test_demand_that_falls_is_looked_at_month_by_month() -> None:
    assert first_month(lambda month: month in (3, 4, 8), 10, rising=False) == 3
    assert first_month(lambda month: month == 3, 10, rising=True) is None  # so it must not be called rising


@pytest.mark.parametrize(
    ("growth", "rising"),
    [
        ({"platforms": {"old": {"monthly": 0.02}}}, True),
        ({"platforms": {"old": {"monthly": -0.02}}}, False),
        ({"platforms": {"old": {"factors": [1.2, 1.1, 1.3]}}}, False),
        ({"platforms": {"old": {"factors": [1.2, 1.2, 1.3]}}}, True),
        ({"platforms": {"old": {"demand": {"y": {"monthly": -0.02}}}}}, False),
        ({"chain": {"platform": "young", "stages": {"only": {"tenants": 9, "entries": 0}}}}, False),
        ({"chain": {"platform": "young", "stages": {"only": {"tenants": 9}}}}, True),
        ({}, True),
    ],
)
def test_whether_demand_ever_falls(growth: dict[str, Any], rising: bool) -> None:
    assert never_falls(growing(**growth), 12) is rising


def test_two_percent_a_month_against_erlang() -> None:
    """M/M/8 from load 0.5 on: after 22 months at 0.773 the p95 wait is 1,147 s, after 23 at 0.788 it is 1,276 s."""
    values = {"platforms.queue.demand.customers.scale": 0.625, "growth": {"platforms": {"queue": {"monthly": 0.02}}}}
    scenario = with_set(load("mm-c"), values)

    def fails(month: int) -> bool:
        """A p95 wait above 1,200 s."""
        load_ = offered_load(in_month(scenario, month)).of().load
        assert load_ == pytest.approx(0.5 * 1.02**month)
        return mgc_percentile(8, load_, 1_000, 1, 95) > 1_200

    assert first_month(fails, 34, rising=never_falls(scenario, 34)) == 23


@pytest.mark.parametrize(("days", "month"), [(0, 10), (30, 9), (31, 8), (120, 6), (365, -2)])
def test_orders_go_out_in_time(days: int, month: int) -> None:
    assert order_month(10, days * MS["d"]) == month


def test_changsha_grows_and_its_run_is_of_month_0() -> None:
    scenario = load("changsha")
    assert in_month(scenario, 0) is scenario
    assert never_falls(scenario, 36)
    year = {name: factors(scenario, 12)[name, stream][12] for name, stream, _ in scenario.streams}
    # 1.02 ** 12 = 1.268, 1.01 ** 12 = 1.127; graduates add less than 1 % to industry and public compute.
    assert year["talent"] == pytest.approx(1.127, abs=0.001)
    assert 1.268 < year["industry"] < 1.278 and 1.268 < year["public-compute"] < 1.278
    eighth = load("changsha-eighth")
    assert factors(eighth, 12)["incubation", "tuning"][12] == pytest.approx(year["incubation"])

"""Growth over years against Erlang's formula, purchases by hand, words, bad input."""

import json
from typing import Any

import pytest
from waiting_times import Exponential

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError
from onecenter.scenario import Scenario, load, with_set

PATH = "center.nodes.server.count"
SERVICE = 1_000


def growing(servers: int = 8, start: float = 0.6, monthly: float = 0.02, limit: int = 1_200, **more: Any) -> Scenario:
    """Return M/M/c whose demand grows each month, with a target of `limit` s."""
    values = {
        "time.horizon": "60 d",
        PATH: servers,
        "platforms.queue.demand.customers.arrivals.rate": f"{3_600 / SERVICE * servers * start} / h",
        "platforms.queue.wait": {"p95": f"{limit} s"},
        "growth": {"platforms": {"queue": {"monthly": monthly}}},
    }
    return with_set(load("mm-c"), values | more)


def first_by_formula(servers: int, start: float, monthly: float, limit: int) -> int:
    """Return the first month in which the 95th percentile is beyond the limit."""
    month = 0
    while Exponential(servers, start * (1 + monthly) ** month).percentile(95) * SERVICE <= limit:
        month += 1
    return month


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "start", "limit"), [(8, 0.6, 1_200), (4, 0.5, 1_500)])
def test_the_first_month_that_fails(servers: int, start: float, limit: int) -> None:
    found = oc.outlook(growing(servers, start, 0.02, limit), {PATH: (servers, 4 * servers)}, "2 y")
    expected = first_by_formula(servers, start, 0.02, limit)
    assert 0 < expected < 24
    assert found.first is not None
    assert abs(found.first - expected) <= 1


@pytest.mark.slow
def test_purchases_last_a_year() -> None:
    scenario = growing(**{"center.nodes.server.lead_time": "70 d", "center.nodes.server.price": 1_000.0})
    found = oc.outlook(scenario, {PATH: (8, 20)}, "2 y")
    first = found.purchases[0]
    assert (first.month, first.before) == (found.first, 8)
    # 70 d are 2.3 months.
    assert first.order == first.month - 3
    for one in found.purchases:
        assert one.until == min(one.month + 11, 24)
        grown = 8 * 0.6 * 1.02**one.until
        assert Exponential(one.after, grown / one.after).percentile(95) * SERVICE <= 1_200
        assert one.yearly_cost == pytest.approx(one.after * 200, rel=0.01)
    assert [one.before for one in found.purchases[1:]] == [one.after for one in found.purchases[:-1]]
    assert f"month {first.month}" in found.text()
    assert f"第 {first.month} 个月" in found.text("zh")
    assert found.plot().get_xlim()[1] == 24


def test_without_failure_nothing_is_bought() -> None:
    found = oc.outlook(growing(start=0.3, monthly=0.0), PATH, "1 y")
    assert found.first is None
    assert found.purchases == []
    assert "12 months" in found.text()
    assert found.plot() is not None


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    changes = ("growth.platforms.queue.monthly=0.05", 'platforms.queue.wait.p95="40 min"', 'time.horizon="40 d"')
    sets = [part for text in changes for part in ("--set", text)]
    arguments = ["plan", "mm-c", "--vary", f"{PATH}=8:32", "--horizon", "1 y", "--workers", "1", *sets]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["months"] == 12
    assert found["first_failure"] == found["purchases"][0]["month"]


BAD: dict[str, tuple[Scenario | str, Any, str]] = {
    "no growth": (with_set(load("mm-c"), {"platforms.queue.wait": {"p95": "9 min"}}), PATH, "growth"),
    "no target": (with_set(load("mm-c"), {"growth": {"platforms": {"queue": {"monthly": 0.1}}}}), PATH, "target"),
    "two paths": ("changsha-eighth", ["center.nodes.910a.count", "center.nodes.910b.count"], "one node count"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_outlooks(case: str) -> None:
    scenario, vary, words = BAD[case]
    with pytest.raises(OnecenterError, match=words):
        oc.outlook(scenario, vary, "1 y")


def test_a_horizon_that_is_none() -> None:
    with pytest.raises(OnecenterError):
        oc.outlook(growing(), PATH, "soon")

"""What a fleet may cost, draw and fill, and what its purchase means, by hand."""

from typing import Any

import pytest

from onecenter.planning.limits import Limits, missing
from onecenter.planning.purchase import Purchase, buy
from onecenter.scenario import Scenario, from_dict, load

SMALL = {"count": 3, "accelerators": 1, "price": 100.0, "lifetime": "5 y", "full_power": "1 kW", "nodes_per_rack": 2}
LARGE = {"count": 2, "accelerators": 4, "price": 500.0, "lifetime": "5 y", "full_power": "4 kW", "nodes_per_rack": 2}


def center(small: dict[str, Any] | None = None, large: dict[str, Any] | None = None, **site: Any) -> Scenario:
    """Return three small and two large nodes: three racks, 11 kW; 3 x 20 and 2 x 100 a year."""
    plain = load("mm-c").resolved()
    nodes = {"small": SMALL | (small or {}), "large": LARGE | (large or {})}
    plain["center"] = {"nodes": nodes, "site": {"tariff": 0.01, "pue": 1.0} | site}
    return from_dict(plain, "small and large")


#: 11 kW for 8,760 h at 0.01.
ENERGY = 963.6


@pytest.mark.parametrize(
    ("limit", "just", "less"),
    [("budget", 260 + ENERGY, 260 + ENERGY - 0.1), ("power_cap", 11_000.0, 10_999.0), ("racks", 3, 2)],
)
def test_a_limit_is_kept_up_to_its_value(limit: str, just: float, less: float) -> None:
    assert Limits(**{limit: just + (1e-6 if limit == "budget" else 0)}).broken(center()) == ()
    assert Limits(**{limit: less}).broken(center()) == (limit,)


def test_all_limits_that_are_broken_are_named() -> None:
    assert Limits(budget=1.0, power_cap=1.0, racks=1).broken(center()) == ("budget", "power_cap", "racks")
    assert Limits().broken(center()) == ()
    assert Limits(racks=1).as_dict() == {"racks": 1, "minimise": "nodes"}


def test_what_is_small_is_compared_first() -> None:
    cost = pytest.approx(260 + ENERGY)
    assert Limits().height(center()) == (5, cost)
    assert Limits(minimise="cost").height(center()) == (cost, 5)


PRICE, POWER = "center.nodes.small.price", "center.nodes.small.full_power"


@pytest.mark.parametrize(
    ("limits", "scenario", "lacks"),
    [
        (Limits(budget=1.0, power_cap=1.0, minimise="cost"), center(), []),
        (Limits(budget=1.0), center({"price": 0.0}), [PRICE]),
        (Limits(minimise="cost"), center({"price": 0.0}), [PRICE]),
        (Limits(power_cap=1.0, racks=1), center({"price": 0.0}), []),
        (Limits(power_cap=1.0), center({"full_power": "0 W"}), [POWER]),
        (Limits(budget=1.0, racks=1), center({"full_power": "0 W"}), []),
        # Named once, though both types draw power.
        (Limits(budget=1.0), center(tariff=0.0), ["center.site.tariff"]),
        (Limits(minimise="cost"), center(tariff=0.0), []),
        (Limits(budget=1.0), center({"full_power": "0 W"}, {"full_power": "0 W"}, tariff=0.0), []),
    ],
)
def test_what_a_limit_needs_to_be_known(limits: Limits, scenario: Scenario, lacks: list[str]) -> None:
    assert [text.split(" is missing")[0] for text in missing(scenario, limits)] == lacks


def test_a_purchase_is_what_is_added() -> None:
    # The scenario starts on 2 March 2026: 40 days before is January, 70 days December.
    scenario = center({"lead_time": "40 d"}, {"lead_time": "70 d"})
    both = buy(scenario, {"small": 5, "large": 3})
    assert (both.counts, both.cost, both.order_by) == ({"small": 2, "large": 1}, 700, "2025-12")
    small = buy(scenario, {"small": 5, "large": 1})
    assert (small.counts, small.cost, small.order_by) == ({"small": 2, "large": -1}, 200, "2026-01")


def test_what_is_not_bought_needs_no_price_and_no_order() -> None:
    scenario = center({"price": 0.0}, {"lead_time": "70 d"})
    assert buy(scenario, {"small": 5}).cost is None
    fewer = buy(scenario, {"small": 1, "large": 2})
    assert (fewer.counts, fewer.cost, fewer.order_by) == ({"small": -2, "large": 0}, 0, None)
    assert buy(center(), {"large": 3}).order_by is None


@pytest.mark.parametrize(
    ("low", "after", "high", "decided"),
    [(9, 9, 9, True), (8, 9, 9, False), (9, 9, 10, False), (9, 9, None, False), (None, None, None, False)],
)
def test_a_purchase_is_decided_where_one_count_is_likely(
    low: int | None, after: int | None, high: int | None, decided: bool
) -> None:
    assert Purchase(0, 0, 8, after, low, high, 12, 20, None).decided is decided

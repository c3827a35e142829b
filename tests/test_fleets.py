"""The fleets of a plan's ranges: which hold every job, keep within the limits, and come first; by hand."""

from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest

from onecenter.errors import PlanError
from onecenter.planning.answer import pareto
from onecenter.planning.fleets import MAX_FLEETS, fleet_of, fleets_of
from onecenter.planning.limits import Limits
from onecenter.scenario import Scenario, from_dict, load

#: A small node costs 1 a year, a large one 3; they are bought for ever.
SMALL = {"count": 2, "accelerators": 1, "running_cost": 1.0}
LARGE = {"count": 1, "accelerators": 4, "running_cost": 3.0}


def center(gang: int = 1) -> Scenario:
    """Return small and large nodes with jobs of so many tasks of one accelerator."""
    plain = load("mm-c").resolved()
    plain["center"] = {"nodes": {"small": SMALL, "large": LARGE}}
    plain["platforms"]["queue"]["demand"]["customers"]["sizes"] = [{"accelerators": 1, "tasks": gang}]
    return from_dict(plain, "small and large")


BOTH = {"small": (1, 2), "large": (1, 2)}


def test_the_fewest_nodes_or_the_least_cost_come_first() -> None:
    few = fleets_of(center(), BOTH, Limits())
    assert few.every == ((1, 1), (2, 1), (1, 2), (2, 2))
    assert few.kinds == ("small", "large")
    assert few.counts.tolist() == [[1, 1], [2, 1], [1, 2], [2, 2]]
    wide = {"small": (1, 4), "large": (1, 2)}
    cheap = fleets_of(center(), wide, Limits(racks=99)).every
    # Five nodes, four of them small, cost 7 as (1, 2) does: with cost first the fewer nodes come first.
    assert cheap.index((1, 2)) < cheap.index((4, 1))


def test_a_limit_takes_fleets_out_but_keeps_their_order() -> None:
    found = fleets_of(center(), BOTH, Limits(racks=3))
    racks = {values: sum(values) for values in product((1, 2), (1, 2))}
    assert found.allowed == [values for values in found.every if racks[values] <= 3]
    assert found.broken == {(2, 2): ("racks",)}


def test_fleets_that_cannot_hold_a_gang_are_left_out_and_the_size_is_named() -> None:
    # A gang of six starts on one node type: on two large nodes, never on two small ones.
    found = fleets_of(center(6), BOTH, Limits())
    assert found.every == ((1, 2), (2, 2))
    assert list(found.too_small.values()) == [3]
    assert fleets_of(center(4), BOTH, Limits()).too_small == {}


@pytest.mark.parametrize(
    ("ranges", "limits", "gang", "words"),
    [
        ({"small": (1, 101), "large": (1, 100)}, Limits(), 1, f"10,100 fleets .* at most {MAX_FLEETS:,}"),
        (BOTH, Limits(racks=1), 1, r"no fleet .* within the limits \(racks\)"),
        (BOTH, Limits(), 9, "even 4 nodes cannot hold"),
    ],
)
def test_ranges_without_a_fleet(ranges: Any, limits: Limits, gang: int, words: str) -> None:
    with pytest.raises(PlanError, match=words):
        fleets_of(center(gang), ranges, limits)


def test_a_fleet_changes_counts_alone() -> None:
    plain = center()
    other = fleet_of(plain, ("large",), (7,))
    assert [(kind.name, kind.count) for kind in other.fleet] == [("small", 2), ("large", 7)]
    assert other.platforms == plain.platforms
    assert fleet_of(other, ("large",), (1,)).center == plain.center


class Waits(NamedTuple):
    """A fleet of which only the worst wait matters."""

    worst_wait: float | None


def test_the_front_is_what_no_other_beats() -> None:
    generator = np.random.default_rng(7)
    for _ in range(20):
        costs, waits = generator.integers(1, 9, 12).astype(float), generator.integers(1, 9, 12).astype(float)
        fleets: Any = [(cost, Waits(wait)) for cost, wait in zip(costs, waits, strict=True)]
        best = {
            (c, w)
            for c, w in zip(costs, waits, strict=True)
            if not any((a <= c and b <= w) and (a, b) != (c, w) for a, b in zip(costs, waits, strict=True))
        }
        front = [(cost, each.worst_wait) for cost, each in pareto(fleets)]
        assert front == sorted(best)


def test_a_fleet_whose_wait_is_not_reached_is_on_no_front() -> None:
    fleets: Any = [(1.0, Waits(None)), (1.0, Waits(4.0)), (2.0, Waits(None)), (3.0, Waits(2.0))]
    assert [(cost, each.worst_wait) for cost, each in pareto(fleets)] == [(1.0, 4.0), (3.0, 2.0)]

"""The fleets of a plan's ranges: those that can hold every job and keep within the limits, the best first."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt

from onecenter.errors import PlanError
from onecenter.planning.candidates import Values
from onecenter.planning.limits import Limits
from onecenter.scenario import Scenario
from onecenter.workload.load import never_held

#: Fleets of all ranges at the most.
MAX_FLEETS: Final = 10_000


@dataclass(frozen=True)
class Fleets:
    """The fleets of the ranges."""

    kinds: tuple[str, ...]  # node types whose counts vary
    # those that hold every job, the best first (least cost, or fewest nodes), whatever the limits
    every: tuple[Values, ...]
    # by fleet the limits that it breaks; those that keep within all are missing here
    broken: Mapping[Values, tuple[str, ...]]
    # by path of a size that some fleets of the ranges cannot hold, the fewest nodes in all of one that can
    too_small: Mapping[str, int]

    @property
    def allowed(self) -> list[Values]:
        """Those that keep within the limits, the best first."""
        return [values for values in self.every if values not in self.broken]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """The allowed ones, an array (fleets, node types)."""
        return np.array(self.allowed, np.int64).reshape(-1, len(self.kinds))


def fleets_of(scenario: Scenario, ranges: Mapping[str, tuple[int, int]], limits: Limits) -> Fleets:
    """Return the fleets of the ranges."""
    number = prod(high - low + 1 for low, high in ranges.values())
    if number > MAX_FLEETS:
        raise PlanError("vary", [f"{number:,} fleets lie in the ranges; at most {MAX_FLEETS:,} are expected"])
    looked = [(values, fleet_of(scenario, tuple(ranges), values)) for values in product(*map(_counts, ranges.values()))]
    lacking = {values: never_held(fleet) for values, fleet in looked}
    holding = [(limits.height(fleet), values, fleet) for values, fleet in looked if not lacking[values]]
    if not holding:
        raise PlanError("vary", _nothing_holds(looked[-1][1]))
    broken = {values: wrong for _, values, fleet in holding if (wrong := limits.broken(fleet))}
    if len(broken) == len(holding):
        names = ", ".join(sorted({name for each in broken.values() for name in each}))
        raise PlanError("limits", [f"no fleet of the ranges keeps within the limits ({names}): raise them"])
    too_small = {path for paths in lacking.values() for path in paths}
    fewest = {path: min(_nodes(fleet) for values, fleet in looked if path not in lacking[values]) for path in too_small}
    every = tuple(values for _, values, _ in sorted(holding, key=lambda each: each[:2]))
    return Fleets(tuple(ranges), every, broken, dict(sorted(fewest.items())))


def _counts(bounds: tuple[int, int]) -> range:
    return range(bounds[0], bounds[1] + 1)


def _nodes(fleet: Scenario) -> int:
    return sum(kind.count for kind in fleet.fleet)


def _nothing_holds(largest: Scenario) -> list[str]:
    nodes = _nodes(largest)
    return [
        f"even {nodes} nodes cannot hold {path}: such jobs are refused; raise the range" for path in never_held(largest)
    ]


def fleet_of(scenario: Scenario, kinds: tuple[str, ...], values: Values) -> Scenario:
    """Return the scenario with these counts of node types."""
    nodes = dict(scenario.center.nodes) | {
        name: scenario.center.nodes[name].model_copy(update={"count": count})
        for name, count in zip(kinds, values, strict=True)
    }
    return scenario.model_copy(update={"center": scenario.center.model_copy(update={"nodes": nodes})})

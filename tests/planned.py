"""Stands for the fleets that a plan tries: late jobs are a formula of the node counts."""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from onecenter.planning.candidates import Candidates, Values
from onecenter.planning.crossing import Tried
from onecenter.planning.fleets import Fleets

Pressure = Callable[[Values], float]

#: Late jobs that each replication of a fleet may have.
ALLOWED = 100.0


class Looked(NamedTuple):
    """A fleet of which n replications have run."""

    tried: Tried
    runs: range

    @property
    def pressure(self) -> float:
        return float(self.tried.pressure.max())


class Center:
    """Stands for `Candidates`: each replication has late jobs in proportion to a formula, and some noise."""

    def __init__(self, pressure: Pressure, kinds: int = 1, most: int = 40, noise: float = 0.0) -> None:
        self.of, self.most, self.noise = pressure, most, noise
        self.kinds = names(kinds)
        self.found: dict[Values, Looked] = {}
        self.order: list[Values] = []

    def at(self, values: Values, n: int = 10) -> Looked:
        n = max(min(n, self.most), len(self.found[values].runs) if values in self.found else 0)
        noise = np.random.default_rng(values).lognormal(0, self.noise, (1, self.most))
        late = ALLOWED * self.of(values) * noise
        self.found[values] = Looked(Tried(values, late[:, :n], np.full((1, n), ALLOWED)), range(n))
        self.order.append(values)
        return self.found[values]

    def decided(self, values: Values) -> Looked:
        return self.at(values, self.most)

    @property
    def tried(self) -> dict[Values, Looked]:
        return dict(sorted(self.found.items()))

    @property
    def replications(self) -> int:
        return sum(len(each.runs) for each in self.found.values())


def candidates(center: Center) -> Candidates:
    found: Any = center
    return found


def names(kinds: int) -> tuple[str, ...]:
    return tuple(f"kind{i}" for i in range(kinds))


def fleets(*ranges: range, broken: Callable[[Values], bool] = lambda _: False) -> Fleets:
    """Return all fleets of the ranges, the fewest nodes first."""
    every = tuple(sorted(product(*ranges), key=lambda values: (sum(values), values)))
    return Fleets(names(len(ranges)), every, {values: ("racks",) for values in every if broken(values)}, {})

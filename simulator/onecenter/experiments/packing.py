"""How much of a center a placement rule fills with tasks that never leave, over seeds that shuffle their arrivals.

The experiment is that of Weng et al., USENIX ATC 2023.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from onecenter.engine.packing import Filled, fill
from onecenter.errors import OnecenterError
from onecenter.fleet import NodeType
from onecenter.workload.table import Workload

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Packing:
    """A center filled once per seed.

    Attributes
    ----------
    placement : str
        The rule.
    percent : array of int
        Demand that has arrived, in percent of the accelerators.
    allocation : array, (seed, percent)
        Accelerators given to tasks, in percent; the mean over the tasks whose arrival makes that demand.
    fragmentation : array, (seed, percent)
        F of the center, in percent of what is left of its accelerators.
    seconds : float
        Per seed.
    """

    placement: str
    percent: npt.NDArray[np.int64]
    allocation: Floats
    fragmentation: Floats
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return mean and standard deviation over the seeds by arrived demand, as plain data."""
        figures = {"allocation": self.allocation, "fragmentation": self.fragmentation}
        tables = {name: dict(zip(map(str, self.percent), map(_spread, rows.T), strict=True))
                  for name, rows in figures.items()}  # fmt: skip
        return {"placement": self.placement, "seeds": len(self.allocation), **tables, "seconds_per_seed": self.seconds}


def _spread(values: Floats) -> dict[str, float | None]:
    return {"mean": float(values.mean()), "sd": float(values.std(ddof=1)) if len(values) > 1 else None}


def pack(
    fleet: Sequence[NodeType],
    tasks: Workload,
    placement: str,
    demand: float,
    seeds: Sequence[int],
    done: Callable[[], None],
) -> Packing:
    """Fill a center once per seed, until the tasks that have arrived ask `demand` times its accelerators.

    After each seed it calls `done`.
    """
    capacity = sum(kind.count * kind.accelerators for kind in fleet)
    if capacity == 0 or not tasks.accelerators.any():
        raise OnecenterError("pack", ["accelerators are expected, in the nodes and in what tasks ask"])
    filled, begin = [], time.perf_counter()
    for seed in seeds:
        filled.append(_once(fleet, tasks, placement, demand * capacity, seed))
        done()
    seconds = (time.perf_counter() - begin) / len(seeds)
    percent = np.arange(1, round(100 * demand) + 1)
    allocation = [_by_demand(each, each.allocated, capacity, percent) for each in filled]
    left = [np.maximum(capacity - each.allocated, 1e-9) for each in filled]
    ratio = [each.fragmented / rest * capacity for each, rest in zip(filled, left, strict=True)]
    fragmentation = [_by_demand(each, share, capacity, percent) for each, share in zip(filled, ratio, strict=True)]
    return Packing(placement, percent, np.array(allocation), np.array(fragmentation), seconds)


def _once(fleet: Sequence[NodeType], tasks: Workload, placement: str, most: float, seed: int) -> Filled:
    # A stream per purpose: what one of them draws changes no other.
    shuffled, drawn, ranked = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(3))
    ranks = ranked.permutation(sum(kind.count for kind in fleet))
    return fill(fleet, arrivals(tasks, most, shuffled, drawn), tasks, placement, ranks, seed)


def arrivals(tasks: Workload, most: float, shuffled: Generator, drawn: Generator) -> Workload:
    """Return all tasks shuffled, and drawn ones behind them until the next would ask more than `most` accelerators.

    Where all are too many, tasks are left out by chance until they are not.
    """
    asked = tasks.gang / 1000
    order, further, total = shuffled.permutation(len(tasks)), [], asked.sum()
    if total > most:
        return tasks.take(order[np.cumsum(asked[order]) <= most])
    row = int(drawn.integers(len(tasks)))
    while total + asked[row] <= most:
        total += asked[row]
        further.append(row)
        row = int(drawn.integers(len(tasks)))
    return tasks.take(np.concatenate([order, np.array(further, np.int64)]))


def _by_demand(filled: Filled, values: Floats, capacity: int, percent: npt.NDArray[np.int64]) -> Floats:
    """Return the mean in percent of the capacity over the tasks that make a demand; else as the last one left it."""
    arrived = np.rint(100 * filled.arrived / capacity)
    first, behind = (np.searchsorted(arrived, percent, side) for side in ("left", "right"))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    mean = (sums[behind] - sums[first]) / np.maximum(behind - first, 1)
    found: Floats = np.where(behind > first, mean, np.concatenate([[0.0], values])[behind])
    return 100 * found / capacity

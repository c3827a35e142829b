"""Figures of a schedule as pyss prints them, for comparison with its published ones.

pyss (2007), a simulator of schedulers for parallel machines, walks through the jobs by end. It leaves out
jobs of an estimate of 1 s on 1 processor and the first 1 % of the jobs, and stops at the first job that ends
behind the last submission. The 1 % is of the jobs less those left out so far, and a job that is left out
counts as seen.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]

SECOND, MINUTE = 1_000, 60_000

#: Shorter run times count as 10 s in the slowdown.
THRESHOLD = 10 * SECOND

#: pyss skips the start only where there are so many jobs.
ENOUGH = 100


class Figures(NamedTuple):
    """What pyss prints: jobs counted, mean wait in minutes, mean bounded slowdown."""

    jobs: int
    wait_minutes: float
    bounded_slowdown: float


def pyss_trim(submit: Ints, end: Ints, walltime: Ints, processors: Ints) -> Ints:
    """Return the rows that pyss counts, by end; times in ms."""
    order = np.argsort(end, kind="stable")
    tiny = (walltime[order] == SECOND) & (processors[order] == 1)
    seen = np.arange(1, len(order) + 1)
    size = len(order) - np.cumsum(tiny)
    started = (size >= ENOUGH) & (seen <= size // 100)
    late = ~tiny & ~started & (end[order] > submit.max())
    over = np.cumsum(late) > 0
    kept: Ints = order[~tiny & ~started & ~over]
    return kept


def pyss_figures(submit: Ints, start: Ints, end: Ints, walltime: Ints, processors: Ints) -> Figures:
    """Return pyss's figures of a schedule; times in ms, one row a job."""
    rows = pyss_trim(submit, end, walltime, processors)
    wait, run = (start - submit)[rows], (end - start)[rows]
    slowdown = np.maximum(1.0, (wait + run) / np.maximum(run, THRESHOLD))
    return Figures(len(rows), float(wait.mean()) / MINUTE, float(slowdown.mean()))

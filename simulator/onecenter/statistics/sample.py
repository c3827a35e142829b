"""Waits of all jobs of a window: exact ranks and means, and a bracket where some are still open."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Bracket(NamedTuple):
    """Bounds of a figure; `high` is infinite where nothing bounds it."""

    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The figure where both bounds agree and are finite, else None."""
        return self.low if self.low == self.high and math.isfinite(self.low) else None


@dataclass(frozen=True, eq=False)
class Sample:
    """Durations of all jobs of a window, such as their waits; arrays have one row per job."""

    seen: Array  # the duration, or of an open one how long it has lasted so far
    open: Array  # which will last longer than seen, by an unknown time
    never: Array  # which end in nothing: refused, or cancelled while waiting; they rank as longer than any

    def __len__(self) -> int:
        """Return the number of jobs."""
        return len(self.seen)

    @property
    def low(self) -> Array:
        """The durations, open ones as far as seen."""
        return np.where(self.never, np.inf, self.seen)

    @property
    def high(self) -> Array:
        """The durations, open ones as if they never ended."""
        return np.where(self.never | self.open, np.inf, self.seen)

    def where(self, mask: Array) -> "Sample":
        """Return the durations of the jobs for which `mask` (bool, one per job) holds."""
        return Sample(self.seen[mask], self.open[mask], self.never[mask])

    def percentile(self, percent: float) -> Bracket | None:
        """Return the smallest duration that at least `percent` percent of the jobs do not exceed; None without jobs."""
        if len(self) == 0:
            return None
        place = max(needed(len(self), percent) - 1, 0)
        low, high = (float(np.partition(values, place)[place]) for values in (self.low, self.high))
        return Bracket(low, high)

    def mean(self) -> Bracket | None:
        """Return the mean over all jobs; what is open or never ends bounds it from below only. None without jobs."""
        if len(self) == 0:
            return None
        low = float(self.seen.sum(dtype=np.float64)) / len(self)
        return Bracket(low, math.inf if (self.open | self.never).any() else low)

    def mean_started(self) -> float | None:
        """Return the mean over those that are neither open nor never; None without any."""
        known = self.seen[~(self.open | self.never)]
        return float(known.sum(dtype=np.float64)) / len(known) if len(known) else None

    def longer_than(self, limit: float) -> tuple[int, int]:
        """Return how many certainly last longer than a limit, and how many may."""
        over = (self.seen > limit) | self.never
        return int(over.sum()), int((over | self.open).sum())


def needed(jobs: int, percent: float) -> int:
    """Return how many of the jobs are at least `percent` percent of them."""
    # 95 % of 20 jobs are 19, which binary fractions put a little above it.
    return math.ceil(round(jobs * percent / 100, 6))


def bracketed(name: str, found: Bracket | None, scale: float = 1) -> dict[str, float | None]:
    """Return a figure with its bounds as plain data: p95, p95_low, p95_high; None for infinite or unknown.

    The scale is what to divide by: 1,000 turns ms into seconds.
    """
    low, high = finite(found, scale)
    return {name: None if low != high else low, f"{name}_low": low, f"{name}_high": high}


def described(sample: Sample, percents: Sequence[int], scale: float) -> dict[str, float | None]:
    """Return the mean, that of the started ones, and percentiles as plain data, with bounds as of `bracketed`."""
    started = sample.mean_started()
    found = bracketed("mean", sample.mean(), scale) | {"mean_started": None if started is None else started / scale}
    for percent in percents:
        found |= bracketed(f"p{percent}", sample.percentile(percent), scale)
    return found


def finite(found: Bracket | None, scale: float = 1) -> tuple[float | None, float | None]:
    """Return the bounds of a figure, divided by a scale; None for infinite or unknown."""
    if found is None:
        return None, None
    low, high = (bound / scale if math.isfinite(bound) else None for bound in found)
    return low, high

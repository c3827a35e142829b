"""Estimates with intervals from independent replications: ratios of sums, percentiles, paired ratios.

Each replication is one independent observation, whatever happens inside it; so an interval rests on how replications
differ, never on how the jobs of one do, which depend on each other.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from onecenter.statistics.survival import Survival

Array = npt.NDArray[Any]


class Estimate(NamedTuple):
    """A value with its interval.

    Attributes
    ----------
    value : float or None
        None: the data do not reach it, and `low` is what it certainly exceeds.
    low, high : float or None
        The interval; None: unbounded, as far as the data tell.
    """

    value: float | None
    low: float | None
    high: float | None

    @property
    def relative_half_width(self) -> float:
        """Half the interval's width as a share of the value; infinite where there is none."""
        if not self.value or self.low is None or self.high is None:
            return math.inf
        return (self.high - self.low) / 2 / abs(self.value)


def quantile_of_t(confidence: float, degrees: int, sides: int = 2) -> float:
    """Return how many standard errors an interval reaches to each side (Student's t)."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 1 - (1 - confidence) / sides)) if degrees > 0 else math.inf


def mean(values: Sequence[float] | Array, confidence: float = 0.95, sides: int = 2) -> Estimate:
    """Return the mean of independent values with its t interval."""
    return ratio(values, np.ones(len(values)), confidence, sides)


def ratio(
    sums: Sequence[float] | Array, counts: Sequence[float] | Array, confidence: float = 0.95, sides: int = 2
) -> Estimate:
    """Return sum(sums) / sum(counts) with its interval.

    Parameters
    ----------
    sums, counts : array (replications)
        Such as all waits and all jobs of each.
    confidence : float
        In (0, 1).
    sides : int
        2: of the interval; 1: of each of its ends alone.

    Notes
    -----
    The ratio estimator of A. M. Law, Simulation Modeling and Analysis (5th ed., 2015, section 9.5), by the delta
    method: the mean of the replications' own ratios would be off where long waits come with many jobs.
    """
    s, n = np.asarray(sums, np.float64), np.asarray(counts, np.float64)
    total = float(n.sum())
    if total == 0:
        return Estimate(None, None, None)
    value = float(s.sum()) / total
    if len(s) < 2:
        return Estimate(value, None, None)
    error = math.sqrt(len(s) / (len(s) - 1) * float(np.sum((s - value * n) ** 2))) / total
    half = quantile_of_t(confidence, len(s) - 1, sides) * error
    return Estimate(value, value - half, value + half)


def pooled_mean(parts: Sequence[Survival], confidence: float = 0.95) -> Estimate:
    """Return the mean duration over all replications; where the largest ones are censored, only what it exceeds."""
    seen = [part for part in parts if part.n]
    restricted = [part.n * (part.restricted_mean or 0.0) for part in seen]
    found = ratio(restricted, [part.n for part in seen], confidence)
    if any(part.mean is None for part in seen):
        return Estimate(None, found.value if found.low is None else found.low, None)
    return found


def pooled_percentile(parts: Sequence[Survival], percent: float, confidence: float = 0.95) -> Estimate:
    """Return a percentile of the durations of all replications together.

    The interval holds each t at which the share that lasts longer than t, a ratio estimate, agrees with
    1 - percent/100; where the data end before, its high end, or all of it, is None.
    """
    seen = [part for part in parts if part.n]
    if not seen:
        return Estimate(None, None, None)
    grid = np.unique(np.concatenate([part.t for part in seen]))
    counts = np.array([part.n for part in seen], np.float64)
    share = 1 - percent / 100

    def lasting(place: int) -> Estimate:
        longer = [part.n * part.beyond(float(grid[place])) for part in seen]
        return ratio(longer, counts, confidence)

    def first(end: int) -> float | None:
        """Return the first t at which that part of the estimate is no longer above the share."""
        low, high = 0, len(grid)
        while low < high:
            middle = (low + high) // 2
            at = lasting(middle)[end]
            if at is not None and at <= share + 1e-12:
                high = middle
            else:
                low = middle + 1
        return float(grid[low]) if low < len(grid) else None

    value, low, high = first(0), first(1), first(2)
    if value is None:
        return Estimate(None, low if low is not None else float(grid[-1]), None)
    return Estimate(value, low if len(seen) > 1 else None, high)


class Paired(NamedTuple):
    """A mean of paired differences, its standard error, the error had they not been paired, and the pairs."""

    mean: float
    error: float
    unpaired_error: float
    pairs: int

    def interval(self, confidence: float = 0.95) -> tuple[float, float, float]:
        """Return the difference and its t interval's low and high end."""
        half = quantile_of_t(confidence, self.pairs - 1) * self.error
        return self.mean, self.mean - half, self.mean + half

    @property
    def p(self) -> float:
        """Probability of a difference so large or larger, were there none (two-sided paired t test)."""
        from scipy.special import stdtr

        if self.error == 0:
            return 1.0 if self.mean == 0 else 0.0
        return float(2 * stdtr(self.pairs - 1, -abs(self.mean) / self.error))


def paired(base: Array, other: Array) -> Paired:
    """Return the difference other - base of values in pairs, at least two."""
    a, b = np.asarray(base, np.float64), np.asarray(other, np.float64)
    root = math.sqrt(len(a))
    error = float(np.std(b - a, ddof=1)) / root
    unpaired = math.sqrt(float(np.var(a, ddof=1) + np.var(b, ddof=1))) / root
    return Paired(float((b - a).mean()), error, unpaired, len(a))


def paired_log_ratio(base: Array, other: Array) -> Paired | None:
    """Return the difference of the logarithms of values in pairs; None where one of them is not above 0."""
    if min(np.min(base), np.min(other)) <= 0:
        return None
    return paired(np.log(base), np.log(other))


def holm(p: Sequence[float]) -> list[float]:
    """Return p values adjusted for their number (S. Holm, Scandinavian Journal of Statistics 6, 1979, 65-70)."""
    adjusted = [0.0] * len(p)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        largest = max(largest, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = largest
    return adjusted

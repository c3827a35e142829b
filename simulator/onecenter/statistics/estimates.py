"""Estimates with intervals from independent replications: means of values, ratios of sums, differences of pairs.

Each replication is one independent observation, whatever happens inside it; so an interval rests on how replications
differ, never on how the jobs of one do, which depend on each other.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from onecenter.statistics.sample import Array

#: A skewness this small changes no interval; dividing by a smaller one would only round.
NO_SKEWNESS = 1e-8


class Estimate(NamedTuple):
    """A value with its interval."""

    value: float | None  # None: the data do not tell it, and `low` and `high` bound it as far as they can
    low: float | None  # None: withheld or unbounded
    high: float | None
    reason: str = ""  # why something is None, else ""

    @property
    def relative_half_width(self) -> float:
        """Half the interval's width as a share of the value; infinite where there is none."""
        if not self.value or self.low is None or self.high is None:
            return math.inf
        return (self.high - self.low) / 2 / abs(self.value)

    def scaled(self, divisor: float) -> "Estimate":
        """Return it in another unit: 1,000 turns ms into seconds."""
        low, value, high = (None if x is None else x / divisor for x in (self.low, self.value, self.high))
        return Estimate(value, low, high, self.reason)


def quantile_of_t(confidence: float, degrees: int, sides: int = 2) -> float:
    """Return how many standard errors an interval reaches to each side (Student's t)."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 1 - (1 - confidence) / sides)) if degrees > 0 else math.inf


def mean(values: Sequence[float] | Array) -> Estimate:
    """Return the mean of independent values of any sign with its 95 % t interval."""
    x = np.asarray(values, np.float64)
    if len(x) < 2:
        return Estimate(float(x[0]), None, None, "one replication has no interval") if len(x) else NOTHING
    half = quantile_of_t(0.95, len(x) - 1) * float(x.std(ddof=1)) / math.sqrt(len(x))
    return Estimate(float(x.mean()), float(x.mean()) - half, float(x.mean()) + half)


def ratio(
    sums: Sequence[float] | Array, counts: Sequence[float] | Array, confidence: float = 0.95, sides: int = 2
) -> Estimate:
    """Return sum(sums) / sum(counts) over replications with its interval, see `limits`; neither is negative.

    With one of the `sides` the confidence is that of each end alone, as a judgement needs it.
    """
    s, n = np.asarray(sums, np.float64), np.asarray(counts, np.float64)
    total = float(n.sum())
    if total == 0:
        return NOTHING
    value = float(s.sum()) / total
    if len(s) < 2:
        return Estimate(value, None, None, "one replication has no interval")
    if value == 0:
        return Estimate(0.0, None, None, "0 in each replication")
    low, high = limits(s, n, confidence, sides)
    return Estimate(value, float(low), float(high))


#: Of no job at all.
NOTHING = Estimate(None, None, None, "no jobs")


def limits(sums: Array, counts: Array, confidence: float = 0.95, sides: int = 2) -> tuple[Array, Array]:
    """Return the limits of the long-run ratio of sums (..., replications) to counts (replications), at least two.

    Neither is negative, and one count at least is above 0. Several rows of sums are several ratios.

    A window sees few long queues, so sums over replications are skewed, and a t interval lies too low: for the p99 of
    M/M/8 at 0.8 it covers 79 to 89 % where it says 95 %. This one is corrected for skewness:
    value - error * G(t) to value - error * G(-t) with G(x) = (cbrt(1 + 6 a (x - a)) - 1) / (2 a), where a is the
    skewness over 6 sqrt(replications) (R. Willink, Communications in Statistics: Theory and Methods 34, 2005,
    297-304, after N. J. Johnson, JASA 73, 1978, 536-544, and P. Hall, JRSS B 54, 1992, 221-228).

    - Observations are those of the ratio estimator (A. M. Law, Simulation Modeling and Analysis, 5th ed., 2015, 9.5),
      sums - value * counts: the mean of the replications' own ratios would be off where long waits come with many jobs.
    - A few replications show less skewness than there is. It is taken to be at least their coefficient of variation:
      that of a Poisson number of equal queues.
    - The same few say less about the variance than t supposes where they are heavy-tailed: t has the degrees of freedom
      that give the variance's own spread, 2 / (2 / (r - 1) + excess kurtosis / r) (F. E. Satterthwaite, Biometrics
      Bulletin 2, 1946, 110-114), at most r - 1.
    - What is not negative has no negative mean: a low end below 0 is 0.
    """
    from scipy.special import stdtrit

    r, total = sums.shape[-1], float(counts.sum())
    value = sums.sum(axis=-1) / total
    off = (sums - value[..., None] * counts) * (r / total)
    spread, skewness, kurtosis = _moments(off)
    error = np.sqrt(spread / r)
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.where(value > 0, np.sqrt(spread) / value, 0.0)
    a = np.maximum(np.maximum(skewness, least) / (6 * math.sqrt(r)), -1 / 6)
    a = np.where(np.abs(a) < NO_SKEWNESS, NO_SKEWNESS, a)
    degrees = np.clip(2 / np.maximum(2 / (r - 1) + kurtosis / r, 1e-9), 1, r - 1)
    t = stdtrit(degrees, 1 - (1 - confidence) / sides)
    low, high = (value - error * _transformed(x, a) for x in (t, -t))
    return np.maximum(low, 0.0), np.asarray(high)


def _transformed(x: Array, a: Array) -> Array:
    return np.asarray((np.cbrt(1 + 6 * a * (x - a)) - 1) / (2 * a))


def _moments(off: Array) -> tuple[Array, Array, Array]:
    """Return variance, skewness and excess kurtosis along the last axis, corrected for few observations (G1, G2)."""
    r = off.shape[-1]
    squares = off * off
    second = squares.mean(axis=-1)
    unit = np.where(second > 0, second, 1.0)
    third, fourth = (squares * off).mean(axis=-1) / unit**1.5, (squares * squares).mean(axis=-1) / unit**2
    skewness = third * math.sqrt(r * (r - 1)) / (r - 2) if r > 2 else 0 * third
    excess = (r - 1) / ((r - 2) * (r - 3)) * ((r + 1) * (fourth - 3) + 6) if r > 3 else 0 * fourth
    return second * r / (r - 1), skewness, excess


class Paired(NamedTuple):
    """A mean of paired differences, its standard error, the error had they not been paired, and the pairs."""

    mean: float
    error: float
    unpaired_error: float
    pairs: int

    def interval(self, confidence: float = 0.95, tests: int = 1) -> tuple[float, float, float]:
        """Return the difference and the low and high end of its t interval, as one of several at once (Bonferroni)."""
        half = quantile_of_t(1 - (1 - confidence) / tests, self.pairs - 1) * self.error
        return self.mean, self.mean - half, self.mean + half

    def p(self, tests: int = 1) -> float:
        """Return the probability of a difference so large or larger, were there none (two-sided paired t test).

        As one of several tests at once (Bonferroni): below 0.05 exactly where the interval of as many tests leaves 0
        out.
        """
        from scipy.special import stdtr

        if self.error == 0:
            return 1.0 if self.mean == 0 else 0.0
        return min(float(2 * stdtr(self.pairs - 1, -abs(self.mean) / self.error)) * tests, 1.0)


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

"""Paired differences and ratios over replications, and what several of them at once are worth."""

import math
from typing import NamedTuple

import numpy as np

from onecenter.statistics.estimates import quantile_of_t
from onecenter.statistics.sample import Array


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

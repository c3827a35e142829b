"""Paired differences on one long record: windows of it are the blocks that a bootstrap draws from."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from onecenter.statistics.sample import Array

#: Drawn records: the ends of an interval of 95 % rest on 500 of them.
DRAWS: Final = 9_999

#: Windows whose differences go together more than this leave too narrow an interval.
RELATED: Final = 0.5


@dataclass(frozen=True, eq=False)
class Blocks:
    """The difference of two means over the same jobs, by windows of a record.

    The interval is a symmetric bootstrap-t with each window as a block (Hall 1988): windows are drawn with replacement,
    and what is compared with its quantile is the difference over its standard error. Windows must be longer than what
    happens in one is felt; `correlation` says whether they are.
    """

    sums: Array  # of the jobs' differences, by window
    counts: Array  # jobs, by window

    @property
    def mean(self) -> float:
        """The difference of a job."""
        return float(self.sums.sum() / self.counts.sum())

    @property
    def _off(self) -> Array:
        return np.asarray(self.sums - self.mean * self.counts)

    @property
    def error(self) -> float:
        """The standard error of the difference."""
        return math.sqrt(float(self._off @ self._off)) / float(self.counts.sum())

    @property
    def correlation(self) -> float:
        """The correlation of neighbouring windows, of what their jobs are off the mean."""
        off = self._off
        total = float(off @ off)
        return float(off[1:] @ off[:-1]) / total if total else 0.0

    @cached_property
    def _drawn(self) -> Array:
        """How many standard errors the drawn records are off, rising, each by its own standard error."""
        generator = np.random.default_rng(len(self.sums))
        places = len(self.sums)
        times = generator.multinomial(places, np.full(places, 1 / places), DRAWS).astype(np.float64)
        jobs = times @ self.counts
        off = np.divide(times @ self._off, jobs, out=np.zeros(DRAWS), where=jobs > 0)
        a, b, c = times @ self._off**2, times @ (self._off * self.counts), times @ self.counts**2
        spread = np.sqrt(np.maximum(a - 2 * off * b + off * off * c, 0.0))
        known = spread > 1e-9 * math.sqrt(float(self._off @ self._off))
        # A record of one window alone, drawn again and again, knows no error.
        return np.sort(np.divide(np.abs(off) * jobs, spread, out=np.full(DRAWS, np.inf), where=known))

    def interval(self, confidence: float = 0.95, tests: int = 1) -> tuple[float, float, float]:
        """Return the difference and the low and high end of its interval, as one of several at once (Bonferroni)."""
        if self.error == 0:
            return self.mean, self.mean, self.mean
        # The interval leaves out 0 exactly where p is below 1 - confidence.
        beyond = math.ceil(round((1 - confidence) / tests * (DRAWS + 1), 6)) - 1
        half = float(self._drawn[DRAWS - beyond]) * self.error if beyond > 0 else math.inf
        return self.mean, self.mean - half, self.mean + half

    def p(self, tests: int = 1) -> float:
        """Return the probability of a difference so large or larger, were there none, as one of several tests."""
        if self.error == 0:
            return 1.0 if self.mean == 0 else 0.0
        more = DRAWS - int(np.searchsorted(self._drawn, abs(self.mean) / self.error, side="left"))
        return min((more + 1) / (DRAWS + 1) * tests, 1.0)

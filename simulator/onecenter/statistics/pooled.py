"""Durations of all replications together: their mean, percentiles, and the share that lasts longer than a limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from onecenter.statistics.estimates import NOTHING, Estimate, limits, ratio
from onecenter.statistics.sample import Array, Sample, needed

#: Expected jobs beyond a percentile, in all replications: with fewer than the first nothing is said of it; with fewer
#: than the second only where the replications agree, as long waits come in clumps.
FEWEST: Final = 20
FEW: Final = 200

#: The largest standard error of the share beyond a percentile, as a part of that share: with few jobs, and with many.
AGREEING: Final = (0.2, 0.5)

#: Durations at which an interval's ends are looked for, at the most.
LOOKS: Final = 1_000


@dataclass(frozen=True, eq=False)
class Pooled:
    """The durations of independent replications."""

    parts: Sequence[Sample]  # one per replication

    @cached_property
    def counts(self) -> Array:
        """Jobs of each replication."""
        return np.array([len(part) for part in self.parts], np.float64)

    @cached_property
    def _low(self) -> list[Array]:
        return [np.sort(part.low) for part in self.parts]

    @cached_property
    def _high(self) -> list[Array]:
        return [np.sort(part.high) for part in self.parts] if any(part.open.any() for part in self.parts) else self._low

    def spent(self, confidence: float = 0.95) -> Estimate:
        """Return the mean time spent until the start or until the job left; some that is open bounds it from below."""
        found = ratio([part.seen.sum(dtype=np.float64) for part in self.parts], self.counts, confidence)
        still = sum(int(part.open.sum()) for part in self.parts)
        if still == 0:
            return found
        return Estimate(None, found.low, None, f"{still:,} jobs still waited when they were last seen")

    def mean(self, confidence: float = 0.95) -> Estimate:
        """Return the mean over all jobs; those that never start or are open bound it from below only."""
        found = self.spent(confidence)
        never = sum(int(part.never.sum()) for part in self.parts)
        if never == 0:
            return found
        return Estimate(None, found.low, None, f"{never:,} jobs were refused or left while they waited")

    def percentile(self, percent: float, confidence: float = 0.95, sides: int = 2) -> Estimate:
        """Return a percentile of all jobs with its interval.

        The interval holds each duration t at which the share that lasts longer, see `estimates.limits`, agrees with 1 -
        percent / 100. It is withheld where too little is known of so long durations, see `withheld`.
        """
        if self.counts.sum() == 0:
            return NOTHING
        place = needed(int(self.counts.sum()), percent) - 1
        ends = (float(np.partition(np.concatenate(values), place)[place]) for values in (self._low, self._high))
        certain, possible = (end if math.isfinite(end) else None for end in ends)
        value = certain if certain == possible else None
        reason = self.withheld(percent)
        if reason:
            return Estimate(value, None, None, reason)
        low, _ = self._agreeing(self._low, percent, confidence, sides)
        _, high = self._agreeing(self._high, percent, confidence, sides)
        if value is None:
            reason = "so many jobs are refused, left or still waited that no wait is known to be it"
        return Estimate(value, low, high, reason or ("" if high is not None else "no wait is sure to be longer"))

    def withheld(self, percent: float) -> str:
        """Return why a percentile has no interval, or nothing where it has one.

        A wait as long as the percentile is rarely one of a single job: it belongs to a long queue, and queues are what
        replications have seen few of. By 400 to 4,000 repetitions on M/M/8 and M/H2/4 the interval covers where at
        least 200 jobs beyond the percentile are expected and the standard error of the share beyond it is at most half
        of the share, or a fifth where fewer jobs are expected.
        """
        if len(self.parts) < 2:
            return "one replication has no interval"
        share = 1 - percent / 100
        expected = float(self.counts.sum()) * share
        if round(expected, 6) < FEWEST:
            return f"{expected:.1f} jobs expected beyond it in all replications: {FEWEST} are needed"
        spread = self._spread(percent) / share
        if spread <= AGREEING[expected >= FEW]:
            return ""
        return f"too few long queues: the share of jobs beyond it is known to {spread:.0%} of it (standard error)"

    def _spread(self, percent: float) -> float:
        """Return the standard error of the share of jobs beyond a percentile."""
        total, r = int(self.counts.sum()), len(self.parts)
        place = needed(total, percent) - 1
        at = np.partition(np.concatenate(self._low), place)[place]
        beyond = np.array([len(part) - np.searchsorted(part, at, side="right") for part in self._low])
        off = beyond - beyond.sum() / total * self.counts
        return math.sqrt(r / (r - 1) * float(off @ off)) / total

    def _agreeing(
        self, parts: Sequence[Array], percent: float, confidence: float, sides: int
    ) -> tuple[float | None, float | None]:
        """Return the first and the last duration at which the share beyond agrees with that of the percentile."""
        share = 1 - percent / 100
        at = _looks(parts, percent)
        beyond = np.stack([len(part) - np.searchsorted(part, at, side="right") for part in parts], axis=-1)
        low, high = limits(beyond.astype(np.float64), self.counts, confidence, sides)
        above = np.flatnonzero(low > share + 1e-12)
        below = np.flatnonzero(high <= share + 1e-12)
        first = above[-1] + 1 if len(above) else 0
        return (float(at[first]) if first < len(at) else None), (float(at[below[0]]) if len(below) else None)

    def longer(self, limit: float, confidence: float = 0.95, sides: int = 2) -> tuple[Estimate, Estimate]:
        """Return the share of jobs that certainly last longer than a limit, and the share that may.

        Where no job does, the high end is that for one job of one replication.
        """
        if self.counts.sum() == 0:
            return NOTHING, NOTHING
        counts = np.array([part.longer_than(limit) for part in self.parts], np.float64)
        certain, possible = (self._share(counts[:, column], confidence, sides) for column in (0, 1))
        return certain, possible

    def _share(self, beyond: Array, confidence: float, sides: int) -> Estimate:
        if beyond.any() or len(beyond) < 2:
            found = ratio(beyond, self.counts, confidence, sides)
            return found if found.high is None else found._replace(high=min(found.high, 1.0))
        one = np.zeros_like(beyond)
        one[0] = 1
        return Estimate(0.0, 0.0, min(float(limits(one, self.counts, confidence, sides)[1]), 1.0))


def _looks(parts: Sequence[Array], percent: float) -> Array:
    """Return durations, rising: all of the longest, of the others ever fewer, and a percentile."""
    every = np.sort(np.concatenate(parts))
    beyond = np.unique(np.geomspace(1, len(every), LOOKS).astype(np.int64)) - 1
    places = np.append(len(every) - 1 - beyond, needed(len(every), percent) - 1)
    at = np.unique(every[places])
    return np.asarray(at[np.isfinite(at)])

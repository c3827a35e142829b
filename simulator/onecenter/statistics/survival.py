"""Durations of which some are known only from below: the estimate of Kaplan and Meier."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

#: Rounding that a product of many factors may gather; a step of the estimate is far larger.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Survival:
    """A survival function S(t), the share that lasts longer than t.

    Attributes
    ----------
    t : float64 array
        The distinct durations seen, rising.
    s : float64 array
        S at and after each.
    n : int
        Durations.
    censored : int
        How many of them are known only from below.
    total : float
        Sum of all durations as seen.
    """

    t: Array
    s: Array
    n: int
    censored: int
    total: float

    def percentile(self, percent: float) -> float | None:
        """Return the smallest t with S(t) <= 1 - percent/100; None where it is not reached."""
        reached = self.s <= 1 - percent / 100 + ROUNDING
        return float(self.t[np.argmax(reached)]) if reached.any() else None

    def beyond(self, t: float) -> float:
        """Return S(t)."""
        place = int(np.searchsorted(self.t, t, side="right"))
        return float(self.s[place - 1]) if place else 1.0

    @property
    def restricted_mean(self) -> float | None:
        """The integral of S up to the largest duration seen; None without any."""
        if self.n == 0:
            return None
        if self.censored == 0:
            return self.total / self.n
        before = np.concatenate([[1.0], self.s[:-1]])
        return float(np.sum(before * np.diff(self.t, prepend=0.0)))

    @property
    def mean(self) -> float | None:
        """The restricted mean, where the largest duration is known; else None."""
        return self.restricted_mean if self.n and self.s[-1] == 0 else None


def kaplan_meier(durations: Array, censored: Array | None = None) -> Survival:
    """Estimate S from durations >= 0, right-censored where `censored` is true.

    S(t) is the product over the distinct durations u <= t of 1 - d/r: d of them end at u, r are at least u
    (Kaplan and Meier, JASA 53, 1958). A censored duration that ties with an end counts as longer.
    """
    lost = np.zeros(len(durations), bool) if censored is None else np.asarray(censored)
    order = np.argsort(durations, kind="stable")
    values = np.asarray(durations, dtype=np.float64)[order]
    first = np.flatnonzero(np.diff(values, prepend=-1.0))
    ends = np.add.reduceat((~lost[order]).astype(np.int64), first) if len(first) else first
    at_risk = len(values) - first
    s = np.cumprod((at_risk - ends) / at_risk)
    return Survival(values[first], s, len(values), int(lost.sum()), float(values.sum()))

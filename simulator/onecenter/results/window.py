"""The part of a run that its figures are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from onecenter.checks import Check, Whole, settle
from onecenter.errors import OnecenterError
from onecenter.results.log import Array, arrivals
from onecenter.results.segments import ended

#: Instants lie in an int64 with room to add some.
LATEST: Final = 2**62

CHECKS: Final[Mapping[str, Check]] = dict.fromkeys(("warmup", "horizon", "origin"), Whole(-LATEST, LATEST))


@dataclass(frozen=True)
class Window:
    """From the end of the warm-up to the horizon (ms since the start).

    Figures are about the jobs submitted in [warmup, horizon), also where they start after it. Accelerator-hours are
    those used in the window, whoever was submitted when.
    """

    warmup: int
    horizon: int
    origin: int = 0  # what people count from: of a log, whose clock may begin anywhere, its first submit

    def __post_init__(self) -> None:
        """Check the instants; an OnecenterError has all mistakes."""
        settle(self, "window", CHECKS, OnecenterError)
        if self.warmup > self.horizon:
            right = f"at most the horizon, {self.horizon}, is expected"
            raise OnecenterError("window", [f"warmup = {self.warmup}: {right}"])

    @property
    def length(self) -> int:
        """Its length in ms."""
        return self.horizon - self.warmup

    def bounded(self, begin: Array, end: Array) -> tuple[Array, Array]:
        """Return spans (ms) cut to the window; end -1: not over."""
        last = np.where(end >= 0, end, self.horizon)
        return np.clip(begin, self.warmup, self.horizon), np.clip(last, self.warmup, self.horizon)

    def clipped(self, start: Array, end: Array) -> Array:
        """Return how much (ms) of each run lies in the window; start -1: none, end -1: still running."""
        first, last = self.bounded(start, end)
        return np.where(start >= 0, last - first, 0)


def whole_run(log: Array) -> Window:
    """Return the window of a run without a horizon: from the first submit to the last end, or beyond the last submit
    where that one is refused or leaves while it waits.
    """
    submits = np.flatnonzero(arrivals(log))
    if len(submits) == 0:
        return Window(0, 0)
    ends = np.flatnonzero(ended(np.ascontiguousarray(log["kind"])))
    first, last = (int(log["t"][submits[place]]) for place in (0, -1))
    return Window(first, max(last + 1, int(log["t"][ends[-1]]) if len(ends) else 0))

"""Runs go on past their window until each job submitted in it has started or left."""

from collections.abc import Callable
from typing import Final

import numpy as np

from onecenter.engine.center import Center
from onecenter.results.window import Window
from onecenter.scenario import Scenario
from onecenter.units import MAX_DURATION
from onecenter.workload.build import build, too_large
from onecenter.workload.table import Workload

#: How far past its window a run goes on at most, in windows.
CAP: Final = 10

#: Parts of a window after each of which it is asked whether a job of the window still waits.
LOOKS: Final = 64

#: The first stretch of further arrivals, as a part of the window; each later one doubles what there is.
STRETCH: Final = 8

#: Going on may cost so many times what the window cost, and so much in any case; see `Effort`.
DEARER: Final = 4
FREE: Final = 1_000_000

#: Gives the jobs submitted before an instant (ms), or None where they are too many to be drawn.
Arrivals = Callable[[int], Workload | None]


def arrivals_of(scenario: Scenario) -> Arrivals:
    """Return the function that gives a scenario's jobs up to any instant; a later one only adds jobs at the end."""

    def before(instant: int) -> Workload | None:
        time = scenario.time.model_copy(update={"horizon": instant})
        longer = scenario.model_copy(update={"time": time})
        return None if too_large(longer) else build(longer)

    return before


def cap_of(window: Window) -> int:
    """Return the instant (ms) at which a run ends even if jobs of its window still wait."""
    return max(window.horizon, min(window.horizon + CAP * window.length, window.origin + MAX_DURATION))


class Effort:
    """About what a run has cost so far: each job that came, times those then waiting to a power of the policy's.

    It depends on what was decided only, not on how fast it was, so a run ends at the same instant everywhere.
    """

    def __init__(self, center: Center) -> None:
        self.total = 0
        self._center = center
        self._jobs = 0
        policy = center.policy
        in_order = policy.backfill == "none" and policy.order == "fifo"
        self._power = 2 if policy.backfill == "conservative" else 0 if in_order else 1

    def run(self, until: int) -> None:
        """Run the center to an instant (ms), and add what it cost."""
        self._center.run(until)
        jobs = int(np.searchsorted(self._center.workload.submit, until))
        self.total += (jobs - self._jobs) * len(self._center.waiting) ** self._power
        self._jobs = jobs


def run_on(center: Center, window: Window, arrivals: Arrivals | None = None) -> int:
    """Run a center to its window's end and on until no job submitted in the window waits, or to the cap.

    Return until when (ms) the jobs were seen; the log ends before it. A queue that grows costs more the longer it is:
    the run also ends where going on has cost four times what the window cost (see `Effort`).

    The center has the jobs submitted before the window's end, and that horizon; without `arrivals` all jobs, and no
    horizon before the cap. `arrivals` gives the jobs submitted before an instant; those already there are the first of
    them. Where they are too many to be drawn the run ends.
    """
    effort, step = Effort(center), max(window.length // LOOKS, 1)
    for until in (*range(window.warmup + step, window.horizon, step), window.horizon):
        effort.run(until)
    first, last = (int(place) for place in np.searchsorted(center.workload.submit, (window.warmup, window.horizon)))
    seen = known = window.horizon
    cap, most = cap_of(window), (1 + DEARER) * effort.total + FREE
    while seen < cap and center.any_waiting(first, last) and effort.total <= most:
        until = min(seen + step, cap)
        if arrivals is not None and until > known:
            known = min(window.horizon + max(2 * (known - window.horizon), window.length // STRETCH, step), cap)
            jobs = arrivals(known)
            if jobs is None:
                break
            center.extend(jobs, known)
        effort.run(until)
        seen = until
    return seen

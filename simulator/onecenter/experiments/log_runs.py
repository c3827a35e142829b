"""A real log run once under one policy, and what happened to its jobs, window by window of their submits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from onecenter.experiments.fair_starts import fair_starts
from onecenter.experiments.replication import used_hours
from onecenter.fleet import accelerators_of
from onecenter.policies import Policy
from onecenter.results.log import Array
from onecenter.results.seen import Seen, seen, submitted_in
from onecenter.results.window import Window
from onecenter.simulation.replaying import Machine, play
from onecenter.simulation.result import Result
from onecenter.traces import Trace
from onecenter.traces.loads import with_load
from onecenter.traces.log_window import LogWindow
from onecenter.units import HOUR, THOUSAND

#: The row of all platforms together.
CENTER: Final = "center"


@dataclass(frozen=True)
class LogTask:
    """A log that is to be run under a policy at a load; a task can be sent to another process."""

    trace: Trace
    machine: Machine
    policy: Policy
    part: LogWindow
    load: float
    fair_starts: int = 0  # jobs of which a fair start time is worked out

    def run(self) -> "LogRun":
        """Run the whole log, from an empty center on."""
        trace = with_load(self.trace, self.load)
        result = play(trace, self.machine, self.policy, self.part, stride="calendar", show_progress=False)
        jobs, fate, window = result.workload, result.fates, result.window
        inside = submitted_in(jobs, fate, window)
        # Without a horizon the window goes on to the last end, long after the last submit.
        end = min(window.horizon, int(jobs.submit[-1]) + 1)
        work = float((jobs.gang * np.minimum(jobs.run, jobs.walltime))[inside].sum(dtype=np.float64))
        return LogRun(
            seen=seen(jobs, fate, result.until).where(inside),
            platform=jobs.platform[inside],
            fairness=result.fairness | self._fair_starts(result, inside),
            fragmentation=result.fragmentation,
            platforms=jobs.platforms,
            span=Window(window.warmup, end, window.origin),
            hours=work / (THOUSAND * HOUR),
            used=float(used_hours(jobs, fate, result.fleet, window)[0].sum()),
            capacity=accelerators_of(result.fleet) * window.length / HOUR,
        )

    def _fair_starts(self, result: Result, inside: Array) -> dict[str, Any]:
        if not self.fair_starts:
            return {}
        run = (result.workload, result.fates.start, inside, self.fair_starts)
        return fair_starts(result.fleet, self.policy, *run)


@dataclass(frozen=True, eq=False)
class LogRun:
    """The jobs that the figures are about, one row per job, and what became of them."""

    seen: Seen
    platform: Array
    fairness: Mapping[str, Any]  # see `fairness.fairness` and `fair_starts.fair_starts`
    fragmentation: Mapping[str, Any]  # see `fragmentation.fragmentation`
    platforms: tuple[str, ...]
    span: Window  # from the warm-up to the horizon or the last submit
    hours: float  # accelerator-hours that the jobs ask for, up to their walltimes
    used: float  # accelerator-hours used until the horizon, or until the last end
    capacity: float  # those that the center has until then

    def rows(self, platform: str) -> Array:
        """Return which jobs are those of a platform, or with "center" all, as a bool array."""
        if platform == CENTER:
            return np.ones(len(self.platform), bool)
        return np.asarray(self.platform == self.platforms.index(platform))

    def window_of(self, windows: int) -> Array:
        """Return the window of each job: so many of equal length, by submit."""
        place = (self.seen.submit - self.span.warmup) * windows // max(self.span.length, 1)
        return np.asarray(np.minimum(place, windows - 1))

    @property
    def figures(self) -> Mapping[str, Array]:
        """By name what is compared, of each job."""
        return {"wait_s": self.seen.wait / 1_000, "bounded_slowdown": self.seen.slowdowns.seen}

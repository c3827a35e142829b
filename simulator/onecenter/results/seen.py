"""Jobs as a run saw them: how long each waited, stayed and ran, as far as it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from onecenter.results.log import CANCELLED_WAITING, ENDED, FUTURE, KILLED, REFUSED, RUNNING, WAITING, Fates
from onecenter.results.window import Window
from onecenter.statistics.sample import Sample
from onecenter.workload.table import Workload

Array = npt.NDArray[Any]

#: Fates of jobs that did not start.
NOT_STARTED: Final = (CANCELLED_WAITING, REFUSED, WAITING, FUTURE)

#: A job shorter than this counts as this long in the bounded slowdown (ms).
SLOWDOWN_THRESHOLD: Final = 10_000


@dataclass(frozen=True, eq=False)
class Seen:
    """Jobs and what became of them; one row per job.

    Attributes
    ----------
    submit, wait, run, deadline : int64 array
        ms: the submit; how long it waited, as far as seen (refused: 0); how long it runs; the deadline (-1: none).
    gang : int64 array
        Accelerators of the whole gang, thousandths.
    outcome : int8 array
        Code of FATES.
    killed : bool array
        Which are killed at their walltime, or will be.
    until : int
        Until when they were seen, ms.
    """

    submit: Array
    wait: Array
    run: Array
    deadline: Array
    gang: Array
    outcome: Array
    killed: Array
    until: int

    def __len__(self) -> int:
        """Return the number of jobs."""
        return len(self.submit)

    def where(self, mask: Array) -> "Seen":
        """Return the jobs for which `mask` (bool, one per job) holds."""
        columns = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "until"}
        return Seen(**{name: column[mask] for name, column in columns.items()}, until=self.until)

    @cached_property
    def refused(self) -> Array:
        """Which can never run on the center."""
        return np.equal(self.outcome, REFUSED)

    @cached_property
    def cancelled(self) -> Array:
        """Which left while they waited."""
        return np.equal(self.outcome, CANCELLED_WAITING)

    @cached_property
    def waiting(self) -> Array:
        """Which still waited when they were last seen."""
        return np.equal(self.outcome, WAITING)

    @cached_property
    def started(self) -> Array:
        """Which started."""
        return ~np.isin(self.outcome, NOT_STARTED)

    @cached_property
    def end(self) -> Array:
        """When each ends (ms; -1: it did not start): nothing interrupts a job that runs."""
        return np.where(self.started, self.submit + self.wait + self.run, -1)

    def _sample(self, seen: Array) -> Sample:
        return Sample(seen, self.waiting, self.refused | self.cancelled)

    @cached_property
    def waits(self) -> Sample:
        """Start - submit, ms."""
        return self._sample(self.wait)

    @cached_property
    def stays(self) -> Sample:
        """End - submit, ms."""
        return self._sample(np.where(self.started, self.wait + self.run, self.wait))

    @cached_property
    def slowdowns(self) -> Sample:
        """Bounded slowdowns: max(1, (wait + run) / max(run, 10 s))."""
        return self._sample(np.maximum(1.0, (self.wait + self.run) / np.maximum(self.run, SLOWDOWN_THRESHOLD)))

    @cached_property
    def expansions(self) -> Sample:
        """Expansion factors: (wait + run) / run."""
        return self._sample((self.wait + self.run) / self.run)

    def on_time(self) -> tuple[Array, Array]:
        """Return which jobs with a deadline certainly keep it, and which may: those still waiting that still can.

        Kept: it ends of its own accord, not killed, by the deadline. Whoever never starts has missed it.
        """
        able = (self.deadline >= 0) & ~self.killed
        kept = able & self.started & (self.end <= self.deadline)
        return kept, kept | (able & self.waiting & (self.until + self.run <= self.deadline))


def seen(workload: Workload, fate: Fates, until: int) -> Seen:
    """Return all jobs of a run as they were seen up to instant `until` (ms)."""
    started = fate.start >= 0
    left = np.where(started, fate.start, np.where(fate.end >= 0, fate.end, until))
    waited = np.where(np.isin(fate.outcome, (REFUSED, FUTURE)), 0, left - workload.submit)
    expected = np.minimum(workload.run, workload.walltime)
    to_be_killed = np.isin(fate.outcome, (RUNNING, WAITING)) & (workload.run > workload.walltime)
    return Seen(
        submit=workload.submit,
        wait=waited,
        run=np.where(np.isin(fate.outcome, ENDED), fate.end - fate.start, expected),
        deadline=workload.deadline,
        gang=workload.gang,
        outcome=fate.outcome,
        killed=(fate.outcome == KILLED) | to_be_killed,
        until=until,
    )


def joined(parts: Sequence[Seen]) -> Seen:
    """Return jobs of several platforms of one run together."""
    names = [field.name for field in fields(Seen) if field.name != "until"]
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Seen(**columns, until=parts[0].until)


def submitted_in(workload: Workload, fate: Fates, window: Window) -> Array:
    """Return which jobs were submitted in a window, as a bool array."""
    inside: Array = (workload.submit >= window.warmup) & (workload.submit < window.horizon)
    inside &= fate.outcome != FUTURE
    return inside

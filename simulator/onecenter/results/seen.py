"""Jobs as a run saw them: how long each waited, stayed and ran, as far as it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

import numpy as np

from onecenter.results.log import CANCELLED_WAITING, FUTURE, KILLED, OVER, REFUSED, REQUEUED, RUNNING, WAITING, Array
from onecenter.results.segments import Fates
from onecenter.results.window import Window
from onecenter.statistics.sample import Sample
from onecenter.workload.table import Workload

#: Fates of jobs that did not start.
NOT_STARTED: Final = (CANCELLED_WAITING, REFUSED, WAITING, FUTURE)

#: A job shorter than this counts as this long in the bounded slowdown (ms).
SLOWDOWN_THRESHOLD: Final = 10_000


@dataclass(frozen=True, eq=False)
class Seen:
    """Jobs and what became of them; one row per job, times in ms (int64)."""

    submit: Array
    wait: Array  # for its first start, as far as seen; refused: 0
    held: Array  # of that wait: until it joined the queue
    interrupted: Array  # from then to its last attempt, or after it where it waits again: earlier attempts and waits
    run: Array  # how long its last attempt runs, or the next one will
    deadline: Array  # -1: none
    gang: Array  # accelerators of the whole gang, thousandths (int64)
    outcome: Array  # code of FATES (int8)
    killed: Array  # bool: is killed at its walltime, or will be
    until: int  # until when they were seen

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
        """Which still waited for their first start when they were last seen."""
        return np.equal(self.outcome, WAITING)

    @cached_property
    def requeued(self) -> Array:
        """Which had run, and waited again, when they were last seen."""
        return np.equal(self.outcome, REQUEUED)

    @cached_property
    def started(self) -> Array:
        """Which started."""
        return ~np.isin(self.outcome, NOT_STARTED)

    @cached_property
    def end(self) -> Array:
        """When each ends (ms; -1: it did not start), if nothing interrupts it any more."""
        return np.where(self.started, self.submit + self.stay, -1)

    @cached_property
    def stay(self) -> Array:
        """How long (ms) each is in the center; who waits: as far as seen."""
        runs = self.started & ~self.requeued
        return self.wait + self.interrupted + np.where(runs, self.run, 0)

    @cached_property
    def waits(self) -> Sample:
        """First start - submit, ms."""
        return Sample(self.wait, self.waiting, self.refused | self.cancelled)

    def _whole(self, seen: Array) -> Sample:
        """Return a sample of what is known once a job has ended, or runs."""
        return Sample(seen, self.waiting | self.requeued, self.refused | self.cancelled)

    @cached_property
    def eligible_waits(self) -> Sample:
        """First start - release (submit, where it was not held), ms."""
        return Sample(self.wait - self.held, self.waiting, self.refused | self.cancelled)

    @cached_property
    def stays(self) -> Sample:
        """Last end - submit, ms."""
        return self._whole(self.stay)

    @cached_property
    def slowdowns(self) -> Sample:
        """Bounded slowdowns: max(1, (wait + run) / max(run, 10 s)); to the wait counts all before the last attempt."""
        stay = self.wait + self.interrupted + self.run
        return self._whole(np.maximum(1.0, stay / np.maximum(self.run, SLOWDOWN_THRESHOLD)))

    @cached_property
    def expansions(self) -> Sample:
        """Expansion factors: (wait + run) / run."""
        return Sample((self.wait + self.run) / self.run, self.waiting, self.refused | self.cancelled)

    def on_time(self) -> tuple[Array, Array]:
        """Return which jobs with a deadline keep it, and which may: those that wait, also again, and still can.

        Kept: it ends of its own accord, not killed, by the deadline. Whoever never starts has missed it.
        """
        able = (self.deadline >= 0) & ~self.killed
        kept = able & self.started & ~self.requeued & (self.end <= self.deadline)
        return kept, kept | (able & (self.waiting | self.requeued) & (self.until + self.run <= self.deadline))


def seen(workload: Workload, fate: Fates, until: int) -> Seen:
    """Return all jobs of a run as they were seen up to instant `until` (ms)."""
    started = fate.start >= 0
    left = np.where(started, fate.start, np.where(fate.end >= 0, fate.end, until))
    waited = np.where(np.isin(fate.outcome, (REFUSED, FUTURE)), 0, left - workload.submit)
    expected = np.minimum(workload.run, workload.walltime)
    to_be_killed = np.isin(fate.outcome, (RUNNING, WAITING, REQUEUED)) & (workload.run > workload.walltime)
    interrupted = _interrupted(fate, until)
    return Seen(
        submit=workload.submit,
        wait=waited,
        held=np.where(fate.eligible >= 0, fate.eligible - workload.submit, waited),
        interrupted=interrupted,
        run=np.where(np.isin(fate.outcome, OVER), fate.end - fate.start - interrupted, expected),
        deadline=workload.deadline,
        gang=workload.gang,
        outcome=fate.outcome,
        killed=(fate.outcome == KILLED) | to_be_killed,
        until=until,
    )


def _interrupted(fate: Fates, until: int) -> Array:
    """Return what (ms) lay between the first start of each job and the beginning of its last attempt, or waits again;
    of an ended one all that its last attempt did not take.
    """
    stays, found = fate.attempts, np.zeros(len(fate.start), np.int64)
    rows = np.flatnonzero(stays.last & (~stays.first | (stays.outcome == REQUEUED)))
    job = stays.job[rows]
    ended = np.isin(fate.outcome[job], OVER)
    resumed = np.where(stays.outcome[rows] == REQUEUED, until, stays.start[rows])
    ran = stays.end[rows] - stays.start[rows]
    found[job] = np.where(ended, fate.end[job] - ran, resumed) - fate.start[job]
    return found


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

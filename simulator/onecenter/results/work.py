"""What came of each attempt: work that counts, work that was lost, overhead, and time to leave."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from onecenter_kernels import schema

from onecenter.results.log import Array
from onecenter.results.segments import Attempts, Fates, Rows
from onecenter.results.window import Window
from onecenter.workload.sharing import JobClass
from onecenter.workload.table import Workload

#: What becomes of accelerator time that a job holds.
HELD_FATES: Final = ("useful", "lost", "overhead", "leaving")


class Work(NamedTuple):
    """What each attempt did; ms (int64), lengths by the node's clock."""

    evicted: Array  # at which instant it had to leave; -1: it had not
    restart: Array  # how long it restarts before it works
    every: Array  # work between two checkpoints; 0: there are none
    write: Array  # how long one takes to write
    left: Array  # work of its job at its start
    kept: Array  # what of its work counts

    def done(self, elapsed: Array) -> Array:
        """Return the work that each has done so long (ms) after its start."""
        worked, cycle = np.maximum(0, elapsed - self.restart), np.maximum(1, self.every + self.write)
        count = np.where(self.every > 0, worked // cycle, 0)
        piece = worked - count * cycle
        piece = np.where(self.every > 0, np.minimum(piece, self.every), piece)
        return np.asarray(np.minimum(self.left, count * self.every + piece))

    def saved(self, elapsed: Array) -> Array:
        """Return what of that work is in checkpoints that are written."""
        worked, cycle = np.maximum(0, elapsed - self.restart), np.maximum(1, self.every + self.write)
        return np.asarray(np.minimum(self.left, worked // cycle * self.every))

    @property
    def lasts(self) -> Array:
        """How long each would last if nothing cut it short."""
        written = np.where(self.every > 0, (self.left - 1) // np.maximum(1, self.every) * self.write, 0)
        return np.asarray(self.restart + self.left + written)


def work_of(jobs: Workload, log: Array, fate: Fates, rows: Rows, *, preempts: bool) -> Work:
    """Return what each attempt did; where no policy preempts, all that a job holds is its work."""
    stays, classes = fate.attempts, _classes(jobs, preempts=preempts)
    evicted = np.where(rows.evict >= 0, log["t"][rows.evict], -1) if len(log) else np.zeros(0, np.int64)
    each = {name: column[stays.job] for name, column in classes.items()}
    left, saved = jobs.run.astype(np.int64), np.zeros(len(jobs), np.int64)
    columns = {name: np.zeros(len(stays.job), np.int64) for name in ("restart", "left", "kept")}
    number = stays.number
    order = np.argsort(number, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
        job = stays.job[mine]
        restart = np.where(saved[job] > 0, each["restart"][mine], 0)
        work = Work(evicted[mine], restart, each["every"][mine], each["write"][mine], left[job], left[job])
        leaves = np.minimum(work.evicted + each["grace"][mine], stays.start[mine] + jobs.walltime[job])
        kept = _kept(work, stays.start[mine], leaves)
        columns["restart"][mine], columns["left"][mine], columns["kept"][mine] = restart, left[job], kept
        left[job], saved[job] = left[job] - kept, saved[job] + kept
    columns["kept"][fate.outcome[stays.job] == schema.PREEMPTED] = 0
    return Work(evicted, every=each["every"], write=each["write"], **columns)


def _classes(jobs: Workload, *, preempts: bool) -> Mapping[str, Array]:
    """Return what holds for each job where a policy preempts."""
    given = jobs.sharing.classes if preempts and jobs.sharing is not None else ()
    listed = (*given, JobClass())
    place = np.where((jobs.stream >= 0) & (jobs.stream < len(given)), jobs.stream, len(given))
    return {name: np.array([getattr(one, name) for one in listed], np.int64)[place]
            for name in ("grace", "every", "write", "restart")}  # fmt: skip


def _kept(work: Work, start: Array, leaves: Array) -> Array:
    """Return what counts of the work of each attempt: all, but of one that was evicted only what is saved by then."""
    elapsed = np.maximum(0, work.evicted - start)
    in_time = (work.every > 0) & (leaves - work.evicted >= work.write)
    saved = np.where(in_time, work.done(elapsed), work.saved(elapsed))
    return np.where(work.evicted >= 0, saved, work.left)


def held_fates(work: Work, attempts: Attempts, window: Window) -> Array:
    """Return how long (ms) each attempt had each of HELD_FATES in the window, as an array (fate, attempt).

    They add up to the time that it held its nodes in the window.
    """
    first, last = window.bounded(attempts.start, attempts.end)
    stop = np.where(work.evicted >= 0, np.clip(work.evicted, first, last), last)
    before, after = (np.maximum(0, instant - attempts.start) for instant in (first, stop))
    done = work.done(before), work.done(after)
    useful = np.minimum(done[1], work.kept) - np.minimum(done[0], work.kept)
    worked = done[1] - done[0]
    return np.stack([useful, worked - useful, stop - first - worked, last - stop])

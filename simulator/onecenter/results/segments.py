"""Segments: which job was on which node, from when to when. All that reads the decision log's starts and ends.

An attempt is one stay of a job on nodes; a job has one attempt or, where it was evicted, several. It begins with the
rows of a start, which stand together, and ends with a row `end`, `kill` or `requeue`; after a requeue the job waits
again. What was evicted holds its nodes until then. A segment is the part of an attempt on one node (for fractions, on
one device).
"""

from typing import Final, NamedTuple

import numpy as np
from onecenter_kernels import schema

from onecenter.results.log import CANCELLED_WAITING, FUTURE, KILLED, REFUSED, REQUEUED, RUNNING, WAITING, Array

#: Kinds of rows with which an attempt ends.
ENDS: Final = (schema.E_END, schema.E_KILL, schema.E_REQUEUE)

#: What each kind of row does to the jobs that wait and those that run.
EFFECTS: Final = {
    schema.E_SUBMIT: (1, 0),
    schema.E_START: (-1, 1),
    schema.E_END: (0, -1),
    schema.E_KILL: (0, -1),
    schema.E_REQUEUE: (1, -1),
    schema.E_CANCEL: (-1, 0),
    schema.E_RELEASE: (1, 0),
}


class Attempts(NamedTuple):
    """One row per attempt, by job, then in order of time; instants in ms (int64), other columns int32."""

    job: Array
    node: Array  # the first one on which it was placed
    start: Array
    end: Array  # -1: it has not ended
    outcome: Array  # how it ended, a code of FATES (int8); RUNNING: it has not

    @property
    def first(self) -> Array:
        """Which are the first attempts of their jobs, as a bool array."""
        return np.asarray(np.diff(self.job, prepend=-1) != 0)

    @property
    def last(self) -> Array:
        """Which are the last attempts of their jobs so far, as a bool array."""
        return np.asarray(np.diff(self.job, append=-1) != 0)

    @property
    def number(self) -> Array:
        """The number of each attempt of its job, from 0."""
        row = np.arange(len(self.job))
        return row - np.maximum.accumulate(np.where(self.first, row, 0))


class Rows(NamedTuple):
    """Rows of the log at which attempts begin, are evicted and end, by attempt; -1: there is none."""

    begin: Array
    evict: Array
    end: Array

    @property
    def stop(self) -> Array:
        """Where it stops working."""
        return np.where(self.evict >= 0, self.evict, self.end)


class Segments(NamedTuple):
    """One row per segment, in the order of the log; instants in ms (int64), other columns int32."""

    job: Array
    attempt: Array  # which of its job, from 0
    node: Array
    device: Array  # for fractions, of the node (int16); -1: the log does not say which
    amount: Array  # tasks there; spread any: accelerators
    start: Array
    end: Array  # -1: it has not ended
    outcome: Array  # how the attempt ended, a code of FATES (int8)


class Fates(NamedTuple):
    """What became of each job; row = job id, instants in ms (int64)."""

    start: Array  # of its first attempt; -1: it did not start
    end: Array  # of its last attempt, or of the waiting where it was cancelled; -1: neither
    outcome: Array  # code of FATES (int8); cancelled while it waits again, it has run: CANCELLED_RUNNING
    eligible: Array  # when it joined the queue: at its submit, or its release where it was held; -1: it has not
    attempts: Attempts  # all stays on nodes


class Changes(NamedTuple):
    """What each row of the log that changes how many jobs wait or run adds to them, in the order of the log."""

    t: Array
    job: Array
    waiting: Array
    running: Array


def fates(log: Array, n_jobs: int) -> Fates:
    """Return what became of the jobs 0 .. n_jobs - 1; a ValueError refuses a log that no run can have written."""
    # Rows are packed: columns that are looked at more than once are read faster from a copy.
    kind, job = np.ascontiguousarray(log["kind"]), np.ascontiguousarray(log["job"])
    if len(log) and int(job.max()) >= n_jobs:
        raise ValueError(f"the log names job {int(job.max())}, but there are {n_jobs} jobs")
    stays = _attempts(log, kind, job, n_jobs)
    outcome, start, end = np.full(n_jobs, FUTURE, np.int8), np.full(n_jobs, -1, np.int64), np.full(n_jobs, -1, np.int64)
    outcome[job[kind == schema.E_SUBMIT]] = WAITING
    outcome[job[kind == schema.E_REFUSE]] = REFUSED
    first, last = stays.first, stays.last
    start[stays.job[first]] = stays.start[first]
    outcome[stays.job[last]] = stays.outcome[last]
    end[stays.job[last]] = stays.end[last]
    end[outcome == REQUEUED] = -1
    rows = np.flatnonzero(kind == schema.E_CANCEL)
    end[job[rows]] = log["t"][rows]
    outcome[job[rows]] = np.where(start[job[rows]] >= 0, schema.CANCELLED_RUNNING, CANCELLED_WAITING)
    return Fates(start, end, outcome, _joined(log, kind, job, n_jobs), stays)


def _joined(log: Array, kind: Array, job: Array, n_jobs: int) -> Array:
    """Return when each job joined the queue (ms; -1: it has not)."""
    found = np.full(n_jobs, -1, np.int64)
    rows = np.flatnonzero((kind == schema.E_RELEASE) | ((kind == schema.E_SUBMIT) & (log["amount"] == 0)))
    found[job[rows]] = log["t"][rows]
    return found


class _Read(NamedTuple):
    """The rows with which attempts begin, then those with which they end, in the order of the log."""

    begins: Array
    started: Array
    start: Array
    node: Array
    ends: Array
    ended: Array
    end: Array
    outcome: Array


def _attempts(log: Array, kind: Array, job: Array, n_jobs: int) -> Attempts:
    begins, ends = _first_start_rows(kind, job), np.flatnonzero(ended(kind))
    begun = begins, job[begins], log["t"][begins], log["node"][begins]
    read = _Read(*begun, ends, job[ends], log["t"][ends], _outcomes(log, kind, ends))
    return _single(read, n_jobs) or _several(read, n_jobs)


def _single(read: _Read, n_jobs: int) -> Attempts | None:
    """Return the attempts if no job has more than one, else None. That needs no sorting."""
    start, end = np.full(n_jobs, -1, np.int64), np.full(n_jobs, -1, np.int64)
    node, outcome = np.full(n_jobs, -1, np.int32), np.full(n_jobs, RUNNING, np.int8)
    start[read.started], node[read.started] = read.start, read.node
    end[read.ended], outcome[read.ended] = read.end, read.outcome
    ran, over = start >= 0, end >= 0
    if np.count_nonzero(ran) < len(read.started) or np.count_nonzero(over) < len(read.ended):
        return None
    if (over & (~ran | (end < start))).any():
        return None
    job = np.flatnonzero(ran)
    return Attempts(job.astype(np.int32), node[job], start[job], end[job], outcome[job])


def _several(read: _Read, n_jobs: int) -> Attempts:
    """Return the attempts: the starts and ends of each job in their order."""
    by_begin, by_end = (np.argsort(job, kind="stable") for job in (read.started, read.ended))
    job = read.started[by_begin]
    over = _over(job, read.ended, n_jobs)
    _check_order(job, read.begins[by_begin], read.ends[by_end], over)
    end, outcome = np.full(len(job), -1, np.int64), np.full(len(job), RUNNING, np.int8)
    end[over], outcome[over] = read.end[by_end], read.outcome[by_end]
    return Attempts(job, read.node[by_begin], read.start[by_begin], end, outcome)


def ended(kind: Array) -> Array:
    """Return which rows, of these kinds, end an attempt."""
    return np.asarray(np.logical_or.reduce([kind == code for code in ENDS]))


def _first_start_rows(kind: Array, job: Array) -> Array:
    """Return the indices of the first row of each start."""
    rows = np.flatnonzero(kind == schema.E_START)
    # Rows of one start stand together: what follows another row of the same job belongs to that start.
    place = np.flatnonzero(np.diff(rows) == 1) + 1
    first = np.ones(len(rows), bool)
    first[place[job[rows[place]] == job[rows[place] - 1]]] = False
    return rows[first]


def _over(job: Array, of_ends: Array, n_jobs: int) -> Array:
    """Return which attempts have ended; a job runs, once, if it started once more than it ended."""
    runs = np.bincount(job, minlength=n_jobs) - np.bincount(of_ends, minlength=n_jobs)
    wrong = np.flatnonzero((runs < 0) | (runs > 1))
    if len(wrong):
        raise ValueError(f"the log starts and ends job {wrong[0]} a different number of times")
    return np.asarray((runs[job] == 0) | (np.diff(job, append=-1) == 0))


def _check_order(job: Array, begins: Array, ends: Array, over: Array) -> None:
    """Fail unless the rows at which the attempts of a job begin and end alternate."""
    goes_on, next_begins = np.append(job[1:] == job[:-1], False), np.append(begins[1:], -1)
    early = (begins[over] > ends) | (goes_on[over] & (next_begins[over] < ends))
    if early.any():
        raise ValueError(f"the log ends job {job[over][early][0]} before it starts it")


def _outcomes(log: Array, kind: Array, rows: Array) -> Array:
    """Return how the attempts ended that end with these rows."""
    own = kind[rows] == schema.E_END
    return np.where(own, log["reason"][rows], np.where(kind[rows] == schema.E_KILL, KILLED, REQUEUED))


def segments(log: Array, attempts: Attempts) -> Segments:
    """Return the segments of a log whose attempts are known."""
    kind = np.ascontiguousarray(log["kind"])
    rows = np.flatnonzero(kind == schema.E_START)
    job, number = log["job"][rows], attempts.number
    stay = np.zeros(int(job.max(initial=-1)) + 1, np.int64)
    stay[attempts.job[number == 0]] = np.flatnonzero(number == 0)
    stay = stay[job]
    if number.any():
        first = np.searchsorted(rows, _first_start_rows(kind, log["job"]))
        of_start = np.empty(len(first), np.int64)
        of_start[np.argsort(job[first], kind="stable")] = number
        stay += np.repeat(of_start, np.diff(first, append=len(rows)))
    start, end, outcome = (column[stay] for column in (attempts.start, attempts.end, attempts.outcome))
    node, device, amount = (log[name][rows] for name in ("node", "device", "amount"))
    return Segments(job, number[stay].astype(np.int32), node, device, amount, start, end, outcome)


def rows_of(log: Array, attempts: Attempts) -> Rows:
    """Return the rows of the log at which each attempt begins, is evicted and ends."""
    kind, job = np.ascontiguousarray(log["kind"]), np.ascontiguousarray(log["job"]).astype(np.int64)
    begins = _first_start_rows(kind, job)
    begin = begins[np.argsort(job[begins], kind="stable")]
    keys, found = job[begin] * len(log) + begin, []
    for rows in (np.flatnonzero(kind == schema.E_EVICT), np.flatnonzero(ended(kind))):
        column = np.full(len(attempts.job), -1, np.int64)
        place = np.searchsorted(keys, job[rows] * len(log) + rows) - 1
        column[place[place >= 0]] = rows[place >= 0]
        found.append(column)
    return Rows(begin, *found)


def changes(log: Array) -> Changes:
    """Return what changes how many jobs wait in the queue and run; a start counts once."""
    kind, job = np.ascontiguousarray(log["kind"]), np.ascontiguousarray(log["job"])
    others = np.flatnonzero(np.isin(kind, [code for code in EFFECTS if code != schema.E_START]))
    rows = np.sort(np.concatenate([others, _first_start_rows(kind, job)]))
    effect = np.zeros((2, len(schema.EVENTS)), np.int8)
    for code, pair in EFFECTS.items():
        effect[:, code] = pair
    kind, job = kind[rows], job[rows]
    waiting, running = (each[kind] for each in effect)
    waiting[_while_held(kind, job, log["amount"][rows])] = 0
    return Changes(log["t"][rows], job, waiting, running)


def _while_held(kind: Array, job: Array, amount: Array) -> Array:
    """Return at which submits a job is held, and at which cancels it still is, as a bool array."""
    submits = (kind == schema.E_SUBMIT) & (amount == 1)
    held = np.setdiff1d(job[submits], job[kind == schema.E_RELEASE])
    return np.asarray(submits | ((kind == schema.E_CANCEL) & np.isin(job, held)))

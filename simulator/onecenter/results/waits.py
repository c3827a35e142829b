"""When jobs waited in the queue: before their first attempt, and between their attempts."""

from typing import NamedTuple

import numpy as np

from onecenter.results.log import REQUEUED, Array
from onecenter.results.segments import Fates


class Waits(NamedTuple):
    """One row per time that a job waited in the queue, in the order in which they began; int64, instants in ms."""

    job: Array
    begin: Array  # its submit, release or requeue
    end: Array  # its start or cancel; -1: it still waits


def waits(fate: Fates) -> Waits:
    """Return each time that a job waited in the queue."""
    job = np.flatnonzero(fate.eligible >= 0)
    first = Waits(job, fate.eligible[job], np.where(fate.start >= 0, fate.start, fate.end)[job])
    again = waits_again(fate)
    if len(again.job) == 0 and (first.begin[1:] >= first.begin[:-1]).all():
        return first
    columns = [np.concatenate(pair) for pair in zip(first, again, strict=True)]
    order = np.argsort(columns[1], kind="stable")
    return Waits(*(column[order] for column in columns))


def waits_again(fate: Fates) -> Waits:
    """Return each time that a job waited after an attempt, by job."""
    stays = fate.attempts
    rows = np.flatnonzero(stays.outcome == REQUEUED)
    job, last = stays.job[rows].astype(np.int64), stays.last[rows]
    after = np.where(last, fate.end[job], np.append(stays.start[1:], -1)[rows])
    return Waits(job, stays.end[rows], after)

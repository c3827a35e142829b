"""When jobs waited: before their first attempt, and between their attempts."""

from typing import NamedTuple

import numpy as np

from onecenter.results.log import FUTURE, REFUSED, REQUEUED, Array
from onecenter.results.segments import Fates


class Waits(NamedTuple):
    """One row per time that a job waited, in the order in which they began; int64, instants in ms."""

    job: Array
    begin: Array  # its submit or requeue
    end: Array  # its start or cancel; -1: it still waits


def waits(submit: Array, fate: Fates) -> Waits:
    """Return each time that a job waited; jobs are submitted at rising instants (ms)."""
    job = np.flatnonzero(~np.isin(fate.outcome, (FUTURE, REFUSED)))
    first = Waits(job, submit[job], np.where(fate.start >= 0, fate.start, fate.end)[job])
    again = waits_again(fate)
    if len(again.job) == 0:
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

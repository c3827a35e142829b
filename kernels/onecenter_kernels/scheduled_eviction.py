"""Eviction by a scheduler of the user's own, and what it may know of the work of jobs before.

Only schedulers that evict have these kernels compiled.
"""

from .attempts import lost_of, progress_of
from .book import first_row_from, forget_idle, give_back_running, note_rows, split
from .codes import EVICTED, S_RUNNING
from .evict import evict, leaving_at
from .jit import njit
from .owning import release
from .sums import test_again

#: What keeps a running job from being evicted, as an answer to `evict_now`; instants are above.
LEAVING, SPARED, JUST_STARTED, PROTECTED = range(-1, -5, -1)

#: The columns that `work_of` fills in, in order.
WORK = ("done", "lost", "leaves", "evictable")


@njit
def keeps_it(s, j, t):
    """Return what keeps running job j from being evicted at t (ms); 0: nothing does."""
    stay = t - s.jobs[j].start
    if s.attempts[j].leaves > 0:
        return LEAVING
    if s.owners[s.jobs[j].owner].spared:
        return SPARED
    if stay == 0:
        return JUST_STARTED
    return PROTECTED if stay < s.clock[0].preempt_after else 0


@njit
def cut_short(s, j, until):
    """Give back in the book what running job j, which leaves at `until` (ms), would have held from then on."""
    job = s.jobs[j]
    end = job.start + job.walltime
    if until == s.clock[0].now:
        give_back_running(s, j)
    elif until < end:
        lo = split(s, until)
        hi = first_row_from(s, end)
        for k in range(lo, hi):
            release(s, j, s.book[k].layer)
        for i in range(job.first, job.first + job.rows):
            note_rows(s, s.log[i].node, lo, hi, 0)
        s.book[lo].frees += 1
        s.book[hi].frees -= 1
        forget_idle(s, hi)


@njit
def evict_now(s, j):
    """Evict running job j; return when it has left (ms), or what keeps it; -1 for no job, so that it is compiled."""
    if j < 0:
        return -1
    t = s.clock[0].now
    keeps = keeps_it(s, j, t)
    if keeps < 0:
        return keeps
    leaves = leaving_at(s, j, t)
    cut_short(s, j, leaves)
    evict(s, j, t, EVICTED)
    test_again(s)
    return leaves


@njit
def work_of(s, jobs, found):
    """Fill in, for jobs that wait or run, a row of WORK each: ms done, ms lost if evicted now, an instant, 0 or 1."""
    t = s.clock[0].now
    for i in range(len(jobs)):
        j = jobs[i]
        row = s.attempts[j]
        found[i, 0] = row.saved
        found[i, 1] = 0
        found[i, 2] = -1
        found[i, 3] = 0
        if s.jobs[j].state == S_RUNNING and row.leaves > 0:
            found[i, 2] = row.leaves
        elif s.jobs[j].state == S_RUNNING:
            found[i, 0] += progress_of(s, j, t)[0]
            found[i, 1] = lost_of(s, j, t, leaving_at(s, j, t))
            found[i, 3] = keeps_it(s, j, t) == 0

"""The jobs behind the head by walltime, for EASY with the shortest first."""

from .jit import njit
from .queue import goes_before
from .sums import may_start_now


@njit
def shorter(s, a, b):
    """Tell whether job a goes before job b by walltime, submit, id."""
    return goes_before(s, s.jobs[a].walltime, a, s.jobs[b].walltime, b)


@njit
def sift(s, i, n):
    """Restore the heap (longest first) of the first n candidates below place i."""
    j = s.queue[i].candidate
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and shorter(s, s.queue[child].candidate, s.queue[child + 1].candidate):
            child += 1
        if not shorter(s, j, s.queue[child].candidate):
            break
        s.queue[i].candidate = s.queue[child].candidate
        i = child
    s.queue[i].candidate = j


@njit
def sort_by_walltime(s, n):
    """Sort the first n candidates (heap sort)."""
    for i in range(n // 2 - 1, -1, -1):
        sift(s, i, n)
    for last in range(n - 1, 0, -1):
        longest = s.queue[0].candidate
        s.queue[0].candidate = s.queue[last].candidate
        s.queue[last].candidate = longest
        sift(s, 0, last)


@njit
def list_by_walltime(s, t, quiet, first):
    """List the jobs from a place of the queue on that may start, by walltime; return their number."""
    clock = s.clock[0]
    n, every = 0, clock.backfill_depth > 0
    for i in range(first, clock.tail):
        j = s.queue[i].job
        if quiet and s.jobs[j].submit != t:
            continue
        if every or may_start_now(s, s.queue[i].ask):
            s.queue[n].candidate = j
            n += 1
    sort_by_walltime(s, n)
    return n

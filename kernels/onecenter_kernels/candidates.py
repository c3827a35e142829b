"""The jobs behind the head in an order of their own, for EASY that tries the shortest or others first."""

from .calls import call_keys
from .jit import njit
from .keys import rank_of
from .queue import goes_before
from .sums import may_start_now


@njit
def goes_first(s, a, b):
    """Tell whether the candidate in place a goes before the one in place b: by rank, submit, id."""
    one, other = s.queue[a], s.queue[b]
    return goes_before(s, one.rank, one.candidate, other.rank, other.candidate)


@njit
def put(s, i, j, rank):
    """Put a candidate into place i."""
    row = s.queue[i]
    row.candidate = j
    row.rank = rank


@njit
def sift(s, i, n):
    """Restore the heap (last first) of the first n candidates below place i."""
    j, rank = s.queue[i].candidate, s.queue[i].rank
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and goes_first(s, child, child + 1):
            child += 1
        row = s.queue[child]
        if not goes_before(s, rank, j, row.rank, row.candidate):
            break
        put(s, i, row.candidate, row.rank)
        i = child
    put(s, i, j, rank)


@njit
def sort_by_rank(s, n):
    """Sort the first n candidates (heap sort)."""
    for i in range(n // 2 - 1, -1, -1):
        sift(s, i, n)
    for last in range(n - 1, 0, -1):
        j, rank = s.queue[0].candidate, s.queue[0].rank
        put(s, 0, s.queue[last].candidate, s.queue[last].rank)
        put(s, last, j, rank)
        sift(s, 0, last)


@njit
def list_behind(s, t, quiet, first):
    """List the jobs from a place of the queue on that may start, in the order of backfill; return their number."""
    clock = s.clock[0]
    n, every = 0, clock.backfill_depth > 0 or clock.strict > 0
    if clock.behinds_call != 0:
        call_keys(clock.behinds_call, float(t))
    for i in range(first, clock.tail):
        j = s.queue[i].job
        if quiet and s.jobs[j].submit != t:
            continue
        if every or may_start_now(s, s.queue[i].ask):
            put(s, n, j, rank_of(s, j, t))
            n += 1
    sort_by_rank(s, n)
    return n

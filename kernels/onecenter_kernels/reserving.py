"""The pass of EASY with several reservations: the first blocked jobs hold one each, chosen anew in every pass.

Between passes the book, or the profile, holds what runs; reservations are in it during the pass only.
"""

from .admission import admitted
from .asks import ask_of
from .book import reserve, unreserve
from .candidates import list_behind
from .codes import EASY_SJBF, S_WAITING
from .conservative import reserve_earliest
from .door import start_reserved
from .fitting import pick_in_book
from .jit import njit
from .promise import pick_earliest
from .queue import drop_head, keep_waiting
from .sums import may_start_now, test_again


@njit
def place_from_now(s, j, types):
    """Place job j on a node type from now on for its walltime; return the number of picks, 0: it does not fit."""
    ask, walltime = ask_of(s, j), s.jobs[j].walltime
    s.clock[0].placing = j
    if s.clock[0].profiled:
        return pick_earliest(s, types, ask, walltime, s.clock[0].now + 1)[1]
    return pick_in_book(s, types, ask, walltime, 0, 1)[1]


@njit
def start_among_for_walltime(s, j, types, t):
    """Start job j if it fits from now on for its walltime on one of some node types; tell whether it did."""
    picks = place_from_now(s, j, types)
    if picks == 0:
        return False
    reserve(s, j, t, picks)
    start_reserved(s, j, t)
    test_again(s)
    return True


@njit
def start_for_walltime(s, j, a, t):
    """Start job j of ask a if it fits from now on for its walltime; tell whether it did."""
    return may_start_now(s, a) and start_among_for_walltime(s, j, admitted(s, j, t), t)


@njit
def reserve_blocked(s, j, t):
    """Reserve for job j, which does not start at t (ms), its earliest start after now."""
    reserve_earliest(s, j, admitted(s, j, t), 1)


@njit
def start_in_order(s, t):
    """Start jobs in order until one does not fit; return whether the depth limit came first."""
    clock = s.clock[0]
    looked = 0
    while clock.head < clock.tail:
        if looked == clock.depth and clock.depth > 0:
            return True
        i = clock.head
        if not start_for_walltime(s, s.queue[i].job, s.queue[i].ask, t):
            return False
        drop_head(s)
        looked += 1
    return False


@njit
def some_may_start(s, first, last):
    """Tell whether a job in the places first .. last - 1 of the queue may start now."""
    for i in range(first, last):
        if may_start_now(s, s.queue[i].ask):
            return True
    return False


@njit
def start_or_reserve(s, t, last):
    """Start the jobs behind the head that fit and reserve for the first blocked ones; return the place behind the last.

    Where the rest are tried in another order, it ends with the last reservation.
    """
    clock = s.clock[0]
    reserve_blocked(s, s.queue[clock.head].job, t)
    i, reserved = clock.head + 1, 1
    while i < last and (reserved < clock.reservations or clock.backfill != EASY_SJBF):
        j = s.queue[i].job
        if not start_for_walltime(s, j, s.queue[i].ask, t) and reserved < clock.reservations:
            reserve_blocked(s, j, t)
            reserved += 1
        i += 1
    return i


@njit
def start_behind(s, t, first, most):
    """Start jobs from a place of the queue on that fit, in the order of backfill, of at most so many."""
    for i in range(min(most, list_behind(s, t, False, first))):
        j = s.queue[i].candidate
        start_for_walltime(s, j, s.jobs[j].ask, t)


@njit
def forget_reservations(s, last):
    """Take back what the waiting jobs before a place of the queue have reserved."""
    for i in range(s.clock[0].head, last):
        j = s.queue[i].job
        if s.jobs[j].state == S_WAITING and s.jobs[j].start >= 0:
            unreserve(s, j)


@njit
def reserving_pass(s, t):
    """Make a pass in which several blocked jobs reserve; return whether the depth limit ended it."""
    clock = s.clock[0]
    test_again(s)
    if start_in_order(s, t):
        return True
    last = clock.tail
    if clock.backfill_depth > 0:
        last = min(last, clock.head + 1 + clock.backfill_depth)
    if not some_may_start(s, clock.head + 1, clock.tail):
        return False
    behind = start_or_reserve(s, t, last)
    if behind < last:
        start_behind(s, t, behind, last - behind)
    forget_reservations(s, behind)
    keep_waiting(s, S_WAITING)
    return False

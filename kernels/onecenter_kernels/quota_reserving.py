"""The pass in which several blocked jobs reserve, where admission may say no.

Behind those that are reserved for, quota and limits are as if they ran too, on the node types of their reservations.
"""

from .admission import admitted, close, is_closed
from .candidates import list_behind
from .codes import EASY_SJBF, S_WAITING
from .conservative import reserve_earliest
from .jit import njit
from .queue import keep_waiting
from .quota_pass import as_if_running, start, start_until_blocked
from .reserving import forget_reservations
from .sums import may_start_now, test_again


@njit
def reserve_blocked(s, j, types):
    """Reserve for job j, which has no room now, its earliest start on some node types; quota as if it ran."""
    reserve_earliest(s, j, types, 1)
    as_if_running(s, j, s.holds[s.jobs[j].hold].node, 1)


@njit
def start_or_reserve(s, j, t, reserved):
    """Start a job behind a head, or reserve for it where fewer are reserved for than may be; return those."""
    types = admitted(s, j, t)
    if types > 0 and may_start_now(s, s.jobs[j].ask) and start(s, j, types, t):
        return reserved
    close(s, j)
    if types > 0 and reserved < s.clock[0].reservations:
        reserve_blocked(s, j, types)
        return reserved + 1
    return reserved


@njit
def list_candidates(s, t, first):
    """List the jobs from a place of the queue on as candidates, in the order of backfill; return their number."""
    if s.clock[0].backfill == EASY_SJBF:
        return list_behind(s, t, False, first)
    for i in range(first, s.clock[0].tail):
        s.queue[i - first].candidate = s.queue[i].job
    return s.clock[0].tail - first


@njit
def reserve_behind(s, t, place, looked, most):
    """Reserve for the first blocked jobs behind a place of the queue, until all hold a place that may.

    Return the place behind the last one that was looked at, and how many were.
    """
    clock, reserved = s.clock[0], 1
    i = place + 1
    while i < clock.tail and looked < most and reserved < clock.reservations:
        j = s.queue[i].job
        if not is_closed(s, j):
            reserved = start_or_reserve(s, j, t, reserved)
            looked += 1
        i += 1
    return i, looked


@njit
def quota_reserving_pass(s, t):
    """Make a pass in which several blocked jobs reserve; return whether the depth limit ended it."""
    clock = s.clock[0]
    test_again(s)
    place, types = start_until_blocked(s, t)
    if place == clock.tail:
        keep_waiting(s, S_WAITING)
        return types == 1
    reserve_blocked(s, s.queue[place].job, types)
    most = clock.backfill_depth if clock.backfill_depth > 0 else clock.tail
    i, looked = reserve_behind(s, t, place, 0, most)
    count = list_candidates(s, t, i)
    for k in range(count):
        j = s.queue[k].candidate
        if is_closed(s, j):
            continue
        if looked == most:
            break
        looked += 1
        start_or_reserve(s, j, t, clock.reservations)
    for k in range(clock.head, i):
        j = s.queue[k].job
        if s.jobs[j].state == S_WAITING and s.jobs[j].start >= 0:
            as_if_running(s, j, s.holds[s.jobs[j].hold].node, -1)
    forget_reservations(s, i)
    keep_waiting(s, S_WAITING)
    return False

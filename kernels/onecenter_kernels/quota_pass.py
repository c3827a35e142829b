"""The passes where admission may say no: a job that lacks quota, or is over a limit, is passed over.

Behind a head that is reserved for, quota and limits are as if the head ran too, on the node type of its reservation.
"""

from .admission import admitted, close, hold_quota, is_closed
from .asks import ask_of
from .candidates import list_behind
from .codes import EASY_SJBF, NONE, S_WAITING
from .conservative import reserve_earliest
from .door import start_among, start_among_in_view
from .easy import may_start_long
from .jit import njit
from .limits import count_limits
from .preempt import preempt
from .queue import keep_waiting
from .reservation import forget_head, reserve_head, settle
from .reserving import forget_reservations, start_among_for_walltime
from .state import NOW
from .sums import cannot_start, may_start_now, test_again


@njit
def as_if_running(s, j, n, sign):
    """Let quota and limits be as if head j ran on the type of node n too (1), or no longer (-1)."""
    hold_quota(s, j, s.nodes[NOW, n].type, sign)
    count_limits(s, j, sign, 0)


@njit
def start_until_blocked(s, t):
    """Start jobs in order, but for those that are passed over, until one has no room.

    Return its place in the queue and its node types; the place behind the last and 1 where the depth limit came
    first, 0 where the queue ended.
    """
    clock, looked, i = s.clock[0], 0, s.clock[0].head
    while i < clock.tail:  # evicted jobs join it
        j = s.queue[i].job
        i += 1
        if is_closed(s, j):
            continue
        if looked == clock.depth and clock.depth > 0:
            return clock.tail, 1
        looked += 1
        types = admitted(s, j, t)
        if types > 0 and start_or_preempt(s, j, types, t):
            continue
        close(s, j)
        if types > 0:
            return i - 1, types
    return clock.tail, 0


@njit
def start_or_preempt(s, j, types, t):
    """Start job j on one of some node types, if need be in the place of others; tell whether it did."""
    if start(s, j, types, t):
        return True
    freed = preempt(s, j, types, t) if s.clock[0].preemption else 0
    return freed > 0 and start(s, j, freed, t)


@njit
def start(s, j, types, t):
    """Start job j on one of some node types, if it has room there now, or for its walltime; tell whether it did."""
    if s.clock[0].booked:
        return start_among_for_walltime(s, j, types, t)
    return start_among(s, j, types, t) > 0


@njit
def list_candidates(s, t, first):
    """List the jobs from a place of the queue on as candidates, in the order of backfill; return their number."""
    if s.clock[0].backfill == EASY_SJBF:
        return list_behind(s, t, False, first)
    for i in range(first, s.clock[0].tail):
        s.queue[i - first].candidate = s.queue[i].job
    return s.clock[0].tail - first


@njit
def fill_up(s, j, types, t, shadow):
    """Start candidate j on one of some node types, if that does not delay the head; tell whether it did."""
    a, long = s.jobs[j].ask, t + s.jobs[j].walltime > shadow
    if long and not may_start_long(s, a):
        return False
    picks = start_among_in_view(s, j, types, t) if long else start_among(s, j, types, t)
    if picks == 0:
        if types == s.asks[a].fits:
            cannot_start(s, a, long)
        return False
    settle(s, picks, ask_of(s, j), long)
    test_again(s)
    return True


@njit
def backfill_behind(s, t, place, head_types):
    """Start the jobs behind the head, in a place of the queue, that do not delay it."""
    clock, head = s.clock[0], s.queue[place].job
    test_again(s)  # evictions may have made room
    count, looked, shadow = list_candidates(s, t, place + 1), 0, -1
    for i in range(count):
        j = s.queue[i].candidate
        if is_closed(s, j):
            continue
        if looked == clock.backfill_depth and clock.backfill_depth > 0:
            break
        looked += 1
        started = False
        if may_start_now(s, s.jobs[j].ask):
            if shadow < 0:
                shadow = reserve_head(s, head, head_types, ask_of(s, head))
                as_if_running(s, head, s.reserved[0].node, 1)
            types = admitted(s, j, t)
            started = types > 0 and fill_up(s, j, types, t, shadow)
        if not started:
            close(s, j)
    if shadow >= 0:
        as_if_running(s, head, s.reserved[0].node, -1)
        forget_head(s)


@njit
def quota_pass(s, t):
    """Make a pass with backfill none or easy; return whether the depth limit ended it."""
    clock, before = s.clock[0], s.clock[0].log
    test_again(s)
    place, types = start_until_blocked(s, t)
    limited = place == clock.tail and types == 1
    if place < clock.tail and clock.backfill != NONE and place + 1 < clock.tail:
        backfill_behind(s, t, place, types)
    if clock.log > before:
        keep_waiting(s, S_WAITING)
    return limited


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

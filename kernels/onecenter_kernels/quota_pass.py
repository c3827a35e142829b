"""The pass where admission may say no: a job that lacks quota, or is over a limit, is passed over.

Behind a head that is reserved for, quota and limits are as if the head ran too, on the node type of its reservation.
"""

from .admission import admitted, close, hold_quota, is_closed
from .asks import ask_of
from .candidates import list_behind
from .codes import EASY_SJBF, LOWEST_TIER, NONE, S_WAITING
from .door import start_among, start_among_in_view
from .easy import may_start_long
from .groups import ask_again, types_of_group
from .jit import njit
from .keys import waiting_key
from .limits import count_limits
from .preempt import preempt
from .queue import keep_waiting, pass_over, place_of, remove_at, stands_before, take_out
from .reservation import forget_head, reserve_head, settle
from .reserving import start_among_for_walltime
from .state import NOW
from .sums import cannot_start, depends_on_job, exhausted, may_start_now, test_again


@njit
def as_if_running(s, j, n, sign):
    """Let quota and limits be as if head j ran on the type of node n too (1), or no longer (-1)."""
    hold_quota(s, j, s.nodes[NOW, n].type, sign)
    count_limits(s, j, sign, 0)
    ask_again(s)


@njit
def start_until_blocked(s, t):
    """Start jobs in order, but for those that are passed over, until one has no room.

    Return its place in the queue and its node types; the place behind the last and 1 where the depth limit came
    first, 0 where the queue ended.
    """
    clock, looked, i = s.clock[0], 0, s.clock[0].head
    alike = clock.strict == 0 and clock.depth == 0
    while True:
        i = pass_over(s, i, clock.denied) if alike else i
        if i >= clock.tail:  # evicted jobs join it
            return clock.tail, 0
        j = s.queue[i].job
        if is_closed(s, j):
            i += 1
            continue
        if looked == clock.depth and clock.depth > 0:
            return clock.tail, 1
        looked += 1
        types, head = types_of_group(s, j, int(s.queue[i].group), t), clock.head
        started = types > 0 and start_or_preempt(s, j, types, t)
        i += clock.head - head  # evicted jobs may have joined it by moving those before them
        if started:
            i = take_out(s, i)
            continue
        close(s, j)
        if types > 0:
            return i, types
        i += 1


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
def reserve_for(s, head, types, shadow):
    """Reserve for the head, unless its shadow time (ms) is known (-1: it is not), as if it ran; return that time."""
    if shadow >= 0:
        return shadow
    shadow = reserve_head(s, head, types, ask_of(s, head))
    as_if_running(s, head, s.reserved[0].node, 1)
    return shadow


@njit
def forget(s, head, shadow):
    """Forget the reservation of the head, if there is one."""
    if shadow >= 0:
        as_if_running(s, head, s.reserved[0].node, -1)
        forget_head(s)


@njit
def backfill_by_rank(s, t, place, types):
    """Start the jobs behind the head, in a place of the queue, that do not delay it, in the order of backfill."""
    clock, head = s.clock[0], s.queue[place].job
    count, looked, shadow = list_behind(s, t, False, place + 1), 0, -1
    for i in range(count):
        j = s.queue[i].candidate
        if is_closed(s, j):
            continue
        if looked == clock.backfill_depth and clock.backfill_depth > 0:
            break
        looked += 1
        started = False
        if may_start_now(s, s.jobs[j].ask):
            shadow = reserve_for(s, head, types, shadow)
            allowed = admitted(s, j, t)
            started = allowed > 0 and fill_up(s, j, allowed, t, shadow)
        if not started:
            close(s, j)
    forget(s, head, shadow)
    keep_waiting(s, S_WAITING)


@njit
def backfill_in_order(s, t, place, types):
    """Start the jobs behind the head, in a place of the queue, that do not delay it."""
    clock, head = s.clock[0], s.queue[place].job
    clock.barred = clock.barred_long = 0
    alike = clock.strict == 0 and clock.backfill_depth == 0
    looked, shadow, i, started = 0, -1, place + 1, True
    while not (started and exhausted(s)):
        started = False
        i = pass_over(s, i, clock.barred) if alike else i
        if i >= clock.tail:
            break
        j, g = s.queue[i].job, int(s.queue[i].group)
        i += 1
        if is_closed(s, j):
            continue
        if looked == clock.backfill_depth and clock.backfill_depth > 0:
            break
        looked += 1
        if not clock.barred & (1 << g):
            if may_start_now(s, s.jobs[j].ask):
                shadow = reserve_for(s, head, types, shadow)
                started = try_behind(s, j, g, t, shadow)
            else:
                bar(s, g, False)
        if started:
            i = take_out(s, i - 1)
        else:
            close(s, j)
    forget(s, head, shadow)


@njit
def bar(s, g, long):
    """Note that no job of group g can start behind the head in this pass or, if long, beyond the shadow time."""
    if g > 0 and long:
        s.clock[0].barred_long |= 1 << g
    elif g > 0:
        s.clock[0].barred |= 1 << g


@njit
def try_behind(s, j, g, t, shadow):
    """Start job j of group g behind a head with a shadow time (ms), if that does not delay it; tell whether it did."""
    long = t + s.jobs[j].walltime > shadow
    if long and s.clock[0].barred_long & (1 << g):
        return False
    types = types_of_group(s, j, g, t)
    if types == 0:
        bar(s, g, False)
        return False
    if fill_up(s, j, types, t, shadow):
        return True
    if not depends_on_job(s, s.jobs[j].ask):
        bar(s, g, long)
    return False


@njit
def is_quiet(s, t):
    """Tell whether nobody but the job that this step has submitted, if it has, could start now that could not before.

    Nothing has changed since the last pass, which started nothing, and its head still goes before who came.
    """
    clock = s.clock[0]
    head, j = clock.stuck, clock.arrived
    if not clock.quiet or clock.moved or clock.strict or clock.depth > 0 or clock.backfill_depth > 0:
        return False
    if clock.preemption and (clock.preempt_after > 0 or clock.victims != LOWEST_TIER):
        return False  # who may be evicted, and who goes first, changes with time
    if j == -2 or head < 0 or s.jobs[head].state != S_WAITING:
        return False
    return j < 0 or stands_before(s, waiting_key(s, head, t), head, waiting_key(s, j, t), j, t)


@njit
def try_arrived(s, j, t):
    """Start job j, which this step has submitted, if that does not delay the head of the last pass."""
    head = s.clock[0].stuck
    if s.jobs[j].state != S_WAITING or s.clock[0].backfill == NONE:
        return
    test_again(s)
    if not may_start_now(s, s.jobs[j].ask):
        return
    shadow = reserve_for(s, head, admitted(s, head, t), -1)
    if try_behind(s, j, 0, t, shadow):
        remove_at(s, place_of(s, j))
    forget(s, head, shadow)


@njit
def quota_pass(s, t):
    """Make a pass with backfill none or easy; return whether the depth limit ended it."""
    clock = s.clock[0]
    if is_quiet(s, t):
        if clock.arrived >= 0:
            try_arrived(s, clock.arrived, t)
        return False
    place, types = start_until_blocked(s, t)
    limited = place == clock.tail and types == 1
    clock.moved = 0
    clock.stuck = s.queue[place].job if place < clock.tail else -1
    if place + 1 < clock.tail and clock.backfill != NONE:
        test_again(s)
        if clock.backfill == EASY_SJBF:
            backfill_by_rank(s, t, place, types)
        else:
            backfill_in_order(s, t, place, types)
    return limited

"""The pass without reservations kept, and EASY backfill."""

from .admission import admitted
from .asks import ask_of
from .candidates import list_behind
from .codes import EASY_SJBF, NONE, S_WAITING
from .door import start_in_view, start_now
from .jit import njit
from .minima import next_leaf
from .queue import drop_head, empty, keep_waiting, pass_over, place_of, remove_at, take_out
from .reservation import forget_head, reserve_head, settle, swap_view
from .state import FOREVER, VIEW
from .sums import cannot_start, exhausted, may_start_in_view, may_start_now, sum_up, test_again
from .waits import list_waiting


@njit
def in_order(s, t):
    """Start jobs in order until one does not fit; return whether the depth limit came first."""
    clock = s.clock[0]
    looked = 0
    while clock.head < clock.tail:
        if looked == clock.depth and clock.depth > 0:
            return True
        if start_now(s, s.queue[clock.head].job, t) == 0:
            return False
        drop_head(s)
        looked += 1
    return False


@njit
def plain_pass(s, t):
    """Make a pass with backfill none or easy; return whether the depth limit ended it."""
    clock = s.clock[0]
    quiet = clock.quiet and clock.head < clock.tail and s.queue[clock.head].job == clock.blocked
    if not quiet and in_order(s, t):
        return True
    if clock.backfill != NONE and clock.waiting > 1:
        # After a quiet pass only jobs submitted at this instant can have become able to start.
        quiet = quiet and clock.backfill_depth == 0
        test_again(s)
        shadow = backfill_by_shape(s, t, quiet) if clock.indexed else backfill_in_turn(s, t, quiet)
        if shadow >= 0:
            forget_head(s)
    return False


@njit
def reserve(s, t):
    """Reserve for the head of the queue, at t (ms); return the shadow time (ms)."""
    j = s.queue[s.clock[0].head].job
    return reserve_head(s, j, admitted(s, j, t), ask_of(s, j))


@njit
def may_start_long(s, a):
    """Tell whether a job of ask a may start in the view."""
    if not s.clock[0].summed:
        # Only a part that the head is promised can leave more of a broken device than now: of one that is empty now.
        parts = s.clock[0].part_head == 1
        swap_view(s, parts)
        sum_up(s, VIEW)
        swap_view(s, parts)
        s.clock[0].summed = 1
    return may_start_in_view(s, a)


@njit
def fill_up(s, j, t, long):
    """Start job j behind the head, if it fits now or, if long, in the view; tell whether it did."""
    picks = start_in_view(s, j, t) if long else start_now(s, j, t)
    if picks == 0:
        return False
    settle(s, picks, ask_of(s, j), long)
    test_again(s)
    return True


@njit
def first_able(s, i, bound):
    """Return the first place of an indexed queue from i on that may start now, or by the view if over `bound` (ms).

    A negative bound: no head is reserved for yet, and all that may start now count.
    """
    first = s.clock[0].tail
    for shape in range(s.clock[0].shapes):
        if s.waits[shape, 1].least == FOREVER:
            continue
        a = s.shapes[shape].ask
        if shape > 0 and not may_start_now(s, a):
            continue
        most = FOREVER - 1
        if bound >= 0 and shape > 0 and not may_start_long(s, a):
            most = bound
        place = next_leaf(s.waits[shape], i, most)
        if 0 <= place < first:
            first = place
    return first


@njit
def backfill_by_shape(s, t, quiet):
    """Start the jobs behind the head that do not delay it, by the index; return the shadow time (ms; -1: none)."""
    clock = s.clock[0]
    list_waiting(s)
    i, shadow = clock.head + 1, -1
    if quiet:
        i = max(i, clock.fresh)
    while i < clock.tail:
        i = first_able(s, i, shadow - t if shadow >= 0 else -1)
        if i >= clock.tail:
            break
        if shadow < 0:
            shadow = reserve(s, t)
            continue
        j, a = s.queue[i].job, s.queue[i].ask
        long = t + s.jobs[j].walltime > shadow
        able = s.asks[a].form > 0 or (may_start_now(s, a) and (not long or may_start_long(s, a)))
        if able and fill_up(s, j, t, long):
            empty(s, i)
            clock.waiting -= 1
        elif able:
            cannot_start(s, a, long)
        i += 1
    return shadow


@njit
def try_behind(s, j, a, t, shadow):
    """Start job j of ask a, if that does not delay the head; return that and the shadow time (ms; -1: none)."""
    if not may_start_now(s, a):
        return False, shadow
    if shadow < 0:
        shadow = reserve(s, t)
    long = t + s.jobs[j].walltime > shadow
    if long and not may_start_long(s, a):
        return False, shadow
    started = fill_up(s, j, t, long)
    if not started:
        cannot_start(s, a, long)
    return started, shadow


@njit
def try_arrived(s, j, t):
    """Start job j, which this step has submitted, if that does not delay the head; return the shadow time (ms)."""
    if j < 0 or s.jobs[j].state != S_WAITING:
        return -1
    started, shadow = try_behind(s, j, int(s.jobs[j].ask), t, -1)
    if started:
        remove_at(s, place_of(s, j))
    return shadow


@njit
def backfill_in_order(s, t):
    """Start the jobs behind the head that do not delay it, in order; return the shadow time (ms; -1: none)."""
    clock = s.clock[0]
    i, shadow = clock.head + 1, -1
    while True:
        i = pass_over(s, i, clock.tested & ~clock.able)
        if i >= clock.tail:
            return shadow
        started, shadow = try_behind(s, s.queue[i].job, s.queue[i].ask, t, shadow)
        i = take_out(s, i) if started else i + 1
        if started and exhausted(s):
            return shadow


@njit
def backfill_in_turn(s, t, quiet):
    """Start the jobs behind the head that do not delay it, looking at each; return the shadow time (ms; -1: none)."""
    clock = s.clock[0]
    own_order = clock.backfill == EASY_SJBF
    if quiet and clock.arrived != -2:
        return try_arrived(s, clock.arrived, t)
    if not quiet and not own_order and clock.backfill_depth == 0:
        return backfill_in_order(s, t)
    first, last = clock.head + 1, clock.tail
    if own_order:
        last = first + list_behind(s, t, quiet, first)
    if clock.backfill_depth > 0:
        last = min(last, first + clock.backfill_depth)
    shadow, started = -1, False
    for i in range(first, last):
        j = s.queue[i - first].candidate if own_order else s.queue[i].job
        if quiet and s.jobs[j].submit != t:
            continue
        ended, shadow = try_behind(s, j, int(s.jobs[j].ask), t, shadow)
        started = started or ended
        if ended and exhausted(s):
            break
    if started:
        keep_waiting(s, S_WAITING)
    return shadow

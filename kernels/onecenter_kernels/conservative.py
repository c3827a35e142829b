"""The pass of conservative backfill: every waiting job holds a reservation."""

import numpy as np

from .admission import close, is_closed, types_to_reserve
from .asks import ask_of
from .book import give_back_running, name_devices, picks_of, reserve, unreserve
from .codes import FGD, GPU_CLUSTERING, S_RUNNING, S_WAITING, T_CANCEL, T_CHANGE, T_END, T_WITHDRAW
from .door import admits_reserved, start_reserved
from .fitting import pick_in_book
from .heap import push
from .jit import njit
from .moves import may_move_in_book, must_be_tried
from .owning import can_own
from .promise import may_move, pick_earliest
from .queue import keep_waiting
from .state import FOREVER


@njit
def reserve_earliest(s, j, types, first):
    """Reserve the earliest start of job j on a node type, from row `first` of the book on."""
    ask, walltime = ask_of(s, j), s.jobs[j].walltime
    s.clock[0].placing = j
    if s.clock[0].profiled:
        begin, picks = pick_earliest(s, types, ask, walltime, FOREVER)
        reserve(s, j, begin, picks)
    else:
        row, picks = pick_in_book(s, types, ask, walltime, first, s.clock[0].book)
        if picks == 0:
            return  # without quota, and with nothing running whose end could be waited for
        reserve(s, j, s.book[row].t, picks)
    s.holds[s.jobs[j].hold].known = s.clock[0].notes


@njit
def devices_left(s, j):
    """Tell whether the reserved nodes of job j have the empty devices that it asks whole."""
    ask = ask_of(s, j)
    if not s.clock[0].fractions or ask.whole == 0:
        return True
    h = int(s.jobs[j].hold)
    while h >= 0:
        held = s.holds[h]
        if not can_own(s, j, held.node, held.amount * ask.whole):
            return False
        h = int(held.next)
    return True


@njit
def put_off(s, j):
    """Put job j, whose reservation begins now, at its earliest start after now, if there is one."""
    unreserve(s, j)
    reserve_earliest(s, j, types_to_reserve(s, j), 1)
    if s.jobs[j].start >= 0:
        must_be_tried(s, j)


@njit
def name_due(s, t):
    """Let the jobs whose reserved start has come own their devices, before others move to now."""
    clock = s.clock[0]
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        if s.jobs[j].start == t:
            if devices_left(s, j):
                name_devices(s, j)
            else:
                put_off(s, j)


@njit
def kept_picks(s, j):
    """Return what waiting job j has reserved, a row (node, device, tasks) a place."""
    picks = picks_of(s, j)
    kept = np.empty((picks, 3), np.int64)
    for i in range(picks):
        pick = s.holds[i]
        kept[i, 0] = pick.node
        kept[i, 1] = pick.slot
        kept[i, 2] = pick.amount
    return kept


@njit
def restore(s, j, start, kept):
    """Give job j back the reservation that it had."""
    unreserve(s, j)
    for i in range(len(kept)):
        pick = s.holds[i]
        pick.node = kept[i, 0]
        pick.slot = kept[i, 1]
        pick.amount = kept[i, 2]
    reserve(s, j, start, len(kept))


@njit
def has_kept(s, j, kept):
    """Tell whether job j has reserved what it had."""
    same = picks_of(s, j) == len(kept)
    for i in range(len(kept)):
        pick = s.holds[i]
        same = same and pick.node == kept[i, 0] and pick.slot == kept[i, 1] and pick.amount == kept[i, 2]
    return same


@njit
def may_be_put_back(s, j):
    """Tell whether job j has a reservation that may change."""
    clock, start = s.clock[0], s.jobs[j].start
    if start < 0:
        return False
    if clock.placement == FGD or clock.placement == GPU_CLUSTERING:
        return True  # their scores change with what was submitted, or runs
    if clock.profiled:
        return may_move(s, j)
    # A job that starts now is placed by devices, before by their number.
    return start == clock.now or may_move_in_book(s, j)


@njit
def put_back(s, j):
    """Take the reservation of job j out and put it back at its earliest start; tell whether its start changed.

    A job that is put back where it was has changed nothing.
    """
    clock, job = s.clock[0], s.jobs[j]
    notes, before, kept = clock.notes, job.start, kept_picks(s, j)
    unreserve(s, j)
    reserve_earliest(s, j, types_to_reserve(s, j), 0)
    if job.start < 0:
        return True  # its quota was cut for good
    # The rule may place a gang of parts, chosen anew, worse than it was: then it keeps its old place.
    if job.start > before:
        restore(s, j, before, kept)
    if job.start == before and has_kept(s, j, kept):
        clock.notes = notes
    if job.start == clock.now:
        name_devices(s, j)
    s.holds[job.hold].known = clock.notes
    return job.start != before


@njit
def compress(s):
    """Put reserved jobs back at their earliest starts, from the first of the queue on after each change, to rest."""
    clock = s.clock[0]
    moved = True
    while moved:
        moved = False
        for i in range(clock.head, clock.tail):
            j = s.queue[i].job
            if may_be_put_back(s, j) and put_back(s, j):
                moved = True
                break
    clock.freed = 0


@njit
def reserve_new(s):
    """Reserve for the jobs that hold nothing yet, in queue order, as far as the depth limit goes."""
    clock = s.clock[0]
    last = clock.tail
    if clock.backfill_depth > 0:
        last = min(last, clock.head + clock.backfill_depth)
    for i in range(clock.head, last):
        j = s.queue[i].job
        if s.jobs[j].start < 0:
            reserve_earliest(s, j, types_to_reserve(s, j), 0)


@njit
def may_begin(s, j, t):
    """Tell whether job j, whose reservation begins at t (ms), may start; put it at a later start if not."""
    if not is_closed(s, j) and admits_reserved(s, j, t) and devices_left(s, j):
        return True
    put_off(s, j)
    return False


@njit
def start_due(s, t):
    """Start the jobs whose reservation begins now; one that may not goes to a later start."""
    clock = s.clock[0]
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        start = s.jobs[j].start
        if start == t and may_begin(s, j, t):
            start_reserved(s, j, t)
        elif start >= 0:
            close(s, j)
    keep_waiting(s, S_WAITING)


@njit
def set_wake(s):
    """Set a timer for the earliest reserved start."""
    clock = s.clock[0]
    wake = -1
    for i in range(clock.head, clock.tail):
        reserved = s.jobs[s.queue[i].job].start
        if reserved >= 0 and (wake < 0 or reserved < wake):
            wake = reserved
    if wake >= 0 and wake != clock.wake:
        push(s, wake, T_CHANGE, 0, 0)
    clock.wake = wake


@njit
def give_back(s, t, kind, j):
    """Take out of the book what job j, to which a timer of a kind falls due at t (ms), will not hold."""
    if kind == T_CHANGE:
        return
    clock, job = s.clock[0], s.jobs[j]
    if job.state == S_RUNNING and t < job.start + job.walltime and (kind == T_END or kind == T_CANCEL):
        give_back_running(s, j)
        clock.freed = 1
    elif job.state == S_WAITING and (kind == T_CANCEL or kind == T_WITHDRAW):
        clock.freed = 1
        if job.start >= 0:
            unreserve(s, j)


@njit
def conservative_pass(s, t):
    """Make a pass: compress what was freed, reserve for new jobs, start what is due."""
    if s.clock[0].freed:
        if s.clock[0].fractions:
            name_due(s, t)
        compress(s)
    reserve_new(s)
    start_due(s, t)
    set_wake(s)

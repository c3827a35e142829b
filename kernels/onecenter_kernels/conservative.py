"""The pass of conservative backfill: every waiting job holds a reservation."""

import numpy as np

from .asks import ask_of, types_of
from .book import first_row_from, give_back_running, name_devices, picks_of, reserve, unreserve
from .codes import S_RUNNING, S_WAITING, T_CANCEL, T_CHANGE, T_END, T_WITHDRAW
from .door import admits_reserved, start_reserved
from .heap import push
from .jit import inlined, njit
from .owning import can_own
from .place import place
from .promise import may_move, pick_earliest
from .queue import keep_waiting
from .room import type_holds, view_node
from .state import FOREVER


@inlined
def short_row(s, lo, hi, kind, ask):
    """Return the first of the rows lo .. hi - 1 that alone does not hold the job; -1: none."""
    for k in range(lo, hi):
        if type_holds(s, s.book[k].layer, kind, ask) < ask.tasks:
            return k
    return -1


@njit
def place_from(s, k, kind, ask, walltime):
    """Place a job on a node type from the time of row k for its walltime (ms); return the picks."""
    hi = first_row_from(s, s.book[k].t + walltime)
    if hi - k > 1:
        for n in range(s.types[0, kind].first, s.types[0, kind].first + s.types[0, kind].count):
            view_node(s, k, hi, n)
    return place(s, k, hi, kind, ask)


@inlined
def earliest_row(s, kind, ask, walltime, first, last):
    """Return the first row from `first`, before row `last`, from which a node type holds the job; -1: none."""
    k = first
    while k < last:
        if k > 0 and s.book[k].frees == 0:
            k += 1
            continue
        m = short_row(s, k, first_row_from(s, s.book[k].t + walltime), kind, ask)
        if m >= 0:
            k = m + 1
        elif place_from(s, k, kind, ask, walltime) > 0:
            return k
        else:
            k += 1
    return -1


@njit
def reserve_earliest(s, j, types, first):
    """Reserve the earliest start of job j on a node type, from row `first` of the book on."""
    ask, walltime = ask_of(s, j), s.jobs[j].walltime
    if s.clock[0].profiled:
        begin, picks = pick_earliest(s, types, ask, walltime, FOREVER)
        reserve(s, j, begin, picks)
        s.holds[s.jobs[j].hold].known = s.clock[0].notes
        return
    best, on = s.clock[0].book, -1
    while types > 0:
        kind = (types & 15) - 1
        k = earliest_row(s, kind, ask, walltime, first, best)
        if k >= 0:
            best, on = k, kind
        types >>= 4
    reserve(s, j, s.book[best].t, place_from(s, best, on, ask, walltime))


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
def may_begin(s, j, t):
    """Tell whether job j, whose reservation begins at t (ms), may start; put it at a later start if not."""
    if admits_reserved(s, j, t) and devices_left(s, j):
        return True
    unreserve(s, j)
    reserve_earliest(s, j, types_of(s, j), 1)
    return False


@inlined
def name_due(s, t):
    """Let the jobs whose reserved start has come own their devices, before others move to now."""
    clock = s.clock[0]
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        if s.jobs[j].start == t and may_begin(s, j, t):
            name_devices(s, j)


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
        same = same and s.holds[i].node == kept[i, 0] and s.holds[i].amount == kept[i, 2]
    return same


@njit
def put_back_in_profile(s, j):
    """Do what `put_back` does; a job that is put back where it was has changed nothing."""
    clock, job = s.clock[0], s.jobs[j]
    notes, before, kept = clock.notes, job.start, kept_picks(s, j)
    unreserve(s, j)
    reserve_earliest(s, j, types_of(s, j), 0)
    if job.start == before and has_kept(s, j, kept):
        clock.notes = notes
        s.holds[job.hold].known = notes
    return job.start != before


@njit
def may_be_put_back(s, j):
    """Tell whether job j has a reservation that may change."""
    if s.jobs[j].start < 0:
        return False
    return not s.clock[0].profiled or may_move(s, j)


@njit
def put_back(s, j):
    """Take the reservation of job j out and put it back at its earliest start; tell whether its start changed."""
    if s.clock[0].profiled:
        return put_back_in_profile(s, j)
    before = s.jobs[j].start
    kept = kept_picks(s, j)
    unreserve(s, j)
    reserve_earliest(s, j, types_of(s, j), 0)
    # The rule may place a gang of parts, chosen anew, worse than it was: then it keeps its old place.
    if s.jobs[j].start > before:
        restore(s, j, before, kept)
    if s.jobs[j].start == s.clock[0].now:
        name_devices(s, j)
    return s.jobs[j].start != before


@inlined
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


@inlined
def reserve_new(s):
    """Reserve for the jobs that hold nothing yet, in queue order, as far as the depth limit goes."""
    clock = s.clock[0]
    last = clock.tail
    if clock.backfill_depth > 0:
        last = min(last, clock.head + clock.backfill_depth)
    for i in range(clock.head, last):
        j = s.queue[i].job
        if s.jobs[j].start < 0:
            reserve_earliest(s, j, types_of(s, j), 0)


@inlined
def start_due(s, t):
    """Start the jobs whose reservation begins now; one that may not goes to a later start."""
    clock = s.clock[0]
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        if s.jobs[j].start == t and may_begin(s, j, t):
            start_reserved(s, j, t)
    keep_waiting(s, S_WAITING)


@inlined
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


@inlined
def give_back(s, t, kind, j):
    """Take out of the book what job j, to which a timer of a kind falls due at t (ms), will not hold."""
    clock, job = s.clock[0], s.jobs[j]
    if job.state == S_RUNNING and t < job.start + job.walltime and (kind == T_END or kind == T_CANCEL):
        give_back_running(s, j)
        clock.freed = 1
    elif job.state == S_WAITING and (kind == T_CANCEL or kind == T_WITHDRAW):
        clock.freed = 1
        if job.start >= 0:
            unreserve(s, j)


@inlined
def conservative_pass(s, t):
    """Make a pass: compress what was freed, reserve for new jobs, start what is due."""
    if s.clock[0].freed:
        if s.clock[0].fractions:
            name_due(s, t)
        compress(s)
    reserve_new(s)
    start_due(s, t)
    set_wake(s)

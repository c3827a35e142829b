"""The book, where jobs ask fractions: what will be free by time, given running jobs and reservations.

Row k holds from its time to that of row k + 1; row 0 is the present. A whole accelerator that is reserved is counted
until its job owns devices; a part, and whatever a running job holds, has its device.
"""

from .asks import ask_of
from .jit import njit
from .owning import disown, forget_owner, occupy, own, release
from .profile import change_profile, note_change
from .room import copy_row, take


@njit
def first_row_from(s, t):
    """Return the first row whose time is not before t (ms)."""
    lo, hi = 0, s.clock[0].book
    while lo < hi:
        mid = (lo + hi) // 2
        if s.book[mid].t < t:
            lo = mid + 1
        else:
            hi = mid
    return lo


@njit
def write_row(s, k, t, layer, begins, frees):
    """Fill row k of the book."""
    row = s.book[k]
    row.t = t
    row.layer = layer
    row.begins = begins
    row.frees = frees


@njit
def drop_row(s, k):
    """Take row k out; its layer becomes a spare one."""
    clock = s.clock[0]
    layer = s.book[k].layer
    clock.book -= 1
    for i in range(k, clock.book):
        row = s.book[i + 1]
        write_row(s, i, row.t, row.layer, row.begins, row.frees)
    write_row(s, clock.book, -1, layer, 0, 0)


@njit
def split(s, t):
    """Return the row that begins at t (ms), made if there is none; the present stands for all before it."""
    k = first_row_from(s, t)
    if (k < s.clock[0].book and s.book[k].t == t) or k == 0:
        return k
    layer = s.book[s.clock[0].book].layer
    for i in range(s.clock[0].book, k, -1):
        row = s.book[i - 1]
        write_row(s, i, row.t, row.layer, row.begins, row.frees)
    s.clock[0].book += 1
    write_row(s, k, t, layer, 0, 0)
    copy_row(s, s.book[k - 1].layer, layer)
    return k


@njit
def forget_idle(s, k):
    """Drop row k if nothing begins or ends there any more."""
    if k > 0 and s.book[k].begins == 0 and s.book[k].frees == 0:
        drop_row(s, k)


@njit
def note_rows(s, n, lo, hi, fresh):
    """Number a change of node n in the rows lo .. hi - 1; `fresh` where its end is the only one at that instant."""
    most = 0
    for k in range(lo, hi):
        most = max(most, s.nodes[s.book[k].layer, n].free)
    note_change(s, n, s.book[lo].t, s.book[hi].t, most, fresh)


@njit
def turn_to(s, t):
    """Make instant t (ms) the present."""
    if s.clock[0].profiled:
        return
    while s.clock[0].book > 1 and s.book[1].t <= t:
        drop_row(s, 0)
    s.book[0].t = t


@njit
def hold_picks(s, j, picks):
    """Keep the picks as what job j has reserved."""
    clock = s.clock[0]
    s.jobs[j].hold = -1
    for i in range(picks - 1, -1, -1):
        h = clock.spare_hold
        if h >= 0:
            clock.spare_hold = s.holds[h].next
        else:
            h = clock.holds
            clock.holds += 1
        row = s.holds[h]
        row.node = s.holds[i].node
        row.slot = s.holds[i].slot
        row.amount = s.holds[i].amount
        row.next = s.jobs[j].hold
        s.jobs[j].hold = h


@njit
def drop_holds(s, j):
    """Return the rows that keep what job j has reserved."""
    clock = s.clock[0]
    h = int(s.jobs[j].hold)
    while h >= 0:
        after = int(s.holds[h].next)
        s.holds[h].next = clock.spare_hold
        clock.spare_hold = h
        h = after
    s.jobs[j].hold = -1


@njit
def picks_of(s, j):
    """Make the reserved amounts of job j the picks; return their number."""
    picks, h = 0, int(s.jobs[j].hold)
    while h >= 0:
        held, pick = s.holds[h], s.holds[picks]
        pick.node = held.node
        pick.slot = held.slot
        pick.amount = held.amount
        picks += 1
        h = int(held.next)
    return picks


@njit
def reserve(s, j, start, picks):
    """Reserve the picks for job j from `start` (ms) for its walltime."""
    if s.clock[0].profiled:
        for i in range(picks):
            pick = s.holds[i]
            change_profile(s, pick.node, start, start + s.jobs[j].walltime, pick.amount, ask_of(s, j))
        s.jobs[j].start = start
        hold_picks(s, j, picks)
        return
    lo = split(s, start)
    hi = split(s, start + s.jobs[j].walltime)
    ask = ask_of(s, j)
    for k in range(lo, hi):
        for i in range(picks):
            pick = s.holds[i]
            take(s, s.book[k].layer, pick.node, pick.slot, pick.amount, ask)
    s.book[lo].begins += 1
    s.book[hi].frees += 1
    for i in range(picks):
        note_rows(s, s.holds[i].node, lo, hi, s.book[hi].frees == 1)
    s.jobs[j].start = start
    hold_picks(s, j, picks)


@njit
def name_devices(s, j):
    """Let job j, whose reservation begins now, own the devices that it asks whole, in all rows of its walltime."""
    ask = ask_of(s, j)
    if not s.clock[0].fractions or ask.whole == 0:
        return
    hi = first_row_from(s, s.clock[0].now + s.jobs[j].walltime)
    h = int(s.jobs[j].hold)
    while h >= 0:
        held = s.holds[h]
        own(s, j, held.node, held.amount * ask.whole)
        for k in range(hi):
            occupy(s, j, held.node, s.book[k].layer)
        note_rows(s, held.node, 0, hi, 0)
        h = int(held.next)


@njit
def unreserve(s, j):
    """Take back what waiting job j has reserved."""
    start = s.jobs[j].start
    if s.clock[0].profiled:
        h = int(s.jobs[j].hold)
        while h >= 0:
            held = s.holds[h]
            change_profile(s, held.node, start, start + s.jobs[j].walltime, -held.amount, ask_of(s, j))
            h = int(held.next)
        s.jobs[j].start = -1
        drop_holds(s, j)
        return
    lo = first_row_from(s, start)
    hi = first_row_from(s, start + s.jobs[j].walltime)
    ask = ask_of(s, j)
    devices = s.clock[0].fractions and ask.whole > 0
    h = int(s.jobs[j].hold)
    while h >= 0:
        held = s.holds[h]
        for k in range(lo, hi):
            take(s, s.book[k].layer, held.node, held.slot, -held.amount, ask)
            if devices:
                disown(s, j, s.book[k].layer, held.node)
        if devices:
            forget_owner(s, j, held.node)
        note_rows(s, held.node, lo, hi, 0)
        h = int(held.next)
    s.book[lo].begins -= 1
    s.book[hi].frees -= 1
    forget_idle(s, hi)
    forget_idle(s, lo)
    s.jobs[j].start = -1
    drop_holds(s, j)


@njit
def begin(s, j):
    """Let the reservation of job j, which starts, become what it holds."""
    name_devices(s, j)
    drop_holds(s, j)


@njit
def give_back_running(s, j):
    """Give back what job j, which ends before its walltime, would have held from now on."""
    if s.clock[0].profiled:
        job = s.jobs[j]
        for i in range(job.first, job.first + job.rows):
            row = s.log[i]
            change_profile(s, row.node, s.clock[0].now, job.start + job.walltime, -int(row.amount), ask_of(s, j))
        return
    hi = first_row_from(s, s.jobs[j].start + s.jobs[j].walltime)
    for k in range(hi):
        release(s, j, s.book[k].layer)
    for i in range(s.jobs[j].first, s.jobs[j].first + s.jobs[j].rows):
        note_rows(s, s.log[i].node, 0, hi, 0)
    s.book[hi].frees -= 1
    forget_idle(s, hi)

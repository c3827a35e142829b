"""The pass without reservations kept, and EASY backfill."""

from .asks import ask_of
from .codes import EASY_SJBF, NONE, S_WAITING
from .commit import start
from .jit import inlined, njit
from .owning import release_row
from .place import place_allowed
from .queue import goes_before, keep_waiting, walltime_end
from .room import copy_row, node_holds, take, view_amounts, view_node
from .state import FOREVER, NOW, SHADOW, VIEW
from .sums import exhausted, may_start, sum_up


@inlined
def in_order(s, t):
    """Start jobs in order until one does not fit; return whether the depth limit came first."""
    clock = s.clock[0]
    looked = 0
    while clock.head < clock.tail:
        if looked == clock.depth and clock.depth > 0:
            return True
        j = s.queue[clock.head].job
        picks = place_allowed(s, NOW, NOW + 1, s.jobs[j].types, ask_of(s, j))
        if picks == 0:
            return False
        clock.head += 1
        start(s, j, picks, t)
        looked += 1
    return False


@inlined
def plain_pass(s, t):
    """Make a pass with backfill none or easy; return whether the depth limit ended it."""
    clock = s.clock[0]
    quiet = clock.quiet and clock.head < clock.tail and s.queue[clock.head].job == clock.blocked
    if not quiet and in_order(s, t):
        return True
    if clock.backfill != NONE and clock.tail - clock.head > 1:
        # After a quiet pass only jobs submitted at this instant can have become able to start.
        backfill(s, t, quiet and clock.backfill_depth == 0)
    return False


@inlined
def list_by_walltime(s, t, quiet):
    """List the jobs behind the head that may start, by walltime; return their number."""
    clock = s.clock[0]
    n, every = 0, clock.backfill_depth > 0
    for i in range(clock.head + 1, clock.tail):
        j = s.queue[i].job
        if quiet and s.jobs[j].submit != t:
            continue
        if every or may_start(s, NOW, s.jobs[j].types, ask_of(s, j)):
            s.queue[n].candidate = j
            n += 1
    sort_by_walltime(s, n)
    return n


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


@inlined
def count_held(s, types, ask):
    """Count how many of the head's tasks the shadow row holds on each node type that it may use."""
    while types > 0:
        row = s.types[0, (types & 15) - 1]
        row.held = 0
        for n in range(row.first, row.first + row.count):
            row.held += node_holds(s, SHADOW, n, ask)
        s.clock[0].visits += row.count
        types >>= 4


@njit
def project(s, j, ask):
    """Take running job j off the shadow row, and count what its nodes then hold of the head."""
    job, own = s.jobs[j], ask_of(s, j)
    devices = s.clock[0].fractions and own.whole > 0
    for i in range(job.first, job.first + job.rows):
        row = s.log[i]
        n = row.node
        before = node_holds(s, SHADOW, n, ask)
        release_row(s, j, row, SHADOW, own, devices)
        s.types[0, s.nodes[NOW, n].type].held += node_holds(s, SHADOW, n, ask) - before
    s.clock[0].visits += job.rows


@njit
def held(s, types, tasks):
    """Tell whether an allowed node type holds all tasks of the head in the shadow row."""
    while types > 0:
        if s.types[0, (types & 15) - 1].held >= tasks:
            return True
        types >>= 4
    return False


@inlined
def shadow_time(s, types, ask):
    """Project the shadow row to the first walltime end at which the head fits; return it (ms)."""
    copy_row(s, NOW, SHADOW)
    count_held(s, types, ask)
    i, n = 0, s.clock[0].running
    while i < n:
        end = walltime_end(s, s.queue[i].running)
        while i < n and walltime_end(s, s.queue[i].running) == end:
            project(s, s.queue[i].running, ask)
            i += 1
        if held(s, types, ask.tasks):
            return end
    return -1


@inlined
def reserve_head(s):
    """Reserve the head's place in the shadow row, which holds from the shadow time (ms) on; return that."""
    head = s.queue[s.clock[0].head].job
    ask, types = ask_of(s, head), s.jobs[head].types
    shadow = shadow_time(s, types, ask)
    picks = place_allowed(s, SHADOW, SHADOW + 1, types, ask)
    for i in range(picks):
        pick = s.holds[i]
        take(s, SHADOW, pick.node, pick.slot, pick.amount, ask)
    s.book[SHADOW].t = shadow
    return shadow


@njit
def view_all(s, devices):
    """Make the view of now and shadow for every node, with devices or without, and sum it up."""
    for n in range(s.nodes.shape[1]):
        if devices:
            view_node(s, NOW, SHADOW + 1, n)
        else:
            view_amounts(s, NOW, SHADOW + 1, n)
    sum_up(s, VIEW, devices)


@njit
def fill_up(s, j, t, long):
    """Start job j on the first allowed node type that holds it now or, if long, in the view; tell whether it did."""
    ask = ask_of(s, j)
    picks = place_allowed(s, NOW, SHADOW + 1 if long else NOW + 1, s.jobs[j].types, ask)
    if picks == 0:
        return False
    start(s, j, picks, t)
    for k in range(picks):
        pick = s.holds[k]
        if long:
            take(s, SHADOW, pick.node, pick.slot, pick.amount, ask)
    return True


@inlined
def backfill(s, t, quiet):
    """Start the jobs behind the head that do not delay its reservation."""
    clock = s.clock[0]
    by_walltime = clock.backfill == EASY_SJBF
    sum_up(s, NOW, clock.fractions)
    first, last = clock.head + 1, clock.tail
    if by_walltime:
        last = first + list_by_walltime(s, t, quiet)
    if clock.backfill_depth > 0:
        last = min(last, first + clock.backfill_depth)
    # Only a head that asks a part is promised a device, which may be empty now.
    devices = ask_of(s, s.queue[clock.head].job).part > 0
    shadow, viewed, started = -1, False, False
    for i in range(first, last):
        j = s.queue[i - first].candidate if by_walltime else s.queue[i].job
        job = s.jobs[j]
        if quiet and job.submit != t:
            continue
        ask = ask_of(s, j)
        if not may_start(s, NOW, job.types, ask):
            continue
        if shadow < 0:
            shadow = reserve_head(s)
        long = t + job.walltime > shadow
        if long and (not viewed or (ask.part > 0 and not devices)):
            viewed, devices = True, devices or ask.part > 0
            view_all(s, devices)
        if (long and not may_start(s, VIEW, job.types, ask)) or not fill_up(s, j, t, long):
            continue
        started = True
        sum_up(s, NOW, clock.fractions)
        if viewed:
            view_all(s, devices)
        if exhausted(s):
            break
    s.book[SHADOW].t = FOREVER
    if started:
        keep_waiting(s, S_WAITING)

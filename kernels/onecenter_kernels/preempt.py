"""Preemption by tier: a job that has quota and no room may evict running jobs of a lower tier."""

from .asks import ask_of
from .attempts import lost_of
from .codes import EVICTED, LEAST_LOST, LOWEST_TIER, OF_USER, S_RUNNING
from .evict import evict, leaving_at
from .jit import njit
from .keys import key_of
from .levels import copy_levels, relevel
from .owning import occupy, release_row
from .place import place
from .queue import sink
from .reservation import WHOLE, forget_head, reserve_head
from .room import copy_row, take
from .state import NOW, PROJECTED
from .victim_keys import give_keys

#: Where the tier of a victim begins, above the nodes that it holds.
TIER = 32


@njit
def tier_of(s, j):
    """Return the tier of job j."""
    return s.owners[s.jobs[j].owner].tier


@njit
def may_be_evicted(s, j, tier, t):
    """Tell whether running job j is of a lower tier, has run as long as it is protected, and does not leave already."""
    job, owner = s.jobs[j], s.owners[s.jobs[j].owner]
    if job.state != S_RUNNING or owner.tier >= tier or owner.spared or s.attempts[j].leaves > 0:
        return False
    return job.start < t and t - job.start >= s.clock[0].preempt_after


@njit
def nodes_of(s, j):
    """Return how many nodes running job j holds; of fractions there may be several rows a node."""
    job, count = s.jobs[j], 0
    for i in range(job.first, job.first + job.rows):
        new = 1
        for k in range(job.first, i):
            if s.log[k].node == s.log[i].node:
                new = 0
        count += new
    return count


@njit
def goes_first(s, a, b):
    """Tell whether candidate a is evicted before candidate b."""
    one, other = s.attempts[a], s.attempts[b]
    if one.place != other.place:
        return one.place < other.place
    if one.began != other.began:
        return one.began > other.began
    return a > b


@njit
def look_at_victim(s, j, t):
    """Note of running job j by what it goes before other victims at t (ms), but for a user's key."""
    row, rule = s.attempts[j], s.clock[0].victims
    row.began = s.jobs[j].start
    if rule != LEAST_LOST:
        row.nodes = nodes_of(s, j)
        row.place = tier_of(s, j) << TIER | row.nodes
    if rule != LOWEST_TIER:
        row.place = row.lost = lost_of(s, j, t, leaving_at(s, j, t))


@njit
def list_victims(s, kind, tier, t):
    """List the jobs on a node type that may be evicted, in no order; return their number."""
    row, count = s.types[NOW, kind], 0
    for n in range(row.first, row.first + row.count):
        r = s.hosts[n].run
        while r >= 0:
            j = s.runs[r].job
            if s.runs[r].row == s.jobs[j].first and may_be_evicted(s, j, tier, t):
                look_at_victim(s, j, t)
                s.queue[count].candidate = j
                count += 1
            r = s.runs[r].next
    if s.clock[0].victims == OF_USER and count > 0:
        return count if give_keys(s, count, t) else 0
    return count


@njit
def sift_victim(s, i, n):
    """Restore the heap of the first n candidates, who goes first on top, below place i."""
    j = s.queue[i].candidate
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and goes_first(s, s.queue[child + 1].candidate, s.queue[child].candidate):
            child += 1
        if not goes_first(s, s.queue[child].candidate, j):
            break
        s.queue[i].candidate = s.queue[child].candidate
        i = child
    s.queue[i].candidate = j


@njit
def next_victim(s, n):
    """Move the first of the n candidates of a heap behind the others, which are a heap again; return it."""
    j = s.queue[0].candidate
    s.queue[0].candidate = s.queue[n - 1].candidate
    sift_victim(s, 0, n - 1)
    s.queue[n - 1].candidate = j
    return j


@njit
def turn_around(s, n):
    """Let the first n candidates change their order for the opposite."""
    for i in range(n // 2):
        a, b = s.queue[i].candidate, s.queue[n - 1 - i].candidate
        s.queue[i].candidate = b
        s.queue[n - 1 - i].candidate = a


@njit
def without(s, j):
    """Give back, in the row of the projection, what running job j holds."""
    job, ask = s.jobs[j], ask_of(s, j)
    devices = s.clock[0].fractions and ask.whole > 0
    for i in range(job.first, job.first + job.rows):
        release_row(s, j, s.log[i], PROJECTED, ask, devices)
        relevel(s, PROJECTED, s.log[i].node)


@njit
def put_back(s, j):
    """Take, in the row of the projection, what running job j holds."""
    job, ask = s.jobs[j], ask_of(s, j)
    for i in range(job.first, job.first + job.rows):
        row = s.log[i]
        if s.clock[0].fractions and ask.whole > 0:
            occupy(s, j, row.node, PROJECTED)
        take(s, PROJECTED, row.node, row["device"], row.amount, ask)
        relevel(s, PROJECTED, row.node)


@njit
def holds(s, j, kind):
    """Tell whether the row of the projection has room for job j on a node type."""
    s.clock[0].placing = j
    return place(s, WHOLE, WHOLE + 1, kind, ask_of(s, j)) > 0


@njit
def choose_victims(s, j, kind, t):
    """Choose whom job j evicts on a node type; return the number of victims, which are the first candidates; 0: nobody.

    In the order of victims, until it has room; then, from the last but one back, each that is not needed is put back.
    """
    count, last = list_victims(s, kind, tier_of(s, j), t), -1
    if count == 0:
        return 0
    copy_row(s, NOW, PROJECTED)
    copy_levels(s)
    s.clock[0].projected = -1
    for i in range(count // 2 - 1, -1, -1):
        sift_victim(s, i, count)
    for i in range(count):
        without(s, next_victim(s, count - i))
        if holds(s, j, kind):
            last = i
            break
    turn_around(s, count)
    for i in range(last - 1, -1, -1):
        v = s.queue[i].candidate
        put_back(s, v)
        if holds(s, j, kind):
            for k in range(i, last):
                s.queue[k].candidate = s.queue[k + 1].candidate
            last -= 1
        else:
            without(s, v)
    return last + 1


@njit
def last_leaving(s, count, t):
    """Return when the last of the first candidates has left if they are evicted at t (ms)."""
    last = t
    for i in range(count):
        last = max(last, leaving_at(s, s.queue[i].candidate, t))
    return last


@njit
def fits_as_soon(s, j, types, until):
    """Tell whether job j has room by instant `until` (ms) on one of some node types, if nobody is evicted."""
    shadow = reserve_head(s, j, types, ask_of(s, j))
    forget_head(s)
    return shadow <= until


@njit
def preempt(s, j, types, t):
    """Let job j evict jobs of a lower tier, on the first of some node types where that gives it room.

    Return the node types on which it can start at once, as their grace is over; 0: none.
    """
    if tier_of(s, j) == s.clock[0].lowest_tier or 0 < s.attempts[j].first_until >= t:
        return 0
    rest = types
    while rest > 0:
        count = choose_victims(s, j, (rest & 15) - 1, t)
        if count > 0:
            last = last_leaving(s, count, t)
            if last > t and fits_as_soon(s, j, types, last):
                return 0
            evict_all(s, count, t)
            if last == t:
                return rest & 15
            s.attempts[j].first_until = last
            s.clock[0].first_until = max(s.clock[0].first_until, last)
            return 0
        rest >>= 4
    return 0


@njit
def evict_all(s, count, t):
    """Evict the first candidates; who has left at once waits in the queue of this pass, by its order."""
    clock = s.clock[0]
    for i in range(count):
        v, tail = s.queue[i].candidate, clock.tail
        evict(s, v, t, EVICTED)
        if clock.tail > tail and clock.anew:
            s.queue[clock.tail - 1].key = key_of(s, v, t)
            sink(s, clock.tail - 1, t)

"""The waiting jobs in the policy's order.

With EASY and no depth the queue is indexed under FIFO, and under a key as long as each job goes behind all others:
a job that leaves amid it leaves its place empty (-1).
"""

from .calls import call_keys
from .codes import BY_TIER, FIFO, MULTIFACTOR
from .jit import njit
from .keys import HOUR, PRIORITY_UNIT, key_of
from .sharing import share_out
from .state import FOREVER
from .waits import strike


@njit
def goes_before(s, key_a, a, key_b, b):
    """Tell whether job a stands before job b: by key, submit, id."""
    if key_a != key_b:
        return key_a < key_b
    submit_a, submit_b = s.jobs[a].submit, s.jobs[b].submit
    if submit_a != submit_b:
        return submit_a < submit_b
    return a < b


@njit
def rank_in_tier(s, j, t):
    """Return the tier of job j where that matters, doubled, and one more where it goes first in it at t (ms)."""
    tier = s.owners[s.jobs[j].owner].tier if s.clock[0].preemption == BY_TIER else 0
    return 2 * tier + int(s.attempts[j].first_until > 0 and t <= s.attempts[j].first_until)


@njit
def stands_before(s, key_a, a, key_b, b, t):
    """Tell whether job a stands before job b in the queue at t (ms): where a policy preempts, by tier first."""
    if s.clock[0].preemption:
        one, other = rank_in_tier(s, a, t), rank_in_tier(s, b, t)
        if one != other:
            return one > other
    return goes_before(s, key_a, a, key_b, b)


@njit
def move(s, source, target):
    """Copy a place of the queue."""
    a, b = s.queue[source], s.queue[target]
    b.job = a.job
    b.key = a.key
    b.ask = a.ask


@njit
def key_at(s, i, t):
    """Return the key at instant t (ms) of the job in place i of the queue."""
    return key_of(s, s.queue[i].job, t) if s.clock[0].ageing else s.queue[i].key


@njit
def sink(s, i, j, t):
    """Put job j into place i of the queue or, moving others up, as far before it as the keys at t (ms) say."""
    head, ask, key = s.clock[0].head, s.queue[i].ask, key_of(s, j, t)
    while i > head and stands_before(s, key, j, key_at(s, i - 1, t), s.queue[i - 1].job, t):
        move(s, i - 1, i)
        i -= 1
    row = s.queue[i]
    row.job = j
    row.key = key
    row.ask = ask
    return i


@njit
def goes_last(s, j, t):
    """Tell whether job j goes behind all others by its key, and leave the key in the place behind them."""
    last, key = s.clock[0].tail, key_of(s, j, t)
    s.queue[last].key = key
    return last == s.clock[0].head or key >= s.queue[last - 1].key


@njit
def drop_index(s):
    """Let the queue have no index from now on."""
    clock = s.clock[0]
    pack(s)
    clock.indexed = 0
    if clock.order == FIFO:  # whose keys nobody has looked at
        for i in range(clock.head, clock.tail):
            s.queue[i].key = s.jobs[s.queue[i].job].submit


@njit
def enqueue(s, j, t):
    """Let job j wait."""
    clock = s.clock[0]
    if clock.indexed and clock.order != FIFO and not goes_last(s, j, t):
        drop_index(s)
    clock.tail += 1
    clock.waiting += 1
    s.queue[clock.tail - 1].ask = s.jobs[j].ask
    if clock.indexed or clock.anew:
        s.queue[clock.tail - 1].job = j  # the last by submit and id, or put in order before the pass
    else:
        i = sink(s, clock.tail - 1, j, t)
        if clock.ageing:
            clock.cross = min(clock.cross, crossing(s, i - 1, t), crossing(s, i, t))


@njit
def crossing(s, i, t):
    """Return an instant (ms) up to which the jobs in places i and i + 1 of the queue keep their order, from t (ms) on.

    All age alike, so only the older one's reaching the highest age lets another of higher priority overtake it. Keys
    are rounded: two that differ by less than one may change places in between, so they are looked at in each step.
    """
    clock = s.clock[0]
    if i < clock.head or i + 1 >= clock.tail:
        return FOREVER
    a, b = s.jobs[s.queue[i].job], s.jobs[s.queue[i + 1].job]
    gain = abs(min(t - a.submit, clock.max_age) - min(t - b.submit, clock.max_age)) * clock.age_rate // HOUR
    ahead = abs(int(b.priority) - int(a.priority)) * PRIORITY_UNIT
    if a.submit >= b.submit:
        return FOREVER if a.submit == b.submit or gain + 2 <= ahead else t + 1
    if b.priority <= a.priority:
        return FOREVER
    if gain < ahead + 1:
        return t + 1
    return max(t + 1, b.submit + clock.max_age - (ahead + 1) * HOUR // clock.age_rate - 1)


@njit
def reorder(s, t):
    """Bring the queue into order where keys change with time and two jobs may have changed places by t (ms)."""
    clock = s.clock[0]
    tiers = clock.first_until >= 0
    if not clock.anew and not tiers and (not clock.ageing or t < clock.cross):
        return
    if t > clock.first_until:
        clock.first_until = -1
    if clock.keys_call != 0:
        call_keys(clock.keys_call, float(t))
    if clock.order == MULTIFACTOR:
        share_out(s, t)
    for i in range(clock.head, clock.tail):
        sink(s, i, s.queue[i].job, t)
    if not clock.ageing:
        return
    clock.cross = FOREVER
    for i in range(clock.head, clock.tail - 1):
        clock.cross = min(clock.cross, crossing(s, i, t))


@njit
def empty(s, i):
    """Empty place i of an indexed queue; the head is the first that is not."""
    clock = s.clock[0]
    if i < clock.listed:
        strike(s, i)
    s.queue[i].job = -1
    while clock.head < clock.tail and s.queue[clock.head].job < 0:
        clock.head += 1


@njit
def drop_head(s):
    """Take the head out of the queue."""
    clock = s.clock[0]
    if clock.indexed:
        empty(s, clock.head)
    else:
        clock.head += 1
    clock.waiting -= 1


@njit
def remove_at(s, i):
    """Take the job in place i out of the queue."""
    clock = s.clock[0]
    clock.waiting -= 1
    if clock.indexed:
        empty(s, i)
        return
    if i - clock.head < clock.tail - i:
        for k in range(i, clock.head, -1):
            move(s, k - 1, k)
        clock.head += 1
    else:
        for k in range(i, clock.tail - 1):
            move(s, k + 1, k)
        clock.tail -= 1


@njit
def place_of(s, j):
    """Return the place of waiting job j in the queue."""
    clock = s.clock[0]
    i = clock.head
    while s.queue[i].job != j:
        i += 1
    return i


@njit
def keep_waiting(s, state):
    """Take all jobs out of the queue that are no longer in this state."""
    clock = s.clock[0]
    kept = clock.head
    for i in range(clock.head, clock.tail):
        if s.jobs[s.queue[i].job].state == state:
            if kept != i:
                move(s, i, kept)
            kept += 1
    clock.tail = kept
    clock.waiting = kept - clock.head


@njit
def pack(s):
    """Move the queue to the front of its array, without empty places."""
    clock = s.clock[0]
    for i in range(clock.head, clock.listed):
        if s.queue[i].job >= 0:
            strike(s, i)
    clock.listed = 0
    n = 0
    for i in range(clock.head, clock.tail):
        if s.queue[i].job >= 0:
            move(s, i, n)
            n += 1
    clock.head = 0
    clock.tail = n

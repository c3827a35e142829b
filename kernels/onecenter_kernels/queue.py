"""The waiting jobs in the policy's order.

With EASY and no depth the queue is indexed under FIFO, and under a key as long as each job goes behind all others:
a job that leaves amid it leaves its place empty (-1).
"""

from .codes import BY_TIER, FIFO, MULTIFACTOR
from .crossing import look_again
from .groups import group_of
from .jit import njit
from .keys import key_of, waiting_key
from .multifactor import base_of
from .state import BLOCK_BITS
from .waits import strike

#: The last place of the first block.
LAST = (1 << BLOCK_BITS) - 1


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
    b.cross = a.cross
    b.ask = a.ask
    b.group = a.group
    include_group(s, target, int(a.group))


@njit
def include_group(s, i, group):
    """Note that a job of some group waits in place i of the queue."""
    s.blocks[i >> BLOCK_BITS].groups |= 1 << group


@njit
def key_at(s, i, t):
    """Return the key at instant t (ms) of the job in place i of the queue."""
    return waiting_key(s, s.queue[i].job, t) if s.clock[0].ageing else s.queue[i].key


@njit
def sink(s, i, t):
    """Move the job in place i of the queue up as far as the keys in it say, at t (ms); return its place."""
    row, head = s.queue[i], s.clock[0].head
    j, key, ask, group = row.job, row.key, row.ask, row.group
    while i > head and stands_before(s, key, j, s.queue[i - 1].key, s.queue[i - 1].job, t):
        move(s, i - 1, i)
        i -= 1
    fill(s, i, j, key, ask, group)
    return i


@njit
def fill(s, i, j, key, ask, group):
    """Let job j, with its key, ask and group, have place i of the queue."""
    row = s.queue[i]
    row.job = j
    row.key = key
    row.ask = ask
    row.group = group
    include_group(s, i, int(group))


@njit
def place_for(s, j, key, t):
    """Return the place of the queue before which all jobs go before job j, and none behind it, at t (ms)."""
    low, high = s.clock[0].head, s.clock[0].tail
    while low < high:
        middle = (low + high) // 2
        if stands_before(s, key_at(s, middle, t), s.queue[middle].job, key, j, t):
            low = middle + 1
        else:
            high = middle
    return low


@njit
def insert(s, j, t):
    """Put job j into the queue where its key at t (ms) says, with the fewer of the others moving; return its place."""
    clock = s.clock[0]
    key = waiting_key(s, j, t)
    i = place_for(s, j, key, t)
    if clock.head > 0 and i - clock.head < clock.tail - i:
        for k in range(clock.head, i):
            move(s, k, k - 1)
        clock.head -= 1
        i -= 1
    else:
        for k in range(clock.tail, i, -1):
            move(s, k - 1, k)
        clock.tail += 1
    fill(s, i, j, key, s.jobs[j].ask, group_of(s, j))
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
    if clock.order == MULTIFACTOR:
        s.keys[j].key = base_of(s, j)
    if clock.indexed and clock.order != FIFO and not goes_last(s, j, t):
        drop_index(s)
    clock.waiting += 1
    if clock.indexed or clock.anew:
        # The last by submit and id, or put in order before the pass.
        fill(s, clock.tail, j, s.queue[clock.tail].key, s.jobs[j].ask, group_of(s, j))
        clock.tail += 1
        return
    i = insert(s, j, t)
    if clock.ageing:
        look_again(s, i - 1, t)
        look_again(s, i, t)


@njit
def close_gap(s, before, i):
    """Let the job in place `before` of the queue be followed by the one behind place i, where jobs age."""
    if before >= s.clock[0].head:
        s.queue[before].cross = min(s.queue[before].cross, s.queue[i].cross)


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
    close_gap(s, i - 1, i)
    if i - clock.head < clock.tail - i:
        for k in range(i, clock.head, -1):
            move(s, k - 1, k)
        clock.head += 1
    else:
        for k in range(i, clock.tail - 1):
            move(s, k + 1, k)
        clock.tail -= 1


@njit
def take_out(s, i):
    """Take the job in place i, which has started, out of the queue; return the place of the next one."""
    head = s.clock[0].head
    remove_at(s, i)
    return i + s.clock[0].head - head


@njit
def pass_over(s, i, groups):
    """Return the first place of the queue from i on whose job is in none of some groups; one behind the last: none."""
    tail = s.clock[0].tail
    while i < tail:
        end = min((i | LAST) + 1, tail)
        others = s.blocks[i >> BLOCK_BITS].groups & ~groups
        i = pass_over_in_block(s, i, end, groups) if others != 0 else end
        if i < end:
            break
    return i


@njit
def pass_over_in_block(s, i, end, groups):
    """Return the first place of a block, from i on, whose job is in none of some groups, else its end.

    What is found of a whole block is noted of it.
    """
    first, found = i, 0
    while i < end and groups >> int(s.queue[i].group) & 1:
        found |= 1 << int(s.queue[i].group)
        i += 1
    if i == end and first <= max(s.clock[0].head, first & ~LAST):
        s.blocks[first >> BLOCK_BITS].groups = found
    return i


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
        else:
            close_gap(s, kept - 1, i)
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

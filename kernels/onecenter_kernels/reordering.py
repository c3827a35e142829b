"""The queue is brought into order where keys change with time.

As jobs age, it is known of each up to when it stays before the next: only those that may have changed places are looked
at. Where keys change otherwise, the queue is sorted.
"""

from .calls import call_keys
from .candidates import put, sort_by_rank
from .codes import MULTIFACTOR
from .crossing import look_again, may_change
from .groups import group_of
from .jit import njit
from .keys import waiting_key
from .multifactor import HIGHEST, base_of
from .queue import fill, goes_before, key_at, move, rank_in_tier, sink, stands_before
from .sharing import share_out
from .state import FOREVER

#: Moves for each job up to which a queue is sorted by insertion.
FEW = 16


@njit
def reorder(s, t):
    """Bring the queue into order where keys change with time and jobs may have changed places by t (ms)."""
    clock = s.clock[0]
    if clock.order == MULTIFACTOR and share_out(s, t):
        weigh_anew(s, t)
    if clock.anew or clock.first_until >= 0:
        sort_anew(s, t)
    elif clock.ageing and t >= clock.cross:
        repair(s, t)


@njit
def weigh_anew(s, t):
    """Sort the queue by the sums at t (ms) of factors, of which some users have other ones."""
    clock, n, changed = s.clock[0], s.clock[0].tail - s.clock[0].head, False
    for k in range(n):
        i = clock.head + k
        j = s.queue[i].job
        if s.users[s.owners[s.jobs[j].owner].user].changed:
            s.keys[j].key = base_of(s, j)
            may_change(s, i, t)
            changed = True
        put(s, k, j, waiting_key(s, j, t) - (rank_in_tier(s, j, t) * (HIGHEST + 1) if clock.preemption else 0))
    if changed:
        sort_again(s, n)
        for k in range(n):
            take_place(s, clock.head + k, s.queue[k].candidate, t)
        look_at_all(s, t)


@njit
def sort_again(s, n):
    """Sort the first n candidates by rank, which were in order before some changed: by insertion, while few move."""
    moves = 0
    for k in range(1, n):
        j, rank, i = s.queue[k].candidate, s.queue[k].rank, k
        while i > 0 and goes_before(s, rank, j, s.queue[i - 1].rank, s.queue[i - 1].candidate):
            put(s, i, s.queue[i - 1].candidate, s.queue[i - 1].rank)
            i -= 1
        put(s, i, j, rank)
        moves += k - i
        if moves > FEW * n:
            sort_by_rank(s, n)
            return


@njit
def take_place(s, i, j, t):
    """Let job j have place i of the queue at t (ms), if it has another one."""
    if s.queue[i].job != j:
        fill(s, i, j, waiting_key(s, j, t), s.jobs[j].ask, group_of(s, j))
        may_change(s, i, t)
        s.clock[0].moved = 1


@njit
def sort_anew(s, t):
    """Sort the queue by the keys at t (ms)."""
    clock = s.clock[0]
    if 0 <= clock.first_until < t:
        clock.first_until = -1
        clock.moved = 1  # who went first may evict others again
    if clock.keys_call != 0:
        call_keys(clock.keys_call, float(t))
    for i in range(clock.head, clock.tail):
        s.queue[i].key = waiting_key(s, s.queue[i].job, t)
        if sink(s, i, t) != i:
            clock.moved = 1
    if clock.ageing:
        for i in range(clock.head, clock.tail):
            s.queue[i].cross = t
        look_at_all(s, t)


@njit
def look_at_all(s, t):
    """Note of all that may change places by t (ms), and do not any more, when they may again."""
    clock = s.clock[0]
    clock.cross = FOREVER
    for i in range(clock.head, clock.tail):
        if s.queue[i].cross <= t:
            look_again(s, i, t)
        else:
            clock.cross = min(clock.cross, s.queue[i].cross)


@njit
def repair(s, t):
    """Let jobs that follow each other, and may no longer be in order at t (ms), find their places."""
    clock = s.clock[0]
    for i in range(clock.head, clock.tail - 1):
        if s.queue[i].cross <= t:
            climb(s, i + 1, t)
    look_at_all(s, t)


@njit
def climb(s, i, t):
    """Move the job in place i of the queue up as far as the keys at t (ms) say; who follows whom anew is looked at."""
    row, clock, place = s.queue[i], s.clock[0], i
    j, key, ask, group = row.job, key_at(s, i, t), row.ask, row.group
    while i > clock.head and stands_before(s, key, j, key_at(s, i - 1, t), s.queue[i - 1].job, t):
        i -= 1
    if i == place:
        return
    clock.moved = 1
    for k in range(place, i, -1):
        move(s, k - 1, k)
    fill(s, i, j, key, ask, group)
    may_change(s, i, t)

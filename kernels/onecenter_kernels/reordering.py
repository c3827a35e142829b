"""The queue is brought into order where keys change with time.

As jobs age, it is known of each up to when it stays before the next: only those that may have changed places are looked
at. Where keys change otherwise, the queue is sorted.
"""

from .calls import call_keys
from .codes import MULTIFACTOR
from .crossing import look_again
from .jit import njit
from .keys import waiting_key
from .multifactor import base_of
from .queue import fill, key_at, move, sink, stands_before
from .sharing import share_out
from .state import FOREVER


@njit
def reorder(s, t):
    """Bring the queue into order where keys change with time and jobs may have changed places by t (ms)."""
    clock = s.clock[0]
    shared = clock.order == MULTIFACTOR and share_out(s, t)
    if clock.anew or shared or clock.first_until >= 0:
        sort_anew(s, t, shared)
    elif clock.ageing and t >= clock.cross:
        repair(s, t)


@njit
def sort_anew(s, t, shared):
    """Sort the queue by the keys at t (ms); `shared`: factors have changed."""
    clock = s.clock[0]
    if 0 <= clock.first_until < t:
        clock.first_until = -1
        clock.moved = 1  # who went first may evict others again
    if clock.keys_call != 0:
        call_keys(clock.keys_call, float(t))
    for i in range(clock.head, clock.tail):
        j = s.queue[i].job
        if shared:
            s.keys[j].key = base_of(s, j)
        s.queue[i].key = waiting_key(s, j, t)
        if sink(s, i, t) != i:
            clock.moved = 1
    if clock.ageing:
        clock.cross = FOREVER
        for i in range(clock.head, clock.tail):
            look_again(s, i, t)


@njit
def repair(s, t):
    """Let jobs change places that follow each other and may no longer be in order at t (ms)."""
    clock, i = s.clock[0], s.clock[0].head
    clock.cross = FOREVER
    while i < clock.tail:
        row = s.queue[i]
        if row.cross > t:
            clock.cross = min(clock.cross, row.cross)
        elif i + 1 < clock.tail and stands_before(
            s, key_at(s, i + 1, t), s.queue[i + 1].job, key_at(s, i, t), row.job, t
        ):
            swap_with_next(s, i)
            clock.moved = 1
            look_again(s, i, t)
            s.queue[i + 1].cross = t
            if i > clock.head:
                s.queue[i - 1].cross = t
                i -= 1
            continue
        else:
            look_again(s, i, t)
        i += 1


@njit
def swap_with_next(s, i):
    """Let the jobs in places i and i + 1 of the queue change places."""
    row = s.queue[i]
    j, key, ask, group = row.job, row.key, row.ask, row.group
    move(s, i + 1, i)
    fill(s, i + 1, j, key, ask, group)

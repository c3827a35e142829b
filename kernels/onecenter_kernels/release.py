"""Held jobs are released, or cancelled: at each instant behind all else, before the pass."""

from .codes import E_RELEASE, S_HELD, S_WAITING
from .commit import cancel, write
from .jit import njit
from .queue import drop_index, enqueue
from .ties import line_up, offer, take_due


@njit
def release_due(s, t):
    """Look at the held jobs that something has happened to until t (ms), each time at the lowest."""
    while s.clock[0].due > 0:
        j = take_due(s)
        a = s.ties[j].array - 1
        if s.jobs[j].state != S_HELD:
            if a >= 0:
                offer(s, a)
        elif s.ties[j].lost:
            cancel(s, j)
        elif a < 0:
            release(s, j, t)
        else:
            place_in_array(s, j, a, t)


@njit
def place_in_array(s, j, a, t):
    """Let job j line up for a place of its array, and release it if it is the first and there is one."""
    line_up(s, j)
    array = s.arrays[a]
    if array.first == j + 1 and array.taken < array.places:
        array.first = s.ties[j].next
        array.taken += 1
        release(s, j, t)
        offer(s, a)


@njit
def release(s, j, t):
    """Let held job j join the queue at t (ms)."""
    clock = s.clock[0]
    s.jobs[j].state = S_WAITING
    clock.held -= 1
    # It stands by its submit, amid others; and a quiet pass would look at those submitted at t alone.
    if clock.indexed:
        drop_index(s)
    clock.quiet = 0
    write(s, E_RELEASE, j, -1, -1, 0, 0)
    enqueue(s, j, t)

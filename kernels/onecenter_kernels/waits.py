"""The index of the queue: for each shape a tree of the least walltime of its jobs, by place in the queue."""

from .jit import njit
from .shapes import shape_at
from .state import FOREVER


@njit
def set_wait(s, k, i, walltime):
    """Set the walltime (ms) of place i in the tree of shape k."""
    i += s.waits.shape[1] >> 1
    s.waits[k, i].walltime = walltime
    i >>= 1
    while i > 0:
        least = min(s.waits[k, 2 * i].walltime, s.waits[k, 2 * i + 1].walltime)
        if s.waits[k, i].walltime == least:
            break
        s.waits[k, i].walltime = least
        i >>= 1


@njit
def strike(s, i):
    """Take place i out of the index."""
    if s.queue[i].form >= 0:
        set_wait(s, s.queue[i].form, i, FOREVER)


@njit
def list_waiting(s):
    """Put the places behind the head that are not in the index there."""
    clock = s.clock[0]
    for i in range(max(clock.listed, clock.head + 1), clock.tail):
        j = s.queue[i].job
        if j >= 0:
            set_wait(s, shape_at(s, i), i, s.jobs[j].walltime)
    clock.listed = clock.tail


@njit
def next_wait(s, k, i, most):
    """Return the first place from i on whose job of shape k asks at most so much walltime (ms); -1: none."""
    half = s.waits.shape[1] >> 1
    if i >= half:
        return -1
    i += half
    while s.waits[k, i].walltime > most:
        while i & 1:
            i >>= 1
        if i == 0:
            return -1
        i += 1
    while i < half:
        i = 2 * i
        if s.waits[k, i].walltime > most:
            i += 1
    return i - half

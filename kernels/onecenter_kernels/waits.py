"""The index of the queue: for each shape a tree of the walltimes of its jobs, by place in the queue."""

from .jit import njit
from .minima import set_leaf
from .shapes import shape_of
from .state import FOREVER


@njit
def strike(s, i):
    """Take place i out of the index."""
    shape = s.asks[s.queue[i].ask].form
    if shape >= 0:
        set_leaf(s.waits[shape], i, FOREVER)


@njit
def list_waiting(s):
    """Put the places behind the head that are not in the index there."""
    clock = s.clock[0]
    for i in range(max(clock.listed, clock.head + 1), clock.tail):
        j = s.queue[i].job
        if j >= 0:
            set_leaf(s.waits[shape_of(s, s.queue[i].ask)], i, s.jobs[j].walltime)
    clock.listed = clock.tail

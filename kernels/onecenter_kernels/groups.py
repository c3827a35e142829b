"""Groups of waiting jobs that ask the same and count in the same quota and limits: one answer holds for all.

Where jobs do not share they are the shapes, and an indexed queue has none. Group 0 has those for which no group is
left; each of them is asked for itself.
"""

from .admission import admitted
from .jit import njit
from .shapes import shape_of


@njit
def group_of(s, j):
    """Return the group of job j, given out at first sight as long as there are some; else 0."""
    clock, job = s.clock[0], s.jobs[j]
    if not clock.sharing:
        return 0 if clock.indexed else shape_of(s, job.ask)
    shape = shape_of(s, job.ask)
    row = s.circles[s.owners[job.owner].circle, shape]
    if row.group == 0 and shape > 0 and clock.groups + 1 < len(s.groups):
        clock.groups += 1
        row.group = clock.groups
    return row.group


@njit
def types_of_group(s, j, g, t):
    """Return the node types on which job j of group g may start at t (ms), worked out once until usage changes."""
    clock = s.clock[0]
    if g == 0:
        return admitted(s, j, t)
    bit = 1 << g
    if not clock.answered & bit:
        clock.answered |= bit
        s.groups[g].types = admitted(s, j, t)
        if s.groups[g].types == 0:
            clock.denied |= bit
    return s.groups[g].types


@njit
def ask_again(s):
    """Note that quota or limits are used otherwise: nothing is known of what may start."""
    s.clock[0].answered = s.clock[0].denied = 0

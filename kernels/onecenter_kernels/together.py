"""When a gang, or any job that is placed anywhere or by racks, fits in the profile: all tasks on one node type.

What a node holds for a walltime, by its start, is a step function, and the sum over the nodes can reach the tasks only
where one of them rises.
"""

from .asks import holds_but_parts
from .jit import njit
from .place import place
from .profile import present, view_profile
from .state import FOREVER, NOW


@njit
def look(s, n, ask, walltime, t):
    """Note what node n holds from t (ms) for the walltime, and until which later start, in its row of spans."""
    span, r = s.spans[n], s.spans[n].row
    while s.steps[r].next >= 0 and s.steps[s.steps[r].next].t <= t:
        r = s.steps[r].next
    span.row, span.held, span.rise = r, ask.tasks, FOREVER
    begin = t
    while begin < t + walltime:
        holds = holds_but_parts(s.steps[r], ask)
        r = s.steps[r].next
        begin = s.steps[r].t if r >= 0 else FOREVER
        if holds <= span.held:
            span.held, span.rise = holds, begin
    while r >= 0 and span.held > 0 and begin - walltime < span.rise and holds_but_parts(s.steps[r], ask) >= span.held:
        r = s.steps[r].next
        begin = s.steps[r].t if r >= 0 else FOREVER
    span.until = min(span.rise, begin - walltime + 1)


@njit
def next_rise(s, row):
    """Return the earliest start (ms) from which a node of a type may hold more than it does."""
    t = FOREVER
    for n in range(row.first, row.first + row.count):
        t = min(t, s.spans[n].rise)
    return t


@njit
def earliest_on_type(s, kind, ask, walltime, before):
    """Return the earliest start (ms) from which a node type holds the job; `before` (ms): none before that."""
    row, t, total = s.types[NOW, kind], s.clock[0].now, 0
    for n in range(row.first, row.first + row.count):
        s.spans[n].row = present(s, n)
        look(s, n, ask, walltime, t)
        total += s.spans[n].held
    s.clock[0].visits += row.count
    while total < ask.tasks:
        t = next_rise(s, row)
        if t >= before:
            return before
        for n in range(row.first, row.first + row.count):
            span = s.spans[n]
            if span.until <= t:
                total -= span.held
                look(s, n, ask, walltime, t)
                total += span.held
                s.clock[0].visits += 1
    return t


@njit
def earliest_together(s, types, ask, walltime, before):
    """Return the earliest start (ms) of a job and the node type then, as its list prefers; -1: none before `before`."""
    begin, on = before, -1
    while types > 0:
        kind = (types & 15) - 1
        t = earliest_on_type(s, kind, ask, walltime, begin)
        if t < begin:
            begin, on = t, kind
        types >>= 4
    return begin, on


@njit
def place_in_profile(s, kind, ask, begin, end):
    """Place a job on a node type from `begin` to `end` (ms); return the number of picks."""
    row = s.types[NOW, kind]
    for n in range(row.first, row.first + row.count):
        view_profile(s, n, begin, end)
    return place(s, 0, 0, kind, ask)

"""Which reservations in the book a change can move: a job that none can move is not taken out and put back.

A job was at rest when it was last placed. To start earlier, or elsewhere at the same time, it needs a task on a node
that has changed since within its reach, for all of its walltime.
"""

from .asks import allows, ask_of, types_of
from .book import first_row_from
from .jit import njit
from .profile import reserves_on
from .promise import is_plain
from .room import holds_one
from .state import FOREVER, NOW


@njit
def must_be_tried(s, j):
    """Note that job j is not at rest: it is put back whatever has changed."""
    s.holds[s.jobs[j].hold].known = -len(s.notes)


@njit
def first_end(s):
    """Return the first instant (ms) to come at which the book gives room back."""
    for k in range(1, s.clock[0].book):
        if s.book[k].frees > 0:
            return s.book[k].t
    return FOREVER


@njit
def may_begin_by(s, j, ask, change, own):
    """Return the earliest start (ms) of a task of job j on a changed node, with the change in its walltime; -1: none.

    Each row alone has room for it; where the node is its own, those in which it is there do.
    """
    clock, job, since = s.clock[0], s.jobs[j], -1
    for k in range(first_row_from(s, change.begin - job.walltime + 1), clock.book):
        row = s.book[k]
        if since < 0 and (row.t > job.start or row.t >= change.end):
            return -1
        if not (own and row.t >= job.start) and not holds_one(s, row.layer, change.node, ask):
            since = -1
        elif since < 0:
            since = row.t
        t = s.book[k + 1].t if k + 1 < clock.book else FOREVER
        if since >= 0 and t - since >= job.walltime:
            return since
    return -1


@njit
def moves_in_book(s, j, change):
    """Tell whether a change of the book may let job j start earlier, or elsewhere at the same time."""
    job, ask = s.jobs[j], ask_of(s, j)
    if change.begin >= job.start + job.walltime or change.end <= s.clock[0].now:
        return False
    # A job that its devices keep from starting now may start at the first end, where only their number counts. Where
    # it does not fit at an end, it fits nowhere up to the next.
    if change.fresh and change.end <= job.start and change.end == first_end(s):
        return True
    own = reserves_on(s, j, change.node)
    if ask.part > 0 and ask.tasks > 1:
        # The rule, task by task, may find room for such a gang because a node has less: it then begins elsewhere.
        return own or allows(types_of(s, j), s.nodes[NOW, change.node].type)
    if own and (change.end > job.start or not is_plain(s, ask)):
        return True
    if not own and (ask.whole > change.most or not allows(types_of(s, j), s.nodes[NOW, change.node].type)):
        return False
    s.clock[0].visits += 1
    t = may_begin_by(s, j, ask, change, own)
    return 0 <= t < job.start or (t == job.start and not own)


@njit
def may_move_in_book(s, j):
    """Tell whether a change since job j was last placed may have let it start earlier or elsewhere."""
    clock, hold = s.clock[0], s.holds[s.jobs[j].hold]
    if 2 * (clock.notes - hold.known) > len(s.notes):
        return True
    for number in range(hold.known, clock.notes):
        if moves_in_book(s, j, s.notes[number & (len(s.notes) - 1)]):
            return True
    hold.known = clock.notes
    return False

"""Reservations in the profile, and which of them a change can move."""

from .asks import allows, ask_of, types_of
from .choose import better
from .codes import FEWEST_RACKS, FIRST_FIT
from .jit import njit
from .picks import note
from .profile import earliest_start_on, reserves_on, view_profile
from .state import FOREVER, NOW, VIEW
from .together import earliest_together, place_in_profile


@njit
def is_plain(s, ask):
    """Tell whether a job takes one node by first-fit, best-fit or worst-fit."""
    return ask.tasks == 1 and not ask.anywhere and s.clock[0].placement < FEWEST_RACKS


@njit
def prefers(s, n, other):
    """Tell whether the rule prefers node n to node `other`, by what is in the view of both."""
    placement = s.clock[0].placement
    if n < other:
        return not better(s.nodes[VIEW, other], s.nodes[VIEW, n], placement)
    return better(s.nodes[VIEW, n], s.nodes[VIEW, other], placement)


@njit
def is_better(s, n, other, begin, end):
    """Tell whether the rule prefers node n to node `other`, both of which can be taken from `begin` to `end` (ms)."""
    if s.clock[0].placement == FIRST_FIT:
        return n < other
    view_profile(s, n, begin, end)
    view_profile(s, other, begin, end)
    return prefers(s, n, other)


@njit
def earliest_place(s, types, ask, walltime):
    """Return the earliest start (ms) of a job of one task, and the node that the rule takes then."""
    begin, on = FOREVER, -1
    while types > 0:
        kind = (types & 15) - 1
        row, found = s.types[NOW, kind], False
        for n in range(row.first, row.first + row.count):
            t = earliest_start_on(s, n, ask, walltime, begin)
            if t < 0 or t > begin or (t == begin and on >= 0 and not found):
                continue
            if t < begin or is_better(s, n, on, begin, begin + walltime):
                begin, on, found = t, n, True
        s.clock[0].visits += row.count
        types >>= 4
    return begin, on


@njit
def pick_earliest(s, types, ask, walltime, before):
    """Pick the place of a job at its earliest start (ms); return the start and the number of picks, 0: not before."""
    if is_plain(s, ask):
        begin, node = earliest_place(s, types, ask, walltime)
        return (begin, note(s, 0, node, -1, 1)) if begin < before else (before, 0)
    begin, kind = earliest_together(s, types, ask, walltime, before)
    return begin, place_in_profile(s, kind, ask, begin, begin + walltime) if kind >= 0 else 0


@njit
def listed_first(types, kind, other):
    """Tell whether one of two allowed node types is listed before the other."""
    while (types & 15) - 1 != kind and (types & 15) - 1 != other:
        types >>= 4
    return (types & 15) - 1 == kind


@njit
def draws(s, j, ask, n):
    """Tell whether the rule prefers node n, free for the walltime of job j from its reserved start, to its own node."""
    job = s.jobs[j]
    own = s.holds[job.hold].node
    kind, present_kind = s.nodes[NOW, n].type, s.nodes[NOW, own].type
    if kind != present_kind:
        return listed_first(types_of(s, j), kind, present_kind)
    if s.clock[0].placement == FIRST_FIT:
        return n < own
    view_profile(s, n, job.start, job.start + job.walltime)
    view_profile(s, own, job.start, job.start + job.walltime)
    mine = s.nodes[VIEW, own]
    mine.free += ask.whole
    mine.cpus += ask.cpus
    mine.memory += ask.memory
    return prefers(s, n, own)


@njit
def moves(s, j, ask, change):
    """Tell whether a change of the profile lets job j start earlier, or elsewhere at the same time."""
    job = s.jobs[j]
    if change.begin >= job.start + job.walltime or change.end <= s.clock[0].now:
        return False
    if reserves_on(s, j, change.node):
        return True
    if ask.whole > change.most or not allows(types_of(s, j), s.nodes[NOW, change.node].type):
        return False
    s.clock[0].visits += 1
    t = earliest_start_on(s, change.node, ask, job.walltime, job.start)
    return 0 <= t <= job.start and (t < job.start or not is_plain(s, ask) or draws(s, j, ask, change.node))


@njit
def may_move(s, j):
    """Tell whether a change since job j was last placed may have let it start earlier or elsewhere."""
    clock, hold = s.clock[0], s.holds[s.jobs[j].hold]
    # Half of the notes may be overwritten by a job that is then put back where it was.
    if 2 * (clock.notes - hold.known) > len(s.notes):
        return True
    ask = ask_of(s, j)
    for number in range(hold.known, clock.notes):
        if moves(s, j, ask, s.notes[number & (len(s.notes) - 1)]):
            return True
    hold.known = clock.notes
    return False

"""The plan of a pass under preemption by order: all live jobs placed in turn, on a center in which nobody runs.

It stands in the row of the projection. What jobs use of quotas and limits is meanwhile what those chosen so far use.
"""

from .admission import admitted, close, hold_quota, is_closed
from .asks import allows, ask_of
from .codes import KEPT, PASSED_OVER, PLACED, S_RUNNING, SPARED
from .jit import njit
from .levels import copy_levels, relevel
from .limits import count_limits
from .owning import occupy, release_row
from .place import place_allowed
from .reservation import WHOLE
from .room import DEVICE, copy_row, take
from .state import NOW, PROJECTED


@njit
def type_at(s, j):
    """Return the node type on which job j runs."""
    return s.nodes[NOW, s.log[s.jobs[j].first].node].type


@njit
def type_planned(s, j):
    """Return the node type on which the plan has job j."""
    row = s.attempts[j]
    return s.nodes[NOW, s.plan[row.pick].node].type if row.plan == PLACED else type_at(s, j)


@njit
def count(s, j, kind, sign):
    """Let job j use quota and limits on a node type (1), or no longer (-1)."""
    if s.clock[0].sharing:
        hold_quota(s, j, kind, sign)
        count_limits(s, j, sign, 0)


@njit
def give_back_row(s, j, i, ask):
    """Give back, in the plan, what row i of the log, a start of job j, holds."""
    release_row(s, j, s.log[i], PROJECTED, ask, s.clock[0].fractions and ask.whole > 0)
    relevel(s, PROJECTED, s.log[i].node)


@njit
def clear(s):
    """Begin a plan with a center in which nobody runs."""
    clock = s.clock[0]
    copy_row(s, NOW, PROJECTED)
    copy_levels(s)
    clock.projected = -1
    clock.plan = 0
    for n in range(s.nodes.shape[1]):
        r = s.hosts[n].run
        while r >= 0:
            j = s.runs[r].job
            give_back_row(s, j, s.runs[r].row, ask_of(s, j))
            if s.runs[r].row == s.jobs[j].first:
                count(s, j, type_at(s, j), -1)
            r = s.runs[r].next


@njit
def is_whole(s, j, n):
    """Tell whether no device of node n that job j owns is broken in the plan."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if s.devices[NOW, d].owner == j and s.devices[PROJECTED, d].free != DEVICE:
            return False
    return True


@njit
def is_free(s, j, i, ask):
    """Tell whether the plan has given nobody what row i of the log, a start of job j, holds."""
    row, amount = s.log[i], int(s.log[i].amount)
    node = s.nodes[PROJECTED, row.node]
    if node.cpus < amount * ask.cpus or node.memory < amount * ask.memory:
        return False
    if ask.part > 0:
        free = int(s.devices[PROJECTED, node.slots + row["device"]].free)
        return free >= amount * ask.part and (free < DEVICE or node.free > 0)
    return node.free >= amount * ask.whole and (s.clock[0].fractions == 0 or is_whole(s, j, row.node))


@njit
def keep(s, j):
    """Let running job j keep its nodes, if the plan has given them to nobody; tell whether it does."""
    job, ask = s.jobs[j], ask_of(s, j)
    for i in range(job.first, job.first + job.rows):
        if not is_free(s, j, i, ask):
            for k in range(job.first, i):
                give_back_row(s, j, k, ask)
            return False
        row = s.log[i]
        if s.clock[0].fractions and ask.whole > 0:
            occupy(s, j, row.node, PROJECTED)
        take(s, PROJECTED, row.node, row["device"], row.amount, ask)
        relevel(s, PROJECTED, row.node)
    return True


@njit
def place_in_plan(s, j, types):
    """Place job j on the first of some node types that holds it in the plan; tell whether one does."""
    clock, row, ask = s.clock[0], s.attempts[j], ask_of(s, j)
    clock.placing = j
    picks = place_allowed(s, WHOLE, WHOLE + 1, types, ask)
    row.pick, row.picks = clock.plan, picks
    for i in range(picks):
        pick, place = s.holds[i], s.plan[clock.plan + i]
        place.node, place.slot, place.amount = pick.node, pick.slot, pick.amount
        take(s, PROJECTED, pick.node, pick.slot, pick.amount, ask)
    clock.plan += picks
    return picks > 0


@njit
def spare(s, j):
    """Let running job j, which nobody may evict, keep its nodes before all others."""
    keep(s, j)
    s.attempts[j].plan = SPARED
    count(s, j, type_at(s, j), 1)


@njit
def look_at(s, j, t):
    """Give live job j a place in the plan, if there is one for it; tell whether it has one."""
    row, runs = s.attempts[j], s.jobs[j].state == S_RUNNING
    row.plan = PASSED_OVER
    if not runs and is_closed(s, j):
        return False
    types = admitted(s, j, t)
    if runs and allows(types, type_at(s, j)) and keep(s, j):
        row.plan = KEPT
    elif types > 0 and place_in_plan(s, j, types):
        row.plan = PLACED
    else:
        close(s, j)
        return False
    count(s, j, type_planned(s, j), 1)
    return True


@njit
def settle_usage(s, n):
    """Let quotas and limits be used by who runs again, and no longer by the first n jobs of the plan."""
    if not s.clock[0].sharing:
        return
    for k in range(n):
        j = s.queue[k].rank
        if s.attempts[j].plan != PASSED_OVER:
            count(s, j, type_planned(s, j), -1)
    for node in range(s.nodes.shape[1]):
        r = s.hosts[node].run
        while r >= 0:
            j = s.runs[r].job
            if s.runs[r].row == s.jobs[j].first and s.attempts[j].plan != SPARED:
                count(s, j, type_at(s, j), 1)
            r = s.runs[r].next

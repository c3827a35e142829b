"""The row at the shadow time of a head: every node without the jobs that will have ended by then.

It is kept between passes. A start or an end changes one node of it; the shadow time is still the same where the head's
tasks fit then and do not fit just before. Otherwise it is worked out anew.
"""

from .asks import allows
from .jit import njit
from .levels import copy_levels, relevel
from .room import copy_row, node_holds
from .runs import give_back, is_last, project_node
from .state import NOW, PROJECTED


@njit
def put_coming(s, i, n, r):
    """Put row r of runs, the next of its node, into place i of the heap of n or as far below as its end says."""
    end = s.runs[r].end
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and s.coming[child + 1].end < s.coming[child].end:
            child += 1
        if s.coming[child].end >= end:
            break
        s.coming[i].end = s.coming[child].end
        s.coming[i].run = s.coming[child].run
        i = child
    s.coming[i].end = end
    s.coming[i].run = r


@njit
def gather_coming(s, types):
    """Make the heap of the nodes of the allowed types by their next walltime end; return their number."""
    count = 0
    for n in range(s.nodes.shape[1]):
        r = s.hosts[n].run
        if r >= 0 and allows(types, s.nodes[NOW, n].type):
            s.coming[count].run = r
            count += 1
    for i in range(count):
        s.coming[i].end = s.runs[s.coming[i].run].end
    for i in range(count // 2 - 1, -1, -1):
        put_coming(s, i, count, s.coming[i].run)
    return count


@njit
def begin_projection(s, types, ask):
    """Make the row that of now, and count what it holds of the head's tasks on the allowed types."""
    copy_row(s, NOW, PROJECTED)
    copy_levels(s)
    for kind in range(s.types.shape[1]):
        row, total = s.types[NOW, kind], 0
        for n in range(row.first, row.first + row.count):
            host = s.hosts[n]
            host.at = -1
            host.held = node_holds(s, PROJECTED, n, ask) if allows(types, kind) else 0
            host.before = host.held
            total += host.held
        row.held = total
        row.before = total
    s.clock[0].visits += s.nodes.shape[1]


@njit
def end_run(s, r, t, ask):
    """Give back what a row of runs, which ends at t (ms), holds, and count what its node then holds of the head."""
    n = s.log[s.runs[r].row].node
    host = s.hosts[n]
    if host.at != t:
        host.at = t
        host.before = host.held
    give_back(s, PROJECTED, n, r)
    relevel(s, PROJECTED, n)
    held = node_holds(s, PROJECTED, n, ask)
    s.types[NOW, s.nodes[NOW, n].type].held += held - host.held
    host.held = held
    s.clock[0].visits += 1


@njit
def end_next(s, count, ask):
    """End all that ends next; return (nodes left in the heap, the walltime end in ms)."""
    t = s.coming[0].end
    while count > 0 and s.coming[0].end == t:
        r = s.coming[0].run
        end_run(s, r, t, ask)
        after = s.runs[r].next
        if after < 0:
            count -= 1
            after = s.coming[count].run
        if count > 0:
            put_coming(s, 0, count, after)
    return count, t


@njit
def holds_all(s, types, tasks):
    """Tell whether an allowed node type holds all tasks of the head at the shadow time."""
    while types > 0:
        if s.types[0, (types & 15) - 1].held >= tasks:
            return True
        types >>= 4
    return False


@njit
def held_before(s, types, tasks):
    """Tell whether an allowed node type holds all tasks of the head just before the shadow time."""
    while types > 0:
        if s.types[0, (types & 15) - 1].before >= tasks:
            return True
        types >>= 4
    return False


@njit
def project(s, j, types, ask):
    """Work the row and the shadow time of head j out."""
    clock = s.clock[0]
    begin_projection(s, types, ask)
    count, t = gather_coming(s, types), -1
    while count > 0:
        for kind in range(s.types.shape[1]):
            s.types[NOW, kind].before = s.types[NOW, kind].held
        count, t = end_next(s, count, ask)
        if holds_all(s, types, ask.tasks):
            break
    for n in range(s.nodes.shape[1]):
        if s.hosts[n].at != t:
            s.hosts[n].before = s.hosts[n].held
    clock.projected = j
    clock.projected_types = types
    clock.shadow = t
    clock.placed = 0


@njit
def project_again(s, n, types, ask):
    """Bring node n of the row up to date; tell whether an amount has changed."""
    node, t = s.nodes[PROJECTED, n], s.clock[0].shadow
    free, cpus, memory = node.free, node.cpus, node.memory
    r = project_node(s, PROJECTED, n, t - 1)
    before = node_holds(s, PROJECTED, n, ask)
    while r >= 0 and s.runs[r].end <= t:
        give_back(s, PROJECTED, n, r)
        r = s.runs[r].next
    relevel(s, PROJECTED, n)
    if allows(types, node.type):
        host, row = s.hosts[n], s.types[NOW, node.type]
        held = node_holds(s, PROJECTED, n, ask)
        row.held += held - host.held
        row.before += before - host.before
        host.held = held
        host.before = before
    s.clock[0].visits += 1
    return node.free != free or node.cpus != cpus or node.memory != memory


@njit
def keep_projection(s, types, ask):
    """Take the changes since into the row; tell whether its time is still the shadow time."""
    clock = s.clock[0]
    for number in range(clock.seen, clock.changes):
        n = s.changes[number & (len(s.changes) - 1)].node
        if is_last(s, n, number) and project_again(s, n, types, ask):
            clock.placed = 0
    return holds_all(s, types, ask.tasks) and not held_before(s, types, ask.tasks)


@njit
def bring_projection(s, j, types, ask):
    """Make the row at the shadow time of head j."""
    clock = s.clock[0]
    same = clock.projected == j and clock.projected_types == types
    kept = same and clock.changes - clock.seen <= len(s.changes)
    if not kept or not keep_projection(s, types, ask):
        project(s, j, types, ask)
    clock.seen = clock.changes

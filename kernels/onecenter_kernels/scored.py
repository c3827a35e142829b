"""The node that a user's score prefers: those that can take a task are listed, and the function is called for all.

Row 0 of `scored` has what a score sees of the job, the rows behind it of the nodes. The function gives the row of the
best; below 1: a score is none. Then nothing is listed any more: who says what was wrong finds the rows as they were.
"""

from .asks import holds_but_parts
from .calls import call_score
from .fragments import look, total_left
from .jit import njit
from .minima import next_leaf
from .room import part_device
from .runs import project_node
from .state import NOW, SHADOW


@njit
def list_job(s):
    """List the job that is placed."""
    j = s.clock[0].placing
    job, ask, owner, seen = s.jobs[j], s.asks[s.jobs[j].ask], s.owners[s.jobs[j].owner], s.scored
    seen[0, 0] = job.submit / 1000.0
    seen[0, 1] = job.walltime / 1000.0
    seen[0, 2] = ask.gang / 1000.0
    seen[0, 3] = ask.tasks
    seen[0, 4] = ask.cpus * ask.tasks / 1000.0
    seen[0, 5] = ask.memory * ask.tasks / 1024.0
    seen[0, 6] = job.priority
    seen[0, 7] = owner.platform
    seen[0, 8] = owner.tenant
    seen[0, 9] = owner.stream
    seen[0, 10] = s.keys[j].deadline


@njit
def list_node(s, layer, n, device, i):
    """List node n of a row in row i; a part would go to a device (-1: the job asks none)."""
    node, row, seen = s.nodes[layer, n], s.nodes[NOW, n], s.scored
    kind = s.types[NOW, row.type]
    seen[i, 0] = n
    seen[i, 1] = row.type
    seen[i, 2] = row.rack
    seen[i, 3] = max(node.free, 0)
    seen[i, 4] = node.cpus / 1000.0
    seen[i, 5] = node.memory / 1024.0
    seen[i, 6] = total_left(s, layer, n, look(s, layer, n)) / 1000.0
    seen[i, 7] = s.devices[layer, row.slots + device].free / 1000.0 if device >= 0 else 0.0
    seen[i, 8] = kind.accelerators
    seen[i, 9] = kind.cpus / 1000.0
    seen[i, 10] = kind.memory / 1024.0


@njit
def best_listed(s, count):
    """Return which of the listed nodes the score prefers; of none that is a number the first."""
    clock = s.clock[0]
    if count > 0 and not clock.failed:
        best = call_score(clock.score_call, clock.score_rows, count)
        if best > 0:
            return int(s.scored[best, 0])
        clock.failed = clock.placing + 1
        clock.unscored = count
    return int(s.scored[1, 0]) if count > 0 else -1


@njit
def choose_by_call(s, layer, kind, ask):
    """Return the node of a type that a user's score prefers, the lowest id of equals; -1: none can take the task."""
    row, nodes, count, device, first = s.types[NOW, kind], s.nodes, 0, -1, -1
    for n in range(row.first, row.first + row.count):
        if holds_but_parts(nodes[layer, n], ask) == 0:
            continue
        if ask.part > 0:
            device = part_device(s, layer, n, ask.part)
            if device < 0:
                continue
        if first < 0:
            first = n
        if s.clock[0].failed:
            break
        if count == 0:
            list_job(s)
        count += 1
        list_node(s, layer, n, device, count)
    s.clock[0].visits += row.count
    return first if s.clock[0].failed else best_listed(s, count)


@njit
def choose_by_call_in_tree(s, k, kind, t):
    """Return the node of a type that a user's score prefers at t (ms), the earliest time of tree k, for the head."""
    row, count = s.types[NOW, kind], 0
    n = next_leaf(s.earliest[k], row.first, t)
    if s.clock[0].failed:
        return n
    list_job(s)
    while 0 <= n < row.first + row.count:
        project_node(s, SHADOW, n, t)
        count += 1
        list_node(s, SHADOW, n, -1, count)
        n = next_leaf(s.earliest[k], n + 1, t)
    return best_listed(s, count)

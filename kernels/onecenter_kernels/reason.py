"""Why the head of the queue waits."""

from .asks import allows, ask_of, holds_but_parts, types_of, without_cpu_memory
from .codes import CONSERVATIVE, R_CPU_MEMORY, R_FRAGMENTATION, R_NO_FREE, R_NODE_TYPE, R_RESERVATION
from .jit import inlined, njit
from .levels import most_held
from .room import DEVICE, node_holds, type_holds
from .state import NOW


@njit
def free_parts(s, n):
    """Return what is left of the devices of node n now (1/1000)."""
    first, total = s.nodes[NOW, n].slots, 0
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        total += s.devices[NOW, d].free
    return total


@inlined
def survey(s, kind, ask, bare):
    """Return the tasks a node type holds now, its free accelerators (1/1000), and tasks held but for cpu and memory."""
    first, nodes = s.types[0, kind].first, s.nodes
    holds, free, held_bare = 0, 0, 0
    for n in range(first, first + s.types[0, kind].count):
        node = nodes[NOW, n]
        if ask.part > 0:
            holds += node_holds(s, NOW, n, ask)
            held_bare += node_holds(s, NOW, n, bare)
            free += free_parts(s, n)
        else:
            holds += holds_but_parts(node, ask)
            held_bare += holds_but_parts(node, bare)
            free += node.free * DEVICE
    s.clock[0].visits += s.types[0, kind].count
    return holds, free, held_bare


@inlined
def fits_elsewhere(s, types, ask):
    """Tell whether the job would fit now on a node type that it may not use."""
    for kind in range(s.types.shape[1]):
        if not allows(types, kind) and type_holds(s, NOW, kind, ask) >= ask.tasks:
            return True
    return False


@inlined
def count_up(s, kind, ask):
    """Return what `survey` does, from the index: for tasks without parts."""
    # Where jobs start as soon as they fit, this one does not; only a reservation lets it wait though it does.
    holds = type_holds(s, NOW, kind, ask) if s.clock[0].backfill == CONSERVATIVE else 0
    return holds, s.types[NOW, kind].total * DEVICE, most_held(s, NOW, kind, without_cpu_memory(ask))


@inlined
def reason_of(s, j):
    """Return why waiting job j does not run, from the state after a pass."""
    ask, types = ask_of(s, j), types_of(s, j)
    bare = without_cpu_memory(ask)
    need = ask.tasks * (ask.whole * DEVICE + ask.part)
    enough, but_for = False, False
    left = types
    while left > 0:
        kind = (left & 15) - 1
        holds, free, held_bare = count_up(s, kind, ask) if ask.part == 0 else survey(s, kind, ask, bare)
        if holds >= ask.tasks:
            return R_RESERVATION
        enough = enough or free >= need
        but_for = but_for or held_bare >= ask.tasks
        left >>= 4
    if fits_elsewhere(s, types, ask):
        return R_NODE_TYPE
    if not enough:
        return R_NO_FREE
    return R_CPU_MEMORY if but_for else R_FRAGMENTATION

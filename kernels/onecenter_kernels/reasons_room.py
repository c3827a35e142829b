"""What a node holds, as the decision log is replayed."""

from .jit import njit
from .reasons_state import ALL, DEVICE


@njit
def slots(s, n, part):
    """Return how many fractions (1/1000) the devices of node n hold."""
    node = s.nodes[n]
    total = node.free * (DEVICE // part)
    for d in range(node.first_device, node.first_device + s.types[node.type].accelerators):
        left = s.devices[d].left
        if left < DEVICE:
            total += left // part
    return total


@njit
def holds(s, n, u):
    """Return how many tasks of unit u node n holds."""
    unit, node = s.units[u], s.nodes[n]
    k = ALL
    if unit.cpus > 0:
        k = min(k, node.cpus // unit.cpus)
    if unit.memory > 0:
        k = min(k, node.memory // unit.memory)
    if unit.accelerators >= DEVICE:
        k = min(k, node.free // (unit.accelerators // DEVICE))
    elif unit.accelerators > 0:
        k = min(k, slots(s, n, unit.accelerators))
    return k

"""Sums of what is free by node type: they rule out at once most jobs that backfill cannot start."""

from .jit import njit
from .state import NOW


@njit
def emptiest(s, layer, row):
    """Return the most that is left (1/1000) of a device of a node type in a layer."""
    first = s.nodes[NOW, row.first].slots
    devices, most = s.devices, 0
    for d in range(first, first + row.count * row.accelerators):
        most = max(most, devices[layer, d].free)
    return most


@njit
def sum_up(s, layer, devices):
    """Note for each node type the most and all free accelerators of a layer, idle nodes, and the emptiest device."""
    nodes = s.nodes
    for kind in range(s.types.shape[1]):
        row, sums = s.types[NOW, kind], s.types[layer, kind]
        most, total, idle = 0, 0, 0
        for n in range(row.first, row.first + row.count):
            free = nodes[layer, n].free
            most = max(most, free)
            total += free
            idle += free == row.accelerators
        sums.most = most
        sums.total = total
        sums.idle = idle
        sums.part = emptiest(s, layer, row) if devices else 0
        s.clock[0].visits += row.count


@njit
def may_start(s, layer, types, ask):
    """Tell whether the sums of a layer (now or the view) leave open that an allowed node type holds the job."""
    while types > 0:
        kind = (types & 15) - 1
        sums = s.types[layer, kind]
        idle = sums.idle if ask.whole > 0 and ask.whole == s.types[NOW, kind].accelerators else ask.tasks
        if (
            ask.whole <= sums.most
            and ask.whole * ask.tasks <= sums.total
            and ask.part <= sums.part
            and ask.tasks <= idle
        ):
            return True
        types >>= 4
    return False


@njit
def exhausted(s):
    """Tell whether nothing that asks any part of an accelerator can start now, and all jobs ask some."""
    if s.clock[0].cpu_only:
        return False
    for kind in range(s.types.shape[1]):
        if s.types[NOW, kind].total > 0 or s.types[NOW, kind].part > 0:
            return False
    return True

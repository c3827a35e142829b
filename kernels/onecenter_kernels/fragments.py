"""Fragmentation of a node by what tasks typically ask: Weng et al., USENIX ATC 2023.

Of what is left of a node's devices a kind of task cannot use some: all of it where the task does not fit there, else
what is left of devices on which it does not fit. F is the mean over the typical kinds, weighted by their frequency.
"""

import math

from .asks import allows
from .jit import njit
from .room import DEVICE
from .state import NOW, VIEW

#: Typical are the most frequent kinds of tasks that together are so many percent of all.
TYPICAL = 95


@njit
def look(s, layer, n):
    """List the broken devices of node n of a row, with what is left of them; return their number."""
    if not s.clock[0].fractions:
        return 0
    first, found = s.nodes[NOW, n].slots, 0
    for d in range(s.types[NOW, s.nodes[NOW, n].type].accelerators):
        left = s.devices[layer, first + d].free
        if 0 < left < DEVICE:
            seen = s.seen[found]
            seen.left = left
            seen.slot = d
            found += 1
    return found


@njit
def total_left(s, layer, n, broken):
    """Return what is left of all devices of node n (1/1000), of which the broken ones are listed."""
    total = max(s.nodes[layer, n].free, 0) * DEVICE
    for i in range(broken):
        total += s.seen[i].left
    return total


@njit
def fragment(s, kind, free, cpus, broken, ask):
    """Return what an ask's tasks cannot use of a node of a type with so many empty devices and so many cpus."""
    total, usable, fits = free * DEVICE, free * DEVICE, free > 0
    part, whole = ask.accelerators % DEVICE, ask.accelerators // DEVICE
    for i in range(broken):
        left = s.seen[i].left
        total += left
        if 0 < part <= left:
            usable += left
            fits = True
    if whole > 0:
        fits = free >= whole
    if ask.accelerators == 0 or not fits or cpus < ask.cpus or not allows(ask.types, kind):
        return total
    return total - usable


@njit
def fragments(s, kind, free, cpus, broken):
    """Return F of a node of a type with such devices and so many cpus, times clock.typical_tasks (1/1000)."""
    total = 0
    for k in range(s.clock[0].typical):
        row = s.kinds[k]
        total += row.tasks * fragment(s, kind, free, cpus, broken, s.asks[row.ask])
    return total


@njit
def gain(s, less):
    """Return the score of a placement after which F, times clock.typical_tasks, is so much less: 0 to 100."""
    x = less / (max(s.clock[0].typical_tasks, 1) * 1000.0)
    return int(100.0 / (1.0 + math.exp(-max(min(x, 50.0), -50.0))))


@njit
def fgd_score(s, layer, n, ask, broken):
    """Return the score of node n for the next task, and the device that a part then goes to (-1: none)."""
    node, kind = s.nodes[layer, n], s.nodes[NOW, n].type
    free, cpus = max(node.free, 0), node.cpus
    before = fragments(s, kind, free, cpus, broken)
    if ask.part == 0:
        return gain(s, before - fragments(s, kind, free - ask.whole, cpus - ask.cpus, broken)), -1
    best, device = -1, -1
    for i in range(broken):
        left = s.seen[i].left
        if left >= ask.part:
            s.seen[i].left = left - ask.part
            score = gain(s, before - fragments(s, kind, free, cpus - ask.cpus, broken))
            s.seen[i].left = left
            if score > best:
                best, device = score, s.seen[i].slot
    empty = lowest_empty(s, layer, n)
    if empty >= 0:
        s.seen[broken].left = DEVICE - ask.part
        score = gain(s, before - fragments(s, kind, max(free - 1, 0), cpus - ask.cpus, broken + 1))
        if score > best or (score == best and empty < device):
            best, device = score, empty
    return best, device


@njit
def lowest_empty(s, layer, n):
    """Return the lowest empty device of node n of a row that a part may break; -1: none."""
    first = s.nodes[NOW, n].slots
    for d in range(s.types[NOW, s.nodes[NOW, n].type].accelerators):
        if may_break(s, layer, n, first + d):
            return d
    return -1


@njit
def may_break(s, layer, n, slot):
    """Tell whether a device of node n of a row is empty and a part may break it."""
    return s.devices[layer, slot].free == DEVICE and (layer == VIEW or s.nodes[layer, n].free > 0)


@njit
def count_submit(s, j):
    """Count the tasks of job j, which is submitted: they make their kind more frequent."""
    clock, a = s.clock[0], s.asks[s.jobs[j].ask].kind
    place, tasks = s.asks[a].place, s.asks[s.jobs[j].ask].tasks
    if place < 0:
        place = clock.kinds
        clock.kinds += 1
        s.kinds[place].ask = a
        s.kinds[place].tasks = 0
    tasks += s.kinds[place].tasks
    while place > 0 and s.kinds[place - 1].tasks < tasks:
        s.kinds[place].ask = s.kinds[place - 1].ask
        s.kinds[place].tasks = s.kinds[place - 1].tasks
        s.asks[s.kinds[place].ask].place = place
        place -= 1
    s.kinds[place].ask = a
    s.kinds[place].tasks = tasks
    s.asks[a].place = place
    clock.all_tasks += s.asks[s.jobs[j].ask].tasks
    find_typical(s)


@njit
def find_typical(s):
    """Find how many of the most frequent kinds are typical."""
    clock = s.clock[0]
    k, tasks = 0, 0
    while 100 * tasks < TYPICAL * clock.all_tasks:
        tasks += s.kinds[k].tasks
        k += 1
    clock.typical = k
    clock.typical_tasks = tasks

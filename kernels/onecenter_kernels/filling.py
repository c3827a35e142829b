"""Whole tasks a node at a time, as first-fit and best-fit take them: on the levels of the index, or without it."""

import numpy as np

from .asks import holds_but_parts
from .codes import BEST_FIT
from .jit import njit
from .levels import next_level, next_node
from .state import NOW


@njit
def next_by_cpus(s, layer, row, level, ask, last):
    """Return the node of a level, by (cpus, id), that follows node `last` (-1: from the start) and holds a task."""
    best, top = -1, level > row.accelerators or not s.clock[0].cpus
    n = next_node(s, layer, row, level, last + 1 if top and last >= 0 else row.first)
    while n >= 0:
        node = s.nodes[layer, n]
        s.clock[0].visits += 1
        if holds_but_parts(node, ask) > 0 and (last < 0 or follows(s, layer, n, last)):
            if top:
                return n
            if best < 0 or node.cpus < s.nodes[layer, best].cpus:
                best = n
        n = next_node(s, layer, row, level, n + 1)
    return best


@njit
def follows(s, layer, n, last):
    """Tell whether node n comes after node `last` by (cpus, id)."""
    a, b = s.nodes[layer, n].cpus, s.nodes[layer, last].cpus
    return a > b or (a == b and n > last)


@njit
def next_by_id(s, layer, row, ask, last):
    """Return the lowest node behind node `last` (-1: from the start), of any level, that holds a task; -1: none."""
    best, start = -1, row.first if last < 0 else last + 1
    level = next_level(s, layer, row, ask.whole)
    while level >= 0:
        n = next_node(s, layer, row, level, start)
        while n >= 0 and (best < 0 or n < best):
            s.clock[0].visits += 1
            if holds_but_parts(s.nodes[layer, n], ask) > 0:
                best = n
                break
            n = next_node(s, layer, row, level, n + 1)
        level = next_level(s, layer, row, level + 1)
    return best


@njit
def fill(s, layer, n, ask, picks, rest):
    """Pick node n for as many of the rest of the tasks as it holds; return their number."""
    amount = min(rest, holds_but_parts(s.nodes[layer, n], ask))
    pick = s.holds[picks]
    pick.node = n
    pick.slot = -1
    pick.amount = amount
    return amount


@njit
def place_by_level(s, layer, kind, ask, placement):
    """Place whole tasks by first-fit or best-fit; return the number of picks, 0: they do not fit."""
    row, picks, rest, n = s.types[NOW, kind], 0, ask.tasks, -1
    if placement != BEST_FIT:
        n = next_by_id(s, layer, row, ask, n)
        while n >= 0 and rest > 0:
            rest -= fill(s, layer, n, ask, picks, rest)
            picks += 1
            n = next_by_id(s, layer, row, ask, n)
        return picks if rest == 0 else 0
    level = next_level(s, layer, row, ask.whole)
    while level >= 0 and rest > 0:
        n = next_by_cpus(s, layer, row, level, ask, -1)
        while n >= 0 and rest > 0:
            rest -= fill(s, layer, n, ask, picks, rest)
            picks += 1
            n = next_by_cpus(s, layer, row, level, ask, n)
        level = next_level(s, layer, row, level + 1)
    return picks if rest == 0 else 0


@njit
def place_by_id(s, layer, kind, ask):
    """Place whole tasks, for which there is room, by first-fit without an index; return the number of picks."""
    picks, rest, n = 0, ask.tasks, s.types[0, kind].first
    while rest > 0:
        if holds_but_parts(s.nodes[layer, n], ask) > 0:
            rest -= fill(s, layer, n, ask, picks, rest)
            picks += 1
        n += 1
    return picks


@njit
def fills_before(s, layer, a, b):
    """Tell whether best-fit fills node a of a row before node b: by free accelerators, cpus, id."""
    one, other = s.nodes[layer, a], s.nodes[layer, b]
    if one.free != other.free:
        return one.free < other.free
    return follows(s, layer, b, a)


@njit
def sift_node(s, layer, able, i, count):
    """Restore the heap (the next to be filled first) of `count` nodes below place i."""
    n = able[i]
    while 2 * i + 1 < count:
        child = 2 * i + 1
        if child + 1 < count and fills_before(s, layer, able[child + 1], able[child]):
            child += 1
        if fills_before(s, layer, n, able[child]):
            break
        able[i] = able[child]
        i = child
    able[i] = n


@njit
def heap_of_able(s, layer, kind, ask):
    """Return the heap of the nodes of a type that hold a task in a row, and their number."""
    first, most = s.types[0, kind].first, s.types[0, kind].count
    able, count = np.empty(most, np.int64), 0
    for n in range(first, first + most):
        if holds_but_parts(s.nodes[layer, n], ask) > 0:
            able[count] = n
            count += 1
    for i in range(count // 2 - 1, -1, -1):
        sift_node(s, layer, able, i, count)
    return able, count


@njit
def place_by_best_fit(s, layer, kind, ask):
    """Place whole tasks, for which there is room, by best-fit without an index; return the number of picks."""
    able, count = heap_of_able(s, layer, kind, ask)
    picks, rest = 0, ask.tasks
    while rest > 0:
        rest -= fill(s, layer, able[0], ask, picks, rest)
        picks += 1
        count -= 1
        able[0] = able[count]
        sift_node(s, layer, able, 0, count)
    return picks

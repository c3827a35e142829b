"""Which node takes the next task of a job: by the index where the row has one, else by looking at every node."""

from .asks import holds_but_parts
from .bits import next_in
from .codes import BEST_FIT, FIRST_FIT, RANDOM, SCORE, WORST_FIT
from .jit import njit
from .levels import first_that_holds, indexed, last_level, next_level, next_node
from .room import node_holds, part_device
from .scored import choose_by_call
from .scores import score_of
from .state import NOW


@njit
def better(a, b, placement):
    """Tell whether the placement rule prefers node a to node b of lower id."""
    if placement == BEST_FIT:
        return a.free < b.free or (a.free == b.free and a.cpus < b.cpus)
    return a.free > b.free or (a.free == b.free and a.cpus > b.cpus)


@njit
def choose(s, layer, kind, ask, placement):
    """Return the node of a type that takes the next task; -1: none can."""
    if placement >= RANDOM:
        return choose_by_score(s, layer, kind, ask, placement)
    if ask.part == 0 and indexed(layer):
        return choose_whole(s, layer, kind, ask, placement)
    if ask.part > 0 and layer == NOW:
        return choose_part(s, kind, ask, placement)
    return choose_of_all(s, layer, kind, ask, placement)


@njit
def choose_of_all(s, layer, kind, ask, placement):
    """Return the node of a type that takes the next task, from a look at all of them; -1: none can."""
    first, count, nodes = s.types[0, kind].first, s.types[0, kind].count, s.nodes
    best, parts = -1, ask.part > 0
    for n in range(first, first + count):
        node = nodes[layer, n]
        if holds_but_parts(node, ask) == 0:
            continue
        if best >= 0 and not better(node, nodes[layer, best], placement):
            continue
        if parts and part_device(s, layer, n, ask.part) < 0:
            continue
        best = n
        if placement == FIRST_FIT:
            break
    s.clock[0].visits += count
    return best


@njit
def choose_by_score(s, layer, kind, ask, placement):
    """Return the node of a type with the highest score for the next task, the lowest id of equals; -1: none can."""
    row, nodes, best, most = s.types[NOW, kind], s.nodes, -1, 0
    if indexed(layer) and last_level(s, layer, row, row.accelerators + 1) < ask.whole:
        return -1
    if placement == SCORE:
        return choose_by_call(s, layer, kind, ask)
    for n in range(row.first, row.first + row.count):
        if holds_but_parts(nodes[layer, n], ask) == 0 or (ask.part > 0 and part_device(s, layer, n, ask.part) < 0):
            continue
        score = score_of(s, layer, n, ask, placement)
        if best < 0 or score > most:
            best, most = n, score
    s.clock[0].visits += row.count
    return best


@njit
def choose_in_level(s, layer, row, level, ask, placement):
    """Return the node of a level that takes the next task, parts aside: the cpus decide, then the id; -1: none can."""
    best = first_that_holds(s, layer, row, level, ask, 1)
    if best < 0 or placement == FIRST_FIT or level > row.accelerators or not s.clock[0].cpus:
        return best
    n = next_node(s, layer, row, level, best + 1)
    while n >= 0:
        node = s.nodes[layer, n]
        s.clock[0].visits += 1
        if holds_but_parts(node, ask) > 0 and better(node, s.nodes[layer, best], placement):
            best = n
        n = next_node(s, layer, row, level, n + 1)
    return best


@njit
def choose_from(s, layer, kind, ask, placement, least):
    """Return the node with at least so many free accelerators that takes the next task, parts aside; -1: none can."""
    row, best = s.types[NOW, kind], -1
    if placement == WORST_FIT:
        level = last_level(s, layer, row, row.accelerators + 1)
        while level >= least and best < 0:
            best = choose_in_level(s, layer, row, level, ask, placement)
            level = last_level(s, layer, row, level - 1) if level > 0 else -1
        return best
    level = next_level(s, layer, row, least)
    while level >= 0:
        n = choose_in_level(s, layer, row, level, ask, placement)
        if n >= 0 and placement == BEST_FIT:
            return n
        if n >= 0 and (best < 0 or n < best):
            best = n
        level = next_level(s, layer, row, level + 1)
    return best


@njit
def choose_whole(s, layer, kind, ask, placement):
    """Return the node of an indexed row that takes the next task of a job without parts; -1: none can."""
    return choose_from(s, layer, kind, ask, placement, ask.whole)


@njit
def choose_part(s, kind, ask, placement):
    """Return the node that takes a part of a device now: of those with a broken or an empty device; -1: none can."""
    row = s.types[NOW, kind]
    best = choose_from(s, NOW, kind, ask, placement, 1)
    i = next_in(s, 0, row.broken, row.width, 0)
    while i >= 0:
        n = row.first + i
        node = s.nodes[NOW, n]
        s.clock[0].visits += 1
        if s.hosts[n].part >= ask.part and holds_but_parts(node, ask) > 0 and goes_first(s, n, best, placement):
            best = n
        i = next_in(s, 0, row.broken, row.width, i + 1)
    return best


@njit
def goes_first(s, n, best, placement):
    """Tell whether the placement rule prefers node n now to node `best` (-1: none), whichever id is lower."""
    if best < 0 or placement == FIRST_FIT:
        return best < 0 or n < best
    a, b = s.nodes[NOW, n], s.nodes[NOW, best]
    if n < best:
        return not better(b, a, placement)
    return better(a, b, placement)


@njit
def lower(a, b):
    """Return the lower of two nodes, of which one may be none (-1)."""
    return a if b < 0 or 0 <= a < b else b


@njit
def choose_anywhere_by_level(s, layer, kind, ask, rest):
    """Return what `choose_anywhere` does, for an indexed row; accelerators decide here, cpus do not."""
    row = s.types[NOW, kind]
    top = row.accelerators
    level = next_level(s, layer, row, min(rest, top))
    while level >= 0:
        n = first_that_holds(s, layer, row, level, ask, rest)
        if level == top:
            n = lower(n, first_that_holds(s, layer, row, top + 1, ask, rest))
        if n >= 0:
            return n
        level = next_level(s, layer, row, level + 1)
    level = last_level(s, layer, row, top + 1)
    while level > 0:
        n = first_that_holds(s, layer, row, level, ask, 1)
        if level > top:
            n = lower(n, first_that_holds(s, layer, row, top, ask, 1))
        if n >= 0:
            return n
        level = last_level(s, layer, row, level - 1)
    return -1


@njit
def choose_anywhere(s, layer, kind, ask, rest):
    """Return the node for spread any: fewest free that holds the rest, else most free that holds any."""
    if ask.whole == 1 and indexed(layer):
        return choose_anywhere_by_level(s, layer, kind, ask, rest)
    first, count = s.types[0, kind].first, s.types[0, kind].count
    snug, wide = -1, -1
    for n in range(first, first + count):
        k = node_holds(s, layer, n, ask)
        free = s.nodes[layer, n].free
        if k >= rest and (snug < 0 or free < s.nodes[layer, snug].free):
            snug = n
        if k > 0 and (wide < 0 or free > s.nodes[layer, wide].free):
            wide = n
    s.clock[0].visits += count
    return snug if snug >= 0 else wide

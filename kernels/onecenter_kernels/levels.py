"""Index of the nodes of a type by their free accelerators, for now and for the row at the shadow time.

Level k is the set of the nodes with k free accelerators. Nodes on which all accelerators and all cpus are free have a
level of their own, the highest: there every rule takes the lowest id.
"""

from .asks import holds_but_parts
from .bits import exclude, include, last_in, next_in
from .jit import njit
from .state import NOW, PROJECTED


@njit
def indexed(layer):
    """Tell whether the nodes of a layer are in the index."""
    return layer == NOW or layer == PROJECTED


@njit
def index_of(layer):
    """Return the place of an indexed layer in the index."""
    return 1 if layer == PROJECTED else 0


@njit
def level_of(node, row):
    """Return the level of a node of a type."""
    if node.free == row.accelerators and node.cpus == row.cpus:
        return row.accelerators + 1
    return max(node.free, 0)


@njit
def enter(s, layer, row, i, level):
    """Put the node in place i of a type into a level."""
    index = index_of(layer)
    include(s, index, row.bits + level * row.stride, row.width, i)
    count = s.counts[index, row.counts + level]
    count.nodes += 1
    if count.nodes == 1:
        include(s, index, row.occupied, row.level_words, level)


@njit
def leave(s, layer, row, i, level):
    """Take the node in place i of a type out of a level."""
    index = index_of(layer)
    exclude(s, index, row.bits + level * row.stride, row.width, i)
    count = s.counts[index, row.counts + level]
    count.nodes -= 1
    if count.nodes == 0:
        exclude(s, index, row.occupied, row.level_words, level)


@njit
def relevel(s, layer, n):
    """Put node n, of which an amount has changed, into its level."""
    node = s.nodes[layer, n]
    row, before = s.types[NOW, node.type], node.level
    level = level_of(node, row)
    if level != before:
        leave(s, layer, row, n - row.first, before)
        enter(s, layer, row, n - row.first, level)
        s.types[layer, node.type].total += min(level, row.accelerators) - min(before, row.accelerators)
        node.level = level


@njit
def copy_levels(s):
    """Make the index of the row at the shadow time that of now, whose amounts it has been given."""
    for i in range(s.bits.shape[1]):
        s.bits[1, i].word = s.bits[0, i].word
    for i in range(s.counts.shape[1]):
        s.counts[1, i].nodes = s.counts[0, i].nodes
    for kind in range(s.types.shape[1]):
        s.types[PROJECTED, kind].total = s.types[NOW, kind].total
    for n in range(s.nodes.shape[1]):
        s.nodes[PROJECTED, n].level = s.nodes[NOW, n].level


@njit
def build_levels(s):
    """Put every node into its level, for now; all sets are empty before."""
    for n in range(s.nodes.shape[1]):
        node = s.nodes[NOW, n]
        row = s.types[NOW, node.type]
        level = level_of(node, row)
        enter(s, NOW, row, n - row.first, level)
        row.total += min(level, row.accelerators)
        node.level = level


@njit
def next_level(s, layer, row, level):
    """Return the lowest level of a type, from `level` on, that is not empty; -1: none."""
    return next_in(s, index_of(layer), row.occupied, row.level_words, level)


@njit
def last_level(s, layer, row, level):
    """Return the highest level of a type, up to `level`, that is not empty; -1: none."""
    return last_in(s, index_of(layer), row.occupied, level)


@njit
def next_node(s, layer, row, level, n):
    """Return the lowest node of a level of a type, from node n on; -1: none."""
    i = next_in(s, index_of(layer), row.bits + level * row.stride, row.width, n - row.first)
    return row.first + i if i >= 0 else -1


@njit
def nodes_in(s, layer, row, level):
    """Return how many nodes are in a level of a type."""
    return s.counts[index_of(layer), row.counts + level].nodes


@njit
def first_that_holds(s, layer, row, level, ask, tasks):
    """Return the lowest node of a level that holds so many tasks, parts aside; -1: none."""
    n = next_node(s, layer, row, level, row.first)
    while n >= 0:
        s.clock[0].visits += 1
        if holds_but_parts(s.nodes[layer, n], ask) >= tasks:
            return n
        n = next_node(s, layer, row, level, n + 1)
    return -1


@njit
def most_held(s, layer, kind, ask):
    """Return how many tasks the nodes of a type hold, cpus, memory and parts aside; stops at all of them."""
    row, held = s.types[NOW, kind], 0
    level = next_level(s, layer, row, ask.whole)
    while level >= 0 and held < ask.tasks:
        each = ask.tasks
        if ask.whole > 0:
            each = min(level, row.accelerators) // ask.whole
        held += each * nodes_in(s, layer, row, level)
        level = next_level(s, layer, row, level + 1)
    return held

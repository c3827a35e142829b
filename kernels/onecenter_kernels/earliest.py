"""Trees of the earliest walltime end at which each node holds a task, one for each of the asks last wanted.

A start or an end changes one node; a tree takes the changes in when it is asked for.
"""

from .jit import njit
from .minima import fill_in, set_leaf
from .runs import is_last
from .state import FOREVER, NOW


@njit
def empties(s, r):
    """Tell whether the device of which row r of runs holds a part is empty when that ends: no later one is on it."""
    slot, later = s.runs[r].slot, s.runs[r].next
    while later >= 0 and s.runs[later].slot != slot:
        later = s.runs[later].next
    return later < 0


@njit
def earliest_on(s, n, tree):
    """Return the earliest walltime end (ms; 0: now) from which node n holds one task of a tree's ask."""
    node = s.nodes[NOW, n]
    free, cpus, memory, end = node.free, node.cpus, node.memory, 0
    r = s.hosts[n].run
    while free < tree.whole or cpus < tree.cpus or memory < tree.memory:
        if r < 0:
            return FOREVER
        run = s.runs[r]
        free += run.free
        if run.slot >= 0 and empties(s, r):
            free += 1
        cpus += run.cpus
        memory += run.memory
        end = run.end
        r = run.next
    return end


@njit
def set_earliest(s, k, n):
    """Bring tree k up to date for node n."""
    set_leaf(s.earliest[k], n, earliest_on(s, n, s.trees[k]))
    s.clock[0].visits += 1


@njit
def build_earliest(s, k):
    """Make tree k from the nodes as they are."""
    tree, count = s.earliest[k], s.nodes.shape[1]
    half = len(tree) >> 1
    for n in range(half):
        tree[half + n].least = earliest_on(s, n, s.trees[k]) if n < count else FOREVER
    fill_in(tree)
    s.clock[0].visits += count


@njit
def tree_of(s, ask):
    """Return the tree of an ask; where there is none, the one not wanted for longest becomes it."""
    oldest = 0
    for k in range(len(s.trees)):
        tree = s.trees[k]
        if tree.seen >= 0 and tree.whole == ask.whole and tree.cpus == ask.cpus and tree.memory == ask.memory:
            return k
        if tree.used < s.trees[oldest].used:
            oldest = k
    tree = s.trees[oldest]
    tree.whole, tree.cpus, tree.memory, tree.seen = ask.whole, ask.cpus, ask.memory, -1
    return oldest


@njit
def current_tree(s, ask):
    """Return the tree of an ask, up to date."""
    clock, k = s.clock[0], tree_of(s, ask)
    tree = s.trees[k]
    tree.used = clock.steps
    if tree.seen < 0 or 4 * (clock.changes - tree.seen) > s.nodes.shape[1]:
        build_earliest(s, k)
    else:
        for number in range(tree.seen, clock.changes):
            n = s.changes[number & (len(s.changes) - 1)].node
            if is_last(s, n, number):
                set_earliest(s, k, n)
    tree.seen = clock.changes
    return k


@njit
def least_earliest(s, k, first, last):
    """Return the earliest time (ms) of the nodes first .. last - 1."""
    half = s.earliest.shape[1] >> 1
    if first == 0 and last == s.nodes.shape[1]:
        return s.earliest[k, 1].least
    lo, hi, least = half + first, half + last, FOREVER
    while lo < hi:
        if lo & 1:
            least = min(least, s.earliest[k, lo].least)
            lo += 1
        if hi & 1:
            hi -= 1
            least = min(least, s.earliest[k, hi].least)
        lo >>= 1
        hi >>= 1
    return least

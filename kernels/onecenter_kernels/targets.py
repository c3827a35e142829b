"""From which platform the next victim comes under fair sharing: down the tree to the child with the largest share."""

from .candidate_order import evicted_before
from .jit import njit
from .shares import borrowed, compare_shares


@njit
def next_target(s):
    """Return the platform from which the next victim comes; -1: none is left."""
    while not s.tree[0].pruned:
        n = 0
        while n >= 0 and s.tree[n].platform < 0:
            n = largest_below(s, n)
        if n >= 0:
            return n
    return -1


@njit
def largest_below(s, above):
    """Return the child of a cohort with the largest share, a cohort before a platform; -1: all are pruned, so is it."""
    platform, cohort = -1, -1
    for n in range(above + 1, len(s.tree)):
        if s.tree[n].parent != above or s.tree[n].pruned:
            continue
        if not may_be_target(s, n):
            s.tree[n].pruned = 1
        elif s.tree[n].platform < 0:
            if cohort < 0 or compare_shares(s, n, cohort) > 0:
                cohort = n
        elif platform < 0 or is_better(s, n, platform):
            platform = n
    if cohort >= 0 and (platform < 0 or compare_shares(s, cohort, platform) >= 0):
        return cohort
    if platform < 0:
        s.tree[above].pruned = 1
    return platform


@njit
def may_be_target(s, n):
    """Tell whether a node borrows or is the preemptor's or above it; a platform must have candidates, too."""
    node = s.tree[n]
    if node.platform >= 0 and node.first == node.last:
        return False
    return node.meets == n or borrowed(s, n) > 0


@njit
def is_better(s, n, found):
    """Tell whether a platform has a larger share than the one found so far; of equals, whose candidate goes first."""
    order = compare_shares(s, n, found)
    if order != 0:
        return order > 0
    return evicted_before(s, s.candidates[s.tree[n].first].order, s.candidates[s.tree[found].first].order)


@njit
def below(s, n, above):
    """Return the node at or above n that is a child of one above it."""
    while s.tree[n].parent != above:
        n = s.tree[n].parent
    return n


@njit
def compare_to(s, n):
    """Compare the preemptor's share with that of a platform, both just below where their paths meet: -1, 0 or 1."""
    top = s.tree[n].meets
    return compare_shares(s, below(s, s.preemptor[0].node, top), below(s, n, top))

"""In which order the first jobs of platforms are looked at in a cycle under fair sharing: a tournament up the tree."""

from .heads import precedes
from .jit import njit
from .quota import borrows, use
from .shares import borrowed, compare_borrowed, find_lendable


@njit
def next_fair_head(s):
    """Return the platform whose head is looked at next, which it is from then on; -1: none is left."""
    find_lendable(s)
    for n in range(len(s.tree)):
        s.heads[n].winner = n if s.heads[n].open else -1
    for n in range(len(s.tree) - 1, 0, -1):
        if s.heads[n].winner >= 0:
            measure(s, n)
            challenge(s, n, s.tree[n].parent)
    found = s.heads[0].winner
    if found >= 0:
        s.heads[found].open = 0
    return found


@njit
def measure(s, n):
    """Note what a node borrows if the winner below it starts."""
    row = s.heads[n]
    head = s.heads[row.winner]
    use(s, row.winner, head.kind, head.amount)
    row.borrowed = borrowed(s, n)
    row.borrows = borrows(s, n, head.kind, 0)
    use(s, row.winner, head.kind, -head.amount)


@njit
def challenge(s, n, above):
    """Let the winner below a node be that of its parent, too, if it goes before those of the children so far."""
    row = s.heads[above]
    if row.winner < 0 or wins(s, n, row.child):
        row.winner, row.child = s.heads[n].winner, n


@njit
def wins(s, a, b):
    """Tell whether the winner below node a goes before that below b: borrows nothing, a small share, then by itself."""
    one, other = s.heads[a], s.heads[b]
    if one.borrows != other.borrows:
        return one.borrows < other.borrows
    order = compare_borrowed(s, a, one.borrowed, b, other.borrowed)
    return order < 0 or (order == 0 and precedes(s.heads[one.winner], s.heads[other.winner]))

"""Trees of minima: the second half of the rows are leaves, and row i holds the lesser of rows 2 i and 2 i + 1."""

from .jit import njit


@njit
def set_leaf(tree, i, value):
    """Set leaf i of a tree, and what is above it."""
    i += len(tree) >> 1
    tree[i].least = value
    i >>= 1
    while i > 0:
        least = min(tree[2 * i].least, tree[2 * i + 1].least)
        if tree[i].least == least:
            break
        tree[i].least = least
        i >>= 1


@njit
def fill_in(tree):
    """Work out all that is above the leaves of a tree."""
    for i in range((len(tree) >> 1) - 1, 0, -1):
        tree[i].least = min(tree[2 * i].least, tree[2 * i + 1].least)


@njit
def next_leaf(tree, i, most):
    """Return the first leaf from i on of at most `most`; -1: none."""
    half = len(tree) >> 1
    if i >= half:
        return -1
    i += half
    while tree[i].least > most:
        while i & 1:
            i >>= 1
        if i == 0:
            return -1
        i += 1
    while i < half:
        i = 2 * i
        if tree[i].least > most:
            i += 1
    return i - half

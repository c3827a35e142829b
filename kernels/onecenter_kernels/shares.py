"""Dominant resource shares of nodes of the quota tree, compared exactly."""

from .jit import njit
from .quota import potential


@njit
def find_lendable(s):
    """Give each node below the center the most that its parent could use, over all node types."""
    for n in range(1, len(s.tree)):
        node = s.tree[n]
        node.lendable = 0
        for kind in range(len(s.quotas)):
            node.lendable += potential(s, node.parent, kind)


@njit
def borrowed(s, n):
    """Return what a node uses beyond its subtree's quotas, over all node types."""
    total = 0
    for kind in range(len(s.quotas)):
        total += max(0, s.quotas[kind, n].usage - s.quotas[kind, n].subtree)
    return total


@njit
def compare(x, y):
    """Compare two numbers: -1, 0 or 1."""
    return 1 if x > y else 0 if x == y else -1


@njit
def compare_shares(s, a, b):
    """Compare the shares of two nodes as they are: -1, 0 or 1."""
    return compare_borrowed(s, a, borrowed(s, a), b, borrowed(s, b))


@njit
def compare_borrowed(s, a, x, b, y):
    """Compare the shares of two nodes that borrow so much: over what is lendable, over their weight; -1, 0 or 1."""
    one, other = s.tree[a], s.tree[b]
    if one.lendable == 0:
        x = 0
    if other.lendable == 0:
        y = 0
    if x == 0 or y == 0:
        return compare(x, y)
    if (one.weight == 0) != (other.weight == 0):
        return 1 if one.weight == 0 else -1
    if one.weight == 0:
        return compare_ratios(x, one.lendable, y, other.lendable)
    return compare_ratios(x, one.lendable * one.weight, y, other.lendable * other.weight)


@njit
def compare_ratios(a, b, c, d):
    """Compare a / b and c / d, all above 0, without a product that might be too large: -1, 0 or 1."""
    sign = 1
    while True:
        p, q = a // b, c // d
        a -= p * b
        c -= q * d
        if p != q or a == 0 or c == 0:
            return sign * (compare(p, q) if p != q else compare(a, c))
        a, b, c, d = b, a, d, c
        sign = -sign

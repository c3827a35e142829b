"""In which order the first jobs of platforms are looked at in a cycle, by quota alone."""

from .jit import njit
from .quota import borrows


@njit
def height(s, n):
    """Return how many steps it is from a node of the tree to the furthest below it."""
    most = 0
    for below in range(n + 1, len(s.tree)):
        steps, above = 0, below
        while above > n:
            steps, above = steps + 1, s.tree[above].parent
        if above == n:
            most = max(most, steps)
    return most


@njit
def borrowing_level(s, n, kind, amount):
    """Return the height of the lowest node at or above a platform whose quota holds so much more, or of the center."""
    while s.tree[n].parent >= 0 and borrows(s, n, kind, amount):
        quota = s.quotas[kind, n]
        amount -= max(0, quota.local - quota.usage)
        n = s.tree[n].parent
    return height(s, n)


@njit
def precedes(one, other):
    """Tell whether one head goes before another by itself: priority, time, job."""
    if one.priority != other.priority:
        return one.priority > other.priority
    if one.since != other.since:
        return one.since < other.since
    return one.job < other.job


@njit
def next_head(s):
    """Return the platform whose head is looked at next, which it is from then on: little borrowed first; -1: none."""
    found = -1
    for n in range(len(s.heads)):
        if s.heads[n].open and (found < 0 or goes_before(s.heads[n], s.heads[found])):
            found = n
    if found >= 0:
        s.heads[found].open = 0
    return found


@njit
def goes_before(one, other):
    """Tell whether one head goes before another: the lower level, then by itself."""
    if one.level != other.level:
        return one.level < other.level
    return precedes(one, other)


@njit
def kept_for(s, n, kind, amount, level):
    """Return how much of what is asked is kept in this cycle for a head that has nobody to evict."""
    quota = s.quotas[kind, n]
    if level == 0:
        return max(0, min(amount, quota.nominal - quota.usage))
    if quota.borrowing < 0:
        return amount
    return min(amount, quota.nominal + quota.borrowing - quota.usage)

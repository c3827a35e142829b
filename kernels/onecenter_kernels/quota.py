"""Quotas of a tree of cohorts and platforms: what a node may use, its own and borrowed."""

from .jit import njit

#: More than any amount.
ENDLESS = 2**62


@njit
def derive_quotas(s, kind):
    """Work out what follows from the limits of a node type and from what platforms use of it, from the leaves up."""
    for n in range(len(s.tree)):
        quota = s.quotas[kind, n]
        quota.subtree = quota.nominal
        if s.tree[n].platform < 0:
            quota.usage = 0
    for n in range(len(s.tree) - 1, -1, -1):
        quota = s.quotas[kind, n]
        quota.local = max(0, quota.subtree - quota.lending) if quota.lending >= 0 else 0
        if s.tree[n].parent >= 0:
            above = s.quotas[kind, s.tree[n].parent]
            above.subtree += quota.subtree - quota.local
            above.usage += max(0, quota.usage - quota.local)


@njit
def available(s, n, kind):
    """Return how much more a node may use now; below 0 where a quota was cut."""
    local, most = 0, ENDLESS
    while s.tree[n].parent >= 0:
        quota = s.quotas[kind, n]
        local += max(0, quota.local - quota.usage)
        if quota.borrowing >= 0:
            lent = quota.subtree - quota.local - max(0, quota.usage - quota.local)
            most = min(most, local + lent + quota.borrowing)
        n = s.tree[n].parent
    return min(most, local + s.quotas[kind, n].subtree - s.quotas[kind, n].usage)


@njit
def potential(s, n, kind):
    """Return the most that a node could use, were nothing used."""
    local, most = 0, ENDLESS
    while s.tree[n].parent >= 0:
        quota = s.quotas[kind, n]
        if quota.borrowing >= 0:
            most = min(most, local + quota.subtree + quota.borrowing)
        local += quota.local
        n = s.tree[n].parent
    return min(most, local + s.quotas[kind, n].subtree)


@njit
def use(s, n, kind, amount):
    """Let a node use so much more (below 0: give it back); those above it see what goes beyond what is local."""
    while n >= 0 and amount != 0:
        quota = s.quotas[kind, n]
        before = max(0, quota.usage - quota.local)
        quota.usage += amount
        amount = max(0, quota.usage - quota.local) - before
        n = s.tree[n].parent


@njit
def borrows(s, n, kind, amount):
    """Tell whether a node uses more than its subtree's with so much more."""
    return s.quotas[kind, n].usage + amount > s.quotas[kind, n].subtree

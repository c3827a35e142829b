"""By what right the preemptor may evict a running job: policies of its platform, and where in the tree quotas are."""

from .codes import C_ADVANTAGE, C_BORROWING, C_NOMINAL, C_NONE, C_WITHIN, P_ANY, P_LOWER_OR_NEWER, P_NEVER
from .jit import njit
from .quota import borrows


@njit
def allows(policy, asks, row):
    """Tell whether a policy lets the preemptor evict a candidate."""
    if policy == P_NEVER or policy == P_ANY:
        return policy == P_ANY
    if policy == P_LOWER_OR_NEWER and row.priority == asks.priority:
        return asks.since < row.since
    return row.priority < asks.priority


@njit
def meet(s):
    """Give each node of the tree the lowest node at or above it that is at or above the preemptor's platform."""
    for n in range(len(s.tree)):
        s.tree[n].meets = -1
    n = s.preemptor[0].node
    while n >= 0:
        s.tree[n].meets = n
        n = s.tree[n].parent
    for n in range(len(s.tree)):
        if s.tree[n].meets < 0:
            s.tree[n].meets = s.tree[s.tree[n].parent].meets


@njit
def find_advantage(s):
    """Give each node above the preemptor's platform whether a node below it, on this path, holds what is asked."""
    asks = s.preemptor[0]
    n, rest, found = asks.node, asks.amount, 0
    while n >= 0:
        s.tree[n].advantage = found
        if not borrows(s, n, asks.kind, rest):
            found = 1
        quota = s.quotas[asks.kind, n]
        rest = max(0, rest - max(0, quota.local - quota.usage))
        n = s.tree[n].parent


@njit
def exceeds(s, n):
    """Tell whether a platform and all above it, below where paths meet, use more than their quotas."""
    kind, end = s.preemptor[0].kind, s.tree[n].meets
    while n != end:
        if not borrows(s, n, kind, 0):
            return False
        n = s.tree[n].parent
    return True


@njit
def claim_on(s, c):
    """Return by what right the preemptor may evict a candidate under the classical rule."""
    asks, row = s.preemptor[0], s.candidates[c]
    own = s.tree[asks.node]
    if row.node == asks.node:
        return C_WITHIN if allows(own.within, asks, row) else C_NONE
    if not allows(own.reclaim, asks, row) or not exceeds(s, row.node):
        return C_NONE
    if s.tree[s.tree[row.node].meets].advantage:
        return C_ADVANTAGE
    if not own.while_borrowing or row.priority >= asks.priority or row.priority > own.threshold:
        return C_NOMINAL
    return C_BORROWING

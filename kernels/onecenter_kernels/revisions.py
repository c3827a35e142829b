"""Quotas that change at an instant: nobody knows them before, and nobody is evicted by them alone."""

from .codes import BORROWING, NOMINAL
from .jit import njit
from .quota import derive_quotas


@njit
def set_amount(s, k):
    """Write the amount of the quota tree that revision k says."""
    row = s.revisions[k]
    quota = s.quotas[row.type, row.node]
    if row.what == NOMINAL:
        quota.nominal = row.value
    elif row.what == BORROWING:
        quota.borrowing = row.value
    else:
        quota.lending = row.value


@njit
def revise(s, k):
    """Let an amount of the quota tree be what revision k says, with all that follows from it."""
    row = s.revisions[k]
    set_amount(s, k)
    derive_quotas(s, row.type)
    for n in range(len(s.tree)):
        s.quotas[row.type, n].most = s.potentials[k, n]

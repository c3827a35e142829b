"""Dominant resource fairness: who has the lowest share of what it uses most goes first.

Ghodsi et al., NSDI 2011: of platforms, and within one of its tenants.
"""

from typing import NamedTuple

from .asks import ask_of
from .jit import njit
from .state import NOW


class Totals(NamedTuple):
    """What the center has: accelerators and cpus (1/1000), memory (MiB)."""

    accelerators: float
    cpus: float
    memory: float


@njit
def totals_of(s):
    """Return what the center has."""
    accelerators, cpus, memory = 0.0, 0.0, 0.0
    for kind in range(s.types.shape[1]):
        row = s.types[NOW, kind]
        accelerators += 1000.0 * row.count * row.accelerators
        cpus += 1.0 * row.count * row.cpus
        memory += 1.0 * row.count * row.memory
    return Totals(accelerators, cpus, memory)


@njit
def dominant(accelerators, cpus, memory, totals):
    """Return the largest share of what the center has of something."""
    share = accelerators / totals.accelerators if totals.accelerators > 0.0 else 0.0
    if totals.cpus > 0.0:
        share = max(share, cpus / totals.cpus)
    if totals.memory > 0.0:
        share = max(share, memory / totals.memory)
    return share


@njit
def forget_shares(s):
    """Let nobody have been chosen in this pass."""
    for k in range(len(s.dominants)):
        row = s.dominants[k]
        row.accelerators = row.cpus = row.memory = 0
        row.own_accelerators = row.own_cpus = row.own_memory = 0
        row.first = row.last = 0


@njit
def count_chosen(s, j):
    """Count what job j, which is chosen, asks."""
    ask, gang = ask_of(s, j), s.asks[s.jobs[j].ask].gang
    owner = s.dominants[s.jobs[j].owner]
    platform, tenant = s.dominants[owner.platform], s.dominants[owner.tenant]
    platform.accelerators += gang
    platform.cpus += ask.tasks * ask.cpus
    platform.memory += ask.tasks * ask.memory
    tenant.own_accelerators += gang
    tenant.own_cpus += ask.tasks * ask.cpus
    tenant.own_memory += ask.tasks * ask.memory


@njit
def line_up(s, count):
    """Note which of the candidates, which are sorted by owner, are each owner's."""
    for i in range(count):
        row = s.dominants[s.jobs[s.queue[i].candidate].owner]
        if row.last == 0:
            row.first = i
        row.last = i + 1


@njit
def shares_of(s, k, totals):
    """Return the dominant shares of the platform and of the tenant of owner k."""
    platform, tenant = s.dominants[s.dominants[k].platform], s.dominants[s.dominants[k].tenant]
    return (
        dominant(platform.accelerators, platform.cpus, platform.memory, totals),
        dominant(tenant.own_accelerators, tenant.own_cpus, tenant.own_memory, totals),
    )


@njit
def goes_first(s, a, shares_a, b, shares_b):
    """Tell whether job a is looked at before job b: by the shares of their platforms and tenants, submit, id."""
    if shares_a[0] != shares_b[0]:
        return shares_a[0] < shares_b[0]
    if shares_a[1] != shares_b[1]:
        return shares_a[1] < shares_b[1]
    if s.jobs[a].submit != s.jobs[b].submit:
        return s.jobs[a].submit < s.jobs[b].submit
    return a < b


@njit
def next_by_share(s, totals):
    """Take the candidate that is looked at next; return its place."""
    best, job, shares = -1, -1, (0.0, 0.0)
    for k in range(len(s.dominants)):
        row = s.dominants[k]
        if row.first < row.last:
            j, found = s.queue[row.first].candidate, shares_of(s, k, totals)
            if best < 0 or goes_first(s, j, found, job, shares):
                best, job, shares = k, j, found
    i = s.dominants[best].first
    s.dominants[best].first += 1
    return i

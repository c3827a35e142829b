"""Kueue's choice of victims by quota alone: whose platforms borrow, and who has a lower priority in the own."""

from .candidate_order import sort_candidates
from .claims import claim_on, exceeds, find_advantage, meet
from .codes import C_ADVANTAGE, C_NOMINAL, C_NONE, C_WITHIN
from .evicting import fill_back, fits, put_back, settle, take
from .jit import njit

#: Groups in the order of candidates: an advantage over them, then other platforms', then the own.
GROUPS = (0, 2, 0, 1, 1, 0)

#: More than any group.
LATER = 3


@njit
def list_candidates(s):
    """List in order whom the preemptor may evict; return their number, that of other platforms', and by advantage."""
    found, others, near = 0, 0, 0
    for c in range(s.preemptor[0].candidates):
        row = s.candidates[c]
        row.claim = claim_on(s, c)
        if row.claim == C_NONE:
            continue
        row.group = GROUPS[row.claim] + (0 if row.evicted else LATER)
        row.used = row.tenant if row.claim == C_WITHIN else 0
        others += row.claim != C_WITHIN
        near += row.claim == C_ADVANTAGE
        s.candidates[found].order = c
        found += 1
    sort_candidates(s, found)
    return found, others, near


@njit
def classical_victims(s):
    """Choose victims; return their number, 0 where no set of candidates will do."""
    meet(s)
    find_advantage(s)
    found, others, near = list_candidates(s)
    asks = s.preemptor[0]
    own, quota = s.tree[asks.node], s.quotas[asks.kind, asks.node]
    if others == 0 or (not own.while_borrowing and quota.usage >= quota.nominal):
        return attempt(s, found, True)
    first = own.while_borrowing > 0 or near > 0
    if attempt(s, found, first) == 0:
        attempt(s, found, not first)
    return asks.taken


@njit
def attempt(s, found, borrowing):
    """Take candidates in order until the preemptor fits and put back those not needed; return how many are left."""
    s.preemptor[0].taken = 0
    for i in range(found):
        c = s.candidates[i].order
        row = s.candidates[c]
        if row.claim != C_WITHIN and ((borrowing and row.claim == C_NOMINAL) or not exceeds(s, row.node)):
            continue
        take(s, c)
        if fits(s, borrowing):
            fill_back(s, borrowing)
            return settle(s)
    put_back(s)
    return 0

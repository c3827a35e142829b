"""Kueue's choice of victims under fair sharing: from platforms with larger shares."""

from .candidate_order import sort_candidates
from .claims import allows, meet
from .codes import C_NOMINAL, C_NONE, C_SHARE, C_WITHIN, V_BOTH, V_INITIAL
from .evicting import fill_back, fits, hold, put_back, settle, take
from .jit import njit
from .quota import borrows, use
from .shares import find_lendable
from .targets import compare_to, next_target


@njit
def list_fairly(s):
    """List by platform whom the preemptor may evict, were it not for shares; return their number."""
    asks, found = s.preemptor[0], 0
    own = s.tree[asks.node]
    for c in range(asks.candidates):
        row = s.candidates[c]
        within = row.node == asks.node
        row.claim = C_NONE
        if not allows(own.within if within else own.reclaim, asks, row):
            continue
        if within or borrows(s, row.node, asks.kind, 0):
            row.claim = C_WITHIN if within else C_SHARE
            row.group, row.used, row.kept = row.node, row.tenant, 0
            s.candidates[found].order = c
            found += 1
    sort_candidates(s, found)
    return found


@njit
def find_ranges(s, found):
    """Give each platform the places of its candidates in the order."""
    for n in range(len(s.tree)):
        s.tree[n].pruned = s.tree[n].first = s.tree[n].last = 0
    for i in range(found):
        node = s.tree[s.candidates[s.candidates[i].order].node]
        if node.last == 0:
            node.first = i
        node.last = i + 1


@njit
def fair_victims(s):
    """Choose victims; return their number, 0 where no set of candidates will do."""
    asks, found = s.preemptor[0], list_fairly(s)
    asks.taken = 0
    meet(s)
    find_lendable(s)
    find_ranges(s, found)
    # Shares are those with the preemptor.
    use(s, asks.node, asks.kind, asks.amount)
    done = take_fairly(s)
    if not done and asks.rule == V_BOTH:
        find_kept(s, found)
        done = take_kept(s)
    use(s, asks.node, asks.kind, -asks.amount)
    if not done:
        put_back(s)
        return 0
    fill_back(s, True)
    return settle(s)


@njit
def fits_beside(s):
    """Tell whether the preemptor, whose usage is counted already, has quota now."""
    asks = s.preemptor[0]
    use(s, asks.node, asks.kind, -asks.amount)
    found = fits(s, True)
    use(s, asks.node, asks.kind, asks.amount)
    return found


@njit
def first_of(s, n):
    """Return the first candidate of a platform that is left, which it is no longer."""
    s.tree[n].first += 1
    return s.candidates[s.tree[n].first - 1].order


@njit
def take_fairly(s):
    """Take victims until the preemptor fits; tell whether it does."""
    asks = s.preemptor[0]
    nominal = not borrows(s, asks.node, asks.kind, 0)
    while True:
        n = next_target(s)
        if n < 0:
            return False
        if n == asks.node or nominal:
            c = first_of(s, n)
            if n != asks.node:
                s.candidates[c].claim = C_NOMINAL
            take(s, c)
        elif not take_by_share(s, n):
            continue
        if fits_beside(s):
            return True


@njit
def take_by_share(s, n):
    """Take the first candidate of a platform that shares allow, keep those before it; tell whether there is one."""
    initial, before = s.preemptor[0].rule == V_INITIAL, compare_to(s, n)
    while s.tree[n].first < s.tree[n].last:
        c = first_of(s, n)
        if passes(s, c, initial, before):
            take(s, c)
            return True
        s.candidates[c].kept = 1
    return False


@njit
def passes(s, c, initial, before):
    """Tell whether the preemptor's share is less than that before an eviction or, at most, that after it."""
    if initial:
        return before < 0
    hold(s, c, -1)
    after = compare_to(s, s.candidates[c].node)
    hold(s, c, 1)
    return after <= 0


@njit
def find_kept(s, found):
    """Leave each platform the candidates that were kept."""
    for n in range(len(s.tree)):
        s.tree[n].pruned, s.tree[n].first = 0, s.tree[n].last
    for i in range(found - 1, -1, -1):
        row = s.candidates[s.candidates[i].order]
        if row.kept:
            s.tree[row.node].first = i


@njit
def take_kept(s):
    """Take at most one candidate of those kept of each platform, until the preemptor fits; tell whether it does."""
    while True:
        n = next_target(s)
        if n < 0:
            return False
        c = first_of(s, n)
        s.tree[n].first = s.tree[n].last
        if compare_to(s, n) < 0:
            take(s, c)
            if fits_beside(s):
                return True

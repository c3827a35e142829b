"""Victims taken on trial: usage without them, who is put back, and the usage of before."""

from .jit import njit
from .quota import available, borrows, use


@njit
def fits(s, borrowing):
    """Tell whether the preemptor has quota now; unless it may borrow, of its platform's own."""
    asks = s.preemptor[0]
    if not borrowing and borrows(s, asks.node, asks.kind, asks.amount):
        return False
    return asks.amount <= available(s, asks.node, asks.kind)


@njit
def hold(s, c, sign):
    """Let a candidate hold what it holds (1) or give it back (-1)."""
    row = s.candidates[c]
    use(s, row.node, s.preemptor[0].kind, sign * row.amount)


@njit
def take(s, c):
    """Make a candidate a victim, behind those taken before."""
    asks = s.preemptor[0]
    hold(s, c, -1)
    s.candidates[asks.taken].victim = c
    asks.taken += 1


@njit
def put_back(s):
    """Put all victims back."""
    asks = s.preemptor[0]
    for i in range(asks.taken):
        hold(s, s.candidates[i].victim, 1)
    asks.taken = 0


@njit
def fill_back(s, borrowing):
    """Put back each victim, from the last but one to the first, without which the preemptor fits all the same."""
    asks = s.preemptor[0]
    for i in range(asks.taken - 2, -1, -1):
        c = s.candidates[i].victim
        hold(s, c, 1)
        if fits(s, borrowing):
            s.candidates[i].victim = -1
        else:
            hold(s, c, -1)


@njit
def settle(s):
    """List the victims that are left without gaps and give them back what they hold; return their number."""
    asks, n = s.preemptor[0], 0
    for i in range(asks.taken):
        c = s.candidates[i].victim
        if c >= 0:
            hold(s, c, 1)
            s.candidates[n].victim = c
            n += 1
    asks.taken = n
    return n

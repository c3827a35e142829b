"""The picks of a placement (node, device, tasks): the first rows of `holds`."""

from .jit import njit
from .room import take_window


@njit
def note(s, picks, n, d, amount):
    """Add tasks on (node, device) to the picks; return their number."""
    i = picks - 1
    while i >= 0 and (s.holds[i].node != n or s.holds[i].slot != d):
        i -= 1
    if i >= 0:
        s.holds[i].amount += amount
        return picks
    pick = s.holds[picks]
    pick.node = n
    pick.slot = d
    pick.amount = amount
    return picks + 1


@njit
def undo(s, lo, hi, layer, picks, ask):
    """Give back what a tried placement took."""
    for i in range(picks):
        pick = s.holds[i]
        take_window(s, lo, hi, layer, pick.node, pick.slot, -pick.amount, ask)

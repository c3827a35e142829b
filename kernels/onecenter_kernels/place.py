"""Placement: where the tasks of a job go, on one node type, in a window of rows.

The picks (node, device, tasks) stand in the first rows of `holds`; every function leaves free amounts as it found them.
"""

from .choose import choose, choose_anywhere
from .codes import BEST_FIT, FEWEST_RACKS, FIRST_FIT
from .filling import place_by_best_fit, place_by_id, place_by_level
from .jit import njit
from .levels import indexed
from .picks import note, undo
from .racks import place_in_racks
from .room import node_holds, take_window, type_holds
from .scores import device_of
from .state import VIEW


@njit
def device_for(s, layer, n, ask):
    """Return the device of node n for one task; -1 where the task asks no part."""
    return device_of(s, layer, n, ask) if ask.part > 0 else -1


@njit
def place_single(s, layer, kind, ask, placement):
    """Place a job of one task; return the number of picks, 0: none."""
    s.clock[0].rest = 1
    n = choose(s, layer, kind, ask, placement)
    if n < 0:
        return 0
    return note(s, 0, n, device_for(s, layer, n, ask), 1)


@njit
def place_filling(s, layer, kind, ask, placement):
    """Place whole tasks, for which there is room, by first-fit or best-fit, a node at a time.

    A filled node changes no other's turn.
    """
    if indexed(layer):
        return place_by_level(s, layer, kind, ask, placement)
    s.clock[0].visits += s.types[0, kind].count
    return place_by_best_fit(s, layer, kind, ask) if placement == BEST_FIT else place_by_id(s, layer, kind, ask)


@njit
def place_gang(s, lo, hi, layer, kind, ask, placement):
    """Place tasks one by one, or anywhere."""
    picks, rest = 0, ask.tasks
    while rest > 0:
        s.clock[0].rest = rest
        n = choose_anywhere(s, layer, kind, ask, rest) if ask.anywhere else choose(s, layer, kind, ask, placement)
        if n < 0:
            break
        amount = min(rest, node_holds(s, layer, n, ask)) if ask.anywhere else 1
        d = device_for(s, layer, n, ask)
        take_window(s, lo, hi, layer, n, d, amount, ask)
        picks = note(s, picks, n, d, amount)
        rest -= amount
    undo(s, lo, hi, layer, picks, ask)
    return picks if rest == 0 else 0


@njit
def place(s, lo, hi, kind, ask):
    """Place a job on a node type in the view of the book's rows lo .. hi - 1; return the number of picks.

    Without rows it is the view as it is.
    """
    layer = s.book[lo].layer if hi - lo == 1 else VIEW
    placement = s.clock[0].placement
    if ask.tasks == 1 and placement != FEWEST_RACKS and not ask.anywhere:
        return place_single(s, layer, kind, ask, placement)
    if ask.part == 0 and type_holds(s, layer, kind, ask) < ask.tasks:
        return 0
    if placement == FEWEST_RACKS and not ask.anywhere:
        return place_in_racks(s, lo, hi, layer, kind, ask)
    if ask.part == 0 and not ask.anywhere and (placement == FIRST_FIT or placement == BEST_FIT):
        return place_filling(s, layer, kind, ask, placement)
    return place_gang(s, lo, hi, layer, kind, ask, placement)


@njit
def place_allowed(s, lo, hi, types, ask):
    """Place a job on the first allowed node type that holds it; return the number of picks."""
    while types > 0:
        picks = place(s, lo, hi, (types & 15) - 1, ask)
        if picks > 0:
            return picks
        types >>= 4
    return 0

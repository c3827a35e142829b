"""Where a job fits in the book: from which row on, and there on which nodes."""

import numpy as np

from .book import first_row_from
from .choose import better
from .codes import FIRST_FIT
from .jit import njit
from .picks import note
from .place import device_for, place
from .promise import is_plain
from .room import holds_one, node_holds, type_holds, view_amounts, view_node
from .state import NOW, VIEW


@njit
def short_row(s, lo, hi, kind, ask):
    """Return the first of the rows lo .. hi - 1 that alone does not hold the job; -1: none."""
    for k in range(lo, hi):
        if type_holds(s, s.book[k].layer, kind, ask) < ask.tasks:
            return k
    return -1


@njit
def place_from(s, k, kind, ask, walltime):
    """Place a job on a node type from the time of row k for its walltime (ms); return the picks."""
    hi = first_row_from(s, s.book[k].t + walltime)
    if hi - k > 1:
        for n in range(s.types[0, kind].first, s.types[0, kind].first + s.types[0, kind].count):
            view_node(s, k, hi, n)
    return place(s, k, hi, kind, ask)


@njit
def earliest_row(s, kind, ask, walltime, first, last):
    """Return the first row from `first`, before row `last`, from which a node type holds the job; -1: none."""
    k = first
    while k < last:
        if k > 0 and s.book[k].frees == 0:
            k += 1
            continue
        m = short_row(s, k, first_row_from(s, s.book[k].t + walltime), kind, ask)
        if m >= 0:
            k = m + 1
        elif place_from(s, k, kind, ask, walltime) > 0:
            return k
        else:
            k += 1
    return -1


@njit
def first_short(s, n, ask, lo, hi):
    """Return the first of the rows lo .. hi - 1 that alone does not hold the task on node n; hi: none."""
    k = lo
    while k < hi and holds_one(s, s.book[k].layer, n, ask):
        k += 1
    s.clock[0].visits += min(k + 1, hi) - lo
    return k


@njit
def view_for(s, k, hi, n, ask):
    """Make the view of node n over the rows k .. hi - 1, its devices too where the job must have the same ones."""
    if k == 0 or ask.part > 0:
        view_node(s, k, hi, n)
    else:
        view_amounts(s, k, hi, n)


@njit
def best_in_view(s, k, hi, kind, ask, short):
    """Return the node of a type that takes the task for the rows k .. hi - 1; -1: none.

    `short` has for each node a row behind which it may hold the task, and one up to which it has been looked at.
    """
    row, placement, best = s.types[NOW, kind], s.clock[0].placement, -1
    for i in range(row.count):
        n = row.first + i
        if short[0, i] >= k or (best >= 0 and placement == FIRST_FIT):
            continue
        short[1, i] = first_short(s, n, ask, max(k, short[1, i]), hi)
        if short[1, i] < hi:
            short[0, i] = short[1, i]
            continue
        view_for(s, k, hi, n, ask)
        if node_holds(s, VIEW, n, ask) == 0:
            continue
        if best < 0 or better(s.nodes[VIEW, n], s.nodes[VIEW, best], placement):
            best = n
    return best


@njit
def earliest_row_of_one(s, kind, ask, walltime, first, last):
    """Do what `earliest_row` does for a job that takes one node, and return that, too."""
    short = np.full((2, s.types[NOW, kind].count), -1, np.int64)
    k = first
    while k < last:
        if k == 0 or s.book[k].frees > 0:
            n = best_in_view(s, k, first_row_from(s, s.book[k].t + walltime), kind, ask, short)
            if n >= 0:
                return k, n
        k = max(k, np.min(short[0])) + 1
    return -1, -1


@njit
def pick_in_book(s, types, ask, walltime, first, last):
    """Pick the place of a job at its earliest row from `first` and before `last`; return (row, picks), 0: none."""
    best, on, node = last, -1, -1
    while types > 0:
        kind, n = (types & 15) - 1, -1
        if is_plain(s, ask):
            k, n = earliest_row_of_one(s, kind, ask, walltime, first, best)
        else:
            k = earliest_row(s, kind, ask, walltime, first, best)
        if k >= 0:
            best, on, node = k, kind, n
        types >>= 4
    if on < 0:
        return best, 0
    if node < 0:
        return best, place_from(s, best, on, ask, walltime)
    view_for(s, best, first_row_from(s, s.book[best].t + walltime), node, ask)
    return best, note(s, 0, node, device_for(s, VIEW, node, ask), 1)

"""What follows from an ask: worked out once, when the first job that asks it becomes known."""

from .asks import ask_at
from .codes import FGD
from .jit import njit
from .room import DEVICE


@njit
def held_empty(kind, ask):
    """Return how many of the tasks an empty node of a type holds."""
    each = ask.tasks
    if ask.whole > 0:
        each = min(each, kind.accelerators // ask.whole)
    if ask.part > 0:
        each = min(each, kind.accelerators * (DEVICE // ask.part))
    if ask.cpus > 0:
        each = min(each, kind.cpus // ask.cpus)
    if ask.memory > 0:
        each = min(each, kind.memory // ask.memory)
    return each


@njit
def types_that_fit(s, types, ask):
    """Return those of some node types whose nodes, all empty, hold a job, in their order."""
    found, place = 0, 0
    while types > 0:
        kind = s.types[0, (types & 15) - 1]
        if held_empty(kind, ask) * kind.count >= ask.tasks:
            found |= (types & 15) << place
            place += 4
        types >>= 4
    return found


@njit
def kind_of(s, a):
    """Return the first ask whose tasks ask what those of row a do, memory aside."""
    row = s.asks[a]
    for b in range(a):
        other = s.asks[b]
        if other.accelerators == row.accelerators and other.cpus == row.cpus and other.types == row.types:
            return b
    return a


@njit
def derive(s, first):
    """Work out what follows from the asks from row `first` on."""
    clock = s.clock[0]
    places = s.devices.shape[1] if clock.fractions else s.nodes.shape[1]
    for a in range(first, clock.asks):
        row = s.asks[a]
        if row.accelerators < DEVICE:
            row.part = row.accelerators
        row.whole = row.accelerators // DEVICE
        row.gang = row.accelerators * row.tasks
        row.most_rows = min(row.tasks, places)
        row.fits = types_that_fit(s, row.types, ask_at(s, a))
        row.form = -1
        row.kind = kind_of(s, a) if clock.placement == FGD else a
        row.place = -1
        if row.accelerators == 0:
            clock.cpu_only = 1
        if row.cpus > 0:
            clock.cpus = 1

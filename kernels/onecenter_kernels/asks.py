"""What a job asks for."""

from typing import NamedTuple

from .codes import SPREAD_ANY
from .jit import njit


class Ask(NamedTuple):
    """What each task asks: whole devices or a part (1/1000), cpus (1/1000), memory (MiB)."""

    whole: int
    part: int
    cpus: int
    memory: int
    tasks: int
    anywhere: bool


@njit
def ask_at(s, a):
    """Return the ask of row a of asks."""
    row = s.asks[a]
    return Ask(row.whole, row.part, row.cpus, row.memory, row.tasks, row.spread == SPREAD_ANY)


@njit
def ask_of(s, j):
    """Return what job j asks."""
    return ask_at(s, s.jobs[j].ask)


@njit
def types_of(s, j):
    """Return the node types that job j may use, as a code."""
    return s.asks[s.jobs[j].ask].types


@njit
def allows(types, kind):
    """Tell whether the list of node types holds this one."""
    while types > 0:
        if (types & 15) - 1 == kind:
            return True
        types >>= 4
    return False


@njit
def holds_but_parts(node, ask):
    """Return how many of the tasks a row of a node holds, parts of a device aside."""
    k = ask.tasks
    if k == 1:  # nothing to divide
        short = (ask.whole > 0 and node.free < ask.whole) or (ask.cpus > 0 and node.cpus < ask.cpus)
        return 0 if short or (ask.memory > 0 and node.memory < ask.memory) else 1
    if ask.whole > 0:
        k = min(k, node.free // ask.whole)
    if ask.cpus > 0:
        k = min(k, node.cpus // ask.cpus)
    if ask.memory > 0:
        k = min(k, node.memory // ask.memory)
    return max(k, 0)

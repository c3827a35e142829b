"""Which devices a job owns whole that runs or is to start in this pass, and giving back what it holds."""

from .asks import ask_of
from .jit import njit
from .room import DEVICE, take
from .state import NOW, SHADOW


@njit
def promised(s, j, n, d):
    """Tell whether device d of node n is not empty, or promised in part, at some time of job j's walltime from now on.

    The shadow of EASY leaves no device less than now, but for those of which a head is promised a part.
    """
    until = s.clock[0].now + s.jobs[j].walltime
    k = 0
    while k < s.clock[0].book and s.book[k].t < until:
        layer = s.book[k].layer
        if s.devices[layer, d].free != DEVICE and (layer != SHADOW or (s.clock[0].part_head and s.hosts[n].head)):
            return True
        k += 1
    return False


@njit
def owned(s, j, n):
    """Return how many devices of node n job j owns."""
    first, found = s.nodes[NOW, n].slots, 0
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        found += s.devices[NOW, d].owner == j
    return found


@njit
def own(s, j, n, count):
    """Let job j, which starts now, own so many devices of node n: the lowest that are empty and not promised."""
    first = s.nodes[NOW, n].slots
    missing = count - owned(s, j, n)
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if missing > 0 and not promised(s, j, n, d):
            s.devices[NOW, d].owner = j
            missing -= 1


@njit
def can_own(s, j, n, count):
    """Tell whether node n has so many devices that job j owns, or that are empty and not promised."""
    first = s.nodes[NOW, n].slots
    missing = count - owned(s, j, n)
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if missing > 0 and not promised(s, j, n, d):
            missing -= 1
    return missing == 0


@njit
def occupy(s, j, n, layer):
    """Take the devices of node n that job j owns, in a row."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if s.devices[NOW, d].owner == j:
            s.devices[layer, d].free = 0


@njit
def disown(s, j, layer, n):
    """Empty the devices of node n that job j owns, in a row."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if s.devices[NOW, d].owner == j:
            s.devices[layer, d].free = DEVICE


@njit
def forget_owner(s, j, n):
    """Let job j own no device of node n."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if s.devices[NOW, d].owner == j:
            s.devices[NOW, d].owner = -1


@njit
def release_row(s, j, row, layer, ask, devices):
    """Give back, in a row of free amounts, what running job j holds by one start row of the log."""
    take(s, layer, row.node, row["device"], -row.amount, ask)
    if devices:
        disown(s, j, layer, row.node)


@njit
def release(s, j, layer):
    """Give back, in a row, what running job j holds."""
    job = s.jobs[j]
    ask = ask_of(s, j)
    devices = s.clock[0].fractions and ask.whole > 0
    for i in range(job.first, job.first + job.rows):
        release_row(s, j, s.log[i], layer, ask, devices)

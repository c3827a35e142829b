"""Which devices a running job holds whole, and giving back what it holds."""

from .asks import ask_of
from .codes import CONSERVATIVE
from .jit import njit
from .room import DEVICE, take
from .state import NOW


@njit
def promised(s, j, d):
    """Tell whether a reservation has promised (a part of) device d within the walltime of job j, from now."""
    until = s.clock[0].now + s.jobs[j].walltime
    k = 0
    while k < s.clock[0].book and s.book[k].t < until:
        if s.devices[s.book[k].layer, d].free != DEVICE:
            return True
        k += 1
    return False


@njit
def own_devices(s, j, n, count):
    """Give job j the lowest empty devices of node n that are not promised."""
    first = s.nodes[NOW, n].slots
    conservative = s.clock[0].backfill == CONSERVATIVE
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if count == 0:
            return
        if s.devices[NOW, d].free != DEVICE or (conservative and promised(s, j, d)):
            continue
        s.devices[NOW, d].free = 0
        s.devices[NOW, d].owner = j
        count -= 1


@njit
def can_own(s, j, n, count):
    """Tell whether node n has so many empty devices that are not promised."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if count > 0 and s.devices[NOW, d].free == DEVICE and not promised(s, j, d):
            count -= 1
    return count == 0


@njit
def disown(s, j, layer, n):
    """Empty the devices of node n that job j holds, in a row."""
    first = s.nodes[NOW, n].slots
    for d in range(first, first + s.types[0, s.nodes[NOW, n].type].accelerators):
        if s.devices[NOW, d].owner == j:
            s.devices[layer, d].free = DEVICE


@njit
def forget_owner(s, j, n):
    """Let job j hold no device of node n."""
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

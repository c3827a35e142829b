"""Scores of nodes for the next task of a job, the highest first: the rules of the literature.

Dot product: Grandl et al., SIGCOMM 2014. GPU packing: Weng et al., NSDI 2022. GPU clustering: Xiao et al., OSDI 2018.
FGD, against fragmentation: Weng et al., USENIX ATC 2023, in whose simulator all of them have these forms.
"""

from .codes import DOT_PRODUCT, FGD, GPU_CLUSTERING, GPU_PACKING, RANDOM
from .fragments import fgd_score, look, may_break, total_left
from .jit import njit
from .numbering import FACTOR, MASK
from .room import DEVICE, part_device
from .state import NOW


@njit
def mixed(h, value):
    """Return a whole number below 2**31 that depends on all bits of two."""
    h = ((h ^ value ^ (value >> 31)) & MASK) * FACTOR & MASK
    return h ^ (h >> 16)


@njit
def draw(s, n, d):
    """Return the number below 2**31 that is drawn for the task to be placed, node n and its device d (-1: the node)."""
    clock = s.clock[0]
    h = mixed(mixed(0, s.jobs[clock.placing].submit), clock.placing)
    return mixed(mixed(mixed(mixed(h, clock.rest), n), d + 1), 0)


@njit
def share(free, asked, most):
    """Return the product of what is free and what is asked, each as a share of the largest node's."""
    return free / most * (asked / most) if most > 0 else 0.0


@njit
def dot_product(s, layer, n, ask, broken):
    """Return how little what is free and what is asked are alike."""
    node, clock = s.nodes[layer, n], s.clock[0]
    cpus = share(node.cpus, ask.cpus, clock.most_cpus)
    left = share(total_left(s, layer, n, broken), ask.whole * DEVICE + ask.part, clock.most_left)
    return int(100.0 * (1.0 - (cpus + left) / 2.0))


@njit
def gpu_packing(s, layer, n, ask, broken):
    """Return the score of a node whose devices are broken first, then the empty ones of nodes in use."""
    if ask.whole == 0 and ask.part == 0:
        return 0
    devices = s.types[NOW, s.nodes[NOW, n].type].accelerators
    if s.nodes[layer, n].free == devices:
        return max(33 - devices, devices)
    if ask.part > 0:
        least = DEVICE
        for i in range(broken):
            if ask.part <= s.seen[i].left < least:
                least = s.seen[i].left
        if least < DEVICE:
            return max(100 - least // 100, 50)
    return max(50 - max(ask.whole, 1), 33)


@njit
def gpu_clustering(s, layer, n, ask, broken):
    """Return the score of a node that runs what asks alike, the fuller the higher."""
    if ask.whole == 0 and ask.part == 0:
        return 0
    most, left = s.clock[0].most_left, total_left(s, layer, n, broken)
    running = s.classes[n]
    others = 0
    for k in range(len(running)):
        if k != ask.whole:
            others += running[k].tasks
    like = 0
    if running[ask.whole].tasks > 0:
        like = 75 if others == 0 else 50
    elif others == 0:
        like = 25
    return 25 * (most - left) // most + like


@njit
def count_class(s, n, ask, tasks):
    """Count so many tasks more among those that node n runs of their class."""
    if ask.whole > 0 or ask.part > 0:
        s.classes[n, ask.whole].tasks += tasks


@njit
def score_of(s, layer, n, ask, placement):
    """Return the score of node n of a row, which holds the next task; the highest goes first."""
    broken = look(s, layer, n)
    if placement == DOT_PRODUCT:
        return dot_product(s, layer, n, ask, broken)
    if placement == GPU_PACKING:
        return gpu_packing(s, layer, n, ask, broken)
    if placement == GPU_CLUSTERING:
        return gpu_clustering(s, layer, n, ask, broken)
    if placement == FGD:
        return fgd_score(s, layer, n, ask, broken)[0]
    return -draw(s, n, -1)


@njit
def drawn_device(s, layer, n, part):
    """Return the device of node n that a part (1/1000) is drawn for; -1: none holds it."""
    first = s.nodes[NOW, n].slots
    best, least = -1, MASK + 1
    for d in range(s.types[NOW, s.nodes[NOW, n].type].accelerators):
        free = s.devices[layer, first + d].free
        drawn = draw(s, n, d)
        if (part <= free < DEVICE or may_break(s, layer, n, first + d)) and drawn < least:
            best, least = d, drawn
    return best


@njit
def device_of(s, layer, n, ask):
    """Return the device of node n that a part goes to under the rule: the fullest, one drawn, or FGD's best."""
    placement = s.clock[0].placement
    if placement == FGD:
        return fgd_score(s, layer, n, ask, look(s, layer, n))[1]
    if placement == RANDOM:
        return drawn_device(s, layer, n, ask.part)
    return part_device(s, layer, n, ask.part)

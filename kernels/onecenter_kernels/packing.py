"""Filling an empty center with tasks that never leave: one after another, to the node with the highest score of all."""

from .asks import ask_of, holds_but_parts, types_of
from .codes import BEST_FIT, GPU_CLUSTERING, RANDOM
from .fragments import fragments, look, total_left
from .jit import njit
from .place import device_for
from .room import DEVICE, take
from .scores import count_class, score_of
from .state import NOW


@njit
def best_fit(s, n, ask):
    """Return the score of a node by how little a task leaves free there, cpus and devices alike."""
    clock, node = s.clock[0], s.nodes[NOW, n]
    left = total_left(s, NOW, n, look(s, NOW, n)) - ask.whole * DEVICE - ask.part
    cpus = 0.5 * (node.cpus - ask.cpus) / clock.most_cpus if clock.most_cpus > 0 else 0.0
    return int(100.0 * (1.0 - cpus - (0.5 * left / clock.most_left if clock.most_left > 0 else 0.0)))


@njit
def score_again(s, n, ask, a, placement, scores):
    """Return the score of a node, kept by (node, ask) until the node changes; -1: it is to be worked out."""
    if placement == RANDOM:
        return score_of(s, NOW, n, ask, placement)
    if scores[n, a] < 0:
        scores[n, a] = best_fit(s, n, ask) if placement == BEST_FIT else score_of(s, NOW, n, ask, placement)
    return int(scores[n, a])


@njit
def node_for(s, j, ranks, scores):
    """Return the node with the highest score for the task of job j, the lowest rank of equals; -1: none holds it."""
    ask, a, placement, types = ask_of(s, j), s.jobs[j].ask, s.clock[0].placement, types_of(s, j)
    best, most = -1, 0
    while types > 0:
        row = s.types[NOW, (types & 15) - 1]
        for n in range(row.first, row.first + row.count):
            node = s.nodes[NOW, n]
            if holds_but_parts(node, ask) == 0 or (ask.part > 0 and node.free <= 0 and s.hosts[n].part < ask.part):
                continue
            score = score_again(s, n, ask, a, placement, scores)
            if best < 0 or score > most or (score == most and ranks[n] < ranks[best]):
                best, most = n, score
        types >>= 4
    return best


@njit
def put(s, n, ask):
    """Put a task on a node, where whole devices are the lowest that are empty."""
    take(s, NOW, n, device_for(s, NOW, n, ask), 1, ask)
    first, rest = s.nodes[NOW, n].slots, ask.whole
    for d in range(first, first + s.types[NOW, s.nodes[NOW, n].type].accelerators):
        if rest > 0 and s.devices[NOW, d].free == DEVICE:
            s.devices[NOW, d].free = 0
            rest -= 1


@njit
def fragments_now(s, n):
    """Return F of node n, times clock.typical_tasks (1/1000)."""
    node = s.nodes[NOW, n]
    return fragments(s, node.type, node.free, node.cpus, look(s, NOW, n))


@njit
def fragments_of_all(s, held):
    """Note F of every node, times clock.typical_tasks; return the sum."""
    total = 0
    for n in range(len(held)):
        held[n] = fragments_now(s, n)
        total += held[n]
    return total


@njit
def pack(s, ranks, scores, held, allocated, fragmented):
    """Place the jobs, of one task each, in order; those that fit nowhere are dropped.

    After each it writes what is allocated, in all, and F of the center, times clock.typical_tasks. `scores` begins
    with -1; `held` is scratch, a row per node.
    """
    total, taken = fragments_of_all(s, held), 0
    for j in range(s.clock[0].jobs):
        s.clock[0].placing = j
        s.clock[0].rest = 1
        n = node_for(s, j, ranks, scores)
        if n >= 0:
            ask = ask_of(s, j)
            put(s, n, ask)
            if s.clock[0].placement == GPU_CLUSTERING:
                count_class(s, n, ask, 1)
            scores[n] = -1
            taken += ask.whole * DEVICE + ask.part
            total -= held[n]
            held[n] = fragments_now(s, n)
            total += held[n]
        allocated[j] = taken
        fragmented[j] = total

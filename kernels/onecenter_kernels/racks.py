"""Placement fewest-racks: the fewest racks, then the fewest nodes, then the lowest ids.

The nodes of a rack follow each other, so one pass over the nodes from the last to the first tells, for every number
of racks and nodes still to be opened, the most tasks that the nodes behind can hold.
"""

import numpy as np

from .jit import njit
from .picks import note, undo
from .room import node_holds, part_device, take_window
from .state import NOW

LACK = -(1 << 40)


@njit
def fill_node(s, lo, hi, layer, n, ask, most, picks):
    """Put up to `most` tasks on node n and leave them there; return (tasks, picks)."""
    tasks = 0
    while tasks < most and node_holds(s, layer, n, ask) > 0:
        amount, d = 1, -1
        if ask.part > 0:
            d = part_device(s, layer, n, ask.part)
        else:
            amount = min(most - tasks, node_holds(s, layer, n, ask))
        take_window(s, lo, hi, layer, n, d, amount, ask)
        tasks += amount
        picks = note(s, picks, n, d, amount)
    return tasks, picks


@njit
def capacities(s, lo, hi, layer, kind, ask):
    """Return how many of the tasks each node of a type holds."""
    first, count = s.types[0, kind].first, s.types[0, kind].count
    holds = np.zeros(count, np.int64)
    for i in range(count):
        if ask.part > 0:
            tasks, picks = fill_node(s, lo, hi, layer, first + i, ask, ask.tasks, 0)
            undo(s, lo, hi, layer, picks, ask)
            holds[i] = tasks
        else:
            holds[i] = node_holds(s, layer, first + i, ask)
    s.clock[0].visits += count
    return holds


@njit
def rack_totals(holds, racks):
    """Return how many of the tasks each rack holds, in the order of the nodes."""
    totals = np.zeros(len(holds), np.int64)
    rack = 0
    for i in range(len(holds)):
        if i > 0 and racks[i] != racks[i - 1]:
            rack += 1
        totals[rack] += holds[i]
    return totals


@njit
def greatest(totals):
    """Return the index of the greatest entry, the lowest of equals."""
    best = 0
    for i in range(1, len(totals)):
        if totals[i] > totals[best]:
            best = i
    return best


@njit
def fewest(totals, tasks):
    """Return the fewest entries that sum to the tasks, taking the greatest first; 0: all are too few."""
    rest = totals.copy()
    got, needed = 0, 0
    while got < tasks:
        i = greatest(rest)
        if rest[i] == 0:
            return 0
        got += rest[i]
        rest[i] = 0
        needed += 1
    return needed


@njit
def in_greatest_racks(holds, racks, totals, most_racks):
    """Return what each node holds, 0 outside the racks that hold the most."""
    rest = totals.copy()
    kept = np.zeros(len(holds), np.int64)
    for _ in range(most_racks):
        best = greatest(rest)
        rest[best] = 0
        rack = 0
        for i in range(len(holds)):
            if i > 0 and racks[i] != racks[i - 1]:
                rack += 1
            if rack == best:
                kept[i] = holds[i]
    return kept


@njit
def most_tasks(holds, racks, most_racks, most_nodes):
    """Return best[i, opened, r, m]: the most tasks on nodes i.. with r more racks and m more nodes.

    `opened` is 1 where the rack of node i has been counted already.
    """
    count = len(holds)
    best = np.full((count + 1, 2, most_racks + 1, most_nodes + 1), LACK, np.int64)
    best[count, :, 0, 0] = 0
    for i in range(count - 1, -1, -1):
        same = i + 1 < count and racks[i + 1] == racks[i]
        for opened in range(2):
            for r in range(most_racks + 1):
                for m in range(most_nodes + 1):
                    skip = best[i + 1, opened if same else 0, r, m]
                    left = r if opened == 1 else r - 1
                    use = LACK
                    if m > 0 and left >= 0 and holds[i] > 0:
                        use = holds[i] + best[i + 1, 1 if same else 0, left, m - 1]
                    best[i, opened, r, m] = max(skip, use)
    return best


@njit
def lowest_set(holds, racks, best, most_racks, nodes, tasks):
    """Return the lowest ids (a mask) of `nodes` nodes in `most_racks` racks that hold the tasks."""
    count = len(holds)
    chosen = np.zeros(count, np.bool_)
    opened, r, m, got = 0, most_racks, nodes, 0
    for i in range(count):
        if i > 0 and racks[i] != racks[i - 1]:
            opened = 0
        if m == 0 or holds[i] == 0:
            continue
        same = i + 1 < count and racks[i + 1] == racks[i]
        left = r if opened == 1 else r - 1
        if left < 0 or got + holds[i] + best[i + 1, 1 if same else 0, left, m - 1] < tasks:
            continue
        chosen[i] = True
        got += holds[i]
        opened, r, m = 1, left, m - 1
    return chosen


@njit
def rack_nodes(s, kind, holds, tasks):
    """Return the nodes (a mask) on which the rule puts the tasks; none set where they do not fit."""
    first, count = s.types[0, kind].first, s.types[0, kind].count
    racks = np.empty(count, np.int64)
    for i in range(count):
        racks[i] = s.nodes[NOW, first + i].rack
    totals = rack_totals(holds, racks)
    most_racks = fewest(totals, tasks)
    if most_racks == 0:
        return np.zeros(count, np.bool_)
    most_nodes = fewest(in_greatest_racks(holds, racks, totals, most_racks), tasks)
    best = most_tasks(holds, racks, most_racks, most_nodes)
    nodes = 1
    while best[0, 0, most_racks, nodes] < tasks:
        nodes += 1
    return lowest_set(holds, racks, best, most_racks, nodes, tasks)


@njit
def one_node(holds, tasks):
    """Return the nodes (a mask) that hold all tasks alone, the lowest of them only."""
    chosen = np.zeros(len(holds), np.bool_)
    for i in range(len(holds)):
        if holds[i] >= tasks:
            chosen[i] = True
            break
    return chosen


@njit
def place_in_racks(s, lo, hi, layer, kind, ask):
    """Place a job by fewest-racks; return the number of picks, 0: it does not fit."""
    holds = capacities(s, lo, hi, layer, kind, ask)
    chosen = one_node(holds, ask.tasks)
    if not chosen.any() and ask.tasks > 1:
        chosen = rack_nodes(s, kind, holds, ask.tasks)
    picks, rest = 0, ask.tasks
    for i in range(len(holds)):
        if chosen[i] and rest > 0:
            tasks, picks = fill_node(s, lo, hi, layer, s.types[0, kind].first + i, ask, rest, picks)
            rest -= tasks
    undo(s, lo, hi, layer, picks, ask)
    return picks if rest == 0 else 0

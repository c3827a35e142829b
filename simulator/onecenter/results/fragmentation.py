"""How much of what is idle the tasks of a run cannot use: F of Weng et al., USENIX ATC 2023, over time."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from onecenter.fleet import NodeType, node_types
from onecenter.results.log import REFUSED, Array
from onecenter.results.seen import submitted_in
from onecenter.results.segments import Fates, Segments, segments
from onecenter.results.window import Window
from onecenter.units import THOUSAND
from onecenter.workload.table import Workload, distinct, type_order

#: Typical are the most frequent kinds of tasks that together are so many percent of all.
TYPICAL: Final = 95

#: About so many changes are worked on at once: a row per device of each fits into a cache.
AT_ONCE: Final = 20_000


class Kinds(NamedTuple):
    """Typical kinds of tasks that ask the same accelerators and node types, by the cpus that they ask."""

    accelerators: int  # 1/1000
    types: tuple[int, ...]
    cpus: Array  # 1/1000, rising
    tasks: Array  # of the first n of them, n from 0


class Changes(NamedTuple):
    """What is taken from nodes and given back, by node, then in time; amounts in 1/1000."""

    node: Array
    t: Array  # ms, in the window
    device: Array  # -1: whole accelerators, or none
    taken: Array
    cpus: Array


class Left(NamedTuple):
    """What is left of nodes after each change, and how long it stays so (ms)."""

    kind: Array  # node type
    ms: Array
    free: Array  # empty devices
    cpus: Array  # 1/1000
    broken: Array  # by device what is left of those that are broken, 1/1000; 0 of others

    @property
    def idle(self) -> Array:
        """What is left of all devices (1/1000)."""
        return np.asarray(self.free * THOUSAND + self.broken.sum(axis=1))


def fragmentation(
    jobs: Workload, counted: Array, held: Segments, fleet: Sequence[NodeType], window: Window
) -> dict[str, Any]:
    """Return F of a center over a window as plain data, in accelerators: `mean` over time, and at the `end`.

    `share` is the part of idle accelerator time that is a fragment; None where nothing is idle. Kinds of tasks are
    those of the jobs that are `counted`; typical are the most frequent of them that are 95 % of all tasks.

    Notes
    -----
    F is the sum over nodes and typical kinds of p * fragment, with p the part of the typical tasks that are of a kind.
    A node's fragment is all that is left there where the kind asks no accelerator, may not go there or does not fit
    (memory aside), else what is left on devices that are too small for it.
    """
    typical = typical_kinds(jobs, counted)
    weight = float(sum(kinds.tasks[-1] for kinds in typical))
    if weight == 0 or window.length == 0:
        return dict.fromkeys(("mean", "end", "share"))
    lost, idle, at_end = 0.0, 0.0, 0.0
    for changes in _parts(_changes(jobs, held, fleet, window)):
        left = _left(changes, fleet, window)
        fragments = _fragments(left, typical)
        lost, idle = lost + float((fragments * left.ms).sum()), idle + float((left.idle * left.ms).sum())
        at_end += float(fragments[np.diff(changes.node, append=-1) != 0].sum())
    of_all = weight * THOUSAND
    share = lost / (weight * idle) if idle else None
    return {"mean": lost / (of_all * window.length), "end": at_end / of_all, "share": share}


def fragmentation_of_run(
    jobs: Workload, log: Array, fate: Fates, fleet: Sequence[NodeType], window: Window
) -> dict[str, Any]:
    """Return `fragmentation` of a run, about the tasks of the window's jobs that were not refused."""
    counted = submitted_in(jobs, fate, window) & (fate.outcome != REFUSED)
    return fragmentation(jobs, counted, segments(log, fate.attempts), fleet, window)


def typical_kinds(jobs: Workload, counted: Array) -> list[Kinds]:
    """Return the most frequent kinds of tasks; of equally frequent ones that which was submitted first goes first."""
    asked = (jobs.types[counted], jobs.accelerators[counted], jobs.cpus[counted])
    first, kind = distinct(*asked)
    tasks = np.bincount(kind, jobs.tasks[counted], len(first))
    order = np.lexsort((first, -tasks))
    before = np.cumsum(tasks[order]) - tasks[order]
    order = order[100 * before < TYPICAL * tasks.sum()]
    rows = first[order]
    types, accelerators, cpus = (column[rows] for column in asked)
    _, alike = distinct(types, accelerators)
    return [
        _alike(int(accelerators[mine[0]]), int(types[mine[0]]), cpus[mine], tasks[order][mine])
        for mine in (np.flatnonzero(alike == each) for each in range(alike.max(initial=-1) + 1))
    ]


def _alike(accelerators: int, types: int, cpus: Array, tasks: Array) -> Kinds:
    order = np.argsort(cpus)
    return Kinds(accelerators, tuple(type_order(types)), cpus[order], np.append(0.0, np.cumsum(tasks[order])))


def _changes(jobs: Workload, held: Segments, fleet: Sequence[NodeType], window: Window) -> Changes:
    """Return all changes in the window; each node has one at its beginning that takes nothing."""
    held = Segments(*(column[held.start < window.horizon] for column in held))
    begin, end = window.bounded(held.start, held.end)
    over = end < window.horizon  # what ends at the horizon is held up to there
    nodes = np.arange(sum(kind.count for kind in fleet))
    amount = held.amount.astype(np.int64)
    taken, cpus = (column[held.job] * amount for column in (jobs.accelerators, jobs.cpus))
    nothing = np.zeros(len(nodes), np.int64)
    columns = (
        (nodes, held.node, held.node[over]),
        (nothing + window.warmup, begin, end[over]),
        (nothing - 1, held.device, held.device[over]),
        (nothing, taken, -taken[over]),
        (nothing, cpus, -cpus[over]),
    )
    node, t, *more = (np.concatenate(parts) for parts in columns)
    order = np.lexsort((t, node))
    return Changes(*(column[order] for column in (node, t, *more)))


def _parts(changes: Changes) -> Iterator[Changes]:
    """Cut changes into parts, each of whole nodes."""
    first = np.flatnonzero(np.diff(changes.node, prepend=-1))
    cuts = first[np.flatnonzero(np.diff(first // AT_ONCE, prepend=-1))].tolist()
    for begin, end in zip(cuts, [*cuts[1:], len(changes.node)], strict=True):
        yield Changes(*(column[begin:end] for column in changes))


def _left(changes: Changes, fleet: Sequence[NodeType], window: Window) -> Left:
    """Return what is left after each of some changes."""
    node, t, device, taken, cpus = changes
    first = np.flatnonzero(np.diff(node, prepend=-1))
    counts = np.diff(first, append=len(node))

    def so_far(amounts: Array) -> Array:
        total = np.cumsum(amounts, axis=0)
        return np.asarray(total - np.repeat(total[first], counts, axis=0))

    kind = node_types(node, fleet)
    devices, all_cpus = (np.array([getattr(each, name) for each in fleet]) for name in ("accelerators", "cpus"))
    parts = np.flatnonzero(device >= 0)
    broken = np.zeros((len(node), int(devices.max()) if len(parts) else 0), np.int64)
    broken[parts, device[parts]] = taken[parts]
    broken = so_far(broken)
    free = devices[kind] - so_far(np.where(device < 0, taken, 0)) // THOUSAND - (broken > 0).sum(axis=1)
    ends = np.where(np.diff(node, append=-1) == 0, np.append(t[1:], 0), window.horizon)
    left = np.where(broken > 0, THOUSAND - broken, 0)
    return Left(kind, ends - t, free, all_cpus[kind] - so_far(cpus), left)


def _fragments(left: Left, typical: Sequence[Kinds]) -> Array:
    """Return F after each change (1/1000), times the number of typical tasks."""
    found = sum(kinds.tasks[-1] for kinds in typical) * left.idle
    for kinds in typical:
        if kinds.accelerators == 0:
            continue
        if kinds.accelerators < THOUSAND:
            usable = left.free * THOUSAND + np.where(left.broken >= kinds.accelerators, left.broken, 0).sum(axis=1)
        else:
            usable = np.where(left.free * THOUSAND >= kinds.accelerators, left.free * THOUSAND, 0)
        fitting = kinds.tasks[np.searchsorted(kinds.cpus, left.cpus, "right")]
        found = found - usable * np.where(np.isin(left.kind, kinds.types), fitting, 0)
    return np.asarray(found, np.float64)

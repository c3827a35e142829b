"""The first decision in which two results of the same jobs differ."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from onecenter_kernels import schema

from onecenter.errors import ResultError
from onecenter.fleet import NodeType, node_types
from onecenter.results.log import REQUEUED, RUNNING, WAITING, Array, places
from onecenter.results.segments import Segments, fates, segments
from onecenter.simulation.explanation import Interval, intervals
from onecenter.simulation.opening import ResultLike, opened
from onecenter.simulation.result import Result
from onecenter.system.forked import refuse_after_fork
from onecenter.units import THOUSAND
from onecenter.workload.table import Workload


@dataclass(frozen=True)
class Start:
    """A job that starts.

    Attributes
    ----------
    job : int
    nodes : tuple of (int, int or None, int)
        Node, device (of a fraction), and tasks there (spread any: accelerators).
    """

    job: int
    nodes: tuple[tuple[int, int | None, int], ...]


@dataclass(frozen=True)
class Side:
    """What one of two results did where they differ.

    Attributes
    ----------
    policy : str
        For people.
    kind : str or None
        The kind of its row of the decision log; None: at that instant it decided nothing more.
    starts : tuple of Start
        What it started from that decision on, at the same instant.
    kept : int or None
        The first job that only the other one started at that instant.
    intervals : tuple of Interval
        How that job goes on waiting, with reasons.
    """

    policy: str
    kind: str | None
    starts: tuple[Start, ...]
    kept: int | None = None
    intervals: tuple[Interval, ...] = ()


@dataclass(frozen=True)
class Difference:
    """The first decision in which two results differ; before it all is the same.

    Attributes
    ----------
    t_ms : int
        When, since the start.
    row : int
        In both decision logs.
    free : dict of str to float
        By node type, the accelerators that nobody holds just before it.
    waiting, running : tuple of int
        Jobs just before it: those in the queue, and those on nodes.
    a, b : Side
        What each of them did.
    """

    t_ms: int
    row: int
    free: dict[str, float]
    waiting: tuple[int, ...]
    running: tuple[int, ...]
    a: Side
    b: Side

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, as `onecenter diff --json` prints it."""
        return asdict(self)


def diff(a: ResultLike, b: ResultLike) -> Difference | None:
    """Find the first decision in which two results differ.

    Parameters
    ----------
    a, b : Result or path
        Of the same jobs on the same center: results, files, or folders of `onecenter run --out`.

    Returns
    -------
    Difference or None
        None: they decide the same for as long as both were seen.

    Raises
    ------
    ResultError
        If their jobs or centers are not the same, or a file cannot be read.
    """
    refuse_after_fork()
    first, second = opened(a), opened(b)
    _check_comparable(first, second)
    row = _first_row(first.decisions, second.decisions)
    coming = [int(of.decisions["t"][row]) for of in (first, second) if row < len(of.decisions)]
    if not coming or min(coming) >= min(first.until, second.until):
        return None
    t = min(coming)
    starts = [_starts(of.decisions, row, t) for of in (first, second)]
    sides = (_side(first, row, t, *starts), _side(second, row, t, *starts[::-1]))
    return Difference(t, row, *_state(first, row), *sides)


def _check_comparable(a: Result, b: Result) -> None:
    """Refuse results of which no decision can be compared with one of the other."""
    if a.fleet != b.fleet:
        raise ResultError("diff", ["the two results are of different centers: the same nodes are expected"])
    shorter, longer = sorted((a, b), key=lambda of: len(of.workload))
    known = len(shorter.workload)
    # A run that went on for longer has drawn more jobs.
    later = longer.workload.submit[known:]
    if not shorter.workload.begins(longer.workload) or (later < shorter.until).any():
        raise ResultError("diff", ["the two results are of different jobs: the same workload is expected"])


def _first_row(a: Array, b: Array) -> int:
    """Return the first row that differs, or the length of the shorter log; all rows of a start go together."""
    both = min(len(a), len(b))
    different = np.flatnonzero(a[:both] != b[:both])
    row = int(different[0]) if len(different) else both
    going_on = {int(log["job"][row]) for log in (a, b) if row < len(log) and places(log[row : row + 1])[0]}
    while row and places(a[row - 1 : row])[0] and int(a["job"][row - 1]) in going_on:
        row -= 1
    return row


def _starts(log: Array, row: int, t: int) -> tuple[Start, ...]:
    """Return the jobs that start at instant t (ms), from a row of the log on."""
    rows = log[row : np.searchsorted(log["t"], t, "right")]
    found: dict[int, list[tuple[int, int | None, int]]] = {}
    for job, node, device, amount in rows[places(rows)][["job", "node", "device", "amount"]].tolist():
        found.setdefault(job, []).append((node, device if device >= 0 else None, amount))
    return tuple(Start(job, tuple(nodes)) for job, nodes in found.items())


def _side(of: Result, row: int, t: int, own: tuple[Start, ...], others: tuple[Start, ...]) -> Side:
    """Return what one of two results did at instant t (ms), given what both started."""
    acts = row < len(of.decisions) and int(of.decisions["t"][row]) == t
    mine = {one.job for one in own}
    kept = next((one.job for one in others if one.job not in mine), None)
    return Side(
        policy=of.policy.text,
        kind=schema.EVENTS[of.decisions["kind"][row]] if acts else None,
        starts=own,
        kept=kept,
        intervals=() if kept is None else intervals(of, kept, t),
    )


def _state(of: Result, row: int) -> tuple[dict[str, float], tuple[int, ...], tuple[int, ...]]:
    """Return what is free, who waits and who runs before a row of the log."""
    log = of.decisions[:row]
    fate = fates(log, len(of.workload))
    waiting, running = np.isin(fate.outcome, (WAITING, REQUEUED)) & (fate.eligible >= 0), fate.outcome == RUNNING
    free = _free(of.fleet, of.workload, segments(log, fate.attempts))
    return free, tuple(np.flatnonzero(waiting).tolist()), tuple(np.flatnonzero(running).tolist())


def _free(fleet: tuple[NodeType, ...], jobs: Workload, held: Segments) -> dict[str, float]:
    """Return by node type the accelerators that nobody holds, given who was where."""
    on = held.end < 0
    amount = held.amount[on] * jobs.accelerators[held.job[on]].astype(np.int64)
    used = np.bincount(node_types(held.node[on], fleet), amount, len(fleet))
    return {
        kind.name: kind.count * kind.accelerators - each / THOUSAND
        for kind, each in zip(fleet, used.tolist(), strict=True)
    }

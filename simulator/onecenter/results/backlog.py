"""Whether work piles up: the accelerator-hours that wait, and by how much they grow."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from onecenter.fleet import NodeType
from onecenter.results.log import Array
from onecenter.results.segments import Fates
from onecenter.results.waits import waits
from onecenter.results.window import Window
from onecenter.units import HOUR, THOUSAND
from onecenter.workload.table import Workload, type_order

#: Instants of a window, or of each turn of its rhythm, at which the backlog is looked at.
LOOKS: Final = 240

#: The queue of one run grows if more than this share of what the center could do in the window came on top.
GROWTH: Final = 0.05


def backlog_slope(jobs: Workload, fate: Fates, window: Window, rhythm: int | None) -> float:
    """Return by how many accelerator-hours the waiting ones grow an hour, by least squares over the window.

    With a rhythm only instants of the same phase are compared: the means of its turns, or with one turn only the
    window's two ends.
    """
    turns = 1 if rhythm is None else window.length // rhythm
    if rhythm is not None and turns == 1:
        t = np.array([window.warmup, window.horizon - 1])
        height = waiting_hours(jobs, fate, t)
    else:
        t = np.linspace(window.warmup, window.horizon, LOOKS * turns, endpoint=False).astype(np.int64)
        height = waiting_hours(jobs, fate, t)
        if rhythm is not None:
            t, height = t.reshape(turns, LOOKS).mean(axis=1), height.reshape(turns, LOOKS).mean(axis=1)
    hours = (t - t.mean()) / HOUR
    return float(hours @ height / (hours @ hours))


def waiting_hours(jobs: Workload, fate: Fates, t: Array) -> Array:
    """Return the accelerator-hours of the jobs that wait at each instant (ms)."""
    waited = waits(fate)
    work = (jobs.gang * np.minimum(jobs.run, jobs.walltime) / (THOUSAND * HOUR))[waited.job]
    gone = waited.end >= 0
    order = np.argsort(waited.end[gone], kind="stable")
    came = np.concatenate([[0.0], np.cumsum(work)])[np.searchsorted(waited.begin, t, side="right")]
    went = np.concatenate([[0.0], np.cumsum(work[gone][order])])
    return np.asarray(came - went[np.searchsorted(waited.end[gone][order], t, side="right")])


class Waiting(NamedTuple):
    """How long (h) a job waited, and how many accelerator-hours were used in that time."""

    hours: float
    used: float


def while_waiting(jobs: Workload, fate: Fates, window: Window) -> Waiting:
    """Return what was used of the center while a job waited, in a window: as much as it can serve."""
    found = waits(fate)
    waited = found.end != found.begin
    begins, ends = window.bounded(found.begin[waited], found.end[waited])
    # In their order, a wait that begins after all before it are over begins a new span.
    over = np.maximum.accumulate(ends)
    first = np.flatnonzero(begins > np.concatenate([[-1], over[:-1]]))
    spans = begins[first], np.maximum.reduceat(over, first) if len(first) else over
    bounds, gang = window.bounded(fate.attempts.start, fate.attempts.end), jobs.gang[fate.attempts.job]
    used = [_used_until(*bounds, gang, t) for t in spans]
    return Waiting(float((spans[1] - spans[0]).sum()) / HOUR, float((used[1] - used[0]).sum()) / (THOUSAND * HOUR))


def _used_until(start: Array, end: Array, gang: Array, t: Array) -> Array:
    """Return the use (thousandths of an accelerator x ms) of runs before each instant."""
    total = np.zeros(len(t))
    for instant, sign in ((start, 1), (end, -1)):
        order = np.argsort(instant, kind="stable")
        count = np.searchsorted(instant[order], t)
        amount = np.concatenate([[0.0], np.cumsum(gang[order], dtype=np.float64)])
        moment = np.concatenate([[0.0], np.cumsum(gang[order] * instant[order], dtype=np.float64)])
        total += sign * (amount[count] * t - moment[count])
    return total


def queue_grows(jobs: Workload, fate: Fates, fleet: Sequence[NodeType], window: Window) -> bool:
    """Tell whether much more work waits at a window's end than at its beginning, for any node types.

    Much: more than 5 % of what the nodes that it may use could do in the window. A fact about one run, which says
    nothing about the next one.
    """
    before, after = (_waiting_on(jobs, fate, t) for t in (window.warmup, window.horizon))
    room = [kind.count * kind.accelerators * THOUSAND * window.length for kind in fleet]
    return any(
        work - before.get(types, 0) > GROWTH * sum(room[kind] for kind in type_order(types))
        for types, work in after.items()
    )


def _waiting_on(jobs: Workload, fate: Fates, t: int) -> dict[int, float]:
    """Return the work (thousandths of an accelerator x ms) that waits at t, by the node types that it may use."""
    found = waits(fate)
    waiting = jobs.take(found.job[(found.begin < t) & ((found.end < 0) | (found.end >= t))])
    types, which = np.unique(waiting.types, return_inverse=True)
    work = waiting.gang * np.minimum(waiting.run, waiting.walltime).astype(np.float64)
    return dict(zip(types.tolist(), np.bincount(which, work, len(types)).tolist(), strict=True))

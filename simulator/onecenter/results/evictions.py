"""Evictions of a run: how many, and how much of them a platform held beyond its own quota."""

from collections.abc import Sequence

import numpy as np
from onecenter_kernels.schema import AMOUNTS

from onecenter.fleet import NodeType, node_types
from onecenter.results.capacity import places_of
from onecenter.results.log import Array
from onecenter.results.segments import Fates, Rows
from onecenter.results.window import Window
from onecenter.results.work import Work
from onecenter.workload.sharing import Sharing
from onecenter.workload.table import Workload


def evicted_in(work: Work, window: Window) -> Array:
    """Return which attempts were evicted in a window, as a bool array."""
    return np.asarray((work.evicted >= window.warmup) & (work.evicted < window.horizon))


def reclaimed(
    jobs: Workload, fate: Fates, rows: Rows, work: Work, fleet: Sequence[NodeType], sharing: Sharing
) -> tuple[Array, Array]:
    """Return by attempt what was taken back of it: thousandths of an accelerator, and for how long (ms).

    That is what its platform held beyond its nominal quota when it was evicted, of what is not leaving already, but
    not more than its gang; for as long as it would still have run.
    """
    stays = fate.attempts
    gang = jobs.gang[stays.job]
    over = np.zeros(len(gang), np.int64)
    place = places_of(jobs, stays.job) * len(fleet) + node_types(stays.node, fleet)
    evicted = np.flatnonzero(work.evicted >= 0)
    nominal = _nominal_at(sharing, place[evicted] // len(fleet), place[evicted] % len(fleet), work.evicted[evicted])
    over[evicted] = _held_before(place, gang, rows)[evicted] - nominal
    amount = np.clip(over, 0, gang)
    planned = stays.start + np.minimum(work.lasts, jobs.walltime[stays.job])
    return amount, np.where(work.evicted >= 0, planned - work.evicted, 0)


def _held_before(place: Array, gang: Array, rows: Rows) -> Array:
    """Return what was held at the same place when each attempt stopped working, just before, by whom does not leave."""
    stopped = np.flatnonzero(rows.stop >= 0)
    attempt = np.concatenate([np.arange(len(gang)), stopped])
    row = np.concatenate([rows.begin, rows.stop[stopped]])
    change = np.concatenate([gang, -gang[stopped]])
    order = np.lexsort((row, place[attempt]))
    total = np.cumsum(change[order])
    first = np.flatnonzero(np.diff(place[attempt][order], prepend=-1))
    before = np.repeat(total[first] - change[order][first], np.diff(first, append=len(order)))
    found = np.zeros(len(gang), np.int64)
    ends = order >= len(gang)
    found[attempt[order[ends]]] = (total - before - change[order])[ends]
    return found


def _nominal_at(sharing: Sharing, platform: Array, kind: Array, t: Array) -> Array:
    """Return the nominal quota of platforms for node types at instants; 0 of a platform that is none."""
    found = np.zeros(len(platform), np.int64)
    for n, member in enumerate(sharing.members):
        mine = np.flatnonzero((platform == member.platform) & (member.platform >= 0))
        if not len(mine) or not member.nominal:
            continue
        found[mine] = np.array(member.nominal, np.int64)[kind[mine]]
        for change in sharing.changes:
            if change.member == n and change.what == AMOUNTS[0]:
                later = mine[(kind[mine] == change.type) & (t[mine] >= change.t)]
                found[later] = change.value
    return found

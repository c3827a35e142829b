"""The fates of capacity: what became of each accelerator's time in a window, in whole numbers that add up."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from onecenter.fleet import NodeType, node_types
from onecenter.results.log import FATES, REQUEUED, RUNNING, Array
from onecenter.results.segments import Fates
from onecenter.results.window import Window
from onecenter.results.work import HELD_FATES, Work, held_fates
from onecenter.units import THOUSAND
from onecenter.workload.table import Workload

#: All fates of capacity.
CAPACITY_FATES: Final = ("idle", *HELD_FATES)


class Capacity(NamedTuple):
    """Accelerator time of a window in thousandths of an accelerator x ms (int64)."""

    whole: Array  # by node type
    held: Array  # by (fate of HELD_FATES, platform, node type); jobs of no platform are in the last row
    useful: Array  # by fate of the job: what is useful in all

    @property
    def by_type(self) -> Array:
        """By (fate of CAPACITY_FATES, node type); they add up to the whole."""
        held = self.held.sum(axis=1)
        return np.vstack([self.whole - held.sum(axis=0), held])


def capacity_of(jobs: Workload, fate: Fates, work: Work, fleet: Sequence[NodeType], window: Window) -> Capacity:
    """Return what became of a center's accelerator time in a window."""
    stays = fate.attempts
    amounts = held_fates(work, stays, window) * jobs.gang[stays.job]
    platform = places_of(jobs, stays.job)
    kind = node_types(stays.node, fleet)
    shape = (len(jobs.platforms) + 1, len(fleet))
    held = np.zeros((len(HELD_FATES), *shape), np.int64)
    for row, amount in zip(held, amounts, strict=True):
        np.add.at(row, (platform, kind), amount)
    useful = np.zeros(len(FATES), np.int64)
    outcome = fate.outcome[stays.job]
    np.add.at(useful, np.where(outcome == REQUEUED, RUNNING, outcome), amounts[0])
    whole = [kind.count * kind.accelerators * THOUSAND * window.length for kind in fleet]
    return Capacity(np.array(whole, np.int64), held, useful)


def places_of(jobs: Workload, job: Array) -> Array:
    """Return the platform of each of some jobs; one more than there are for a job of none."""
    platform, count = jobs.platform[job].astype(np.int64), len(jobs.platforms)
    return np.where((platform >= 0) & (platform < count), platform, count)

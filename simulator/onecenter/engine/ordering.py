"""In which order a pass has looked at the jobs that waited: by the keys of the core itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from onecenter_kernels.keys import keys_at

from onecenter.engine.core import Core
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import Workload

Array = npt.NDArray[Any]


def in_order(
    workload: Workload, fleet: Sequence[NodeType], policy: Policy, queues: Sequence[tuple[int, Array]]
) -> list[Array]:
    """Return waiting jobs in the order of the queue; given are instants (ms), each with the ids of those that wait."""
    known = np.unique(np.concatenate([np.zeros(0, np.int64), *(jobs for _, jobs in queues)]))
    few = workload.take(known)
    # These parts say nothing about the queue, and may be code, which a saved result does not hold.
    alone = replace(policy, placement="best-fit", backfill_order=None, victims="lowest-tier")
    core, keys = Core(fleet, alone, few), np.empty(len(known), np.int64)
    found = []
    for t, jobs in queues:
        keys_at(core.handle, t, keys)
        place = np.searchsorted(known, jobs)
        found.append(jobs[np.lexsort((jobs, few.submit[place], keys[place]))])
    return found

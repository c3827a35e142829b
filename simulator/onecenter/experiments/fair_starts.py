"""Fair start times: when jobs would have started had nobody submitted after them (Sabin et al., ICPP 2004)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from onecenter.engine.center import Center
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.log import Array
from onecenter.results.segments import fates
from onecenter.workload.table import Workload

#: Which jobs are sampled: the same ones under each policy.
SEED = 0


def fair_starts(
    fleet: Sequence[NodeType], policy: Policy, jobs: Workload, start: Array, inside: Array, sample: int
) -> dict[str, Any]:
    """Return which share of sampled jobs started later than they would have without later submits, and by how much.

    `start` holds each job's start (ms; -1: none) in the run, `inside` which jobs may be sampled (bool). A simulation
    per job: it runs the jobs up to this one, under the same policy. `later` counts them, `later_share` is
    of the sampled jobs, `later_mean_s` the mean excess of those that started later.
    """
    mixed = np.random.default_rng(SEED).permutation(np.flatnonzero(inside))
    chosen = mixed[start[mixed] >= 0][:sample]
    excess = np.array([start[job] - fair_start(fleet, policy, jobs, int(job)) for job in chosen], np.float64)
    later = excess[excess > 0]
    return {
        "sampled": len(chosen),
        "later": len(later),
        "later_share": len(later) / len(chosen) if len(chosen) else None,
        "later_mean_s": float(later.mean()) / 1_000 if len(later) else None,
    }


def fair_start(fleet: Sequence[NodeType], policy: Policy, jobs: Workload, job: int) -> int:
    """Return when (ms) a job starts where it is the last that is submitted."""
    center = Center(fleet, policy, jobs.take(np.arange(job + 1)))
    center.run()
    return int(fates(center.log, job + 1).start[job])

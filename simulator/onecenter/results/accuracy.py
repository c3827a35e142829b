"""How well run times were estimated: what was taken for them, worked out from what became of the jobs."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from onecenter.results.log import ENDED, Array
from onecenter.results.segments import Fates
from onecenter.workload.table import Workload


def estimates_of(workload: Workload, fate: Fates, estimate: str) -> Array:
    """Return what was taken for each job's run time when it was submitted (ms); `estimate` is one of ESTIMATES."""
    if estimate == "walltime":
        return workload.walltime
    if estimate == "run time":
        return np.minimum(workload.run, workload.walltime)
    found, recent = workload.walltime.copy(), dict[tuple[int, int], tuple[int, ...]]()
    users = list(zip(workload.platform.tolist(), workload.tenant.tolist(), strict=True))
    lengths = (fate.end - fate.start).tolist()
    for submits, job in _in_turn(workload, fate):
        last = recent.get(users[job], ())
        if not submits:
            recent[users[job]] = (*last[-1:], lengths[job])
        elif last:
            found[job] = min(max(sum(last) // len(last), 1), found[job])
    return found


def _in_turn(workload: Workload, fate: Fates) -> Iterator[tuple[int, int]]:
    """Yield submits (1) and ends (0), each with its job, in the order in which they happened."""
    ended = np.flatnonzero(np.isin(fate.outcome, ENDED))
    jobs = np.concatenate([ended, np.arange(len(workload))])
    submits = np.repeat([0, 1], [len(ended), len(workload)])
    order = np.lexsort((jobs, submits, np.concatenate([fate.end[ended], workload.submit])))
    return zip(submits[order].tolist(), jobs[order].tolist(), strict=True)


def accuracy(estimates: Array, fate: Fates, rows: Array) -> Mapping[str, Any]:
    """Return how well the run times of those jobs were estimated, of `rows`, that have run and ended.

    `mean`: of the smaller over the larger of estimate and run time, 1 where they are equal; `outlived`: the share of
    jobs that ran longer than estimated. Both are None without jobs.
    """
    mine = rows & np.isin(fate.outcome, ENDED)
    run, taken = (fate.end - fate.start)[mine], estimates[mine]
    if not len(run):
        return {"jobs": 0, "mean": None, "outlived": None}
    shares = np.minimum(run, taken) / np.maximum(np.maximum(run, taken), 1)
    return {"jobs": len(run), "mean": float(shares.mean()), "outlived": float((run > taken).mean())}

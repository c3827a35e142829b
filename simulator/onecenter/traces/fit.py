"""A trace on a fleet: the workload of a replay."""

from collections.abc import Sequence

import numpy as np
from onecenter_kernels.schema import SPREAD_ANY, SPREAD_TASKS

from onecenter.errors import TraceError
from onecenter.fleet import NodeType
from onecenter.workload.table import Workload, type_code, workload
from onecenter.workload.ties import Ties, ties

from .trace import Array, Finding, Jobs, Quality, Trace, numbered


def to_workload(trace: Trace, fleet: Sequence[NodeType]) -> tuple[Workload, Quality]:
    """Return the trace's jobs for a fleet, and the trace's quality with what the fleet adds to it.

    Every job may use every type, in this order. A job of no more processors than the largest node has accelerators is
    one task; a larger one takes its accelerators anywhere on the nodes of one type. A job larger than every node type
    as a whole is refused by the center when it is submitted.
    """
    jobs = trace.jobs
    node = max((each.accelerators for each in fleet if each.count), default=0)
    machine = max((each.accelerators * each.count for each in fleet), default=0)
    fits = jobs.processors <= machine
    if not fits.any():
        least = int(jobs.processors.min())
        needs = f"the smallest asks for {least:,} processors, no node type has more than {machine:,} in all"
        raise TraceError(trace.source, [f"no job fits: {needs}"])
    whole = jobs.processors <= node
    spread = {Finding.SPREAD: int((fits & ~whole).sum())}
    quality = trace.quality.on_center({Finding.TOO_LARGE: int((~fits).sum())}, spread)
    return _workload(trace, whole, type_code(range(len(fleet)))), quality


def _workload(trace: Trace, whole: Array, types: int) -> Workload:
    jobs = trace.jobs
    processors = jobs.processors
    return workload(
        platforms=trace.partitions,
        streams=[f"{name}.log" for name in trace.partitions],
        names=jobs.names,
        submit=jobs.submit,
        run=jobs.run,
        walltime=jobs.walltime,
        accelerators=np.where(whole, processors, 1) * 1000,
        tasks=np.where(whole, 1, processors),
        spread=np.where(whole, SPREAD_TASKS, SPREAD_ANY),
        types=types,
        outcome=jobs.outcome,
        platform=jobs.partition,
        stream=jobs.partition,
        tenant=_tenants(jobs),
        more=jobs.more,
        ties=_ties(jobs),
    )


def _ties(jobs: Jobs) -> Ties | None:
    """Return which jobs come after which, if that was asked for and there are any."""
    if jobs.preceding is None or jobs.think is None or not (jobs.preceding >= 0).any():
        return None
    job = np.flatnonzero(jobs.preceding >= 0)
    nothing = np.full(len(jobs), -1)
    return ties(jobs.think, nothing, [], job=job, other=jobs.preceding[job], ok=np.zeros(len(job)))


def _tenants(jobs: Jobs) -> Array:
    """Return each job's user, renumbered from 0 within its partition."""
    users, user = numbered(jobs.user)
    pairs, pair = numbered(jobs.partition.astype(np.int64) * len(users) + user)
    partition = pairs // len(users)
    first: Array = np.searchsorted(partition, partition)
    return (np.arange(len(pairs)) - first)[pair]

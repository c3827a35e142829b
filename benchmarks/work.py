"""Exact work counts of small fixed runs: what times cannot show on a busy machine."""

import hashlib
from dataclasses import replace
from typing import Final

import numpy as np
from onecenter_kernels.codes import BACKFILLS, ORDERS, PLACEMENTS

from benchmarks.expectations import FOLDER
from benchmarks.workloads import AT_ONE_INSTANT, fleet, integer_jobs, jobs_at_one_instant
from onecenter.engine.center import Center
from onecenter.policies import Policy
from onecenter.workload.table import COLUMNS, Workload

FILE: Final = FOLDER / "work.json"

JOBS: Final = 20_000
NODES: Final = 64

#: Load in percent: high enough for a queue, and no higher than what each backfill does within a second or so.
LOADS: Final = {"none": 90, "easy": 90, "easy-sjbf": 90, "conservative": 80}

#: Few jobs, for a test: so many, on so many nodes.
SMALL: Final = 24
SMALL_NODES: Final = 3

#: Jobs that come together, and the nodes for which they do.
AT_ONCE: Final = 400
NODES_AT_ONCE: Final = 20

#: Priority units an hour of waiting adds, in millionths: enough to change the order of the queue.
AGE_RATE: Final = 1_000_000

CONSERVATIVE: Final = Policy("fifo", "conservative")

Counts = dict[str, dict[str, int | str]]


def counts(jobs: int = JOBS) -> Counts:
    """Return steps, node visits and log rows of every order with every backfill, and the digests of their workloads."""
    works = {load: integer_jobs(jobs, NODES, load) for load in sorted(set(LOADS.values()))}
    found: Counts = {
        f"workload at load {load} %": {"jobs": len(work), "digest": digest(work)} for load, work in works.items()
    }
    for order in ORDERS:
        for backfill in BACKFILLS:
            policy = Policy(order, backfill, age_rate=AGE_RATE)
            found[f"{order} + {backfill}"] = work_of(NODES, policy, works[LOADS[backfill]])
    for what in AT_ONE_INSTANT:
        work = jobs_at_one_instant(AT_ONCE, NODES_AT_ONCE, what)
        found[f"{AT_ONCE} jobs at one instant, {what}, conservative"] = work_of(NODES_AT_ONCE, CONSERVATIVE, work)
    return found | small_counts()


def small_counts() -> Counts:
    """Return what `counts` does of few jobs of each kind with every backfill and placement, some at one instant."""
    found: Counts = {}
    for what in AT_ONE_INSTANT:
        together = jobs_at_one_instant(SMALL, SMALL_NODES, what)
        apart = replace(together, submit=integer_jobs(SMALL, SMALL_NODES, 110).submit)
        for backfill in BACKFILLS:
            for placement in PLACEMENTS:
                policy = Policy("fifo", backfill, placement)
                found[f"{SMALL} jobs, {what}, {backfill}, {placement}"] = work_of(SMALL_NODES, policy, apart)
            policy = Policy("fifo", backfill, "fewest-racks")
            found[f"{SMALL} jobs at one instant, {what}, {backfill}"] = work_of(SMALL_NODES, policy, together)
    return found


def work_of(nodes: int, policy: Policy, work: Workload) -> dict[str, int | str]:
    """Return steps, node visits and log rows of a run."""
    center = Center(fleet(nodes), policy, work)
    center.run()
    return {**center.work}


def digest(jobs: Workload) -> str:
    """Return the SHA-256 (hex) of a workload's columns, little-endian int64, one after the other."""
    total = hashlib.sha256()
    for name in COLUMNS:
        total.update(np.ascontiguousarray(getattr(jobs, name), dtype="<i8").tobytes())
    return total.hexdigest()

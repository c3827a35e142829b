"""Exact work counts of small fixed runs: what times cannot show on a busy machine."""

import hashlib
from typing import Final

import numpy as np
from onecenter_kernels.codes import BACKFILLS, ORDERS

from benchmarks.expectations import FOLDER
from benchmarks.workloads import fleet, integer_jobs
from onecenter.engine.center import Center
from onecenter.policies import Policy
from onecenter.workload.table import COLUMNS, Workload

FILE: Final = FOLDER / "work.json"

JOBS: Final = 20_000
NODES: Final = 64

#: Load in percent: high enough for a queue, and no higher than what each backfill does within a second or so.
LOADS: Final = {"none": 90, "easy": 90, "easy-sjbf": 90, "conservative": 80}

#: Priority units an hour of waiting adds, in millionths: enough to change the order of the queue.
AGE_RATE: Final = 1_000_000


def counts(jobs: int = JOBS) -> dict[str, dict[str, int | str]]:
    """Return steps, node visits and log rows of every order with every backfill, and the digests of their workloads."""
    works = {load: integer_jobs(jobs, NODES, load) for load in sorted(set(LOADS.values()))}
    found: dict[str, dict[str, int | str]] = {
        f"workload at load {load} %": {"jobs": len(work), "digest": digest(work)} for load, work in works.items()
    }
    for order in ORDERS:
        for backfill in BACKFILLS:
            center = Center(fleet(NODES), Policy(order, backfill, age_rate=AGE_RATE), works[LOADS[backfill]])
            center.run()
            found[f"{order} + {backfill}"] = {**center.work}
    return found


def digest(jobs: Workload) -> str:
    """Return the SHA-256 (hex) of a workload's columns, little-endian int64, one after the other."""
    total = hashlib.sha256()
    for name in COLUMNS:
        total.update(np.ascontiguousarray(getattr(jobs, name), dtype="<i8").tobytes())
    return total.hexdigest()

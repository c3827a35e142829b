"""What a job costs as the center or the queue grows: microseconds by size, and the exponent of a power law.

`scale`: EASY at load 1.05, best-fit, 200 jobs per node. `queue`: EASY on 64 nodes; so many jobs wait from the start,
and the others arrive as fast as the center works, so that about as many always wait. CPU times, medians of three runs.
"""

import statistics
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.ratios import Say, times
from benchmarks.workloads import fleet, poisson_jobs
from onecenter.engine.center import Center
from onecenter.policies import Policy
from onecenter.workload.table import COLUMNS, Workload, workload

NODES: Final = (8, 64, 250, 1_000, 4_000, 10_000)
JOBS_PER_NODE: Final = 200
LEAST_JOBS: Final = 20_000
SCALE_LOAD: Final = 1.05

QUEUES: Final = (10, 100, 500, 2_000, 7_000, 14_000, 30_000)
QUEUE_NODES: Final = 64
ARRIVING: Final = 60_000

#: The exponent is fitted from this size on: below it what every job costs anyhow hides the rest.
FITTED_FROM: Final = {"nodes": 64, "waiting": 500}

RUNS: Final = 3


def scale(share: float, say: Say) -> dict[str, Any]:
    """Return what a job costs by number of nodes, with a share (0..1) of the nodes and jobs."""
    rows = []
    for nodes in (nodes for nodes in NODES if nodes <= share * NODES[-1] or nodes <= 2 * FITTED_FROM["nodes"]):
        jobs = max(round(JOBS_PER_NODE * nodes), round(share * LEAST_JOBS))
        rows.append({"nodes": nodes, "jobs": jobs, "us": _cost(nodes, poisson_jobs(jobs, nodes, SCALE_LOAD))})
        say(f"{nodes:,} nodes: done")
    return {"rows": rows, "exponent": exponent(rows, "nodes")}


def queue(share: float, say: Say) -> dict[str, Any]:
    """Return what a job costs by length of the queue, with a share (0..1) of the lengths and jobs."""
    rows = []
    for waiting in (waiting for waiting in QUEUES if waiting <= max(share * QUEUES[-1], 2_000)):
        work = waiting_jobs(waiting, round(share * ARRIVING))
        rows.append({"waiting": waiting, "jobs": len(work), "us": _cost(QUEUE_NODES, work)})
        say(f"{waiting:,} waiting jobs: done")
    return {"rows": rows, "exponent": exponent(rows, "waiting")}


def waiting_jobs(waiting: int, arriving: int) -> Workload:
    """Return jobs of which the first wait from the start, behind which the others arrive at load 1."""
    work = poisson_jobs(waiting + arriving, QUEUE_NODES, 1.0)
    submit = np.maximum(work.submit - work.submit[waiting - 1], 0)
    return workload(**{name: getattr(work, name) for name in COLUMNS} | {"submit": submit})


def _cost(nodes: int, work: Workload) -> float:
    def run() -> None:
        Center(fleet(nodes), Policy(backfill="easy", placement="best-fit"), work).run()

    return round(1e6 * statistics.median(times(run, RUNS)) / len(work), 3)


def exponent(rows: Sequence[dict[str, Any]], by: str) -> float:
    """Return the exponent of the power law that fits the cost best (least squares of the logarithms)."""
    fitted = [row for row in rows if row[by] >= FITTED_FROM[by]]
    slope = np.polyfit(np.log([row[by] for row in fitted]), np.log([row["us"] for row in fitted]), 1)[0]
    return round(float(slope), 3)


def lines(report: dict[str, Any]) -> list[str]:
    """Return a report as text."""
    by = "nodes" if "nodes" in report["rows"][0] else "waiting"
    text = [f"{by:>10} {'jobs':>10} {'us per job':>11}"]
    text += [f"{row[by]:>10,} {row['jobs']:>10,} {row['us']:>11.3f}" for row in report["rows"]]
    return [*text, f"cost ~ {by} ^ {report['exponent']:.3f}, from {FITTED_FROM[by]} on"]


#: The benchmarks of this module by name.
MEASURES: Final[dict[str, Callable[[float, Say], dict[str, Any]]]] = {"scale": scale, "queue": queue}

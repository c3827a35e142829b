"""Throughput: jobs simulated a second, on both strides, beside bare SimPy measured in the same run.

The center has 64 nodes of 8 accelerators; placement is best-fit; backfill is none (FIFO) or EASY, at loads 0.7 and
0.95. A time covers building the `Center` and its whole run, not the drawing of the jobs. Kernels are compiled before,
garbage is collected before each run and the collector is off during it (as in `timeit`), for bare SimPy too. Of three
runs the median counts; of more than 100,000 jobs there is one run. Delays are not told here: FIFO is unstable at load
0.95, since a gang at the head leaves accelerators empty.
"""

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from benchmarks import ratios as beside_bare
from benchmarks.bare import VARIANTS
from benchmarks.ratios import Say
from benchmarks.workloads import SEED, fleet, poisson_jobs
from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.policies import Policy
from onecenter.simulation.provenance import describe
from onecenter.workload.table import Workload

NODES: Final = 64
LOADS: Final = (0.7, 0.95)
BACKFILLS: Final = ("none", "easy")


@dataclass(frozen=True)
class Sizes:
    """How many jobs are simulated: `small` on both strides, `large` on the calendar stride."""

    small: int
    large: int


FULL: Final = Sizes(100_000, 1_000_000)
QUICK: Final = Sizes(20_000, 100_000)


def measure(sizes: Sizes, say: Say) -> dict[str, Any]:
    """Return all times and ratios."""
    warm_up()
    gc.collect()
    # What was there before is garbage no more: the collections between the runs need not look at it.
    gc.freeze()
    try:
        return _measured(sizes, say)
    finally:
        gc.unfreeze()


def _measured(sizes: Sizes, say: Say) -> dict[str, Any]:
    origin = describe("throughput", SEED, None)
    bare: list[dict[str, Any]] = []
    center: list[dict[str, Any]] = []
    for jobs in (sizes.small, sizes.large):
        for load in LOADS:
            work = poisson_jobs(jobs, NODES, load)
            at = {"jobs": jobs, "load": load}
            speeds = _bare(work)
            bare += [{**at, "variant": name, **speed} for name, speed in speeds.items()]
            say(f"bare SimPy, {jobs} jobs, load {load}: done")
            for stride in STRIDES if jobs == sizes.small else STRIDES[:1]:
                center += [{**at, **row} for row in _center(work, stride, speeds)]
                say(f"center, {jobs} jobs, load {load}, {stride} stride: done")
    table = beside_bare.rows(sizes.small / FULL.small, say)
    origin = {"versions": origin["versions"], "kernel_hash": origin["kernel_hash"], "machine": machine()}
    return {**origin, "nodes": NODES, "bare": bare, "center": center, "rows": table}


def machine() -> dict[str, Any]:
    """Return what the times were measured on."""
    return {"processor": platform.machine(), "cores": os.cpu_count(), "system": platform.platform()}


def warm_up() -> None:
    """Run everything once on a few jobs, so that no time covers a compilation."""
    work = poisson_jobs(2_000, NODES, 0.95)
    for stride in STRIDES:
        for backfill in BACKFILLS:
            simulate(work, stride, backfill)
    _bare(work)


def _bare(work: Workload) -> dict[str, dict[str, float]]:
    submits, runs = work.submit.tolist(), work.run.tolist()
    return {name: timed(partial(variant, submits, runs), len(work)) for name, variant in VARIANTS.items()}


def _center(work: Workload, stride: str, bare: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    rows = []
    for backfill in BACKFILLS:
        speed = timed(partial(simulate, work, stride, backfill), len(work))
        ratios = {name: round(speed["jobs_per_s"] / other["jobs_per_s"], 3) for name, other in bare.items()}
        rows.append({"stride": stride, "backfill": backfill, **speed, "to_bare": ratios})
    return rows


def simulate(work: Workload, stride: str, backfill: str) -> None:
    """Run the jobs, from building the center to the last end."""
    Center(fleet(NODES), Policy(backfill=backfill), work, stride=stride).run()


def timed(run: Callable[[], object], jobs: int) -> dict[str, float]:
    """Return the median and the best time (s) of three runs (one of many jobs), and jobs a second by the median."""
    times = []
    for _ in range(3 if jobs <= 100_000 else 1):
        gc.collect()
        gc.disable()
        try:
            before = time.perf_counter()
            run()
            times.append(time.perf_counter() - before)
        finally:
            gc.enable()
    median = statistics.median(times)
    return {"seconds": round(median, 4), "best_seconds": round(min(times), 4), "jobs_per_s": round(jobs / median)}


def lines(report: dict[str, Any]) -> list[str]:
    """Return the report as text."""
    text = ["jobs simulated a second (median); ratios to bare SimPy of the same run", ""]
    ratios = "".join(f" {f'x {name}':>13}" for name in VARIANTS)
    text.append(f"{'jobs':>9} {'load':>5}  {'what':28} {'jobs/s':>11}{ratios}")
    for jobs, load in dict.fromkeys((row["jobs"], row["load"]) for row in report["center"]):
        for row in report["bare"] + report["center"]:
            if (row["jobs"], row["load"]) == (jobs, load):
                ratios = "".join(f" {ratio:>13.3f}" for ratio in row.get("to_bare", {}).values())
                text.append(f"{jobs:>9} {load:>5}  {_what(row):28} {row['jobs_per_s']:>11,}{ratios}")
    return [*text, "", *beside_bare.lines(report["rows"])]


def _what(row: dict[str, Any]) -> str:
    return f"{_policy(row['backfill'])}, {row['stride']} stride" if "stride" in row else f"bare SimPy, {row['variant']}"


def _policy(backfill: str) -> str:
    return "FIFO" if backfill == "none" else "EASY"

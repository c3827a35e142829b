"""Ratios: what a job costs beside bare SimPy "one by one" in the same process, over sizes, loads and policies.

Each row is the median of five pairs of runs, bare SimPy and the core in turn, in CPU time (one pair where it takes
long), calendar stride unless said, placement best-fit. The center is built in the time, the jobs are drawn before.
`changsha-plain` is a scenario of its own in `frozen`, with 420 days drawn; its jobs are counted, and bare SimPy runs as
many of the same.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from benchmarks.bare import one_by_one
from benchmarks.expectations import FOLDER
from benchmarks.workloads import AT_ONE_INSTANT, fleet, jobs_at_one_instant, mixed_jobs, poisson_jobs
from onecenter.engine.center import Center
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.scenario import load
from onecenter.simulation.running import scenario_of
from onecenter.workload.build import build
from onecenter.workload.table import Workload

RUNS: Final = 5

#: Longer than this (s of CPU), a row is measured once.
LONG: Final = 8.0

#: At most so many jobs are run by bare SimPy: what a job costs there does not depend on their number.
BARE_JOBS: Final = 100_000

#: Of rows: what jobs are, beside jobs of one task, and how those are named that come together.
MIXED: Final = "gangs and fractions mixed"
AT_ONCE: Final = " at one instant"

PLAIN: Final = FOLDER / "changsha-plain.toml"


@dataclass(frozen=True)
class Row:
    """One row of the table: what is run, and of how many jobs at full size."""

    nodes: int
    policy: str
    load: float | None
    jobs: int = 100_000
    stride: str = "calendar"
    work: str = "one task"


ROWS: Final = (
    Row(64, "none", 0.95),
    Row(64, "easy", 0.7),
    Row(64, "easy", 0.95),
    Row(64, "easy", 1.5, 120_000),
    Row(1_250, "easy", 0.95),
    Row(1_250, "easy", 1.05),
    Row(10_000, "easy", 0.95),
    Row(10_000, "easy", 3.0),
    Row(64, "conservative", 0.7),
    Row(64, "conservative", 0.9, 20_000),
    Row(64, "easy", 0.95, work=MIXED),
    Row(64, "easy", 0.95, stride="event"),
    *(Row(20, "conservative", None, 400, work=f"{what}{AT_ONCE}") for what in AT_ONE_INSTANT),
)

#: Takes a line of progress.
Say = Callable[[str], None]


def rows(share: float, say: Say) -> list[dict[str, Any]]:
    """Return the table, each row with a share (0..1) of its jobs."""
    found = []
    for row in ROWS:
        jobs = max(round(row.jobs * share), 100)
        policy = Policy(backfill=row.policy, placement="best-fit")
        about = {"nodes": row.nodes, "policy": row.policy, "load": row.load, "stride": row.stride, "work": row.work}
        found.append(about | _measured(fleet(row.nodes), policy, _work(row, jobs), row.stride))
        say(f"{_named(found[-1])}: done")
    found.append(_plain(share))
    return found


def _work(row: Row, jobs: int) -> Workload:
    if row.load is None:
        return jobs_at_one_instant(jobs, row.nodes, row.work.removesuffix(AT_ONCE))
    return (mixed_jobs if row.work == MIXED else poisson_jobs)(jobs, row.nodes, row.load)


def _plain(share: float) -> dict[str, Any]:
    """Return the row of changsha-plain; 420 days are about a million jobs."""
    scenario = scenario_of(load(str(PLAIN)), set=f"time.horizon={max(round(420 * share), 5)} d")
    nodes, work = scenario.fleet, build(scenario)
    about = {"nodes": sum(kind.count for kind in nodes), "policy": scenario.policy_.backfill, "load": None}
    about |= {"stride": "calendar", "work": "changsha-plain"}
    return about | _measured(nodes, scenario.policy_, work, "calendar")


def _measured(nodes: Sequence[NodeType], policy: Policy, work: Workload, stride: str) -> dict[str, Any]:
    Center(nodes, policy, work.take(np.arange(1)), stride=stride).run()  # what is not compiled yet is now
    submits, runs = work.submit[:BARE_JOBS].tolist(), work.run[:BARE_JOBS].tolist()
    bare = times(partial(one_by_one, submits, runs), RUNS)
    core = times(lambda: Center(nodes, policy, work, stride=stride).run(), RUNS)
    spent, ratios = [], []
    # In turn: what slows the machine down slows both.
    for beside, own in zip(bare, core, strict=True):
        spent.append(own / len(work))
        ratios.append(beside / len(submits) / spent[-1])
        if own > LONG:
            break
    ratio = round(statistics.median(ratios), 3)
    return {"jobs": len(work), "us": round(1e6 * statistics.median(spent), 3), "ratio": ratio}


def times(run: Callable[[], object], count: int) -> Iterator[float]:
    """Yield the CPU times (s) of so many runs, garbage collected before each and not during it."""
    for _ in range(count):
        gc.collect()
        gc.disable()
        try:
            before = time.process_time()
            run()
            yield time.process_time() - before
        finally:
            gc.enable()


def _named(row: dict[str, Any]) -> str:
    at = "" if row["load"] is None else f", load {row['load']}"
    stride = ", event stride" if row["stride"] == "event" else ""
    return f"{row['nodes']:,} nodes, {row['policy']}{at}, {row['work']}{stride}"


def lines(table: Sequence[dict[str, Any]]) -> list[str]:
    """Return the table as text."""
    text = [f"{'':64} {'jobs':>9} {'us a job':>9} {'x one by one':>13}"]
    text += [f"{_named(row):64} {row['jobs']:>9,} {row['us']:>9.3f} {row['ratio']:>13.3f}" for row in table]
    return text

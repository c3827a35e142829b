"""How the frozen workloads were drawn; ``python -m benchmarks.drawn`` draws and freezes them anew.

What counts is the committed files: another numpy or processor may round a draw to the next millisecond.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onecenter_kernels import codes

from benchmarks.freeze import Frozen, write
from benchmarks.workloads import DAY, HOUR, SEED, fleet, poisson_jobs
from onecenter.fleet import NodeType
from onecenter.workload.draws import Draws, choice, exponential, normal, rounded_up
from onecenter.workload.table import Workload, type_code, workload

Array = npt.NDArray[Any]

GIB: Final = 1024
TIB: Final = 1024 * GIB

#: Of gangs: share, accelerators a task, tasks, spread. 16 anywhere, and tasks that fill two nodes to eight.
GANGS: Final = (
    (0.25, 1, 1, codes.SPREAD_TASKS),
    (0.15, 4, 1, codes.SPREAD_TASKS),
    (0.20, 8, 1, codes.SPREAD_TASKS),
    (0.10, 4, 4, codes.SPREAD_TASKS),
    (0.12, 8, 2, codes.SPREAD_TASKS),
    (0.07, 8, 4, codes.SPREAD_TASKS),
    (0.03, 8, 8, codes.SPREAD_TASKS),
    (0.08, 1, 16, codes.SPREAD_ANY),
)

#: Node types allowed, and their shares: big only, small only, big first, small first.
ALLOWED: Final = ((0.3, (0,)), (0.2, (1,)), (0.35, (0, 1)), (0.15, (1, 0)))

#: Walltime over run time and their shares; 0.8: the job is killed.
WALLTIMES: Final = ((0.05, 0.8), (0.15, 1.0), (0.3, 1.5), (0.3, 3.0), (0.2, 8.0))

#: What a participant of a class asks, in thousandths of an accelerator.
FRACTIONS: Final = (143, 200, 250, 333, 500)


def _picked(table: tuple[tuple[Any, ...], ...], column: int, uniforms: Array) -> Array:
    return np.array([row[column] for row in table])[choice([row[0] for row in table], uniforms)]


def _lognormal(median: float, sigma: float, uniforms: Array, cap: float = DAY) -> Array:
    return rounded_up(np.minimum(median * np.exp(sigma * normal(uniforms)), cap))


def small() -> Frozen:
    """Return the throughput workload on a small cluster."""
    about = "4,000 jobs of the throughput workload at load 0.85 on 16 x 8 accelerators"
    jobs = poisson_jobs(4_000, 16, 0.85)
    # So few heavy-tailed run times miss their mean by some percent: the gaps make up for it.
    stretch = offered(Frozen(about, fleet(16), jobs)) / 0.85
    return Frozen(about, fleet(16), replace(jobs, submit=rounded_up(stretch * jobs.submit)))


def gangs() -> Frozen:
    """Return many gangs on two node types, with cpus, memory, kills, outcomes and priorities."""
    count, load = 3_000, 0.75
    center = (
        NodeType("big", 16, 8, cpus=192_000, memory=3 * TIB // 2, nodes_per_rack=4),
        NodeType("small", 12, 8, cpus=128_000, memory=TIB, nodes_per_rack=4),
    )
    draws = Draws(SEED, "benchmarks", "gangs")
    purposes = ("gap", "run", "size", "types", "walltime", "cpus", "end", "urgent")
    u = {purpose: draws.uniforms(purpose, count) for purpose in purposes}
    accelerators, tasks, spread = (_picked(GANGS, column, u["size"]) for column in (1, 2, 3))
    run = _lognormal(HOUR, 1.3, u["run"])
    gap = float((run * accelerators * tasks).mean()) / (8 * (16 + 12) * load)
    types = np.array([type_code(order) for _, order in ALLOWED])[choice([share for share, _ in ALLOWED], u["types"])]
    hungry = (u["cpus"] < 0.25) & (accelerators <= 4)
    jobs = workload(
        ("research", "urgent"),
        submit=rounded_up(gap * np.cumsum(exponential(u["gap"]))),
        run=run,
        walltime=rounded_up(run * _picked(WALLTIMES, 1, u["walltime"])),
        accelerators=1000 * accelerators,
        tasks=tasks,
        spread=spread,
        types=types,
        cpus=accelerators * np.where(hungry, 30_000, 12_000),
        memory=accelerators * np.where(hungry, 96 * GIB, 64 * GIB),
        outcome=choice((0.8, 0.14, 0.06), u["end"]),
        platform=(u["urgent"] < 0.1).astype(np.int64),
        priority=np.where(u["urgent"] < 0.1, 10, 0),
    )
    return Frozen("3,000 jobs, two in five of them gangs of 16 to 64 accelerators, on two node types", center, jobs)


def classes() -> Frozen:
    """Return bursts of classes that ask fractions of an accelerator, between jobs that ask whole ones."""
    center = (NodeType("node", 8, 8, cpus=128_000, memory=TIB, nodes_per_rack=4),)
    parts = [_course_jobs(1_800), _whole_jobs(1_200, 0.72, 8)]
    columns: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    jobs = workload(("talent", "research"), **columns)
    return Frozen("40 classes that ask 1,800 fractions of an accelerator, and 1,200 whole jobs, on 8 x 8", center, jobs)


def _course_jobs(count: int) -> dict[str, Array]:
    """Return classes of 45, at 08:00 and 14:00 of the working days of four weeks (day 0 is a Monday)."""
    draws = Draws(SEED, "benchmarks", "classes")
    lesson = np.arange(count) // 45
    day = lesson // 2 % 5 + 7 * (lesson // 10)
    jitter = np.abs(normal(draws.uniforms("jitter", count))) * HOUR / 12
    run = rounded_up(HOUR * (0.5 + 1.5 * draws.uniforms("run", count)))
    return {
        "submit": day * DAY + (8 + 6 * (lesson % 2)) * HOUR + rounded_up(jitter),
        "run": run,
        "walltime": np.full(count, 2 * HOUR),
        "accelerators": np.array(FRACTIONS)[lesson % len(FRACTIONS)],
        "cpus": np.full(count, 2_000),
        "memory": np.full(count, 8 * GIB),
        "platform": np.zeros(count, dtype=np.int64),
        "priority": np.full(count, 10),
    }


def _whole_jobs(count: int, load: float, nodes: int) -> dict[str, Array]:
    """Return jobs of 1, 2, 4 or 8 accelerators that arrive evenly over four weeks and offer `load` to the nodes."""
    draws = Draws(SEED, "benchmarks", "whole")
    size = np.array([1, 2, 4, 8])[choice((0.4, 0.2, 0.2, 0.2), draws.uniforms("size", count))]
    run = _lognormal(2 * HOUR, 1.4, draws.uniforms("run", count), 7 * DAY)
    stretch = load * 28 * DAY * 8 * nodes / float((run * size).sum())
    run = rounded_up(run * stretch)
    return {
        "submit": rounded_up(28 * DAY * draws.uniforms("submit", count)),
        "run": run,
        "walltime": 2 * run,
        "accelerators": 1000 * size,
        "cpus": 12_000 * size,
        "memory": 64 * GIB * size,
        "platform": np.ones(count, dtype=np.int64),
        "priority": np.zeros(count, dtype=np.int64),
    }


#: The frozen workloads by name, in the order in which they are run.
DRAWN: Final = {"small": small, "gangs": gangs, "classes": classes}


def offered(frozen: Frozen) -> float:
    """Return the share of all accelerators that the jobs ask from the first submit to the last."""
    jobs: Workload = frozen.jobs
    used = np.minimum(jobs.run, jobs.walltime) * jobs.gang
    capacity = sum(kind.count * kind.accelerators for kind in frozen.fleet)
    return float(used.sum() / (1000 * capacity * (jobs.submit[-1] - jobs.submit[0])))


if __name__ == "__main__":
    write({name: draw() for name, draw in DRAWN.items()})

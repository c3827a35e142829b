"""The workloads of the throughput benchmark and of the exact work counts."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from onecenter.fleet import NodeType
from onecenter.workload.draws import Draws, choice, exponential, normal, rounded_up
from onecenter.workload.table import Workload, workload

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR

SEED: Final = 20260302

#: Accelerators of a job and their shares.
ACCELERATORS: Final = np.array([1, 2, 4, 8])
SHARES: Final = (0.6, 0.1, 0.15, 0.15)

#: Run time: lognormal, with a cap (ms); the walltime asked is FACTOR times as long.
MEDIAN: Final = HOUR // 2
SIGMA: Final = 1.5
CAP: Final = 7 * DAY
FACTOR: Final = 3


def fleet(nodes: int) -> tuple[NodeType, ...]:
    """Return a center of `nodes` equal nodes of 8 accelerators."""
    return (NodeType("node", nodes, 8, nodes_per_rack=8),)


def mean_run() -> float:
    """Return the mean run time (ms) in closed form.

    Notes
    -----
    For X lognormal with median m = exp(mu) and Z its normal score, E[min(X, c)] = exp(mu + s^2/2) Phi(k - s)
    + c (1 - Phi(k)) with k = (ln c - mu) / s: the partial expectation of the lognormal below c, and c beyond it.
    """
    k = math.log(CAP / MEDIAN) / SIGMA
    return MEDIAN * math.exp(SIGMA**2 / 2) * _phi(k - SIGMA) + CAP * (1 - _phi(k))


def _phi(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def poisson_jobs(count: int, nodes: int, load: float) -> Workload:
    """Return jobs of one task, with Poisson arrivals, that offer `load` (0..1) to `nodes` nodes."""
    draws = Draws(SEED, "benchmarks", "throughput")
    mean_accelerators = float(np.dot(ACCELERATORS, SHARES))
    gap = mean_run() * mean_accelerators / (8 * nodes * load)
    submit = rounded_up(gap * np.cumsum(exponential(draws.uniforms("gap", count))))
    run = rounded_up(np.minimum(MEDIAN * np.exp(SIGMA * normal(draws.uniforms("run time", count))), CAP))
    size = ACCELERATORS[choice(SHARES, draws.uniforms("size", count))]
    return workload(submit=submit, run=run, walltime=FACTOR * run, accelerators=1000 * size)


def integer_jobs(count: int, nodes: int, load_percent: int) -> Workload:
    """Return jobs like those of `poisson_jobs`, drawn with integers alone: the same on every machine.

    Run times are 16 to 32 s, doubled as often as three dice say that show 0 to 4: about lognormal, median 27 min.
    Gaps are even in 0 .. twice their mean, and submits whole seconds, so that several fall on one instant. Some jobs
    are killed at their walltime, and some have priority.
    """
    dice = np.random.Philox(key=SEED).random_raw((9, count)) >> np.uint64(33)
    roll = dice.astype(np.int64)
    run = (16_384 + roll[0] % 16_384) << (roll[1] % 5 + roll[2] % 5 + roll[3] % 5)
    size = ACCELERATORS[np.repeat([0, 1, 2, 3], [12, 2, 3, 3])[roll[4] % 20]]
    gap = int((run * size).sum()) * 100 // (count * 8 * nodes * load_percent)
    submit = np.cumsum(roll[5] % (2 * gap)) // 1000 * 1000
    walltime = run * np.array([1, 2, 3, 6])[roll[6] % 4] * np.where(roll[7] % 50 == 0, 9, 10) // 10
    priority = np.array([0, 0, 0, 5])[roll[8] % 4]
    return workload(submit=submit, run=run, walltime=walltime, accelerators=1000 * size, priority=priority)


#: Of mixed jobs: share, accelerators a task (1/1000), tasks.
MIXED: Final = (
    (0.15, 250, 1),
    (0.15, 500, 1),
    (0.35, 1000, 1),
    (0.08, 2000, 1),
    (0.06, 4000, 1),
    (0.11, 8000, 1),
    (0.03, 4000, 3),
    (0.05, 8000, 2),
    (0.02, 8000, 4),
)


def mixed_jobs(count: int, nodes: int, load: float) -> Workload:
    """Return jobs with the run times of `poisson_jobs`: some gangs over nodes, some of half a device or less."""
    draws = Draws(SEED, "benchmarks", "mixed")
    picked = choice([share for share, _, _ in MIXED], draws.uniforms("size", count))
    accelerators, tasks = (np.array([row[column] for row in MIXED]) for column in (1, 2))
    mean = sum(share * each * many for share, each, many in MIXED) / 1000
    gap = mean_run() * mean / (8 * nodes * load)
    submit = rounded_up(gap * np.cumsum(exponential(draws.uniforms("gap", count))))
    run = rounded_up(np.minimum(MEDIAN * np.exp(SIGMA * normal(draws.uniforms("run time", count))), CAP))
    return workload(
        submit=submit, run=run, walltime=FACTOR * run, accelerators=accelerators[picked], tasks=tasks[picked]
    )


#: Of jobs at one instant: accelerators a task (1/1000) and tasks, in turn; nothing: those of `integer_jobs`.
AT_ONE_INSTANT: Final[Mapping[str, Mapping[str, Sequence[int]]]] = {
    "one task": {},
    "gangs": {"tasks": (1, 1, 2, 4)},
    "fractions": {"accelerators": (250, 500, 1000, 2000, 4000, 8000)},
}


def jobs_at_one_instant(count: int, nodes: int, what: str) -> Workload:
    """Return jobs like those of `integer_jobs` that are all submitted at 0."""
    jobs = integer_jobs(count, nodes, 90)
    turn = {name: np.resize(values, count) for name, values in AT_ONE_INSTANT[what].items()}
    columns = {name: getattr(jobs, name) for name in ("run", "walltime", "accelerators", "priority")}
    return workload(**columns | {"submit": np.zeros(count, np.int64)} | turn)

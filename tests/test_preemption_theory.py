"""Preemption against queueing theory: M/M/1 in which the first of two classes preempts, and resumes are exact."""

from functools import cache

import numpy as np
from queues import SERVICE, Interval, exponential, interval

from onecenter.engine.core import FOREVER, Core
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.segments import fates
from onecenter.workload.sharing import JobClass, Member, Sharing
from onecenter.workload.table import workload

#: Load of the class that preempts, and of the other one.
LOADS = (0.3, 0.5)
JOBS, SKIPPED = 40_000, 4_000

#: Chosen before looking; the fresh ones are for a formula that lies outside with the first.
SEEDS, FRESH_SEEDS = range(1, 21), range(21, 41)

#: A checkpoint after each ms, which takes no time: a job that is evicted goes on where it was.
RESUMES = {"every": 1, "write": 0, "restart": 0}


def mean_responses(seed: int) -> list[float]:
    """Return the mean time (ms) from submit to end of each class."""
    generator = np.random.default_rng(seed)
    submit = np.cumsum(generator.exponential(SERVICE / sum(LOADS), JOBS)).astype(np.int64)
    run = np.maximum(1, np.ceil(exponential(generator, JOBS))).astype(np.int64)
    low = (generator.random(JOBS) >= LOADS[0] / sum(LOADS)).astype(np.int32)
    sharing = Sharing((Member(),), classes=(JobClass(tier=1, **RESUMES), JobClass(tier=0, **RESUMES)))
    jobs = workload(
        ("high", "low"), ("high.a", "low.a"), sharing=sharing, submit=submit, run=run, walltime=np.full(JOBS, 2**40),
        accelerators=np.full(JOBS, 1000), platform=low, stream=low,
    )  # fmt: skip
    core = Core((NodeType("server", 1, 1),), Policy(backfill="none", preemption="tier"), jobs)
    core.advance(FOREVER)
    response = fates(core.log, JOBS).end - submit
    counted = np.arange(JOBS) >= SKIPPED
    return [float(response[counted & (low == number)].mean()) for number in (0, 1)]


@cache
def measured(seeds: range) -> Interval:
    """Return the interval of the mean responses."""
    return interval([mean_responses(seed) for seed in seeds])


def expected() -> list[float]:
    """Return E[S] / (1 - rho1) and E[S] / ((1 - rho1) (1 - rho1 - rho2)): Kleinrock, Queueing Systems II, 3.6.

    Service times of both classes have the same mean, so the remaining work of both weighs alike.
    """
    high, low = LOADS
    return [SERVICE / (1 - high), SERVICE / ((1 - high) * (1 - high - low))]


def test_the_mean_responses_of_preemptive_resume() -> None:
    assert (measured(SEEDS).half < 0.05 * np.array(expected())).all()
    assert measured(SEEDS).holds(expected()) or measured(FRESH_SEEDS).holds(expected())

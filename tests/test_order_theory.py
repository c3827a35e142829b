"""Orders that preempt against queueing theory: M/M/1 under SRPT, and M/G/1 shared by rounds, which is insensitive."""

import math
from functools import cache

import numpy as np
import pytest
from queues import SERVICE, Draw, Floats, Interval, constant, exponential, interval

from onecenter.engine.core import FOREVER, Core
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.segments import fates
from onecenter.workload.sharing import JobClass, Member, Sharing
from onecenter.workload.table import workload

#: Chosen before looking; the fresh ones are for a formula that lies outside with the first.
SEEDS, FRESH_SEEDS = range(1, 21), range(21, 41)

#: A checkpoint after each ms, which takes no time: a job that is evicted goes on where it was.
RESUMES = Sharing((Member(),), classes=(JobClass(every=1),))

#: A round, and a job that is gone after so many of them on average: short rounds come close to processor sharing.
ROUND = SERVICE // 100


def hyperexponential(generator: np.random.Generator, count: int) -> Floats:
    """Draw service times of two phases with balanced means: squared coefficient of variation 4."""
    first = 0.5 * (1 + math.sqrt(3 / 5))
    means = SERVICE / (2 * np.where(generator.random(count) < first, first, 1 - first))
    return np.asarray(generator.exponential(1.0, count) * means)


def mean_response(policy: Policy, service: Draw, load: float, jobs: int, seed: int) -> float:
    """Return the mean time (ms) from submit to end on one accelerator; those of the first tenth are left out."""
    generator = np.random.default_rng((seed, int(100 * load)))
    submit = np.cumsum(generator.exponential(SERVICE / load, jobs)).astype(np.int64)
    run = np.maximum(1, np.rint(service(generator, jobs))).astype(np.int64)
    table = workload(
        ("all",), ("all.jobs",), sharing=RESUMES, submit=submit, run=run, walltime=2**40, accelerators=1000,
        platform=0, stream=0,
    )  # fmt: skip
    core = Core((NodeType("server", 1, 1),), policy, table)
    core.advance(FOREVER)
    response = fates(core.log, jobs).end - submit
    return float(response[jobs // 10 :].mean())


# ---- shortest remaining processing time


def srpt(load: float) -> float:
    """Return the mean response (ms) of M/M/1 under SRPT: Schrage and Miller, Operations Research 14 (1966) 670-684.

    A job of size x waits lambda (m2(x) + x^2 (1 - F(x))) / (2 (1 - rho(x))^2), and then stays for the integral of
    1 / (1 - rho(t)) from 0 to x; m2(x) and rho(x) are of the jobs of sizes up to x alone.
    """
    edges = np.linspace(0.0, 40.0, 400_001)
    x, step = (edges[1:] + edges[:-1]) / 2, edges[1]
    density = np.exp(-x)
    rho = load * (1 - (1 + x) * density)
    second = load * (2 - (2 + 2 * x + x * x) * density)
    wait = (second + load * x * x * density) / (2 * (1 - rho) ** 2)
    stay = np.cumsum(step / (1 - rho)) - step / (1 - rho) / 2
    return float(SERVICE * ((wait + stay) * density * step).sum())


@cache
def measured(seeds: range, load: float) -> Interval:
    """Return the interval of the mean response under SRPT."""
    policy = Policy("srtf", "none", preemption="order")
    return interval([[mean_response(policy, exponential, load, 40_000, seed)] for seed in seeds])


def test_the_formula_is_right_where_another_one_is() -> None:
    assert srpt(1e-9) == pytest.approx(SERVICE, rel=1e-6)
    # Bansal and Harchol-Balter, SIGMETRICS 2001: below M/M/1 under processor sharing, more so the higher the load.
    assert srpt(0.5) < SERVICE / 0.5 and srpt(0.9) < 0.5 * SERVICE / 0.1


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_the_mean_response_under_srpt(load: float) -> None:
    assert (measured(SEEDS, load).half < 0.03 * srpt(load)).all()
    assert measured(SEEDS, load).holds([srpt(load)]) or measured(FRESH_SEEDS, load).holds([srpt(load)])


# ---- processor sharing


@pytest.mark.slow
@pytest.mark.parametrize("service", [exponential, constant, hyperexponential])
def test_short_rounds_share_the_processor_whatever_the_service_times(service: Draw) -> None:
    """E[S] / (1 - rho): Kleinrock, Queueing Systems II, 4.4."""
    policy = Policy("round-robin", "none", preemption="order", time_slice=ROUND)
    found = np.mean([mean_response(policy, service, 0.5, 20_000, seed) for seed in range(1, 11)])
    assert found == pytest.approx(SERVICE / (1 - 0.5), rel=0.02)


def test_rounds_as_long_as_any_job_are_first_come_first_served() -> None:
    """Then the variance of service times counts: Pollaczek-Khinchine."""
    policy = Policy("round-robin", "none", preemption="order", time_slice=2**40)
    found = np.mean([mean_response(policy, constant, 0.5, 20_000, seed) for seed in range(1, 11)])
    assert found == pytest.approx(SERVICE * (1 + 0.5 / 2 / (1 - 0.5)), rel=0.02)

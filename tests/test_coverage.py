"""Intervals from replications cover the truth as often as they say, or are withheld: against forms and a chain."""

from typing import NamedTuple

import numpy as np
import pytest
from multiserver import Servers
from waiting_times import Exponential, Hyperexponential, waits_of

from onecenter.experiments.replications import replicate
from onecenter.scenario import Scenario, load, with_set
from onecenter.statistics.estimates import Estimate
from onecenter.statistics.pooled import Pooled
from onecenter.statistics.sample import Sample

#: Chosen before looking.
SEED = 20261124

#: Repetitions, by mean service time: where a window has few service times intervals cover 94 %, and it takes more
#: repetitions to tell that from 92 %.
REPETITIONS = {"1000 s": 400, "1 h": 1_600}

#: How often an interval of 95 % covers; one that is hardly ever shown is at least not wrong more often.
LEAST, MOST = 0.92, 0.98

#: Both of the same mean service time; the second with a squared coefficient of variation of 4.
QUEUES = {"M/M/8": Servers(8, 0.8, 1.0), "M/H2/4": Servers(4, 0.7, 4.0)}

#: Jobs are left out until the start at an empty queue is forgotten: at least ten relaxation times.
CUT = {"M/M/8": 120.0, "M/H2/4": 250.0}

#: Mean service times in a day.
A_DAY = {"1000 s": 86.4, "1 h": 24.0}

FIGURES = {"mean": None, "p50": 50, "p95": 95, "p99": 99}


class Seen(NamedTuple):
    """How often an interval was shown, how often those shown covered, how often any was wrong."""

    shown: float
    covered: float
    wrong: float

    @property
    def fine(self) -> bool:
        """Whether it covers as it says; one that is hardly shown must at least be wrong no more often than it says."""
        if self.shown < 0.25:
            return self.wrong <= 1 - LEAST
        return LEAST <= self.covered <= MOST


def seen(found: list[Estimate], truth: float) -> Seen:
    """Return how intervals for a truth did."""
    shown = [each for each in found if each.low is not None and each.high is not None]
    held = sum(each.low <= truth <= each.high for each in shown)  # type: ignore[operator]
    return Seen(len(shown) / len(found), held / max(len(shown), 1), (len(shown) - held) / len(found))


def window(queue: Servers, cut: float, length: float, generator: np.random.Generator) -> Sample:
    """Return the waits of the jobs of one replication."""
    count = generator.poisson(queue.servers * queue.load * (cut + length))
    submit = np.sort(generator.random(count)) * (cut + length)
    mean = np.where(generator.random(count) < queue.share, *queue.means)
    wait = waits_of(submit, generator.exponential(1.0, count) * mean, np.zeros(queue.servers))
    mine = np.asarray(wait)[submit >= cut]
    return Sample(mine, np.zeros(len(mine), bool), np.zeros(len(mine), bool))


def estimates(parts: list[Sample]) -> dict[str, Estimate]:
    """Return the figures of replications."""
    pooled = Pooled(parts)
    return {name: pooled.mean() if p is None else pooled.percentile(p) for name, p in FIGURES.items()}


def truth(queue: Servers, figure: str) -> float:
    """Return a figure in the long run."""
    percent = FIGURES[figure]
    return queue.mean_wait if percent is None else queue.percentile(percent)


def check(found: list[dict[str, Estimate]], queue: Servers, unit: float, what: str) -> None:
    """Check all figures of many repetitions, and print how they did."""
    results = {name: seen([each[name] for each in found], truth(queue, name) * unit) for name in FIGURES}
    print(f"\n{what}: " + "; ".join(f"{name} {one.covered:.3f} of {one.shown:.2f}" for name, one in results.items()))
    # More than half of the jobs do not wait at all: the interval of p50 is 0 to 0 and holds it nearly always.
    assert results.pop("p50").covered >= LEAST
    assert all(one.fine for one in results.values()), results


@pytest.mark.nightly
@pytest.mark.parametrize("name", QUEUES)
@pytest.mark.parametrize("service", A_DAY)
@pytest.mark.parametrize("days", [9, 19])
def test_intervals_cover_or_are_withheld(
    name: str, service: str, days: int, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = QUEUES[name]
    found: dict[int, list[dict[str, Estimate]]] = {10: [], 20: []}
    for repetition in range(REPETITIONS[service]):
        generator = np.random.default_rng((SEED, repetition, days, *name.encode(), *service.encode()))
        parts = [window(queue, CUT[name], days * A_DAY[service], generator) for _ in range(20)]
        for replications, each in found.items():
            each.append(estimates(parts[:replications]))
    with capsys.disabled():
        for replications, each in found.items():
            check(each, queue, 1.0, f"{name}, {service}, {days} d, {replications} replications")


def scenario_of(name: str, horizon: str, seed: int) -> Scenario:
    """Return the queue as a scenario, its mean service time 1,000 s."""
    queue = QUEUES[name]
    means = [f"{1_000 * mean:.6f} s" for mean in queue.means]
    run_time = {"kind": "hyperexponential", "means": means, "shares": [queue.share, 1 - queue.share]}
    stream = "platforms.queue.demand.customers"
    return with_set(
        load("mm-c"),
        {
            "time.seed": seed,
            "time.horizon": horizon,
            "time.warmup": f"{round(CUT[name] * 1_000)} s",
            "center.nodes.server.count": queue.servers,
            f"{stream}.arrivals.rate": f"{3.6 * queue.servers * queue.load:.6f} / h",
            f"{stream}.run_time": run_time,
        },
    )


@pytest.mark.nightly
@pytest.mark.parametrize("name", QUEUES)
def test_intervals_of_replications_cover_or_are_withheld(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    horizon = f"{round(CUT[name] * 1_000) + 9 * 86_400} s"
    found = []
    # Of p99 only six in ten intervals are shown: it takes more repetitions to tell how often those cover.
    for repetition in range(4 * REPETITIONS["1000 s"]):
        runs = replicate(scenario_of(name, horizon, SEED + repetition), 10)
        found.append({figure: runs.wait("queue", percent) for figure, percent in FIGURES.items()})
    with capsys.disabled():
        check(found, QUEUES[name], 1e6, f"{name}, replicate, 9 d, 10 replications")


@pytest.mark.slow
def test_a_few_repetitions(capsys: pytest.CaptureFixture[str]) -> None:
    # A t interval of p99 covers 89 % here, and would fail for one seed in ten only: the nightly tests tell.
    queue = QUEUES["M/M/8"]
    found = []
    for repetition in range(200):
        generator = np.random.default_rng((SEED, repetition))
        found.append(estimates([window(queue, CUT["M/M/8"], 9 * A_DAY["1000 s"], generator) for _ in range(10)]))
    with capsys.disabled():
        check(found, queue, 1.0, "M/M/8, 9 d, 10 replications, 200 repetitions")


@pytest.mark.nightly
def test_short_windows_that_run_on_cover(capsys: pytest.CaptureFixture[str]) -> None:
    # Ten mean waits: about a tenth of the jobs would still wait at the end.
    theory = Exponential(4, 0.8)
    length = 10 * theory.mean_wait
    still, early, jobs = [], [], []

    def one(generator: np.random.Generator) -> Sample:
        count = generator.poisson(4 * 0.8 * length)
        submit = np.sort(generator.random(count)) * length
        wait = np.asarray(waits_of(submit, generator.exponential(1.0, count), theory.ready(generator)))
        started = submit + wait < length
        still.append(count - int(started.sum()))
        early.append(float(wait[started].sum()))
        jobs.append(count)
        return Sample(wait, np.zeros(count, bool), np.zeros(count, bool))

    found = []
    for repetition in range(REPETITIONS["1 h"]):
        generator = np.random.default_rng((SEED, repetition))
        found.append(Pooled([one(generator) for _ in range(200)]))
    covered = [
        seen([pooled.mean() for pooled in found], theory.mean_wait),
        seen([pooled.percentile(95) for pooled in found], theory.percentile(95)),
    ]
    share = sum(still) / sum(jobs)
    dropped = sum(early) / (sum(jobs) - sum(still))
    with capsys.disabled():
        print(f"\nshort windows: {share:.1%} would still wait; mean and p95 {covered}")
        print(f"mean wait {theory.mean_wait:.4f}; of the jobs that started inside alone {dropped:.4f}")
    assert 0.07 < share < 0.13
    assert all(each.fine for each in covered)
    assert dropped < 0.9 * theory.mean_wait


@pytest.mark.nightly
@pytest.mark.parametrize("name", QUEUES)
@pytest.mark.parametrize("percent", [95, 99])
def test_a_limit_of_one_side_is_rarely_wrong(name: str, percent: int, capsys: pytest.CaptureFixture[str]) -> None:
    # The limit of a target lies where exactly as many jobs are late as are allowed: met and missed are both wrong.
    queue, allowed = QUEUES[name], 1 - percent / 100
    limit = queue.percentile(percent)
    met = missed = 0
    for repetition in range(REPETITIONS["1000 s"]):
        generator = np.random.default_rng((SEED, repetition, percent))
        pooled = Pooled([window(queue, CUT[name], 19 * A_DAY["1000 s"], generator) for _ in range(10)])
        certain, possible = pooled.longer(limit, sides=1)
        assert certain.low is not None
        assert possible.high is not None
        met += possible.high <= allowed and not pooled.withheld(percent)
        missed += certain.low > allowed
    with capsys.disabled():
        print(f"\n{name}, p{percent}: met {met}, missed {missed} of {REPETITIONS['1000 s']}")
    assert max(met, missed) <= 0.08 * REPETITIONS["1000 s"]


def test_the_recursion_by_hand() -> None:
    # Two servers; the third job waits for the second's end at 3, the fourth for the first's at 4.
    wait = waits_of(np.array([0.0, 1.0, 2.0, 2.5]), np.array([4.0, 2.0, 5.0, 1.0]), np.zeros(2))
    assert wait.tolist() == [0.0, 0.0, 1.0, 1.5]


@pytest.mark.parametrize("figure", FIGURES)
def test_the_chain_is_that_of_the_closed_forms(figure: str) -> None:
    # Exponential service on several servers, and a mixture on one.
    theory = Exponential(8, 0.8)
    other = Hyperexponential(0.7, ONE.share, *ONE.rates)
    for chain, form in ((QUEUES["M/M/8"], theory), (ONE, other)):
        percent = FIGURES[figure]
        closed = form.mean_wait if percent is None else form.percentile(percent)
        assert truth(chain, figure) == pytest.approx(closed, rel=1e-6, abs=1e-9)


#: M/H2/1 at a load at which more than half of the jobs wait.
ONE = Servers(1, 0.7, 4.0)

"""Intervals from replications cover the truth as often as they say: against closed forms."""

from collections.abc import Callable

import numpy as np
import pytest
from waiting_times import Exponential, Floats, Hyperexponential, waits_of

from onecenter.statistics.estimates import pooled_mean, pooled_percentile
from onecenter.statistics.survival import Survival, kaplan_meier

#: Chosen before looking.
SEED = 20261124

REPETITIONS = 400
SLOW = pytest.mark.slow

MM4 = Exponential(4, 0.8)
#: Mean 1 and squared coefficient of variation 4, both kinds of job bringing the same load.
H2 = Hyperexponential(0.8, 0.5 + 0.15**0.5, 2 * (0.5 + 0.15**0.5), 2 * (0.5 - 0.15**0.5))

#: Jobs that warm up: more than ten relaxation times of either queue.
WARMUP = 4_000


def steady_mm4(generator: np.random.Generator, jobs: int) -> Floats:
    """Return waits of M/M/4 in steady state."""
    submit = np.cumsum(generator.exponential(1 / (4 * 0.8), jobs))
    return np.asarray(waits_of(submit, generator.exponential(1.0, jobs), MM4.ready(generator)))


def steady_mh2(generator: np.random.Generator, jobs: int) -> Floats:
    """Return waits of M/H2/1 after a warm-up."""
    submit = np.cumsum(generator.exponential(1 / 0.8, jobs + WARMUP))
    return np.asarray(waits_of(submit, H2.services(generator, jobs + WARMUP), np.zeros(1))[WARMUP:])


def shares_covered(
    draw: Callable[[np.random.Generator], list[Survival]], mean: float, p95: float
) -> tuple[float, float]:
    """Return how often the 95 % intervals of mean and p95 hold the truth."""
    held = np.zeros((REPETITIONS, 2), bool)
    for repetition in range(REPETITIONS):
        parts = draw(np.random.default_rng((SEED, repetition)))
        for column, (estimate, truth) in enumerate([(pooled_mean(parts), mean), (pooled_percentile(parts, 95), p95)]):
            assert estimate.low is not None
            assert estimate.high is not None
            held[repetition, column] = estimate.low <= truth <= estimate.high
    first, second = held.mean(axis=0)
    return float(first), float(second)


@SLOW
@pytest.mark.parametrize("queue", ["M/M/4", "M/H2/1"])
def test_long_replications_cover(queue: str, capsys: pytest.CaptureFixture[str]) -> None:
    waits, truth = (steady_mm4, MM4) if queue == "M/M/4" else (steady_mh2, H2)

    def draw(generator: np.random.Generator) -> list[Survival]:
        return [kaplan_meier(waits(generator, 20_000)) for _ in range(50)]

    covered = shares_covered(draw, truth.mean_wait, truth.percentile(95))
    with capsys.disabled():
        print(f"\n{queue}: coverage of mean and p95 {covered}")
    assert all(0.92 <= share <= 0.98 for share in covered)


@SLOW
def test_short_replications_that_run_on_cover(capsys: pytest.CaptureFixture[str]) -> None:
    # Ten mean waits: about a tenth of the jobs would still wait at the end.
    length = 10 * MM4.mean_wait
    censored, naive, jobs = [], [], []

    def one(generator: np.random.Generator) -> Survival:
        count = generator.poisson(4 * 0.8 * length)
        submit = np.sort(generator.random(count)) * length
        wait = np.asarray(waits_of(submit, generator.exponential(1.0, count), MM4.ready(generator)))
        started = submit + wait < length
        censored.append(count - int(started.sum()))
        naive.append(float(wait[started].sum()))
        jobs.append(count)
        return kaplan_meier(wait)

    covered = shares_covered(lambda g: [one(g) for _ in range(200)], MM4.mean_wait, MM4.percentile(95))
    share = sum(censored) / sum(jobs)
    dropped = sum(naive) / (sum(jobs) - sum(censored))
    with capsys.disabled():
        print(f"\nshort windows: {share:.1%} would be censored; coverage of mean and p95 {covered}")
        print(f"mean wait {MM4.mean_wait:.4f}; of the jobs that started inside alone {dropped:.4f}")
    assert 0.07 < share < 0.13
    assert all(0.90 <= each <= 0.98 for each in covered)
    assert dropped < 0.9 * MM4.mean_wait


def test_the_recursion_by_hand() -> None:
    # Two servers; the third job waits for the second's end at 3, the fourth for the first's at 4.
    wait = waits_of(np.array([0.0, 1.0, 2.0, 2.5]), np.array([4.0, 2.0, 5.0, 1.0]), np.zeros(2))
    assert wait.tolist() == [0.0, 0.0, 1.0, 1.5]


def test_the_closed_forms() -> None:
    same = Hyperexponential(0.5, 0.5, 1.0, 1.000001)
    assert same.mean_wait == pytest.approx(Exponential(1, 0.5).mean_wait, rel=1e-4)
    assert same.percentile(95) == pytest.approx(Exponential(1, 0.5).percentile(95), rel=1e-3)
    assert H2.p / H2.fast + (1 - H2.p) / H2.slow == pytest.approx(1)
    waits = steady_mh2(np.random.default_rng(SEED), 2_000_000)
    assert waits.mean() == pytest.approx(H2.mean_wait, rel=0.05)
    assert np.quantile(waits, 0.95) == pytest.approx(H2.percentile(95), rel=0.05)

"""Estimates from replications, by hand and by SciPy's own moments."""

import math

import numpy as np
import pytest
from scipy import stats

from onecenter.statistics.estimates import NOTHING, Estimate, limits, mean, quantile_of_t, ratio
from onecenter.statistics.startup import mser5


@pytest.mark.parametrize(
    ("confidence", "degrees", "sides", "table"),
    # As printed in any table of Student's t.
    [(0.95, 1, 2, 12.706), (0.95, 9, 2, 2.262), (0.99, 19, 2, 2.861), (0.95, 9, 1, 1.833)],
)
def test_quantiles_of_t(confidence: float, degrees: int, sides: int, table: float) -> None:
    assert quantile_of_t(confidence, degrees, sides) == pytest.approx(table, abs=5e-4)


def test_the_mean_of_three() -> None:
    # Mean 2, standard deviation 1, t(0.975; 2) = 4.3027.
    found = mean([1.0, 2.0, 3.0])
    assert found.value == 2
    assert found.high == pytest.approx(2 + 4.3027 / math.sqrt(3), abs=1e-4)
    assert found.low == pytest.approx(2 - 4.3027 / math.sqrt(3), abs=1e-4)
    assert found.relative_half_width == pytest.approx(4.3027 / math.sqrt(3) / 2, abs=1e-4)


def test_a_ratio_weighs_by_counts() -> None:
    # 10 of 10 and 0 of 30: a quarter, not a half.
    assert ratio([10, 0], [10, 30]).value == 0.25


def test_equal_replications_leave_no_doubt() -> None:
    assert ratio([5, 5, 5], [10, 10, 10]) == Estimate(0.5, 0.5, 0.5)


def test_where_there_is_no_interval_the_reason_is_given() -> None:
    assert ratio([5], [10]) == Estimate(0.5, None, None, "one replication has no interval")
    assert ratio([5], [10]).relative_half_width == math.inf
    assert ratio([0, 0], [10, 10]) == Estimate(0.0, None, None, "0 in each replication")
    assert ratio([0, 0], [0, 0]) == NOTHING
    assert mean([3.0]).low is None


def willink(sums: list[float], counts: list[float], confidence: float, sides: int) -> tuple[float, float]:
    """Return the interval of R. Willink (2005) step by step, its moments from SciPy."""
    r, value = len(sums), sum(sums) / sum(counts)
    off = [(s - value * n) * r / sum(counts) for s, n in zip(sums, counts, strict=True)]
    deviation = float(np.std(off, ddof=1))
    skewness = max(float(stats.skew(off, bias=False)), deviation / value)
    a = skewness / (6 * math.sqrt(r))
    # The variance of a sample's variance is (2 / (r - 1) + excess kurtosis / r) times its square.
    of_variance = 2 / (r - 1) + float(stats.kurtosis(off, bias=False)) / r
    degrees = min(max(2 / of_variance, 1), r - 1) if of_variance > 0 else r - 1
    t = float(stats.t.ppf(1 - (1 - confidence) / sides, degrees))

    def g(x: float) -> float:
        cube = 1 + 6 * a * (x - a)
        return (math.copysign(abs(cube) ** (1 / 3), cube) - 1) / (2 * a)

    error = deviation / math.sqrt(r)
    return max(value - error * g(t), 0.0), value - error * g(-t)


@pytest.mark.parametrize(("confidence", "sides"), [(0.95, 2), (0.99, 1)])
@pytest.mark.parametrize(
    ("sums", "counts"),
    [
        ([3, 1, 4, 1, 5, 9, 2, 6], [10, 11, 9, 10, 12, 10, 8, 10]),
        ([0, 0, 0, 40, 0, 0, 2, 0, 0, 0], [100] * 10),
        ([90, 91, 92, 40, 93], [100] * 5),
        ([2, 3, 2, 3, 2, 3, 2, 3], [10] * 8),
    ],
)
def test_limits_are_those_of_the_paper(sums: list[float], counts: list[float], confidence: float, sides: int) -> None:
    low, high = limits(np.array(sums, float), np.array(counts, float), confidence, sides)
    assert (float(low), float(high)) == pytest.approx(willink(sums, counts, confidence, sides), rel=1e-9)


def test_several_ratios_at_once_are_those_one_by_one() -> None:
    rows, counts = np.array([[1.0, 2, 0, 4], [5, 5, 5, 6], [0, 0, 1, 0]]), np.array([10.0, 12, 9, 10])
    low, high = limits(rows, counts)
    one_by_one = [limits(row, counts) for row in rows]
    assert low.tolist() == [float(first) for first, _ in one_by_one]
    assert high.tolist() == [float(last) for _, last in one_by_one]


@pytest.mark.parametrize("replications", [2, 3, 4, 10, 40])
def test_a_single_queue_has_an_upper_end_and_none_below_zero(replications: int) -> None:
    sums = np.zeros(replications)
    sums[0] = 7
    low, high = limits(sums, np.full(replications, 100.0))
    value = 7 / (100 * replications)
    # One event of a Poisson number: 5.57 times as many are not ruled out (F. Garwood, Biometrika 28, 1936).
    assert float(low) == 0
    assert 5.57 * value < float(high) < 40 * value


def test_mser5_cuts_a_start_that_is_off() -> None:
    generator = np.random.default_rng(2)
    series = generator.normal(0, 1, 500)
    assert mser5(series) <= 100
    series[:50] += 20
    assert 50 <= mser5(series) <= 150


@pytest.mark.parametrize("length", [0, 4, 9])
def test_mser5_on_too_little(length: int) -> None:
    assert mser5(np.zeros(length)) == 0


def test_mser5_leaves_out_no_more_than_half() -> None:
    assert mser5(np.exp(np.arange(100) / 3.0)[::-1]) <= 50

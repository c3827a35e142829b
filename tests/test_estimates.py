"""Estimates from replications, by hand."""

import math

import numpy as np
import pytest

from onecenter.statistics.estimates import (
    Estimate,
    holm,
    mean,
    paired,
    paired_log_ratio,
    pooled_mean,
    pooled_percentile,
    quantile_of_t,
    ratio,
)
from onecenter.statistics.startup import mser5
from onecenter.statistics.survival import Survival, kaplan_meier


def km(*durations: float, censored: tuple[bool, ...] | None = None) -> Survival:
    """Return the estimate of a few durations."""
    return kaplan_meier(np.array(durations), None if censored is None else np.array(censored))


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


def test_one_replication_has_no_interval() -> None:
    assert ratio([5], [10]) == Estimate(0.5, None, None)
    assert ratio([5], [10]).relative_half_width == math.inf


def test_without_jobs_there_is_no_estimate() -> None:
    assert ratio([0, 0], [0, 0]) == Estimate(None, None, None)
    assert pooled_percentile([km(), km()], 95) == Estimate(None, None, None)


def test_pooled_mean() -> None:
    assert pooled_mean([km(0, 2), km(4, 6, 8)]).value == 4


def test_a_censored_largest_wait_gives_a_lower_bound() -> None:
    found = pooled_mean([km(0, 2), km(4, 8, censored=(False, True))])
    assert found.value is None
    assert found.high is None
    assert found.low is not None
    assert found.low < 14 / 4


@pytest.mark.parametrize(("percent", "value"), [(25, 1), (50, 2), (51, 3), (75, 3), (95, 4), (100, 4)])
def test_pooled_percentiles(percent: float, value: float) -> None:
    assert pooled_percentile([km(1, 3), km(2, 4)], percent).value == value


def test_a_percentile_that_is_not_reached() -> None:
    parts = [km(1, 2, censored=(False, True)), km(1, 3, censored=(False, True))]
    assert pooled_percentile(parts, 50).value == 1
    assert pooled_percentile(parts, 95).value is None
    assert pooled_percentile(parts, 95).high is None


def test_the_interval_of_a_percentile_holds_it() -> None:
    generator = np.random.default_rng(1)
    found = pooled_percentile([kaplan_meier(generator.exponential(1.0, 500)) for _ in range(20)], 95)
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.low < -math.log(0.05) < found.high


def test_pairs() -> None:
    # Differences 1, 1, 4: mean 2, standard deviation sqrt(3), error 1; t = 2 on 2 degrees: p = 0.1835.
    found = paired(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 7.0]))
    assert (found.mean, found.error) == (2, pytest.approx(1))
    assert found.p == pytest.approx(0.1835, abs=1e-4)
    assert found.unpaired_error == pytest.approx(math.sqrt((1 + 7) / 3))
    low, high = found.interval()[1:]
    assert (low, high) == (pytest.approx(2 - 4.3027, abs=1e-4), pytest.approx(2 + 4.3027, abs=1e-4))


def test_pairs_that_do_not_differ() -> None:
    assert paired(np.ones(3), np.ones(3)).p == 1
    assert paired(np.ones(3), np.full(3, 2.0)).p == 0


def test_ratios_on_the_log() -> None:
    found = paired_log_ratio(np.array([1.0, 2.0, 4.0]), np.array([2.0, 4.0, 8.0]))
    assert found is not None
    assert math.exp(found.mean) == pytest.approx(2)
    assert found.error == pytest.approx(0)
    assert paired_log_ratio(np.array([0.0, 1.0]), np.array([1.0, 1.0])) is None


def test_holm() -> None:
    # 3 x 0.01; 2 x 0.04; 0.05 is raised to its predecessor's 0.08.
    assert holm([0.04, 0.01, 0.05]) == pytest.approx([0.08, 0.03, 0.08])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


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

"""Paired differences and ratios by hand; an interval and a p value of several tests at once say the same."""

import math

import numpy as np
import pytest

from onecenter.statistics.estimates import paired, paired_log_ratio


def test_pairs() -> None:
    # Differences 1, 1, 4: mean 2, standard deviation sqrt(3), error 1; t = 2 on 2 degrees: p = 0.1835.
    found = paired(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 7.0]))
    assert (found.mean, found.error) == (2, pytest.approx(1))
    assert found.p() == pytest.approx(0.1835, abs=1e-4)
    assert found.unpaired_error == pytest.approx(math.sqrt((1 + 7) / 3))
    low, high = found.interval()[1:]
    assert (low, high) == (pytest.approx(2 - 4.3027, abs=1e-4), pytest.approx(2 + 4.3027, abs=1e-4))


def test_pairs_of_three_tests_at_once() -> None:
    # t(1 - 0.025 / 3; 2) = 7.6488; three times the p value.
    found = paired(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 7.0]))
    assert found.interval(tests=3)[2] == pytest.approx(2 + 7.6488, abs=1e-3)
    assert found.p(3) == pytest.approx(3 * 0.1835, abs=3e-4)
    assert found.p(10) == 1


@pytest.mark.parametrize("tests", [1, 2, 20])
def test_an_interval_leaves_zero_out_where_p_is_small(tests: int) -> None:
    generator = np.random.default_rng(tests)
    verdicts = []
    for shift in np.linspace(0, 3, 60):
        found = paired(np.zeros(6), generator.normal(shift, 1, 6))
        _, low, high = found.interval(tests=tests)
        assert (found.p(tests) < 0.05) == (low > 0 or high < 0)
        verdicts.append(found.p(tests) < 0.05)
    assert any(verdicts)
    assert not all(verdicts)


def test_pairs_that_do_not_differ() -> None:
    assert paired(np.ones(3), np.ones(3)).p() == 1
    assert paired(np.ones(3), np.full(3, 2.0)).p() == 0


def test_ratios_on_the_log() -> None:
    found = paired_log_ratio(np.array([1.0, 2.0, 4.0]), np.array([2.0, 4.0, 8.0]))
    assert found is not None
    assert math.exp(found.mean) == pytest.approx(2)
    assert found.error == pytest.approx(0)
    assert paired_log_ratio(np.array([0.0, 1.0]), np.array([1.0, 1.0])) is None
    assert paired_log_ratio(np.array([1.0, 1.0]), np.array([1.0, 0.0])) is None


def test_an_interval_is_of_95_percent_and_of_one_test_unless_told() -> None:
    found = paired(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 7.0]))
    assert found.interval() == found.interval(0.95, 1)
    assert found.p() == found.p(1)
    assert found.interval(0.5)[2] < found.interval(0.9)[2] < found.interval()[2]

"""Paired differences by windows of a record: against all records that can be drawn, and by hand."""

import math
from itertools import pairwise, product

import numpy as np
import pytest

from onecenter.statistics.blocks import Blocks

SUMS, COUNTS = np.array([4.0, -1.0, 6.0, 2.0, 9.0]), np.array([2.0, 1.0, 3.0, 4.0, 2.0])


def every_record() -> list[float]:
    """Return how many standard errors each of the 5^5 records is off, each with the same probability."""
    mean = SUMS.sum() / COUNTS.sum()
    found = []
    for places in product(range(5), repeat=5):
        sums, counts = SUMS[list(places)], COUNTS[list(places)]
        own = sums.sum() / counts.sum()
        error = math.sqrt(((sums - own * counts) ** 2).sum()) / counts.sum()
        found.append(abs(own - mean) / error if error > 1e-9 else math.inf)
    return sorted(found)


def test_the_mean_is_that_of_all_jobs_and_not_of_the_windows() -> None:
    found = Blocks(SUMS, COUNTS)
    assert found.mean == pytest.approx(20 / 12)
    off = [4 - 2 * 20 / 12, -1 - 20 / 12, 6 - 5, 2 - 4 * 20 / 12, 9 - 2 * 20 / 12]
    assert found.error == pytest.approx(math.sqrt(sum(each * each for each in off)) / 12)
    neighbours = sum(a * b for a, b in pairwise(off))
    assert found.correlation == pytest.approx(neighbours / sum(each * each for each in off))


def test_p_and_interval_are_those_of_all_records_that_can_be_drawn() -> None:
    found, every = Blocks(SUMS, COUNTS), np.array(every_record())
    size = found.mean / found.error
    assert found.p() == pytest.approx(np.mean(every >= size - 1e-9), abs=0.02)
    mean, low, high = found.interval(0.8)
    assert (low + high) / 2 == pytest.approx(mean)
    inside = np.mean(every <= (high - mean) / found.error + 1e-9)
    assert inside == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("tests", [1, 3, 10])
def test_the_interval_leaves_out_0_exactly_where_p_is_small(tests: int) -> None:
    generator = np.random.default_rng(1)
    verdicts = []
    for shift in np.linspace(0, 3, 40):
        found = Blocks(generator.normal(shift, 1, 12), np.ones(12))
        _, low, high = found.interval(0.95, tests)
        verdicts.append(low > 0 or high < 0)
        assert verdicts[-1] == (found.p(tests) < 0.05)
    assert len(set(verdicts)) == 2


def test_several_tests_at_once_widen_the_interval() -> None:
    found = Blocks(SUMS, COUNTS)
    widths = [high - low for _, low, high in (found.interval(0.8, tests) for tests in (1, 2, 4))]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]
    assert found.p(3) == pytest.approx(min(1, 3 * found.p()))


def test_more_tests_than_draws_can_tell_leave_no_bound() -> None:
    assert Blocks(SUMS, COUNTS).interval(0.95, 1_000)[1:] == (-math.inf, math.inf)


def test_the_same_in_each_window_is_no_chance() -> None:
    nothing = Blocks(np.zeros(5), COUNTS)
    assert (nothing.p(), nothing.interval(), nothing.correlation) == (1.0, (0, 0, 0), 0.0)
    same = Blocks(2 * COUNTS, COUNTS)
    assert (same.p(), same.interval()) == (0.0, (2, 2, 2))


def test_windows_without_jobs_count_for_nothing() -> None:
    found = Blocks(np.array([*SUMS, 0.0]), np.array([*COUNTS, 0.0]))
    assert (found.mean, found.error) == (Blocks(SUMS, COUNTS).mean, Blocks(SUMS, COUNTS).error)
    assert all(map(math.isfinite, found.interval(0.8)))

"""Percentiles and means over all jobs of a window, open and refused ones included."""

import math

import numpy as np
import pytest

from onecenter.statistics.sample import Bracket, Sample, needed


def sample(*seen: float, open: tuple[int, ...] = (), never: tuple[int, ...] = ()) -> Sample:
    rows = np.arange(len(seen))
    return Sample(np.array(seen, float), np.isin(rows, open), np.isin(rows, never))


def test_a_rank_counts_every_job() -> None:
    waits = sample(*(1800.0 * k for k in range(200)))
    assert waits.percentile(50) == Bracket(1800 * 99, 1800 * 99)
    assert waits.percentile(95) == Bracket(1800 * 189, 1800 * 189)


def test_a_refused_job_is_longer_than_any() -> None:
    waits = sample(5, 0, 9, 0, never=(1, 3))
    assert waits.percentile(50) == Bracket(9, 9)
    assert waits.percentile(75) == Bracket(math.inf, math.inf)
    found = waits.percentile(75)
    assert found is not None
    assert found.value is None


def test_an_open_job_leaves_a_bracket() -> None:
    waits = sample(1, 2, 3, 10, open=(2,))
    assert waits.percentile(50) == Bracket(2, 2)
    assert waits.percentile(75) == Bracket(3, 10)
    assert waits.percentile(100) == Bracket(10, math.inf)
    assert waits.mean() == Bracket(4, math.inf)


def test_longer_than_a_limit() -> None:
    assert sample(1, 5, 2, 0, open=(2,), never=(3,)).longer_than(3) == (2, 3)


def test_without_jobs_there_is_no_figure() -> None:
    assert sample().percentile(50) is None
    assert sample().mean() is None


@pytest.mark.parametrize(("jobs", "percent", "rank"), [(20, 95, 19), (21, 95, 20), (1, 50, 1), (1000, 99.9, 999)])
def test_needed(jobs: int, percent: float, rank: int) -> None:
    assert needed(jobs, percent) == rank

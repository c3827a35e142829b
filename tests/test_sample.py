"""Percentiles and means over all jobs of a window, open and refused ones included."""

import math

import numpy as np
import pytest

from onecenter.statistics.sample import Bracket, Sample, bracketed, described, finite, needed


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


def test_only_what_started_has_a_mean_of_its_own() -> None:
    waits = sample(1, 2, 6, 10, open=(2,), never=(3,))
    assert waits.mean_started() == 1.5
    assert sample(4, open=(0,)).mean_started() is None


def test_a_part_of_the_jobs() -> None:
    part = sample(1, 2, 3, open=(1,), never=(2,)).where(np.array([False, True, True]))
    assert (part.seen.tolist(), part.open.tolist(), part.never.tolist()) == ([2, 3], [True, False], [False, True])


def test_as_plain_data_in_another_unit() -> None:
    assert bracketed("p95", Bracket(2_000, 2_000), 1_000) == {"p95": 2, "p95_low": 2, "p95_high": 2}
    assert bracketed("p95", Bracket(2, math.inf)) == {"p95": None, "p95_low": 2, "p95_high": None}
    assert bracketed("p95", None) == {"p95": None, "p95_low": None, "p95_high": None}
    assert finite(Bracket(3, math.inf), 2) == (1.5, None)


def test_all_figures_of_a_sample() -> None:
    # Of 1, 2, 3 and an open 10 s: the mean is at least 4 s, half of them wait up to 2 s.
    found = described(sample(1_000, 2_000, 3_000, 10_000, open=(3,)), (50, 95), 1_000)
    assert found == {
        "mean": None, "mean_low": 4, "mean_high": None, "mean_started": 2,
        "p50": 2, "p50_low": 2, "p50_high": 2,
        "p95": None, "p95_low": 10, "p95_high": None,
    }  # fmt: skip
    assert set(described(sample(), (50,), 1).values()) == {None}

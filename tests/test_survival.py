import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecenter.statistics.survival import kaplan_meier

OBSERVED = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def test_textbook_example() -> None:
    # 6 durations; S after 3: 5/6; after 5: 5/6 x 3/4; after 8: x 1/2; 9 is only known from below.
    curve = kaplan_meier(np.array([5, 3, 4, 8, 9, 5]), np.array([False, False, True, False, True, True]))
    assert curve.t.tolist() == [3, 4, 5, 8, 9]
    assert curve.s == pytest.approx([5 / 6, 5 / 6, 5 / 8, 5 / 16, 5 / 16])
    assert (curve.n, curve.censored) == (6, 3)
    assert curve.percentile(50) == 8
    assert curve.percentile(10) == 3
    assert curve.percentile(95) is None
    assert curve.restricted_mean == pytest.approx(3 + 2 * 5 / 6 + 3 * 5 / 8 + 1 * 5 / 16)
    assert curve.mean is None


@settings(deadline=None, max_examples=60)
@given(OBSERVED)
def test_agrees_with_scipy(observed: list[tuple[int, bool]]) -> None:
    from scipy.stats import CensoredData, ecdf

    t = np.array([duration for duration, _ in observed], dtype=float)
    lost = np.array([censored for _, censored in observed])
    theirs = ecdf(CensoredData(uncensored=t[~lost], right=t[lost])).sf
    ours = kaplan_meier(t, lost)
    assert ours.t.tolist() == theirs.quantiles.tolist()
    assert ours.s == pytest.approx(theirs.probabilities)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=300), st.sampled_from([1, 5, 50, 90, 95, 99, 99.5]))
def test_without_censoring_it_is_the_empirical_distribution(durations: list[int], percent: float) -> None:
    curve = kaplan_meier(np.array(durations))
    ranked = sorted(durations)
    rank = -(-len(ranked) * round(10 * percent) // 1_000)
    assert curve.percentile(percent) == ranked[rank - 1]
    assert curve.mean == curve.restricted_mean == pytest.approx(np.mean(durations))


@pytest.mark.parametrize("n", [20, 100, 2_000, 100_000])
def test_a_percentile_that_falls_on_a_step_is_that_step(n: int) -> None:
    # The product of n factors is not exactly 0.05: without a tolerance the next duration would be told.
    assert kaplan_meier(np.arange(1, n + 1)).percentile(95) == 0.95 * n


def test_a_censored_duration_ties_after_an_end() -> None:
    curve = kaplan_meier(np.array([4, 4]), np.array([True, False]))
    assert curve.s.tolist() == [0.5]
    assert curve.mean is None
    assert curve.restricted_mean == 4


def test_a_mean_is_known_where_only_shorter_ones_are_censored() -> None:
    curve = kaplan_meier(np.array([2, 6]), np.array([True, False]))
    assert curve.mean == curve.restricted_mean == 6


def test_all_censored_and_none_at_all() -> None:
    lost = kaplan_meier(np.array([3, 5]), np.array([True, True]))
    assert (lost.percentile(50), lost.mean, lost.restricted_mean) == (None, None, 5)
    empty = kaplan_meier(np.array([]))
    assert (empty.percentile(50), empty.mean, empty.restricted_mean, empty.n) == (None, None, None, 0)

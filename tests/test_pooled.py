"""Durations of several replications together: means, percentiles, shares beyond a limit, and what is withheld."""

import math

import numpy as np
import pytest

from onecenter.statistics.estimates import limits, ratio
from onecenter.statistics.pooled import FEW, FEWEST, Pooled
from onecenter.statistics.sample import Sample


def sample(*seen: float, still: tuple[int, ...] = (), never: tuple[int, ...] = ()) -> Sample:
    """Return durations; those at the places `still` are open, those at `never` end in nothing."""
    places = np.arange(len(seen))
    return Sample(np.array(seen, np.float64), np.isin(places, still), np.isin(places, never))


def exponentials(replications: int, jobs: int, seed: int = 1) -> Pooled:
    """Return independent exponential durations of mean 1."""
    generator = np.random.default_rng(seed)
    return Pooled([sample(*generator.exponential(1.0, jobs)) for _ in range(replications)])


def test_means() -> None:
    assert Pooled([sample(0, 2), sample(4, 6, 8)]).mean().value == 4
    # A job that left after 4 has spent 4; its wait is longer than any.
    left = Pooled([sample(0, 2), sample(4, 8, never=(0,))])
    assert left.spent().value == 14 / 4
    assert (left.mean().value, left.mean().high) == (None, None)
    assert left.mean().low == left.spent().low
    assert "1 jobs were refused or left" in left.mean().reason


def test_open_durations_bound_the_mean_from_below() -> None:
    found = Pooled([sample(0, 2), sample(4, 8, still=(1,))])
    assert (found.spent().value, found.spent().high) == (None, None)
    assert "still waited" in found.spent().reason
    assert 0 <= found.mean().low < 14 / 4  # type: ignore[operator]


@pytest.mark.parametrize(("percent", "value"), [(25, 1), (50, 2), (51, 3), (75, 3), (95, 4), (100, 4)])
def test_percentiles_are_ranks_over_all_jobs(percent: float, value: float) -> None:
    assert Pooled([sample(1, 3), sample(2, 4)]).percentile(percent).value == value


def test_open_and_lost_jobs_rank_as_longer() -> None:
    found = Pooled([sample(1, 2, still=(1,)), sample(1, 3, never=(1,))])
    assert found.percentile(50).value == 1
    assert found.percentile(75).value is None
    assert Pooled([sample(), sample()]).percentile(95).reason == "no jobs"


def test_the_interval_of_a_percentile_holds_it() -> None:
    found = exponentials(20, 500).percentile(95)
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.low < -math.log(0.05) < found.high
    assert found.reason == ""


def test_an_interval_of_a_percentile_is_where_the_share_beyond_agrees() -> None:
    pooled = exponentials(10, 200)
    low, high = pooled.percentile(90).low, pooled.percentile(90).high
    assert low is not None
    assert high is not None
    for inside, outside in ((low, np.nextafter(low, 0)), (high, np.nextafter(high, 0))):
        certain = [pooled.longer(at)[0] for at in (outside, inside)]
        # A duration before it one job more lasts longer, and the share no longer agrees.
        ends = [one.low if inside == low else one.high for one in certain]
        assert (ends[0] > 0.1) is True  # type: ignore[operator]
        assert (ends[1] <= 0.1) is True  # type: ignore[operator]


def test_no_job_beyond_counts_as_one() -> None:
    pooled = Pooled([sample(*[0.0] * 1_000)] * 10)
    certain, possible = pooled.longer(5)
    assert certain == possible
    assert (certain.value, certain.low) == (0.0, 0.0)
    one = Pooled([sample(*[0.0] * 999, 9.0), *[sample(*[0.0] * 1_000)] * 9]).longer(5)[0]
    assert certain.high == one.high
    assert one.value == 1e-4


def test_open_jobs_may_last_longer() -> None:
    parts = [sample(*range(100), still=(50,)) for _ in range(4)]
    certain, possible = Pooled(parts).longer(89)
    assert certain.value == 0.1
    assert possible.value == 0.11


def clumped(replications: int, late: int, queues: int) -> Pooled:
    """Return replications of 1,000 jobs; the late ones are all in the first few."""
    parts = [sample(*[0.0] * (1_000 - late), *np.linspace(1, 2, late)) for _ in range(queues)]
    return Pooled([*parts, *[sample(*[0.0] * 1_000)] * (replications - queues)])


def test_what_too_little_is_known_of_is_withheld() -> None:
    one = Pooled([sample(*range(1_000))]).percentile(95)
    assert (one.value, one.low, one.high) == (949, None, None)
    assert "one replication" in one.reason
    few = exponentials(10, 100).percentile(99)
    assert f"10.0 jobs expected beyond it in all replications: {FEWEST} are needed" in few.reason
    assert few.value is not None
    # 500 jobs lie beyond p95, all of them in one replication.
    assert "too few long queues" in clumped(10, 600, 1).percentile(95).reason
    assert clumped(10, 120, 5).percentile(95).reason == ""


def test_few_jobs_beyond_do_where_replications_agree() -> None:
    assert FEW > 1_000 * 0.1
    assert exponentials(10, 100).percentile(90).reason == ""
    # As many, but in half of the replications.
    assert "too few long queues" in clumped(4, 100, 2).percentile(95).reason


def test_a_percentile_that_nobody_exceeds_is_known() -> None:
    found = Pooled([sample(*[0.0] * 100)] * 10).percentile(95)
    assert (found.low, found.value, found.high, found.reason) == (0.0, 0.0, 0.0, "")


def test_so_many_are_refused_that_no_wait_is_the_percentile() -> None:
    parts = [sample(*[1.0] * 100, never=tuple(range(20))) for _ in range(10)]
    found = Pooled(parts).percentile(95)
    assert (found.value, found.low, found.high) == (None, None, None)
    assert "refused" in found.reason


def test_intervals_are_of_95_percent_and_of_both_sides_unless_told() -> None:
    found = exponentials(20, 500)
    assert found.percentile(95) == found.percentile(95, 0.95, 2)
    assert found.longer(2) == found.longer(2, 0.95, 2)
    assert (found.spent(), found.mean()) == (found.spent(0.95), found.mean(0.95))
    narrow, wide = found.percentile(95, 0.5), found.percentile(95, 0.99)
    assert wide.low < narrow.low <= narrow.high < wide.high  # type: ignore[operator]
    one, two = found.percentile(95, sides=1), found.percentile(95)
    assert two.low < one.low < one.high < two.high  # type: ignore[operator]


def test_the_mean_is_the_ratio_of_waits_to_jobs() -> None:
    found = Pooled([sample(0, 2, 4), sample(4, 6), sample(1)]).spent()
    assert found == ratio([6, 10, 1], [3, 2, 1])


def test_an_interval_of_a_percentile_duration_by_duration() -> None:
    # So few jobs that each duration near the percentile is looked at: here all are, one by one.
    pooled = exponentials(8, 60, seed=5)
    durations = sorted(float(x) for part in pooled.parts for x in part.seen)
    agrees = []
    for t in durations:
        beyond = np.array([(part.seen > t).sum() for part in pooled.parts], np.float64)
        low, high = limits(beyond, pooled.counts)
        agrees.append((bool(low <= 0.2), bool(high <= 0.2)))
    found = pooled.percentile(80)
    assert found.low == durations[next(i for i, (reached, _) in enumerate(agrees) if reached)]
    assert found.high == durations[next(i for i, (_, left) in enumerate(agrees) if left)]


def test_the_share_beyond_is_at_most_all() -> None:
    certain, possible = Pooled([sample(9, 9, 9), sample(9, 9, 0)]).longer(5)
    assert certain == possible
    assert certain.value == 5 / 6
    assert certain.high == 1
    assert Pooled([sample(), sample()]).longer(5)[0].reason == "no jobs"


def test_few_long_queues_are_told_by_the_standard_error_of_the_share_beyond() -> None:
    # p95 of 400 jobs is 0 s, the 380th. One replication has all 20 jobs beyond it, the mean is 10: each is off by 10,
    # so the error is sqrt(2 / 1 x (100 + 100)) / 400 = 0.05, all of the share.
    clump = Pooled([sample(*[0.0] * 180, *range(1, 21)), sample(*[0.0] * 200)])
    assert clump.withheld(95).endswith("known to 100% of it (standard error)")
    # 15 and 5 of them: off by 5, half as much; 10 each leave no doubt.
    spread = Pooled([sample(*[0.0] * 185, *range(1, 16)), sample(*[0.0] * 195, *range(1, 6))])
    assert spread.withheld(95).endswith("known to 50% of it (standard error)")
    assert Pooled([sample(*[0.0] * 190, *range(1, 11))] * 2).withheld(95) == ""

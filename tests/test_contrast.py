"""Two sides of a comparison on one platform, by hand: what is tested, what is not and why; cuts of several sides."""

import math
from typing import Any

import numpy as np
import pytest

from onecenter.errors import OnecenterError
from onecenter.experiments.contrast import Side, adjusted, contrast
from onecenter.experiments.measurement import WEEK, Measurement, common_measurement, has_rhythm, measurement_of
from onecenter.policies import Policy
from onecenter.results.log import CANCELLED_WAITING, REFUSED, RUNNING, WAITING
from onecenter.results.seen import Seen
from onecenter.results.window import Window
from onecenter.scenario import Scenario, load, with_set
from onecenter.units import MS

DAY = MS["d"]


def seen(*waits: float, outcomes: dict[int, int] | None = None) -> Seen:
    """Return jobs with these waits (s); all run, but for those whose outcome is given."""
    count = len(waits)
    outcome = np.full(count, RUNNING, np.int8)
    for place, code in (outcomes or {}).items():
        outcome[place] = code
    zeros, ones = np.zeros(count, np.int64), np.ones(count, np.int64)
    wait = (np.array(waits) * 1_000).astype(np.int64)
    return Seen(zeros, wait, zeros, zeros, ones, zeros - 1, ones, outcome, np.zeros(count, bool), 0)


def side(name: str, *replications: Seen) -> Side:
    return Side(name, replications)


def test_the_ratio_of_means_is_tested_on_the_logarithm() -> None:
    # Means 1, 2, 4 and 2, 4, 8 s: twice as long in each, without any spread.
    a, b = side("fifo", seen(1, 1), seen(2), seen(3, 5)), side("easy", seen(2), seen(4), seen(8))
    row, found = contrast("queue", a, b)
    assert row["reason"] == ""
    assert (row["tested"], row["base_s"], row["other_s"]) == ("ratio", pytest.approx(7 / 3), pytest.approx(14 / 3))
    assert row["difference_s"] == pytest.approx(7 / 3)
    assert found is not None
    assert (found.mean, found.pairs) == (pytest.approx(math.log(2)), 3)
    full = adjusted(row, found, 1)
    assert full["ratio"] == pytest.approx(2)
    assert full["ratio_low"] <= full["ratio"] <= full["ratio_high"]
    assert full["beyond_chance"]


def test_where_nobody_waits_in_a_replication_the_difference_is_tested() -> None:
    # Differences 1, 1, 4: t = 2 on 2 degrees, p = 0.1835.
    row, found = contrast("queue", side("fifo", seen(0), seen(2), seen(3)), side("easy", seen(1), seen(3), seen(7)))
    assert row["tested"] == "difference"
    assert found is not None
    full = adjusted(row, found, 1)
    assert full["p"] == pytest.approx(0.1835, abs=1e-4)
    assert (full["difference_s"], full["difference_low_s"]) == (2, pytest.approx(2 - 4.3027, abs=1e-4))
    assert not full["beyond_chance"]
    assert full["ratio"] is None
    # As one of three tests the p value is three times as large, and the interval wider.
    three = adjusted(dict(row), found, 3)
    assert three["p"] == pytest.approx(3 * full["p"])
    assert three["difference_low_s"] < full["difference_low_s"]


def test_a_job_that_left_counts_with_the_time_that_it_waited() -> None:
    left = seen(4, 2, outcomes={0: CANCELLED_WAITING})
    row, _ = contrast("queue", side("fifo", left, left), side("easy", seen(5), seen(7)))
    assert row["base_s"] == 3
    assert (row["base_cancelled_waiting"], row["other_cancelled_waiting"]) == (2, 0)


@pytest.mark.parametrize(
    ("base", "other", "reason"),
    [
        ([seen(1), seen()], [seen(1), seen(2)], "no jobs in some replication"),
        (
            [seen(1), seen(2)],
            [seen(1, 9, outcomes={1: WAITING}), seen(2)],
            "1 jobs of easy still waited when its runs ended: its mean is known from below only",
        ),
        (
            [seen(1), seen(2)],
            [seen(1, 0, outcomes={1: REFUSED}), seen(2)],
            "fifo refuses 0 jobs, easy 1: the means are about different jobs",
        ),
        ([seen(1), seen(1)], [seen(3), seen(3)], "each replication gives the same: nothing is drawn"),
    ],
)
def test_what_cannot_be_tested_says_why(base: list[Seen], other: list[Seen], reason: str) -> None:
    row, found = contrast("queue", side("fifo", *base), side("easy", *other))
    assert found is None
    assert row["reason"].startswith(reason)
    assert row["tested"] is row["ratio"] is row["p"] is None


def test_a_mean_of_open_waits_is_given_as_its_lower_bound_only() -> None:
    row, _ = contrast("q", side("fifo", seen(1), seen(3)), side("easy", seen(2, outcomes={0: WAITING}), seen(4)))
    assert (row["base_s"], row["base_low_s"]) == (2, 2)
    assert (row["other_s"], row["other_low_s"]) == (None, 3)
    assert row["other_open"] == 1


def test_sides_that_do_not_differ_do_not_differ_beyond_chance() -> None:
    same = side("fifo", seen(1), seen(2))
    row, found = contrast("queue", same, side("easy", *same.seen))
    assert found is not None
    full = adjusted(row, found, 1)
    assert (full["ratio"], full["p"], full["beyond_chance"]) == (1, 1, False)


def measured(cut: float, last: float, rhythm: int | None = None, how: str = "") -> Measurement:
    """Return a measurement; days."""
    return Measurement(Window(int(cut * DAY), int(last * DAY)), rhythm, how)


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ([(1, 10), (3, 12)], (3, 10, None)),
        ([(1, 10), (1, 10)], (1, 10, None)),
        # With a rhythm whole weeks, from the first that all have.
        ([(7, 28, WEEK), (3, 30)], (7, 28, WEEK)),
        ([(7, 28, WEEK), (8, 30)], (14, 28, WEEK)),
        ([(7, 35, WEEK), (3, 20)], (7, 14, WEEK)),
        # No week is left: the time that both have.
        ([(7, 14, WEEK), (9, 30)], (9, 14, None)),
    ],
)
def test_what_several_sides_have_in_common(sides: list[Any], expected: tuple[float, float, int | None]) -> None:
    found = common_measurement([measured(*each) for each in sides])
    cut, last, rhythm = expected
    assert (found.window, found.rhythm) == (Window(cut * DAY, last * DAY), rhythm)
    assert common_measurement([measured(*each) for each in reversed(sides)]).window == found.window


def test_sides_without_a_common_time() -> None:
    with pytest.raises(OnecenterError, match="the longest start-up, 9 d, goes on to the end of another scenario"):
        common_measurement([measured(1, 9), measured(9, 20)])


HOURS = {"platforms.queue.demand.customers.arrivals.hours": [1.0] * 24}


@pytest.mark.parametrize(
    ("days", "warmup", "window", "rhythm"),
    [(21, 0, (7, 21), WEEK), (27, 0, (7, 21), WEEK), (28, 8, (14, 28), WEEK), (13, 2, (2, 13), None)],
)
def test_weeks_where_demand_follows_the_hours(
    days: int, warmup: int, window: tuple[int, int], rhythm: int | None
) -> None:
    scenario: Scenario = with_set(load("mm-c"), HOURS | {"time.horizon": f"{days} d", "time.warmup": f"{warmup} d"})
    assert has_rhythm(next(stream for _, _, stream in scenario.streams))
    found = measurement_of(scenario, Policy())
    assert (found.window, found.rhythm) == (Window(window[0] * DAY, window[1] * DAY), rhythm)


def test_a_warm_up_that_is_given_and_listed_jobs_need_no_pilot_runs() -> None:
    assert measurement_of(load("mm-c"), Policy()).how == "as the scenario says"
    assert measurement_of(load("tiny"), Policy()).how == "nothing is cut: jobs are listed one by one"
    text = measured(2, 9, how="as we say").text()
    assert text == "the first 2 d are cut (as we say), the window is 7 d"
    assert measured(1, 2, how="x").as_dict() == {"window_s": {"warmup": 86_400, "horizon": 172_800}, "cut": "x"}

"""How long a plan's windows are: until each target allows twenty late jobs, by hand."""

import math
from typing import Any

import pytest

from onecenter.planning.window import LONGEST, lengthened
from onecenter.scenario import Scenario, load, with_set
from onecenter.units import MS
from onecenter.workload.build import build

DAY = MS["d"]


def queue(**more: Any) -> Scenario:
    """Return the textbook queue, seen for one day after two."""
    return with_set(load("mm-c"), {"time.horizon": "3 d"} | more)


def jobs_of(scenario: Scenario) -> int:
    """Return how many jobs the window has."""
    return int((build(scenario).submit >= scenario.time.warmup).sum())


@pytest.mark.parametrize("percent", ["95", "98", "99", "99.5"])
def test_windows_until_twenty_jobs_may_be_late(percent: str) -> None:
    scenario = queue(**{"platforms.queue.wait": {f"p{percent}": "20 min"}})
    windows = math.ceil(20 / (jobs_of(scenario) * (1 - float(percent) / 100)))
    assert lengthened(scenario).time.horizon == (2 + windows) * DAY
    # 553 jobs are expected a day: 27.6 of them beyond p95, 5.5 beyond p99.
    assert windows == {"95": 1, "98": 2, "99": 4, "99.5": 8}[percent]


def test_the_target_that_allows_the_fewest_decides() -> None:
    both = queue(**{"platforms.queue.wait": {"p50": "20 min", "p99": "40 min"}})
    assert lengthened(both).time.horizon == 6 * DAY


def test_windows_have_an_end() -> None:
    rare = queue(**{"platforms.queue.wait": {"p99.99": "20 min"}})
    assert lengthened(rare).time.horizon == (2 + LONGEST) * DAY


def test_long_enough_windows_and_listed_jobs_are_left_as_they_are() -> None:
    for scenario in (load("mm-c"), queue(), load("tiny")):
        assert lengthened(scenario) is scenario

"""Priorities that grow with waiting: the queue is put in order again only where two jobs may change places."""

from dataclasses import replace

import numpy as np
import pytest
from by_hand import job, nodes, starts, table
from engines import by_core, check_equal
from oracle import simulate
from random_scenarios import RandomScenario

from onecenter.engine.core import FOREVER, Core
from onecenter.policies import Policy

pytestmark = pytest.mark.equality

HOUR = 3_600_000
UNIT = 1_000_000


def crowd(seed: int) -> RandomScenario:
    """Return jobs of four priorities on one accelerator, most of which wait until their age has reached its highest."""
    rng, count = np.random.default_rng(seed), 30
    jobs = [
        job(int(submit), int(run), 1, priority=int(priority))
        for submit, run, priority in zip(
            np.sort(rng.integers(0, 60, count)), rng.integers(1, 9, count), rng.integers(0, 4, count), strict=True
        )
    ]
    # So many ms weigh as much as one of priority, or all but a millionth as much.
    rate = UNIT * HOUR // int(rng.choice([1, 3, 7, 10])) + int(rng.choice([0, 0, 1, -1]))
    backfill = ("none", "easy", "conservative")[seed % 3]
    policy = Policy("priority", backfill, age_rate=rate, max_age=int(rng.integers(40)))
    return RandomScenario((nodes(1, 1),), policy, table(jobs), None)


@pytest.mark.parametrize("seed", range(45))
def test_the_order_is_that_of_the_twin_at_every_pass(seed: int) -> None:
    scenario = crowd(seed)
    check_equal(by_core(scenario), simulate(*scenario))


def test_in_most_of_these_age_decides_and_so_does_its_highest() -> None:
    found = [crowd(seed) for seed in range(15)]
    logs = [simulate(*scenario).tobytes() for scenario in found]
    for other in ({"age_rate": 0}, {"max_age": 1_000}):
        changed = [s._replace(policy=replace(s.policy, **other)) for s in found]
        assert sum(simulate(*s).tobytes() != log for s, log in zip(changed, logs, strict=True)) >= 8


# One ms weighs as much as one of priority, up to 10 ms. B has waited 6 ms when C comes, whose priority is 4 higher: B
# is ahead by 2. From 14 on B grows no older, and C is level with it at 16 (B was submitted first), ahead at 17.
#
#    0    5    10   15   20
#    AAAAAAAAAAAAAAAABBC...     A runs for 16
#    AAAAAAAAAAAAAAAAACBB..     A runs for 17
@pytest.mark.parametrize(("run", "expected"), [(16, {0: 0, 1: 16, 2: 18}), (17, {0: 0, 1: 18, 2: 17})])
def test_a_younger_job_overtakes_one_that_grows_no_older(run: int, expected: dict[int, int]) -> None:
    jobs = [job(0, run, 1), job(4, 2, 1), job(10, 1, 1, priority=4)]
    policy = Policy("priority", "none", age_rate=UNIT * HOUR, max_age=10)
    scenario = RandomScenario((nodes(1, 1),), policy, table(jobs), None)
    assert starts(by_core(scenario)) == starts(simulate(*scenario)) == expected


@pytest.mark.parametrize(
    ("jobs", "until", "expected"),
    [
        pytest.param([(4, 0), (10, 4)], 11, 16, id="level when the younger has waited 6 of 10"),
        pytest.param([(4, 4), (10, 0)], 11, FOREVER, id="older and of higher priority"),
        pytest.param([(4, 0), (10, 0)], 11, FOREVER, id="of one priority"),
        pytest.param([(4, 0), (4, 1)], 11, FOREVER, id="of one age"),
        pytest.param([(4, 0), (5, 3)], 11, FOREVER, id="younger, but far ahead"),
        pytest.param([(4, 0), (10, 6)], 11, 12, id="level already: looked at in each step"),
        pytest.param([(4, 0), (10, 4), (11, 4)], 12, 16, id="the first of several"),
    ],
)
def test_when_two_may_change_places(jobs: list[tuple[int, int]], until: int, expected: int) -> None:
    waiting = [job(submit, 2, 1, priority=priority) for submit, priority in jobs]
    policy = Policy("priority", "none", age_rate=UNIT * HOUR, max_age=10)
    core = Core([nodes(1, 1)], policy, table([job(0, 99, 1), *waiting]))
    core.advance(until)
    cross = int(core.state.clock["cross"][0])
    # A ms early at most, never late.
    assert expected - 2 <= cross <= expected

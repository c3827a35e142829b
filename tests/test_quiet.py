"""Passes by quotas in which nothing but the last submit is new: by hand, on a node of eight accelerators (ms)."""

from typing import Any

import pytest
from by_hand import starts
from engines import by_core, check_equal
from oracle import simulate
from test_groups import scenario

from onecenter.policies import Policy
from onecenter.workload.sharing import Member, Sharing

pytestmark = pytest.mark.equality

#: Quota for more than there is: whoever waits waits for room.
ROOM = Sharing((Member(), Member("one", 0, 0, nominal=(16_000,))), tiers=(0, 1))

NONE = Policy(backfill="none")
EASY = Policy(backfill="easy")


def started(policy: Policy, *jobs: tuple[int, int, int], **more: Any) -> dict[int, int]:
    """Return when jobs of (submit, run, accelerators) start, as core and twin say."""
    submit, run, size = zip(*jobs, strict=True)
    columns = {"submit": submit, "run": run, "walltime": run, "accelerators": [1000 * each for each in size], **more}
    made = scenario(policy, ROOM, **columns)
    log = by_core(made)
    check_equal(log, simulate(*made))
    return starts(log)


# A 0-10 on 7 | B needs 8, from 10. C of 8 ms, submitted at 2, would not delay it; one of 9 ms would.
def test_the_new_job_may_start_behind_the_head_of_the_last_pass() -> None:
    assert started(EASY, (0, 10, 7), (1, 10, 8), (2, 8, 1)) == {0: 0, 1: 10, 2: 2}
    assert started(EASY, (0, 10, 7), (1, 10, 8), (2, 9, 1)) == {0: 0, 1: 10, 2: 20}


def test_so_may_several() -> None:
    found = started(EASY, (0, 10, 6), (1, 10, 8), (2, 8, 1), (2, 8, 1))
    assert found == {0: 0, 1: 10, 2: 2, 3: 2}


def test_who_goes_before_the_head_starts_without_backfill() -> None:
    policy = Policy(order="sjf", backfill="none")
    assert started(policy, (0, 10, 7), (1, 10, 8), (2, 3, 1)) == {0: 0, 1: 10, 2: 2}


# B needs 8 and gives up at 4: C, behind it since 2, starts then.
def test_a_head_that_gives_up_lets_others_start() -> None:
    found = started(NONE, (0, 10, 7), (1, 9, 8), (2, 9, 1), patience=[-1, 3, -1])
    assert found == {0: 0, 2: 4}


# A is protected for 3 ms; B, of a higher tier, evicts it at 5, when C is submitted.
def test_protection_ends_without_an_event() -> None:
    policy = Policy(backfill="none", preemption="tier", preempt_after=3)
    found = started(policy, (0, 10, 8), (1, 4, 8), (5, 1, 8), platform=[0, 1, 0])
    assert found[1] == 5


# Of jobs that wait the one of higher priority overtakes the head when it has aged enough; no more than its age changes.
def test_a_head_that_is_overtaken_as_jobs_age() -> None:
    policy = Policy(order="priority", backfill="none", age_rate=3_600_000_000_000, max_age=4)
    found = started(policy, (0, 20, 7), (1, 9, 8), (3, 9, 1), (9, 1, 8), priority=[0, 0, 2, 0])
    assert found[2] < 20


# A 0-10 on 7 | B needs 8, from 10. C of 20 ms would delay it, D, which asks the same for 5 ms, would not.
def test_a_short_job_starts_where_a_long_one_that_asks_the_same_may_not() -> None:
    assert started(EASY, (0, 10, 7), (1, 10, 8), (1, 20, 1), (1, 5, 1)) == {0: 0, 1: 10, 2: 20, 3: 1}


# A waits for X until 20. B, behind it, leaves the queue at 7, and C, which follows B, overtakes A at 11: an older job
# gains half a unit per ms up to 8 ms, and C has two units more.
@pytest.mark.parametrize("backfill", ["easy", "easy-sjbf"])
def test_who_follows_a_job_that_has_left_may_overtake_the_one_before(backfill: str) -> None:
    policy = Policy(order="priority", backfill=backfill, age_rate=1_800_000_000_000, max_age=8)
    jobs = (0, 20, 7), (0, 7, 1), (0, 9, 8), (1, 3, 1), (6, 1, 8)
    found = started(policy, *jobs, priority=[0, 0, 0, 0, 2])
    assert found == {0: 0, 1: 0, 2: 21, 3: 7, 4: 20}

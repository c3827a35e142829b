"""Ends, cancels, posts and reasons in the naive twin's log, worked out by hand."""

from typing import Any

import pytest
from by_hand import job, named, nodes, simulated, starts, waited
from onecenter_kernels import codes
from oracle import Post

from onecenter.fleet import NodeType
from onecenter.workload.table import type_code


# Job 1's patience ends at 3, with job 0: the cancel comes before the pass. Job 2, submitted at 3, starts.
#
#     0123
# n0  0002
def test_a_cancel_wins_over_the_pass() -> None:
    log = simulated([nodes(1, 1)], [job(0, 3, 1), job(1, 9, 1, patience=2), job(3, 1, 1, patience=1)])
    assert named(log)[3:] == [
        (3, "end", 0, "completed"),
        (3, "cancel", 1),
        (3, "submit", 2),
        (3, "start", 2, 0, -1, 1),
        (4, "end", 2, "completed"),
    ]


def test_kills_and_outcomes() -> None:
    # Job 0 would run 5 ms and may 3; job 1 runs its whole walltime; ends of one instant stand in the order
    # of ids.
    jobs = [
        job(0, 5, 1, walltime=3, outcome=codes.FAILED),
        job(0, 3, 1),
        job(0, 2, 1, outcome=codes.FAILED),
        job(0, 3, 1, walltime=9, outcome=codes.CANCELLED_RUNNING),
    ]
    log = simulated([nodes(1, 4)], jobs)
    assert named(log)[8:] == [
        (2, "end", 2, "failed"),
        (3, "kill", 0),
        (3, "end", 1, "completed"),
        (3, "end", 3, "cancelled_running"),
    ]
    assert log["reason"][9] == 0


# Two types of one node of two, or two nodes of two with four cpus and 8 MiB each; the last job waits.
TWO_TYPES = (nodes(1, 2), nodes(1, 2))
PAIR = (nodes(2, 2, cpus=4, memory=8),)


@pytest.mark.parametrize(
    ("fleet", "jobs", "policy", "reason"),
    [
        pytest.param(TWO_TYPES, [job(0, 9, 2), job(0, 9, 1)], {}, "node type", id="the other type is empty"),
        pytest.param(
            TWO_TYPES,
            [job(0, 9, 2), job(0, 9, 2, types=type_code([1])), job(0, 9, 1)],
            {},
            "no free accelerator",
            id="the other type is full too",
        ),
        pytest.param(PAIR, [job(0, 9, 1), job(0, 9, 1)], {"depth": 1}, "depth", id="one is looked at"),
        pytest.param(
            PAIR, [job(0, 9, 2), job(0, 9, 1), job(0, 9, 2)], {}, "no free accelerator", id="one of two free"
        ),
        pytest.param(
            PAIR,
            [job(0, 9, 0.999, tasks=4), job(0, 9, 0.5)],
            {},
            "no free accelerator",
            id="4 thousandths free",
        ),
        pytest.param(
            PAIR, [job(0, 9, 1, cpus=3000, tasks=2), job(0, 9, 1, cpus=2000)], {}, "cpu or memory", id="cpus"
        ),
        pytest.param(
            PAIR, [job(0, 9, 1, memory=5, tasks=2), job(0, 9, 1, memory=4)], {}, "cpu or memory", id="memory"
        ),
        pytest.param(
            PAIR, [job(0, 9, 0, cpus=4000, tasks=2), job(0, 9, 0, cpus=1)], {}, "cpu or memory", id="cpu only"
        ),
        pytest.param(
            PAIR,
            [job(0, 9, 1, tasks=2), job(0, 9, 2)],
            {"placement": "worst-fit"},
            "fragmentation",
            id="one free on each node",
        ),
        pytest.param(
            PAIR, [job(0, 9, 0.6, tasks=4), job(0, 9, 0.5)], {}, "fragmentation", id="0.4 free on each device"
        ),
    ],
)
def test_reasons(
    fleet: tuple[NodeType, ...], jobs: list[dict[str, int]], policy: dict[str, Any], reason: str
) -> None:
    assert waited(fleet, jobs, until=1, **policy)[-1] == {reason: 1}


# Shortest first, conservative: job 1 (both, 10 ms) reserves 4 at t = 0; job 2 (5 ms) comes at 1, stands
# before it in the queue, and reserves 14, since room is free now but not for 5 ms.
#
#       0123456789012345678
# n0.0  0000111111111122222
# n0.1  ....1111111111.....
def test_a_head_behind_a_reservation() -> None:
    jobs = [job(0, 4, 1), job(0, 10, 2), job(1, 5, 1)]
    log = simulated([nodes(1, 2)], jobs, order="sjf", backfill="conservative")
    assert starts(log) == {0: 0, 1: 4, 2: 14}
    found = waited([nodes(1, 2)], jobs, order="sjf", backfill="conservative")
    assert found == [{}, {"no free accelerator": 4}, {"reservation ahead": 3, "no free accelerator": 10}]


# A pass looks at one job. At 0 it starts job 0 and leaves job 1, at 2 job 1 and leaves job 2: the limit goes on. At 9
# nobody is left.
#
#       01234567890
# n0.0  00000000022
# n0.1  ..111111111
# n0.2  ...........    where jobs 1 and 2 would fit
def test_the_depth_limit_is_logged_when_it_begins_and_ends() -> None:
    jobs = [job(0, 9, 1), job(0, 9, 1), job(2, 2, 1)]
    assert named(simulated([nodes(1, 3)], jobs, depth=1))[:9] == [
        (0, "submit", 0),
        (0, "submit", 1),
        (0, "start", 0, 0, -1, 1),
        (0, "limit", -1, 1),
        (2, "submit", 2),
        (2, "start", 1, 0, -1, 1),
        (9, "end", 0, "completed"),
        (9, "start", 2, 0, -1, 1),
        (9, "limit", -1, 0),
    ]
    assert waited([nodes(1, 3)], jobs, depth=1) == [{}, {"depth": 2}, {"depth": 7}]


# Posts on a node of two: at 2 the running job 0 is cancelled and job 2 posted; at 3 the cancel of a gone
# job is nothing; at 4 the waiting job 2 is cancelled.
#
#       01234
# n0.0  00111
# n0.1  ..111
def test_posts() -> None:
    posts: list[Post] = [
        (4, "cancel", {"job": 2}),
        (2, "cancel", {"job": 0}),
        (2, "submit", {"run": 2, "walltime": 2, "accelerators": 1000}),
        (3, "cancel", {"job": 0}),
    ]
    log = simulated([nodes(1, 2)], [job(0, 9, 1), job(1, 3, 2)], posts)
    assert named(log) == [
        (0, "submit", 0),
        (0, "start", 0, 0, -1, 1),
        (1, "submit", 1),
        (2, "end", 0, "cancelled_running"),
        (2, "submit", 2),
        (2, "start", 1, 0, -1, 1),
        (4, "cancel", 2),
        (5, "end", 1, "completed"),
    ]


def test_what_comes_to_nothing_makes_no_step() -> None:
    # A pass looks at one job, so any step would start job 2: not the post at 3, nor job 1's stale patience
    # at 5.
    jobs = [job(0, 1, 9), job(0, 9, 1, patience=5), job(0, 1, 1)]
    log = simulated([nodes(1, 2)], jobs, [(3, "cancel", {"job": 0})], depth=1)
    assert starts(log) == {1: 0, 2: 9}


def test_a_posted_cancel_frees_reserved_room() -> None:
    # Job 1 is reserved at 9, the walltime end of job 0; that is cancelled at 2.
    log = simulated(
        [nodes(1, 1)], [job(0, 9, 1), job(0, 1, 1)], [(2, "cancel", {"job": 0})], backfill="conservative"
    )
    assert starts(log) == {0: 0, 1: 2}


def test_nothing_happens_at_the_horizon() -> None:
    jobs = [job(0, 3, 1), job(1, 2, 1), job(3, 1, 1)]
    log, whole = simulated([nodes(1, 1)], jobs, horizon=3), simulated([nodes(1, 1)], jobs)
    assert log.tolist() == whole[whole["t"] < 3].tolist()
    assert 3 in whole["t"]

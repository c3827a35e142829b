"""Kueue's own load test in virtual time, on quotas alone: what the kernels of heads and victims come to together."""

import pytest
from oracle_victims import Node
from quota_center import Demand, QuotaCenter

FREE: dict[str, list[int]] = {"borrowing": [-1], "lending": [-1]}

#: Jobs, the time between their submits, their run time (ms), accelerators, priority.
SMALL, MEDIUM, LARGE = (350, 100, 200, 1, 50), (100, 500, 500, 5, 100), (50, 1200, 1000, 20, 200)


def demand(node: int) -> list[Demand]:
    """Return the jobs of one of Kueue's queues."""
    return [
        Demand(node, every * k, run, 1000 * size, priority)
        for count, every, run, size, priority in (SMALL, MEDIUM, LARGE)
        for k in range(count)
    ]


def waits(center: QuotaCenter, priority: int) -> float:
    """Return the mean wait (s) of the jobs of one priority until they start for the first time."""
    found = [
        starts[0] - job.submit
        for starts, job in zip(center.starts, center.jobs, strict=True)
        if job.priority == priority
    ]
    return sum(found) / len(found) / 1000


@pytest.mark.parametrize(
    ("within", "strict", "expected"),
    [
        ("lower-priority", True, (55.4, 38.7, 0, 75.9)),
        pytest.param("lower-priority", False, (55.4, 38.7, 0, 75.9), marks=pytest.mark.slow),
        pytest.param("never", False, (0.02, 12.7, 28.9, 88.5), marks=pytest.mark.slow),
    ],
)
def test_a_queue_of_the_load_test_alone(within: str, strict: bool, expected: tuple[float, ...]) -> None:
    center = Node(-1, [0], **FREE, platform=False)
    platform = Node(0, [20_000], [0], [0], platform=True, within=within, reclaim="any")
    done = QuotaCenter([center, platform], demand(1), strict=strict).run()
    found = (*(waits(done, kind[-1]) for kind in (SMALL, MEDIUM, LARGE)), done.end / 1000)
    assert found == pytest.approx(expected, rel=0.01, abs=0.005)


@pytest.mark.parametrize("rule", ["classical", "final-then-initial-share"])
def test_a_platform_takes_back_its_quota_and_is_not_evicted_in_turn(rule: str) -> None:
    """Borrowed accelerators go back one job at a time; the jobs that had them start anew when there is room again."""
    center = Node(-1, [0], **FREE, platform=False)
    nodes = [center, *(Node(0, [4000], **FREE, platform=True, reclaim="any") for _ in range(2))]
    jobs = [*(Demand(2, k, 100, 2000, 0) for k in range(4)), Demand(1, 10, 50, 2000, 0), Demand(1, 20, 50, 2000, 0)]
    done = QuotaCenter(nodes, jobs, rule).run()
    # The last two of platform 2 go, latest start first, and come back in the order of their submits.
    assert done.starts == [[0], [1], [2, 60], [3, 70], [10], [20]]
    assert done.end == 170


@pytest.mark.parametrize(("rule", "urgent", "second"), [("classical", 101, 102), ("final-share", 102, 101)])
def test_of_two_that_borrow_the_urgent_goes_first_or_under_fair_sharing_the_smaller_share(
    rule: str, urgent: int, second: int
) -> None:
    center = Node(-1, [6000], **FREE, platform=False)
    nodes = [center, *(Node(0, [1000], **FREE, platform=True) for _ in range(2))]
    # Platform 1 holds all; then it asks for one more, and platform 2 for two, of which one is its own.
    jobs = [Demand(1, k, 100, 1000, 0) for k in range(8)]
    jobs += [Demand(1, 8, 100, 1000, 9), Demand(2, 8, 100, 1000, 0), Demand(2, 9, 100, 1000, 0)]
    assert QuotaCenter(nodes, jobs, rule).run().starts[8:] == [[urgent], [100], [second]]

"""Kueue's cycle: in which order the first jobs of platforms are looked at, and what tenants have consumed."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import oracle_cycle
import pytest
from onecenter_kernels import heads, tenants, tournament
from onecenter_kernels.cycle_fields import HEAD, TENANT
from onecenter_kernels.schema import dtype_of
from onecenter_kernels.state import Array, table
from oracle_victims import Ask, Job, Node
from random_victims import drawn, drawn_job
from victim_cases import state_of

pytestmark = pytest.mark.equality

FREE: dict[str, list[int]] = {"borrowing": [-1], "lending": [-1]}

HOUR = 3_600_000


class Cycle(NamedTuple):
    """As much of the state as the order of heads reads."""

    tree: Array
    quotas: Array
    heads: Array


def cycle_of(nodes: Sequence[Node], running: Sequence[Job], asks: Mapping[int, Ask]) -> Cycle:
    """Return the state before a cycle."""
    s = state_of(nodes, running, Ask(0, 0))
    rows = table(len(nodes), dtype_of(HEAD))
    for n, ask in asks.items():
        rows["open"][n], rows["job"][n] = 1, n
        for name in ("kind", "amount", "priority", "since"):
            rows[name][n] = getattr(ask, name)
        rows["level"][n] = heads.borrowing_level(s, n, ask.kind, ask.amount)
    return Cycle(s.tree, s.quotas, rows)


def order(nodes: Sequence[Node], running: Sequence[Job], asks: Mapping[int, Ask], fairly: bool) -> list[int]:
    """Return platforms in the order of a cycle in which nothing starts."""
    s = cycle_of(nodes, running, asks)
    return list(iter(lambda: int(tournament.next_fair_head(s) if fairly else heads.next_head(s)), -1))


def center(*children: Node) -> list[Node]:
    """Return a tree of a center and what is below it."""
    return [Node(-1, [0], **FREE, platform=False), *children]


def platform(nominal: int, parent: int = 0) -> Node:
    """Return a platform."""
    return Node(parent, [nominal], **FREE, platform=True)


def test_who_borrows_little_goes_first_then_who_is_urgent_then_who_came_first() -> None:
    # Platforms 2 and 3 are in cohort 1, 4 and 5 in the center.
    nodes = center(Node(0, [0], **FREE, platform=False), platform(4, 1), platform(2, 1), platform(2), platform(8))
    asks = {
        2: Ask(2, 5, priority=9, since=0),  # borrows from its cohort: level 1
        3: Ask(3, 7, priority=9, since=0),  # from the center: level 2
        4: Ask(4, 1, priority=0, since=7),
        5: Ask(5, 8, priority=0, since=6),
    }
    assert cycle_of(nodes, [], asks).heads["level"].tolist() == [0, 0, 1, 2, 0, 0]
    assert order(nodes, [], asks, False) == [5, 4, 2, 3]
    asks[4] = asks[4]._replace(priority=1)
    assert order(nodes, [], asks, False) == [4, 5, 2, 3]


def test_with_shares_who_borrows_nothing_goes_first_then_who_has_the_smallest_share() -> None:
    nodes, running = center(platform(3), platform(3), platform(3)), [Job("a", 1, 3), Job("b", 2, 5)]
    asks = {n: Ask(n, 1, priority=-n) for n in (1, 2, 3)}
    assert order(nodes, running, asks, True) == [3, 1, 2]
    # Shares with the head's job: 2 of 9 each.
    asks = {1: Ask(1, 2, since=5), 3: Ask(3, 5, since=4), 2: Ask(2, 1, priority=9)}
    assert order(nodes, running, asks, True) == [3, 1, 2]
    asks[1] = asks[1]._replace(since=3)
    assert order(nodes, running, asks, True) == [1, 3, 2]


def test_a_small_share_of_a_cohort_takes_both_of_its_platforms_along() -> None:
    # Cohort 1 has a quota of 6 for platforms 2 and 3; platform 4 has one of 3 and uses 4.
    nodes = center(Node(0, [6], **FREE, platform=False), platform(0, 1), platform(0, 1), platform(3))
    running = [Job("x", 2, 4), Job("z", 4, 4)]
    asks = {2: Ask(2, 1), 3: Ask(3, 1), 4: Ask(4, 1, priority=9)}
    assert order(nodes, running, asks, True) == [3, 2, 4]


@pytest.mark.parametrize("part", range(5))
def test_random_heads_are_in_the_order_of_the_twin(part: int) -> None:
    for seed in range(60 * part, 60 * part + 60):
        nodes, running, _ = drawn(seed)
        generator = np.random.default_rng(seed)
        asks = {}
        for n in (n for n, node in enumerate(nodes) if node.platform):
            job = drawn_job(generator, "", [n], 2)
            if generator.random() < 0.8:
                asks[n] = Ask(n, job.amount, job.priority, job.kind, job.since)
        levels = cycle_of(nodes, running, asks).heads["level"].tolist()
        assert {n: levels[n] for n in asks} == {n: oracle_cycle.level(nodes, running, asks[n]) for n in asks}, seed
        assert order(nodes, running, asks, False) == oracle_cycle.classical(nodes, running, asks), seed
        assert order(nodes, running, asks, True) == oracle_cycle.fair(nodes, running, asks), seed


@pytest.mark.parametrize("urgent", [1, 2])
def test_shares_are_alike_where_nothing_is_lendable_any_more(urgent: int) -> None:
    nodes, running = center(platform(0), platform(0)), [Job("a", 1, 1), Job("b", 2, 2)]
    asks = {n: Ask(n, 1, priority=int(n == urgent)) for n in (1, 2)}
    assert order(nodes, running, asks, True) == [urgent, 3 - urgent]


@pytest.mark.parametrize(
    ("level", "borrowing", "used", "expected"),
    [(0, -1, 3_000, 1_000), (0, 500, 3_000, 1_000), (0, -1, 5_000, 0), (1, -1, 3_000, 5_000), (1, 500, 3_000, 1_500)],
)
def test_a_head_with_nobody_to_evict_keeps_its_own_quota_or_as_much_as_it_may_borrow(
    level: int, borrowing: int, used: int, expected: int
) -> None:
    nodes = center(Node(0, [4_000], [borrowing], [-1], platform=True))
    s = cycle_of(nodes, [Job("a", 1, used)], {})
    assert heads.kept_for(s, 1, 0, 5_000, level) == expected


class Tenants(NamedTuple):
    """As much of the state as what tenants have consumed reads."""

    tenants: Array


def left(interval: int, half_life: int) -> int:
    """Return what an interval leaves of what was consumed (2**-32)."""
    return round(2**32 * 0.5 ** (interval / half_life))


def consumed(s: Tenants, u: int) -> float:
    """Return what a tenant has consumed over its weight, in accelerators."""
    return float(tenants.weighed(s, u)) / 2**32


def test_a_tenant_that_holds_eight_for_a_half_life_has_consumed_four() -> None:
    s = Tenants(table(3, dtype_of(TENANT)))
    s.tenants["weight"], s.tenants["holds"] = (1000, 2000, 0), 8000
    rest = left(HOUR // 12, 168 * HOUR)
    assert 1 - rest / 2**32 == pytest.approx(0.00034376, rel=1e-4)
    for expected in (4, 6):
        for _ in range(168 * 12):
            tenants.sample(s, rest)
        assert consumed(s, 0) == pytest.approx(expected, rel=1e-5)
        assert consumed(s, 1) == pytest.approx(expected / 2, rel=1e-5)
    assert tenants.weighed(s, 2) > tenants.weighed(s, 0)
    s.tenants["holds"] = 0
    for _ in range(168 * 12):
        tenants.sample(s, rest)
    assert consumed(s, 0) == pytest.approx(3, rel=1e-5)


def test_a_job_counts_as_soon_as_it_starts() -> None:
    s = Tenants(table(1, dtype_of(TENANT)))
    s.tenants["weight"] = 1000
    tenants.admit(s, 0, 8000, left(HOUR // 12, HOUR))
    assert consumed(s, 0) == pytest.approx(0.449, abs=5e-4)
    assert s.tenants["holds"].tolist() == [8000]

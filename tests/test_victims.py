"""Whom a job evicts where quotas are reclaimed: solved by hand, and random ones against the naive twin."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from onecenter_kernels.shares import compare_ratios
from oracle_victims import Ask, Job, Node, victims
from random_victims import drawn
from victim_cases import chosen

pytestmark = pytest.mark.equality

FREE: dict[str, list[int]] = {"borrowing": [-1], "lending": [-1]}


def flat(*nominal: int, reclaim: str = "any") -> list[Node]:
    """Return a center with platforms that have these quotas, in accelerators."""
    center = Node(-1, [0], **FREE, platform=False)
    return [
        center,
        *(Node(0, [1000 * own], **FREE, platform=True, within="lower-priority", reclaim=reclaim) for own in nominal),
    ]


def test_the_job_that_started_last_is_reclaimed_if_it_is_enough() -> None:
    running = [Job("b1", 2, 3000), Job("b2", 2, 3000, admitted=1), Job("b3", 2, 2000, 5, admitted=2)]
    assert chosen(flat(4, 4), running, Ask(1, 3000)) == {"b2": "advantage"}
    assert chosen(flat(4, 4, reclaim="lower-priority"), running, Ask(1, 3000)) == {}


def test_who_need_not_go_is_put_back() -> None:
    running = [Job("b3", 2, 4000), Job("b1", 2, 1000, admitted=1), Job("b2", 2, 1000, admitted=2)]
    assert chosen(flat(4, 2), running, Ask(1, 4000)) == {"b3": "advantage"}


#: With a quota of 3 for each of a, b and c: what runs, in accelerators; who asks for how much; who is evicted.
SHARES: list[tuple[dict[str, list[float]], str, float, set[str]]] = [
    ({"a": [1, 1, 1], "b": [1, 1, 1, 1, 1], "c": [1]}, "c", 1, {"b1"}),
    ({"a": [3, 1], "b": [2, 3]}, "c", 3, {"a1"}),
    ({"a": [1, 1, 1], "b": [1, 1, 1, 1, 1], "c": [1]}, "a", 1, {"b1"}),
    ({"a": [0.5, 0.5, 3], "b": [0.5, 0.5, 3]}, "c", 2, {"a1", "b1"}),
    ({"a": [1, 1, 1], "b": [1, 1, 1], "c": [1, 1, 1]}, "c", 1, set()),
    ({"a": [1, 1, 1], "b": [1, 1, 1, 1, 1]}, "a", 2, set()),
    ({"a": [2], "b": [7]}, "a", 5, set()),
    ({"b": [2, 1, 2], "c": [1]}, "a", 3.5, {"b2"}),
    ({"b": [2, 2.5], "c": [2, 2.5]}, "a", 3.5, {"b1", "c1"}),
    ({"a": [3.5], "b": [2.5], "c": [2.5]}, "b", 2, set()),
]


def jobs_of(running: dict[str, list[float]], low: Sequence[str] = ()) -> list[Job]:
    """Return running jobs that are named after their platform."""
    return [
        Job(f"{name}{k}", "abc".index(name) + 1, round(1000 * size), priority=-1 if f"{name}{k}" in low else 0)
        for name, sizes in running.items()
        for k, size in enumerate(sizes, 1)
    ]


@pytest.mark.parametrize(("running", "who", "size", "expected"), SHARES)
def test_shares_decide_who_is_evicted(
    running: dict[str, list[float]], who: str, size: float, expected: set[str]
) -> None:
    ask = Ask("abc".index(who) + 1, round(1000 * size), rule="final-then-initial-share")
    assert set(chosen(flat(3, 3, 3), jobs_of(running), ask)) == expected


def test_a_platform_evicts_its_own_jobs_of_lower_priority_whatever_the_shares() -> None:
    running = jobs_of({"a": [1, 1, 1, 1], "b": [1, 1, 1, 1, 1]}, low=("a1", "a2"))
    ask = Ask(1, 2000, rule="final-then-initial-share")
    assert chosen(flat(3, 3, 3), running, ask) == {"a1": "within", "a2": "within"}


@pytest.mark.parametrize("part", range(10))
def test_random_choices_are_those_of_the_twin(part: int) -> None:
    for seed in range(100 * part, 100 * part + 100):
        nodes, running, ask = drawn(seed)
        expected = victims(nodes, running, ask)
        assert list(chosen(nodes, running, ask).items()) == list(expected.items()), seed


def test_random_choices_are_of_all_kinds() -> None:
    claims: Counter[str] = Counter()
    several = 0
    for seed in range(300):
        found = victims(*drawn(seed))
        claims.update(found.values())
        several += len(found) > 1
    assert several > 20
    assert min(claims[claim] for claim in ("within", "advantage", "nominal", "borrowing", "share")) > 3


@pytest.mark.parametrize("most", [4, 1_000, 2**62])
def test_ratios_are_compared_exactly(most: int) -> None:
    generator = np.random.default_rng(most)
    for a, b, c, d in generator.integers(1, most, (300, 4)).tolist():
        one, other = Fraction(a, b), Fraction(c, d)
        assert compare_ratios(a, b, c, d) == (one > other) - (one < other)
        assert compare_ratios(a, b, a, b) == 0
    assert compare_ratios(2**61, 2**61 - 1, 2**61 - 1, 2**61 - 2) == -1


def test_tenants_that_have_used_more_are_evicted_first_within_a_platform() -> None:
    tree = flat(3)
    running = [Job("x", 1, 1000, -2), Job("y", 1, 1000, -1, tenant=5), Job("z", 1, 1000, -1, tenant=7)]
    for rule in ("classical", "final-share"):
        assert chosen(tree, running, Ask(1, 1000, rule=rule)) == {"z": "within"}


@pytest.mark.parametrize("other", [0, 2])
def test_of_equal_shares_a_cohort_goes_before_a_platform_and_the_first_cohort_before_another(other: int) -> None:
    # The platform 3 is in cohort 1; the platform 4, whose job has the lower priority, in the center or in cohort 2.
    empty = {"nominal": [0], **FREE}
    cohorts = [Node(-1, platform=False, **empty), *(Node(0, platform=False, **empty) for _ in range(2))]
    borrowers = [Node(parent, platform=True, **empty) for parent in (1, other)]
    nodes = [*cohorts, *borrowers, Node(0, [4000], **FREE, platform=True, reclaim="any")]
    running = [Job("in cohort 1", 3, 2000, priority=1), Job("elsewhere", 4, 2000)]
    ask = Ask(5, 2000, rule="final-share")
    assert chosen(nodes, running, ask) == victims(nodes, running, ask) == {"in cohort 1": "nominal"}

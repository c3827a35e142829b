"""The arithmetic of quotas: worked examples, and random trees against a twin that follows the definitions."""

import numpy as np
import pytest
from onecenter_kernels.quota import available, borrows, derive_quotas, potential, use
from oracle_quota import Quota
from quota_trees import FIELDS, Quotas, columns, drawn, limits, quotas_of, twin_of

pytestmark = pytest.mark.equality


@pytest.mark.parametrize(
    ("a", "b", "reached"),
    [({}, {}, (21, 21)), ({"borrowing": 1}, {}, (10, 21)), ({}, {"lending": 1}, (10, 21))],
)
def test_a_platform_reaches_its_own_and_what_it_may_borrow(
    a: dict[str, int], b: dict[str, int], reached: tuple[int, int]
) -> None:
    s = quotas_of([-1, 0, 0], 1, [[{}, {"nominal": 9} | a, {"nominal": 12} | b]])
    assert (available(s, 1, 0), available(s, 2, 0)) == reached
    assert (potential(s, 1, 0), potential(s, 2, 0)) == reached


def test_a_tree_with_a_platform_that_lends_one() -> None:
    # The center has the cohort 1, with the platforms 2 and 3, and the platform 4.
    own = [{}, {}, {"nominal": 4, "lending": 1}, {"nominal": 2}, {"nominal": 3}]
    s = quotas_of([-1, 0, 1, 1, 0], 2, [own])
    assert columns(s, 0, "local") == [0, 0, 3, 0, 0]
    assert columns(s, 0, "subtree") == [6, 3, 4, 2, 3]
    assert [potential(s, n, 0) for n in (2, 3, 4)] == [9, 6, 6]
    use(s, 2, 0, 4)
    assert columns(s, 0, "usage") == [1, 1, 4, 0, 0]
    assert [available(s, n, 0) for n in (2, 3, 4)] == [5, 5, 5]
    assert not borrows(s, 2, 0, 0)
    assert borrows(s, 2, 0, 1)


def test_a_cut_leaves_less_than_nothing_until_enough_has_ended() -> None:
    s = quotas_of([-1, 0, 0], 1, [[{}, {"nominal": 9}, {"nominal": 12}]])
    use(s, 1, 0, 20)
    s.quotas["nominal"][0, 2] = 4
    derive_quotas(s, 0)
    assert available(s, 1, 0) == available(s, 2, 0) == 13 - 20
    use(s, 1, 0, -8)
    assert available(s, 2, 0) == 1


def check(s: Quotas, twins: list[Quota]) -> None:
    """Fail unless each node of each type has what its definitions say."""
    nodes = range(len(s.tree))
    for kind, twin in enumerate(twins):
        for name in ("subtree", "local", "usage"):
            assert columns(s, kind, name) == [getattr(twin, name)(n) for n in nodes], name
        assert [available(s, n, kind) for n in nodes] == [twin.available(n) for n in nodes]
        assert [potential(s, n, kind) for n in nodes] == [twin.potential(n) for n in nodes]
        for more in (0, 1, 5):
            expected = [twin.usage(n) + more > twin.subtree(n) for n in nodes]
            assert [bool(borrows(s, n, kind, more)) for n in nodes] == expected


def change(s: Quotas, twin: Quota, kind: int, generator: np.random.Generator) -> None:
    """Let a platform use or give back some or, one time in four, a node have another quota."""
    leaves = np.flatnonzero(s.tree["platform"] >= 0).tolist()
    if generator.random() < 0.25:
        n = int(generator.integers(len(twin.parents)))
        given = {"nominal": 0, "borrowing": -1, "lending": -1} | limits(generator, n == 0, 9)
        for name in FIELDS:
            s.quotas[name][kind, n] = getattr(twin, name)[n] = given[name]
        derive_quotas(s, kind)
        return
    n = int(generator.choice(leaves))
    amount = int(generator.integers(-twin.used[n], 10))
    use(s, n, kind, amount)
    twin.used[n] += amount


@pytest.mark.parametrize("part", range(10))
def test_random_trees_are_as_the_twin_says(part: int) -> None:
    for seed in range(100 * part, 100 * part + 100):
        generator = np.random.default_rng(seed)
        s = drawn(generator)
        twins = [twin_of(s, kind) for kind in range(len(s.quotas))]
        for _ in range(5):
            kind = int(generator.integers(len(twins)))
            change(s, twins[kind], kind, generator)
        check(s, twins)

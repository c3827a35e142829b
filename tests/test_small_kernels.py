"""Small kernels by themselves: trees of minima, racks, asks and lists of node types, against a naive computation."""

from itertools import combinations, permutations

import numpy as np
import pytest
from by_hand import job, nodes, table
from onecenter_kernels import asks, commit, index_fields, minima, queue, racks, state
from onecenter_kernels.schema import dtype_of

from onecenter.engine.core import FOREVER, Core
from onecenter.policies import Policy
from onecenter.workload.table import type_code

pytestmark = pytest.mark.equality

LEAVES = dtype_of(index_fields.LEAF)


def tree_of(leaves: list[int]) -> state.Array:
    """Return a tree over leaves, as many as a power of two."""
    tree = state.table(2 * len(leaves), LEAVES)
    tree["least"][len(leaves) :] = leaves
    minima.fill_in(tree)
    return tree


def check(tree: state.Array, leaves: list[int]) -> None:
    """Fail unless the tree holds the leaves, and each row above them the lesser of the two below it."""
    least = tree["least"].tolist()
    assert least[len(leaves) :] == leaves
    assert least[1 : len(leaves)] == [min(least[2 * i], least[2 * i + 1]) for i in range(1, len(leaves))]


@pytest.mark.parametrize("count", [1, 2, 4, 8, 64])
@pytest.mark.parametrize("seed", range(3))
def test_a_tree_has_the_least_of_what_is_below(count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    leaves = generator.integers(0, 9, count).tolist()
    tree = tree_of(leaves)
    check(tree, leaves)
    for _ in range(20):
        place, value = int(generator.integers(count)), int(generator.integers(0, 9))
        leaves[place] = value
        minima.set_leaf(tree, place, value)
        check(tree, leaves)


@pytest.mark.parametrize("count", [1, 2, 8, 32])
@pytest.mark.parametrize("seed", range(3))
def test_the_next_leaf_is_the_first_that_is_low_enough(count: int, seed: int) -> None:
    leaves = np.random.default_rng(seed).integers(0, 6, count).tolist()
    tree = tree_of(leaves)
    for most in range(-1, 7):
        for first in range(count + 2):
            expected = next((i for i in range(first, count) if leaves[i] <= most), -1)
            assert minima.next_leaf(tree, first, most) == expected, (leaves, first, most)


@pytest.mark.parametrize("seed", range(8))
def test_the_fewest_racks_are_those_that_hold_the_most(seed: int) -> None:
    totals = np.random.default_rng(seed).integers(0, 5, 6)
    for tasks in range(1, int(totals.sum()) + 2):
        sizes = (n for n in range(1, 7) for some in combinations(totals.tolist(), n) if sum(some) >= tasks)
        assert racks.fewest(totals.copy(), tasks) == next(sizes, 0)


@pytest.mark.parametrize(("totals", "place"), [([3], 0), ([1, 4, 4], 1), ([0, 0], 0), ([2, 1, 2], 0), ([1, 2, 9], 2)])
def test_the_greatest_is_the_lowest_of_equals(totals: list[int], place: int) -> None:
    assert racks.greatest(np.array(totals)) == place


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_list_of_node_types_allows_those_in_it(count: int) -> None:
    for listed in permutations(range(5), count):
        code = type_code(listed)
        assert [kind for kind in range(6) if asks.allows(code, kind)] == sorted(listed)
    assert not asks.allows(0, 0)


#: What a node has free: accelerators, cpus, memory.
FREE = [(0, 0, 0), (1, 500, 1), (4, 2_000, 10), (3, 64_000, 64), (-1, 64_000, 64), (8, 0, 64)]


@pytest.mark.parametrize("tasks", [1, 2, 5])
@pytest.mark.parametrize(("whole", "cpus", "memory"), [(1, 0, 0), (2, 500, 0), (0, 1_000, 0), (1, 500, 3), (0, 0, 5)])
def test_how_many_tasks_a_node_holds(whole: int, cpus: int, memory: int, tasks: int) -> None:
    core = Core((nodes(1, 8),), Policy(), table([job(0, 1, whole, cpus=cpus, memory=memory, tasks=tasks)]), False)
    ask = asks.ask_of(core.handle, 0)
    for free, free_cpus, free_memory in FREE:
        held = tasks
        for room, each in ((free, whole), (free_cpus, cpus), (free_memory, memory)):
            held = min(held, max(room, 0) // each) if each else held
        row = core.state.nodes[state.NOW, 0]
        row["free"], row["cpus"], row["memory"] = free, free_cpus, free_memory
        assert asks.holds_but_parts(core.state.nodes[state.NOW, 0], ask) == held, (free, free_cpus, free_memory)


#: By order the key of a job of 2 x 3 accelerators, submitted at 3 h, walltime 9 ms, priority 5, at 4 h.
KEYS = {
    "fifo": 3 * 3_600_000,
    "sjf": 9,
    "smallest-first": 6_000,
    "largest-first": -6_000,
    # An hour of waiting counts for 2 units.
    "priority": -7_000_000,
}


@pytest.mark.parametrize("order", KEYS)
def test_the_key_of_an_order(order: str) -> None:
    hour = 3_600_000
    policy = Policy(order=order, age_rate=2_000_000, max_age=2 * hour)
    core = Core((nodes(2, 4),), policy, table([job(3 * hour, 9, 3, tasks=2, priority=5)]), False)
    assert queue.key_of(core.handle, 0, 4 * hour) == KEYS[order]
    # Beyond two hours waiting counts no more.
    if order == "priority":
        keys = [queue.key_of(core.handle, 0, (3 + hours) * hour) for hours in (0, 2, 3)]
        assert keys == [-5_000_000, -9_000_000, -9_000_000]


def test_of_equal_keys_the_earlier_submit_then_the_lower_id_goes_first() -> None:
    core = Core((nodes(1, 1),), Policy(), table([job(0, 1, 1), job(5, 1, 1), job(5, 1, 1)]), False)
    order = [(7, 0), (7, 1), (7, 2), (8, 0), (8, 1)]
    for first, second in combinations(order, 2):
        assert queue.goes_before(core.handle, *first, *second)
        assert not queue.goes_before(core.handle, *second, *first)


def test_the_largest_time_is_beyond_all_and_can_be_added_to() -> None:
    assert FOREVER == state.FOREVER == 2**62
    assert minima.next_leaf(tree_of([FOREVER, FOREVER]), 0, FOREVER - 1) == -1


def test_only_a_watched_job_stops_the_core() -> None:
    core = Core([nodes(1, 2)], Policy(), table([job(0, 5, 1), job(0, 5, 1)]))
    core.watch(1)
    for number, watched in ((0, 0), (1, 1)):
        commit.changed(core.handle, number)
        assert core.state.clock["watched"][0] == watched

"""The heap of timers pops what a sorted list gives; who is listed first of two node types."""

from itertools import permutations

import numpy as np
import pytest
from by_hand import job, nodes, table
from onecenter_kernels import heap, promise

from onecenter.engine.core import Core
from onecenter.policies import Policy
from onecenter.workload.table import type_code

pytestmark = pytest.mark.equality


def without_timers() -> Core:
    """Return a core with room for timers, of which there are none."""
    core = Core((nodes(1, 1),), Policy(), table([job(t, 1, 1) for t in range(40)]), False)
    core.state.clock["timers"] = 0
    return core


@pytest.mark.parametrize("seed", range(6))
def test_timers_fall_due_by_time_then_kind_then_job(seed: int) -> None:
    generator, core = np.random.default_rng(seed), without_timers()
    clock = core.state.clock[0]
    expected: list[tuple[int, int, int, int]] = []
    for posted in range(60):
        t, kind, number = (int(generator.integers(most)) for most in (5, 3, 3))
        heap.push(core.handle, t, kind, number, posted)
        expected.append((t, kind, number, posted))
        if generator.random() < 0.3:
            take_first(core, expected)
    assert clock["timers"] == len(expected)
    while expected:
        take_first(core, expected)


def take_first(core: Core, expected: list[tuple[int, int, int, int]]) -> None:
    """Pop the timer that falls due first; of two alike either."""
    first = popped(core)
    assert first[:3] == min(expected)[:3]
    expected.remove(first)


def popped(core: Core) -> tuple[int, int, int, int]:
    """Return the timer that falls due first, and drop it."""
    row = core.state.timers[0]
    kind, number = divmod(int(row["what"]), 1 << heap.KIND)
    found = int(row["t"]), kind, number, int(row["epoch"])
    heap.pop(core.handle)
    return found


def test_the_first_of_two_node_types_in_a_list() -> None:
    for listed in permutations(range(3)):
        for kind, other in permutations(range(3), 2):
            first = listed.index(kind) < listed.index(other)
            assert promise.listed_first(type_code(listed), kind, other) == first

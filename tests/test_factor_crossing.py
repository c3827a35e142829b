"""Up to when two waiting jobs keep their order under multifactor priority, against looking at each ms."""

import random

import pytest
from onecenter_kernels.crossing import crossing
from onecenter_kernels.jit import JIT
from onecenter_kernels.keys import waiting_key
from onecenter_kernels.state import FOREVER

from onecenter.engine.core import Core
from onecenter.fleet import NodeType
from onecenter.policies import Multifactor, Policy
from onecenter.workload.table import workload

pytestmark = pytest.mark.equality


def two_jobs(submits: tuple[int, int], bases: tuple[float, float], age: int, max_age: int) -> Core:
    """Return a core that knows two jobs, with what their priorities are without their ages."""
    jobs = workload(submit=list(submits), run=1, walltime=1, accelerators=1000)
    policy = Policy(order=Multifactor(age=age, size=1), max_age=max_age)
    core = Core((NodeType("n", 1, 1),), policy, jobs)
    for j, base in enumerate(bases):
        core.state.keys[j]["key"] = base
    return core


def rank(core: Core, j: int, t: int) -> tuple[int, int, int]:
    """Return what a job is ordered by at an instant (ms)."""
    return waiting_key(core.handle, j, t), int(core.state.jobs[j]["submit"]), j


@pytest.mark.parametrize("seed", range(3 if not JIT else 40))
def test_no_order_changes_before(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(20):
        submits = sorted(draw.choice((0, 0, 1, 3, 17)) for _ in range(2))
        bases = tuple(draw.choice((0.0, 0.25, 0.5, 1.5, 2.0, 7.3, 2.0**32)) for _ in range(2))
        core = two_jobs(
            (submits[0], submits[1]), (bases[0], bases[1]), draw.choice((0, 1, 2, 40)), draw.choice((0, 9, 50))
        )
        t = draw.randrange(20, 60)
        a, b = sorted((0, 1), key=lambda j: rank(core, j, t))
        until = crossing(core.handle, a, b, t)
        assert until > t
        for later in range(t, min(until, t + 120)):
            assert rank(core, a, later) < rank(core, b, later), (submits, bases, t, later, until)


# 3.2 and 3.9 at 30 ms: both count as 3, and the lower id goes first; 3.3 and 4.0 a ms later.
def test_a_near_tie_is_looked_at_when_a_whole_part_changes() -> None:
    core = two_jobs((0, 0), (0.2, 0.9), age=10, max_age=100)
    assert [rank(core, 0, t) < rank(core, 1, t) for t in range(30, 33)] == [True, False, False]
    assert crossing(core.handle, 0, 1, 30) == 31


def test_jobs_far_apart_are_not_looked_at_until_one_ages_no_more() -> None:
    core = two_jobs((0, 50), (0.0, 0.5), age=10, max_age=100)
    assert crossing(core.handle, 0, 1, 60) == 100  # 5 units ahead, less 0.5
    assert crossing(two_jobs((0, 50), (5.0, 0.5), 10, 100).handle, 0, 1, 60) == FOREVER


# 3.4 and 4.1 at 32 ms; both count as 4 at 38 ms, and the lower id goes first again.
def test_of_two_that_came_together_the_lower_id_catches_up() -> None:
    core = two_jobs((0, 0), (0.2, 0.9), age=10, max_age=100)
    assert [rank(core, 1, t) < rank(core, 0, t) for t in range(36, 40)] == [True, True, False, False]
    assert 32 < crossing(core.handle, 1, 0, 32) <= 38


@pytest.mark.parametrize("seed", range(15 if not JIT else 60))
def test_the_queue_is_in_order_after_every_step(seed: int) -> None:
    draw = random.Random(seed)
    jobs = workload(
        ("one", "two"),
        submit=sorted(draw.randrange(60) for _ in range(40)),
        run=[draw.randrange(1, 9) for _ in range(40)],
        walltime=9,
        accelerators=1000,
        platform=[draw.randrange(2) for _ in range(40)],
        tenant=[draw.randrange(2) for _ in range(40)],
    )
    order = Multifactor(age=draw.choice((7, 30, 300)), fairshare=draw.choice((3, 9)), calc_period=draw.choice((5, 40)))
    core = Core((NodeType("n", 1, 1),), Policy(order, "none", max_age=draw.choice((20, 90))), jobs)
    clock = core.state.clock[0]
    for t in range(200):
        core.advance(t + 1)
        if clock["now"] == t:
            waiting = core.state.queue["job"][clock["head"] : clock["tail"]].tolist()
            assert waiting == sorted(waiting, key=lambda j: rank(core, j, t))

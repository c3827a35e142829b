"""Queues of several blocks in which few groups wait, so that passes leave whole blocks out: against the twin."""

import random

import numpy as np
import pytest
from engines import by_core, check_equal, core_of
from onecenter_kernels.jit import JIT
from onecenter_kernels.queue import fill, move, pass_over
from onecenter_kernels.state import BLOCK_BITS
from oracle import simulate
from random_scenarios import RandomScenario

from onecenter.fleet import NodeType
from onecenter.policies import Multifactor, Policy
from onecenter.workload.sharing import JobClass, Member, Sharing, check_sharing
from onecenter.workload.table import workload

pytestmark = pytest.mark.equality

COUNT = 100 if not JIT else 150
FLEET = (NodeType("n", 4, 4),)

ORDERS = ("fifo", "priority", "sjf", "largest-first", Multifactor(age=30, fairshare=20, qos=4, calc_period=40))


def long_queue(seed: int) -> RandomScenario:
    """Return jobs that come faster than four nodes of four can run them, most of which wait for long."""
    draw = random.Random(seed)
    columns = {
        "submit": sorted(draw.randrange(COUNT) for _ in range(COUNT)),
        "run": [draw.choice((1, 5, 20, 60)) for _ in range(COUNT)],
        "accelerators": [1000 * draw.choice((1, 1, 2, 4)) for _ in range(COUNT)],
        "tasks": [draw.choice((1, 1, 1, 2)) for _ in range(COUNT)],
        "platform": [draw.randrange(2) for _ in range(COUNT)],
        "tenant": [draw.randrange(2) for _ in range(COUNT)],
    }
    columns["walltime"] = [each * draw.choice((1, 1, 2, 3)) for each in columns["run"]]
    borrowing = draw.choice((-1, 0, 2000))
    members = (Member(), *(Member(name, 0, p, False, (8000,), (borrowing,), (-1,)) for p, name in enumerate("ab")))
    tiers, evicts = ((0, 1), "tier") if draw.random() < 0.4 else ((0, 0), "none")
    sharing = Sharing(members, classes=tuple(JobClass(tier=t) for t in tiers), tiers=tiers)
    shared = draw.random() < 0.7
    jobs = workload(
        ("a", "b"), ("a.x", "b.x"), sharing=sharing if shared else None, **columns, stream=columns["platform"]
    )
    backfill = draw.choice(("easy", "easy", "none"))
    policy = Policy(
        draw.choice(ORDERS), backfill, age_rate=3_600_000, max_age=50, preemption=evicts if shared else "none"
    )
    return RandomScenario(FLEET, policy, jobs, None)


@pytest.mark.parametrize("seed", range(2 if not JIT else 4))
def test_as_the_twin(seed: int) -> None:
    check_equal(by_core(long_queue(seed)), simulate(*long_queue(seed)))


@pytest.mark.parametrize("seed", range(5 if not JIT else 40))
def test_blocks_are_left_out_only_where_nobody_could_start(seed: int) -> None:
    draw = random.Random(seed)
    core = core_of(long_queue(1))
    s, handle = core.state, core.handle
    clock, places = s.clock[0], draw.randrange(70, 110)
    clock["head"], clock["tail"] = draw.randrange(40), places
    for i in range(places):
        fill(handle, i, i % COUNT, 0, 0, 2 if i < 50 else 1)
    for _ in range(60):
        i, other = (draw.randrange(int(clock["head"]), places) for _ in range(2))
        if draw.random() < 0.1:
            fill(handle, other, i % COUNT, 0, 0, draw.randrange(3))
        elif draw.random() < 0.2:
            move(handle, i, other)
        waiting, groups = s.queue["group"][:places].tolist(), draw.choice((2, 4, 6))
        able = [k for k in range(i, places) if not groups >> waiting[k] & 1]
        assert pass_over(handle, i, groups) == (able[0] if able else places)


def test_queues_have_several_blocks() -> None:
    log = by_core(long_queue(1))
    waiting = (log["kind"] == 0).sum() - len(set(log["job"][(log["kind"] == 2) & (log["t"] < COUNT)].tolist()))
    assert waiting > 1 << BLOCK_BITS


@pytest.mark.parametrize("tier", [10**6, -(10**6)])
def test_tiers_are_small_enough_to_be_ranked_above_priorities(tier: int) -> None:
    def of(tier: int) -> Sharing:
        return Sharing((Member(),), classes=(JobClass(tier=tier),), tiers=(tier,))

    check_sharing(of(tier), 1, 1, 1)
    with pytest.raises(ValueError, match="sharing: it does not belong"):
        check_sharing(of(tier + np.sign(tier)), 1, 1, 1)

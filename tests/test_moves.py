"""What no change can move is not taken out and put back: with many jobs at one instant the log is that of the twin."""

from dataclasses import replace

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import by_core, check_equal, core_of, crowd
from onecenter_kernels import codes, conservative
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario, Seeded

from onecenter.engine.core import Core
from onecenter.policies import Policy
from onecenter.workload.table import Workload

pytestmark = pytest.mark.equality

SEEDS = range(24 if JIT else 6)


def together(seed: int) -> RandomScenario:
    """Return jobs of all kinds of which most come at few instants, and many end before their walltime."""
    choices = Seeded(seed)
    scenario = crowd(seed, codes.ORDERS[seed % 5], "conservative", codes.PLACEMENTS[seed % 4], (20, 35)[seed % 2])
    work = scenario.workload
    submit = np.sort(np.array([1000 * choices.pick((0, 0, 0, 3)) for _ in range(len(work))]))
    walltime = np.array([run * choices.pick((1, 2, 5)) for run in work.run.tolist()])
    return scenario._replace(workload=replace(work, submit=submit, walltime=np.maximum(walltime, 1)))


def whole(work: Workload) -> Workload:
    """Return the jobs that ask no fraction."""
    return work.take(np.flatnonzero(work.accelerators % 1000 == 0))


#: What a change gives begins after the job that it lets start, or is a device that a start has named.
HARD = (17, 25, 27, 34, 41, 630)


@pytest.mark.parametrize("seed", [*SEEDS, *HARD])
def test_many_jobs_at_one_instant_as_the_twin(seed: int) -> None:
    scenario = together(seed)
    check_equal(by_core(scenario), simulate(*scenario))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(2))
def test_many_jobs_at_many_instants_as_the_twin(block: int) -> None:
    for seed in range(80_000 + 75 * block, 80_000 + 75 * (block + 1)):
        scenario = together(seed)
        check_equal(by_core(scenario), simulate(*scenario))


@pytest.mark.parametrize("asks", [1, 0.5])
def test_what_ends_elsewhere_takes_nobody_out(asks: float) -> None:
    # Forty jobs wait for the one node of the first type. At 5 and 6 jobs end early on the node of the second type:
    # nobody can move, though each holds a reservation.
    fleet = (replace(nodes(1, 2), name="first"), replace(nodes(1, 2), name="second"))
    work = [job(0, 50, 2, types=1) for _ in range(41)] + [job(0, run, asks, walltime=9, types=2) for run in (5, 6)]
    core = core_of(RandomScenario(fleet, Policy(backfill="conservative"), table(work), None))
    core.advance(6)
    before = int(core.state.clock["visits"][0])
    core.advance(7)
    assert int(core.state.clock["visits"][0]) == before


def test_an_end_that_is_new_is_a_start_to_try() -> None:
    # On the first node A holds one device until 60 by its walltime and B, with the one cpu, the other until 40. A ends
    # at 20: C stays at 40, when the cpu comes free, on half of A's device, and D moves to 40, on B's. From 25 on one
    # device would be empty for D at any time, though not the same one. On the second node W ends early at 25, and X
    # moves there from 100: its end at 30 is new, and D, for whom before it starts only the number counts, moves to 30.
    fleet = (replace(nodes(1, 2, cpus=1), name="first"), replace(nodes(1, 1), name="second"))
    a, b = job(0, 20, 1, walltime=60, types=1), job(0, 40, 1, cpus=1000, types=1)
    w, c = job(0, 25, 1, walltime=100, types=2), job(10, 20, 0.5, cpus=1000, types=1)
    d, x = job(10, 40, 1, types=1), job(10, 5, 1, types=2)
    scenario = RandomScenario(fleet, Policy(backfill="conservative"), table([a, b, w, c, d, x]), None)
    core = core_of(scenario)
    core.advance(25)
    assert [int(row["start"]) for row in core.jobs[3:6]] == [40, 40, 100]
    core.advance(26)
    assert [int(row["start"]) for row in core.jobs[3:6]] == [40, 30, 25]
    check_equal(by_core(scenario), simulate(*scenario))


def reserved(core: Core) -> list[tuple[int, ...]]:
    """Return what the waiting jobs have reserved: job, start (ms), node, device, tasks."""
    found = []
    for number, row in enumerate(core.jobs):
        hold = int(row["hold"]) if row["state"] == codes.S_WAITING and row["start"] >= 0 else -1
        while hold >= 0:
            place = core.state.holds[hold]
            found.append((number, int(row["start"]), int(place["node"]), int(place["slot"]), int(place["amount"])))
            hold = int(place["next"])
    return found


def every_reservation(scenario: RandomScenario) -> list[list[tuple[int, ...]]]:
    """Return what is reserved after each step."""
    core, found = core_of(scenario), []
    while core.next >= 0:
        core.advance(core.next + 1)
        found.append(reserved(core))
    return found


@pytest.mark.skipif(JIT, reason="compiled kernels cannot be exchanged")
@pytest.mark.parametrize("kind", ["whole", "all"])
@pytest.mark.parametrize("seed", range(12))
def test_who_is_not_taken_out_would_not_have_moved(seed: int, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = together(seed)
    if kind == "whole":
        scenario = scenario._replace(workload=whole(scenario.workload))
    found = every_reservation(scenario)
    monkeypatch.setattr(conservative, "may_be_put_back", lambda s, j: s.jobs[j].start >= 0)
    assert found == every_reservation(scenario)

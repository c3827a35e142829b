"""Where no job asks a fraction, one profile per node says what will be free: the log is that of the twin."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from engines import a_job, check_equal, core_of, horizon_of, wholes
from onecenter_kernels import codes, profile
from onecenter_kernels.jit import JIT
from onecenter_kernels.state import NOW
from oracle import Post, simulate
from random_scenarios import Seeded

from onecenter.engine.core import Core
from onecenter.workload.table import DEFAULTS

pytestmark = pytest.mark.equality

SEEDS = range(24 if JIT else 8)
#: Backfill, and how many blocked jobs reserve.
BACKFILLS = (("conservative", 1), ("easy", 2), ("easy-sjbf", 3))


#: A gang moves to another place at the same start, or fits only because a node has been looked at again.
HARD = (88, 107, 123, 242)


@pytest.mark.parametrize("seed", [*SEEDS, *HARD])
@pytest.mark.parametrize(("backfill", "reservations"), BACKFILLS)
def test_whole_accelerators_as_the_twin(seed: int, backfill: str, reservations: int) -> None:
    scenario = wholes(seed, backfill, reservations)
    core = core_of(scenario)
    assert core.state.clock["profiled"][0]
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("backfill", "reservations"), BACKFILLS)
def test_jobs_that_a_process_submits_as_the_twin(seed: int, backfill: str, reservations: int) -> None:
    scenario, choices = wholes(seed, backfill, reservations), Seeded(seed)
    instants = simulate(*scenario)["t"].tolist()
    posts: list[Post] = []
    for t in sorted(choices.pick(instants) for _ in range(4)):
        job = a_job(choices, scenario, 1000) | {"accelerators": 1000 * choices.pick((0, 1, 2))}
        posts.append((t, "submit", job))
    core = core_of(scenario)
    for t, _, columns in posts:
        core.advance(t)
        core.post_submit(DEFAULTS | columns, t)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario, posts))


def chain(core: Core, first: int) -> int:
    """Return how many rows of reserved amounts are linked to a first one."""
    count, row = 0, int(first)
    while row >= 0:
        count, row = count + 1, int(core.state.holds[row]["next"])
    return count


@pytest.mark.parametrize("seed", range(8))
def test_rows_of_reserved_amounts_are_used_or_spare(seed: int) -> None:
    scenario = wholes(seed)
    core = core_of(scenario)
    for t in sorted(set(scenario.workload.submit.tolist())):
        core.advance(t + 1)
        waiting = [job for job in core.jobs if job["state"] == codes.S_WAITING]
        clock = core.state.clock[0]
        used = sum(chain(core, job["hold"]) for job in waiting)
        assert used + chain(core, clock["spare_hold"]) == clock["holds"] - clock["scratch"]
        assert {int(job["hold"]) for job in core.jobs if job["state"] == codes.S_RUNNING} <= {-1}


def rows_of(core: Core, node: int) -> list[tuple[int, int, int, int]]:
    """Return the profile of a node: from when (ms), and what is free."""
    found, row = [], int(profile.present(core.handle, node))
    while row >= 0:
        step: Any = core.state.steps[row]
        begin = max(int(step["t"]), core.now)
        found.append((begin, int(step["free"]), int(step["cpus"]), int(step["memory"])))
        row = int(step["next"])
    return found


def held_in(core: Core) -> Iterator[tuple[int, int, int, int, Any]]:
    """Give what jobs hold or have reserved: node, from when, until when (ms), tasks, and their ask."""
    for job in core.jobs:
        ask, end = core.state.asks[int(job["ask"])], int(job["start"] + job["walltime"])
        if job["state"] == codes.S_RUNNING:
            for row in core.log[int(job["first"]) : int(job["first"] + job["rows"])]:
                yield int(row["node"]), core.now, end, int(row["amount"]), ask
        elif job["state"] == codes.S_WAITING and job["start"] >= 0:
            h = int(job["hold"])
            while h >= 0:
                hold = core.state.holds[h]
                yield int(hold["node"]), int(job["start"]), end, int(hold["amount"]), ask
                h = int(hold["next"])


@pytest.mark.parametrize("seed", range(8))
def test_the_profile_is_what_running_and_reserved_jobs_leave(seed: int) -> None:
    scenario = wholes(seed)
    core = core_of(scenario)
    core.advance(int(np.unique(scenario.workload.submit)[2]) + 1)
    held = list(held_in(core))
    for node in range(core.state.nodes.shape[1]):
        kind = core.state.types[NOW, int(core.state.nodes[NOW, node]["type"])]
        ours = [(begin, end, tasks, ask) for on, begin, end, tasks, ask in held if on == node]
        instants = sorted({core.now} | {t for begin, end, *_ in ours for t in (begin, end) if t > core.now})
        expected = []
        for t in instants:
            there = [(tasks, ask) for begin, end, tasks, ask in ours if begin <= t < end]
            free = int(kind["accelerators"]) - sum(tasks * int(ask["accelerators"]) // 1000 for tasks, ask in there)
            cpus = int(kind["cpus"]) - sum(tasks * int(ask["cpus"]) for tasks, ask in there)
            memory = int(kind["memory"]) - sum(tasks * int(ask["memory"]) for tasks, ask in there)
            if not expected or expected[-1][1:] != (free, cpus, memory):
                expected.append((t, free, cpus, memory))
        assert rows_of(core, node) == expected

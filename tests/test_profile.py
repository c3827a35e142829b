"""Conservative backfill of jobs of one task keeps one profile per node: the log is that of the twin, and of a book."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engines import a_job, check_equal, core_of, crowd, horizon_of
from onecenter_kernels import codes, profile
from onecenter_kernels.jit import JIT
from onecenter_kernels.state import NOW
from oracle import Post, simulate
from random_scenarios import RandomScenario, Seeded

from onecenter.engine.core import Core
from onecenter.workload.table import DEFAULTS

pytestmark = pytest.mark.equality

SEEDS = range(24 if JIT else 8)
ORDERS = ("fifo", "priority", "sjf", "smallest-first")
PLACEMENTS = ("best-fit", "first-fit", "worst-fit")


def singles(seed: int) -> RandomScenario:
    """Return a scenario of jobs of one task that ask whole accelerators or cpus alone."""
    jobs = (12, 30, 45)[seed % 3]
    scenario = crowd(seed, ORDERS[seed % 4], "conservative", PLACEMENTS[seed // 2 % 3], jobs)
    whole = np.flatnonzero(scenario.workload.accelerators % 1000 == 0)
    table = scenario.workload.take(whole)
    single = replace(table, tasks=np.ones_like(table.tasks), spread=np.zeros_like(table.spread))
    return scenario._replace(workload=single)


@pytest.mark.parametrize("seed", SEEDS)
def test_jobs_of_one_task_as_the_twin(seed: int) -> None:
    scenario = singles(seed)
    core = core_of(scenario)
    assert core.state.clock["profiled"][0]
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gang_that_a_process_submits_as_the_twin(seed: int) -> None:
    scenario, choices = singles(seed), Seeded(seed)
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
    gangs = [columns["tasks"] > 1 or columns["spread"] for _, _, columns in posts]
    assert core.state.clock["profiled"][0] == (not any(gangs))
    check_equal(core.log, simulate(*scenario, posts))


def chain(core: Core, first: int) -> int:
    """Return how many rows of reserved amounts are linked to a first one."""
    count, row = 0, int(first)
    while row >= 0:
        count, row = count + 1, int(core.state.holds[row]["next"])
    return count


@pytest.mark.parametrize("seed", range(8))
def test_rows_of_reserved_amounts_are_used_or_spare(seed: int) -> None:
    # A gang that comes later lets the book stand for the profile, and all that is reserved is reserved anew in it.
    scenario, choices = singles(seed), Seeded(seed)
    core = core_of(scenario)
    instants = sorted(set(scenario.workload.submit.tolist()))
    for place, t in enumerate(instants):
        core.advance(t)
        if place == len(instants) // 2:
            core.post_submit(DEFAULTS | a_job(choices, scenario, 1000) | {"accelerators": 1000, "tasks": 2}, t)
        waiting = [job for job in core.jobs if job["state"] == codes.S_WAITING]
        clock = core.state.clock[0]
        used = sum(chain(core, job["hold"]) for job in waiting)
        assert used + chain(core, clock["spare_hold"]) == clock["holds"] - clock["scratch"]
        assert {int(job["hold"]) for job in core.jobs if job["state"] == codes.S_RUNNING} <= {-1}
    assert not core.state.clock["profiled"][0]


def rows_of(core: Core, node: int) -> list[tuple[int, int, int, int]]:
    """Return the profile of a node: from when (ms), and what is free."""
    found, row = [], int(profile.present(core.handle, node))
    while row >= 0:
        step: Any = core.state.steps[row]
        begin = max(int(step["t"]), core.now)
        found.append((begin, int(step["free"]), int(step["cpus"]), int(step["memory"])))
        row = int(step["next"])
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_profile_is_what_running_and_reserved_jobs_leave(seed: int) -> None:
    scenario = singles(seed)
    core = core_of(scenario)
    core.advance(int(np.unique(scenario.workload.submit)[2]) + 1)
    held: list[tuple[int, int, int, Any]] = []
    for job in core.jobs:
        if job["state"] == codes.S_RUNNING:
            held.append((int(core.log[int(job["first"])]["node"]), core.now, int(job["start"] + job["walltime"]), job))
        elif job["state"] == codes.S_WAITING and job["start"] >= 0:
            node = int(core.state.holds[int(job["hold"])]["node"])
            held.append((node, int(job["start"]), int(job["start"] + job["walltime"]), job))
    for node in range(core.state.nodes.shape[1]):
        kind = core.state.types[NOW, int(core.state.nodes[NOW, node]["type"])]
        ours = [(begin, end, job) for on, begin, end, job in held if on == node]
        instants = sorted({core.now} | {t for begin, end, _ in ours for t in (begin, end) if t > core.now})
        expected = []
        for t in instants:
            there = [core.state.asks[int(job["ask"])] for begin, end, job in ours if begin <= t < end]
            free = int(kind["accelerators"]) - sum(int(ask["accelerators"]) // 1000 for ask in there)
            cpus = int(kind["cpus"]) - sum(int(ask["cpus"]) for ask in there)
            memory = int(kind["memory"]) - sum(int(ask["memory"]) for ask in there)
            if not expected or expected[-1][1:] != (free, cpus, memory):
                expected.append((t, free, cpus, memory))
        assert rows_of(core, node) == expected

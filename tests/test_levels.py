"""The indexes are what a look at everything gives: nodes by level, the running jobs of a node, the trees, the queue."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import core_of, crowd, horizon_of
from onecenter_kernels import codes, earliest, levels, minima, sums, waits
from onecenter_kernels.asks import ask_of
from onecenter_kernels.state import FOREVER, NOW
from random_scenarios import RandomScenario, mixed_scenario, random_scenario

from onecenter.engine.core import Core
from onecenter.engine.initial import power_of_two
from onecenter.policies import Policy

pytestmark = pytest.mark.equality

SEEDS = range(12)


def stopped(scenario: RandomScenario) -> Core:
    """Return a core in the middle of a scenario."""
    core = core_of(scenario)
    instants = np.unique(scenario.workload.submit)
    core.advance(min(int(instants[len(instants) // 2]) + 1, horizon_of(scenario)))
    return core


def scenario_of(seed: int) -> RandomScenario:
    """Return one of three kinds of scenarios, all of EASY with one reservation."""
    if seed % 3 == 2:
        return crowd(seed, "fifo", "easy", codes.PLACEMENTS[seed % 4], 40)
    scenario = mixed_scenario(seed) if seed % 3 == 0 else random_scenario(seed, backfill="easy")
    return scenario._replace(policy=replace(scenario.policy, reservations=1))


def members(core: Core, base: int, width: int) -> set[int]:
    """Return the numbers of a set of bits of now, word by word."""
    words = core.state.bits["word"][0, base : base + width].tolist()
    summary = core.state.bits["word"][0, base + width : base + width + -(-width // 32)].tolist()
    assert [bool(summary[w // 32] >> (w % 32) & 1) for w in range(width)] == [word > 0 for word in words]
    return {32 * w + bit for w, word in enumerate(words) for bit in range(32) if word >> bit & 1}


@pytest.mark.parametrize("seed", SEEDS)
def test_levels_hold_the_nodes_by_what_is_free(seed: int) -> None:
    core = stopped(scenario_of(seed))
    nodes = core.state.nodes[NOW]
    for row in core.state.types[NOW]:
        ours = nodes[int(row["first"]) : int(row["first"]) + int(row["count"])]
        idle = (ours["free"] == row["accelerators"]) & (ours["cpus"] == row["cpus"])
        expected = np.where(idle, row["accelerators"] + 1, ours["free"])
        assert int(row["total"]) == ours["free"].sum()
        for level in range(int(row["accelerators"]) + 2):
            base = int(row["bits"] + level * row["stride"])
            assert members(core, base, int(row["width"])) == set(np.flatnonzero(expected == level).tolist())
        assert members(core, int(row["occupied"]), int(row["level_words"])) == set(expected.tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_of_a_node_are_what_runs_there_by_walltime_end(seed: int) -> None:
    core = stopped(scenario_of(seed))
    expected: dict[int, list[tuple[int, int, int]]] = {}
    for number in np.flatnonzero(core.jobs["state"] == codes.S_RUNNING).tolist():
        row = core.jobs[number]
        for place in range(int(row["first"]), int(row["first"] + row["rows"])):
            start = core.log[place]
            end = int(row["start"] + row["walltime"])
            expected.setdefault(int(start["node"]), []).append((end, number, place))
    for node, host in enumerate(core.state.hosts):
        found, run = [], int(host["run"])
        while run >= 0:
            held = core.state.runs[run]
            found.append((int(held["end"]), int(held["job"]), int(held["row"])))
            run = int(held["next"])
        assert [end for end, _, _ in found] == sorted(end for end, _, _ in found)
        assert sorted(found) == sorted(expected.get(node, []))
    # So the room for them does not grow with jobs that have ended.
    assert core.state.clock["run_rows"][0] == sum(map(len, expected.values()))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tree_has_the_earliest_time_of_each_node(seed: int) -> None:
    core = stopped(scenario_of(seed))
    wholes = [j for j in range(len(core.jobs)) if core.state.asks["part"][core.jobs["ask"][j]] == 0]
    # The second time round the trees are there already, each of another ask.
    for number in [*wholes[:6], *wholes[:6]]:
        ask = ask_of(core.handle, number)
        tree = earliest.current_tree(core.handle, ask)
        found = core.state.trees[tree]
        assert [found[name] for name in ("whole", "cpus", "memory")] == [ask.whole, ask.cpus, ask.memory]
        half = core.state.earliest.shape[1] // 2
        count = core.state.nodes.shape[1]
        leaves = core.state.earliest["least"][tree, half : half + count].tolist()
        assert leaves == [earliest.earliest_on(core.handle, n, core.state.trees[tree]) for n in range(count)]
        for first in range(count):
            least = earliest.least_earliest(core.handle, tree, first, count)
            assert least == min(leaves[first:])
            at = next((n for n in range(first, count) if leaves[n] <= least), -1)
            assert minima.next_leaf(core.state.earliest[tree], first, least) == at


@pytest.mark.parametrize("seed", range(4))
def test_the_index_of_the_queue_finds_the_next_job_of_a_shape(seed: int) -> None:
    core = stopped(crowd(seed, "fifo", "easy", "best-fit", 60))
    waits.list_waiting(core.handle)
    clock: Any = core.state.clock[0]
    queue = core.state.queue["job"][: int(clock["tail"])].tolist()
    shapes = core.state.asks["form"][core.state.queue["ask"]].tolist()
    for shape in range(int(clock["shapes"])):
        for most in (2000, 6000, FOREVER - 1):
            able = [
                i
                for i in range(int(clock["head"]) + 1, len(queue))
                if queue[i] >= 0 and shapes[i] == shape and core.jobs["walltime"][queue[i]] <= most
            ]
            for place in range(int(clock["head"]) + 1, len(queue)):
                expected = next((i for i in able if i >= place), -1)
                assert minima.next_leaf(core.state.waits[shape], place, most) == expected


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_after_a_start_it_is_worked_out_anew_what_may_start(seed: int) -> None:
    core = stopped(crowd(seed, "fifo", "easy", "best-fit", 60))
    clock: Any = core.state.clock[0]
    waits.list_waiting(core.handle)
    # As if every shape had been found to be able to start, before what has started since.
    clock["tested"] = clock["able"] = (1 << int(clock["shapes"])) - 1
    sums.test_again(core.handle)
    answers = set()
    for place in range(int(clock["head"]), int(clock["tail"])):
        row = core.state.queue[place]
        ask = int(row["ask"])
        if row["job"] >= 0 and core.state.asks["form"][ask] > 0:
            may = sums.may_start(core.handle, NOW, ask)
            assert sums.may_start_now(core.handle, ask) == may
            answers.add(may)
    assert False in answers


def test_powers_of_two() -> None:
    assert [power_of_two(n) for n in (0, 1, 2, 3, 1023, 1024, 1025)] == [1, 1, 2, 4, 1024, 1024, 2048]


def test_bits_are_found_in_every_word() -> None:
    core = core_of(crowd(1, "fifo", "easy", "best-fit", 10))
    row = core.state.types[NOW, 0]
    assert levels.next_level(core.handle, NOW, row, 0) == int(row["accelerators"]) + 1
    assert levels.last_level(core.handle, NOW, row, int(row["accelerators"])) == -1


def test_a_job_of_cpus_alone_goes_where_no_accelerator_is_left() -> None:
    # Worst-fit. A takes all cpus of the first node, whose accelerator stays free; B the accelerator of the second and
    # one cpu. C asks two cpus: the first node, with more free accelerators, has none, so it goes to the second.
    jobs = [job(0, 9, 0, cpus=4000), job(0, 9, 1, cpus=1000), job(0, 9, 0, cpus=2000)]
    core = Core([nodes(2, 1, cpus=4)], Policy(placement="worst-fit", backfill="none"), table(jobs))
    core.advance(1)
    assert {int(row["job"]): int(row["node"]) for row in core.log if row["kind"] == codes.E_START} == {0: 0, 1: 1, 2: 1}

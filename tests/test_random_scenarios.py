"""The random scenarios are varied, repeatable, and the naive twin breaks no law on them."""

from collections import Counter, defaultdict
from itertools import product

import numpy as np
import pytest
from by_hand import Log
from hypothesis import given, settings
from onecenter_kernels import codes
from oracle import simulate
from random_scenarios import RandomScenario, random_scenario, scenarios

from onecenter.engine.reasons import waits_by_reason

SEEDS = range(300)


def test_a_seed_gives_one_scenario() -> None:
    once, again, other = random_scenario(7), random_scenario(7), random_scenario(8)
    assert repr(once) == repr(again)
    assert repr(once) != repr(other)


def test_every_combination_can_be_asked_for() -> None:
    for parts in product(codes.ORDERS, codes.BACKFILLS, codes.PLACEMENTS):
        policy = random_scenario(1, *parts).policy
        assert (policy.order, policy.backfill, policy.placement) == parts


def test_what_the_seeds_contain() -> None:
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for seed in SEEDS:
        fleet, policy, jobs, horizon = random_scenario(seed)
        log = simulate(fleet, policy, jobs, horizon)
        kinds.update(codes.EVENTS[kind] for kind in log["kind"])
        waits = waits_by_reason(log, jobs, fleet, policy.backfill, horizon or int(log["t"][-1]))
        reasons.update(codes.REASONS[code] for code in np.nonzero(waits)[1])
        ends.update(codes.ENDINGS[row["reason"]] for row in log[log["kind"] == codes.E_END])
    assert min(kinds[name] for name in codes.EVENTS[: codes.E_LIMIT]) >= 100
    assert kinds["limit"] >= 20
    assert min(reasons[name] for name in set(codes.REASONS[1:]) - {"limit", "quota"}) >= 20
    assert min(ends[name] for name in codes.OUTCOMES) >= 100


def test_the_seeds_have_ties_types_gangs_and_fractions() -> None:
    many = [random_scenario(seed) for seed in SEEDS]
    jobs = [scenario.workload for scenario in many]
    assert sum(len(np.unique(table.submit)) < len(table) for table in jobs) > 200
    assert sum(len(scenario.fleet) > 1 for scenario in many) > 100
    assert sum(scenario.horizon is not None for scenario in many) > 30
    assert sum(int(((table.accelerators % 1000 > 0) & (table.tasks > 1)).sum()) for table in jobs) > 200
    assert sum(int((table.spread == codes.SPREAD_ANY).sum()) for table in jobs) > 100
    assert sum(int((table.run == table.walltime).sum()) for table in jobs) > 200


@pytest.mark.parametrize("seed", range(40))
def test_laws_on_seeds(seed: int) -> None:
    scenario = random_scenario(seed)
    check_laws(scenario, simulate(*scenario))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(scenarios())
def test_laws(scenario: RandomScenario) -> None:
    check_laws(scenario, simulate(*scenario))


def check_laws(scenario: RandomScenario, log: Log) -> None:
    """Fail if room is overbooked, a job is lost or a duration is not what it has to be."""
    check_lives(scenario, log)
    check_room(scenario, log)


def check_lives(scenario: RandomScenario, log: Log) -> None:
    """Fail if a job's rows come in a wrong order or at wrong distances."""
    jobs = scenario.workload
    rows = defaultdict(list)
    for row in log[log["kind"] != codes.E_LIMIT]:
        rows[int(row["job"])].append((int(row["kind"]), int(row["t"])))
    assert (np.diff(log["t"]) >= 0).all()
    for number in range(len(jobs)):
        life = list(dict.fromkeys(rows[number]))
        held = jobs.ties is not None and bool(jobs.ties.tied[number])
        assert not held or len(life) < 3 or life[1][0] == codes.E_RELEASE
        life = [each for each in life if each[0] != codes.E_RELEASE]
        kinds = [codes.EVENTS[kind] for kind, _ in life]
        whole = (["refuse"], ["submit", "cancel"], ["submit", "start", "end"], ["submit", "start", "kill"])
        cut: tuple[list[str], ...] = ([], ["submit"], ["submit", "start"])
        assert kinds in (whole if scenario.horizon is None else (*whole, *cut))
        if kinds[-1:] in (["end"], ["kill"]):
            assert life[-1][1] - life[1][1] == min(jobs.run[number], jobs.walltime[number])
            assert (kinds[-1] == "kill") == (jobs.run[number] > jobs.walltime[number])
        if kinds[-1:] == ["cancel"] and not held:
            assert life[-1][1] - life[0][1] == jobs.patience[number]


def check_room(scenario: RandomScenario, log: Log) -> None:
    """Fail if something is given away twice, or a job that ends had not all of its tasks placed."""
    jobs = scenario.workload
    kinds = [kind for kind in scenario.fleet for _ in range(kind.count)]
    cpus, memory = [kind.cpus for kind in kinds], [kind.memory for kind in kinds]
    whole = [0 for _ in kinds]
    parts: list[dict[int, int]] = [defaultdict(int) for _ in kinds]
    placed: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for row in log:
        number, kind = int(row["job"]), int(row["kind"])
        if kind == codes.E_START:
            moved, sign = [(int(row["node"]), int(row["device"]), int(row["amount"]))], 1
            placed[number] += moved
        elif kind in (codes.E_END, codes.E_KILL):
            moved, sign = placed[number], -1
            assert sum(amount for _, _, amount in moved) == jobs.tasks[number]
        else:
            continue
        for node, device, amount in moved:
            cpus[node] -= sign * amount * int(jobs.cpus[number])
            memory[node] -= sign * amount * int(jobs.memory[number])
            whole[node] += sign * amount * int(jobs.accelerators[number] // 1000)
            if device >= 0:
                parts[node][device] += sign * amount * int(jobs.accelerators[number])
            broken = [part for part in parts[node].values() if part]
            assert cpus[node] >= 0
            assert memory[node] >= 0
            assert max(broken, default=0) <= 1000
            assert whole[node] + len(broken) <= kinds[node].accelerators

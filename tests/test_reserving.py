"""EASY with several reservations: by hand, against the twin, and with one reservation as EASY itself."""

from dataclasses import replace

import pytest
from by_hand import job, nodes, starts, table
from engines import by_core, check_equal, core_of, crowd, horizon_of, wholes
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle import Center, simulate
from random_scenarios import RandomScenario, mixed_scenario, random_scenario

from onecenter.policies import RESERVING, Policy

pytestmark = pytest.mark.equality

SEEDS = range(24 if JIT else 6)
ORDERS = ("fifo", "priority", "sjf", "smallest-first")


def with_reservations(scenario: RandomScenario, reservations: int) -> RandomScenario:
    """Return a scenario with so many reservations."""
    return scenario._replace(policy=replace(scenario.policy, reservations=reservations))


def crowded(seed: int, reservations: int) -> RandomScenario:
    """Return a scenario of whole accelerators."""
    jobs, backfill = (20, 40, 60)[seed % 3], RESERVING[seed % 2]
    scenario = crowd(seed, ORDERS[seed % 4], backfill, codes.PLACEMENTS[seed // 2 % 4], jobs)
    return with_reservations(scenario, reservations)


# One node of four. Job 0 holds three until 4; job 1 wants two and is reserved at 4; job 2 wants four and is, where two
# are reserved for, at 8. Job 3 (6 ms) would still run then; job 4 (4 ms) is over by 7.
#
#          0123456789012345             0123456789012345
#    n0.0  00001111222.....       n0.0  0000111122333333
# 1  n0.1  00001111222.....   2   n0.1  0000111122......
#    n0.2  00004444222.....       n0.2  0000....22......
#    n0.3  ...333333......        n0.3  ...4444.22......
OVERTAKEN = [job(0, 4, 3), job(1, 4, 2), job(1, 2, 4), job(3, 6, 1), job(3, 4, 1)]


@pytest.mark.parametrize(
    ("reservations", "expected"),
    [(1, {0: 0, 1: 4, 2: 9, 3: 3, 4: 4}), (2, {0: 0, 1: 4, 2: 8, 3: 10, 4: 3})],
)
def test_the_second_blocked_job_is_not_overtaken(reservations: int, expected: dict[int, int]) -> None:
    policy = Policy(reservations=reservations)
    check_starts(RandomScenario((nodes(1, 4),), policy, table(OVERTAKEN), None), expected)


def check_starts(scenario: RandomScenario, expected: dict[int, int]) -> None:
    """Fail unless the core and the twin start the jobs as was worked out."""
    assert starts(simulate(*scenario)) == expected
    assert starts(by_core(scenario)) == expected


# One node of four, job 0 on three until 4; jobs 1 and 2 want four. Both are reserved, at 4 and 6; behind them job 3
# (3 ms) and job 4 (2 ms) would be over by 4, one at a time. The shortest goes first only behind the reservations.
@pytest.mark.parametrize(("backfill", "first"), [("easy", 3), ("easy-sjbf", 4)])
def test_behind_the_reservations_the_shortest_goes_first(backfill: str, first: int) -> None:
    jobs = [job(0, 4, 3), job(1, 2, 4), job(1, 2, 4), job(1, 3, 1), job(1, 2, 1)]
    policy = Policy(backfill=backfill, reservations=2)
    other = 7 - first
    check_starts(RandomScenario((nodes(1, 4),), policy, table(jobs), None), {0: 0, first: 1, 1: 4, 2: 6, other: 8})


# As before, but backfill looks at so many jobs behind the head: at the other blocked job; at the next one too.
@pytest.mark.parametrize("backfill", RESERVING)
@pytest.mark.parametrize(("depth", "start"), [(1, 8), (2, 1)])
def test_backfill_depth_counts_blocked_jobs_behind_the_head(backfill: str, depth: int, start: int) -> None:
    jobs = [job(0, 4, 3), job(1, 2, 4), job(1, 2, 4), job(1, 3, 1)]
    policy = Policy(backfill=backfill, reservations=2, backfill_depth=depth)
    check_starts(RandomScenario((nodes(1, 4),), policy, table(jobs), None), {0: 0, 1: 4, 2: 6, 3: start})


@pytest.mark.parametrize("seed", SEEDS)
def test_long_queues_as_the_twin(seed: int) -> None:
    scenario = crowded(seed, 2 + seed % 3)
    check_equal(by_core(scenario), simulate(*scenario))


def test_reservations_change_what_is_decided() -> None:
    changed = sum(
        simulate(*crowded(seed, 1)).tobytes() != simulate(*crowded(seed, 2 + seed % 3)).tobytes() for seed in range(24)
    )
    assert changed >= 8


def one_reservation(seed: int) -> list[RandomScenario]:
    """Return scenarios of EASY with one reservation: of all kinds, of fractions, of whole accelerators."""
    backfill = RESERVING[seed % 2]
    some = [random_scenario(seed, backfill=backfill), mixed_scenario(seed, backfill), wholes(seed, backfill)]
    return [with_reservations(scenario, 1) for scenario in some]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_reservation_is_easy(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = one_reservation(seed)
    easy = [by_core(scenario) for scenario in scenarios]
    monkeypatch.setattr("onecenter.engine.initial.is_booked", lambda policy: True)
    for scenario, log in zip(scenarios, easy, strict=True):
        core = core_of(scenario)
        assert core.state.clock["booked"][0]
        core.advance(horizon_of(scenario))
        check_equal(core.log, log)


@pytest.mark.parametrize("seed", range(12))
def test_one_reservation_of_the_twin_is_its_easy(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = one_reservation(seed)
    easy = [simulate(*scenario) for scenario in scenarios]
    monkeypatch.setattr(Center, "backfill", Center.backfill_reserving)
    for scenario, log in zip(scenarios, easy, strict=True):
        check_equal(simulate(*scenario), log)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_many_more_scenarios_as_the_twin(block: int) -> None:
    for seed in range(50_000 + 75 * block, 50_000 + 75 * (block + 1)):
        backfill = RESERVING[seed % 2]
        some = (random_scenario(seed, backfill=backfill), mixed_scenario(seed, backfill), wholes(seed, backfill))
        for scenario in some:
            several = with_reservations(scenario, 2 + seed % 3)
            check_equal(by_core(several), simulate(*several))

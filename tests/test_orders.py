"""Orders by a float key: cases by hand, and the core and both strides against the naive twin.

In the cases by hand one node has one cpu, which all jobs need: one job runs at a time. A chart has a column a second, a
digit is the job that runs.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from by_hand import job, nodes, starts, table
from engines import by_core, check_equal, crowd, on_both_strides
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle import jobs_of, simulate
from oracle_orders import key
from random_scenarios import FLOAT, RandomScenario, Seeded, random_scenario

from onecenter.engine.core import Core
from onecenter.policies import Linear, Policy

pytestmark = pytest.mark.equality

#: Without the JIT the core is some hundred times slower.
SLOW = not JIT

SECOND = 1_000
NODE = nodes(1, 64, cpus=1, memory=8192)


def seconds(submit: int, run: int, accelerators: float, walltime: int = 0, **more: int) -> dict[str, int]:
    """Return the columns of a job that asks for the cpu; times in s."""
    return job(SECOND * submit, SECOND * run, accelerators, SECOND * walltime, **{"cpus": 1000} | more)


def check(scenario: RandomScenario) -> None:
    """Fail unless the core and both strides give the twin's log."""
    log = simulate(*scenario)
    check_equal(by_core(scenario), log)
    check_equal(on_both_strides(scenario).log, log)


def started(order: str | Linear, *jobs: dict[str, int]) -> list[tuple[int, int]]:
    """Return (job, start in s) in the order of the starts, but for job 0, which keeps the others waiting."""
    scenario = RandomScenario((NODE,), Policy(order, "none", "first-fit"), table(jobs), None)
    check(scenario)
    found = [(number, t // SECOND) for number, t in starts(by_core(scenario)).items()]
    assert found[0] == (0, 0)
    return found[1:]


def sequence(order: str | Linear, *jobs: dict[str, int]) -> list[int]:
    """Return the jobs in the order of their starts, but for job 0."""
    return [number for number, _ in started(order, *jobs)]


# Job 1 has 2 s and 6 accelerators, job 2 has 4 s and 1, due at 20 s, job 3 has 3 s and 5, due at 15 s. So their areas
# are 12, 4 and 15.
#
#                0    5    10   15
# fifo           000000000112222333
# ljf            000000000222233311
# smallest-area  000000000222211333
# largest-area   000000000333112222
# edf            000000000333222211
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("fifo", [(1, 9), (2, 11), (3, 15)]),
        ("ljf", [(2, 9), (3, 13), (1, 16)]),
        ("smallest-area", [(2, 9), (1, 13), (3, 15)]),
        ("largest-area", [(3, 9), (1, 12), (2, 14)]),
        ("edf", [(3, 9), (2, 12), (1, 16)]),
    ],
)
def test_by_length_by_area_and_by_deadline(order: str, expected: list[tuple[int, int]]) -> None:
    waiting = seconds(1, 2, 6), seconds(2, 4, 1, deadline=20_000), seconds(3, 3, 5, deadline=15_000)
    assert started(order, seconds(0, 9, 8), *waiting) == expected


# Small and short jobs overtake those that came shortly before, as far as the logarithm of the submit lets them:
#
# job  submit  walltime  n    f1           f2              f3                    f4
# 1    100     10,000    64   256 + 1,740  6,400 + 51,200  640,000 + 13,720,000  80,000 + 1,060,000
# 2    102     10,000    16    64 + 1,747  1,600 + 51,420  160,000 + 13,778,997  40,000 + 1,064,558
# 3    110      1,000    64   192 + 1,776  2,024 + 52,260   64,000 + 14,003,954   8,000 + 1,081,938
# 4    150         10    16    16 + 1,893     51 + 55,708      160 + 14,927,986      40 + 1,153,328
#
#       200
# fifo  1234
# f1    2431
# f2    2341
# f3    2314
# f4    3214
@pytest.mark.parametrize(
    ("order", "expected"),
    [("f1", [2, 4, 3, 1]), ("f2", [2, 3, 4, 1]), ("f3", [2, 3, 1, 4]), ("f4", [3, 2, 1, 4])],
)
def test_small_ones_overtake_those_that_came_shortly_before(order: str, expected: list[int]) -> None:
    waiting = [(100, 10_000, 64), (102, 10_000, 16), (110, 1_000, 64), (150, 10, 16)]
    assert sequence(order, seconds(0, 200, 64), *(seconds(s, 1, n, walltime=r) for s, r, n in waiting)) == expected


# Job 2 comes later and overtakes job 1, if job 0 runs long enough.
#
# wfp3: job 1 has 10 s and 4 accelerators, job 2 comes at 6 and has 2 s and 1. At 8 they have 0.8³ · 4 = 2.05 and 1; at
# 9 0.9³ · 4 = 2.92 and 1.5³ = 3.38.
#
# 0    5    10   15   20
# 00000000111111111122
# 000000000221111111111
#
# unicep: job 1 has 4 s and 16 accelerators, job 2 comes at 8 and has 2 s and 2. At 9 they have 9/(4 · 4) = 0.56 and
# 1/(1 · 2) = 0.5; at 10 0.63 and 1.
#
# 0    5    10   15
# 000000000111122
# 0000000000221111
#
# hrrn: job 1 has 10 s, job 2 comes at 9 and has 2 s. At 10 they have 20/10 and 3/2; at 12 22/10 and 5/2.
#
# 0    5    10   15   20
# 0000000000111111111122
# 000000000000221111111111
@pytest.mark.parametrize(
    ("order", "one", "two", "until", "expected"),
    [
        ("wfp3", (0, 10, 4), (6, 2, 1), 8, [(1, 8), (2, 18)]),
        ("wfp3", (0, 10, 4), (6, 2, 1), 9, [(2, 9), (1, 11)]),
        ("unicep", (0, 4, 16), (8, 2, 2), 9, [(1, 9), (2, 13)]),
        ("unicep", (0, 4, 16), (8, 2, 2), 10, [(2, 10), (1, 12)]),
        ("hrrn", (0, 10, 1), (9, 2, 1), 10, [(1, 10), (2, 20)]),
        ("hrrn", (0, 10, 1), (9, 2, 1), 12, [(2, 12), (1, 14)]),
    ],
)
def test_two_change_places_while_they_wait(
    order: str, one: tuple[int, int, int], two: tuple[int, int, int], until: int, expected: list[tuple[int, int]]
) -> None:
    assert started(order, seconds(0, until, 64), seconds(*one), seconds(*two)) == expected


# Two of 4 s, the second came a second later; at 5 they have waited 5/4 and 4/4 of them. With 1 and 4 accelerators the
# keys of wfp3 are 1.95 and 4, those of unicep 1.25/1 and 1/2; with 4 and 1 they are 7.8 and 1, 1.25/2 and 1/1.
#
# 0    5    10
# 0000011112222
# 0000022221111
@pytest.mark.parametrize(
    ("order", "one", "two", "expected"),
    [
        ("wfp3", 1, 4, [2, 1]),
        ("wfp3", 4, 1, [1, 2]),
        ("unicep", 1, 4, [1, 2]),
        ("unicep", 4, 1, [2, 1]),
        ("hrrn", 1, 4, [1, 2]),
        ("hrrn", 4, 1, [1, 2]),
    ],
)
def test_the_wide_one_the_narrow_one_or_the_first(order: str, one: int, two: int, expected: list[int]) -> None:
    assert sequence(order, seconds(0, 5, 8), seconds(0, 4, one), seconds(1, 4, two)) == expected


# Job 1 came first and has more of everything: 5 s instead of 3, two tasks of 4 accelerators instead of one of 5, 1 cpu
# in all instead of 0.75, 1 GiB instead of 0.75.
#
# 0    5    10   15
# 000001111122222
# 000002221111
@pytest.mark.parametrize("feature", codes.FEATURES)
def test_a_feature_alone(feature: str) -> None:
    one = seconds(1, 5, 4, tasks=2, cpus=500, memory=512, priority=2)
    two = seconds(2, 3, 5, cpus=750, memory=768, priority=1)
    least, most = ([1, 2], [2, 1]) if feature == "submit" else ([2, 1], [1, 2])
    assert sequence(Linear(**{feature: 1.0}), seconds(0, 5, 64), one, two) == least
    assert sequence(Linear(**{feature: -0.5}), seconds(0, 5, 64), one, two) == most


# The fifth of a second a second of walltime, less the wait: 2 - 8 and 0.4 - 7 at 9.
@pytest.mark.parametrize(("weight", "expected"), [(0.2, [2, 1]), (0.1, [1, 2])])
def test_weights_are_weighed(weight: float, expected: list[int]) -> None:
    order = Linear(walltime=weight, wait=-1.0)
    assert sequence(order, seconds(0, 9, 64), seconds(1, 10, 1), seconds(2, 2, 1)) == expected


#: A weighted sum that puts jobs in the order of a name.
SAME = {
    "fifo": Linear(submit=2.0),
    "sjf": Linear(walltime=0.5),
    "ljf": Linear(walltime=-3.0),
    "smallest-first": Linear(accelerators=1.0),
    "largest-first": Linear(accelerators=-1.0),
    "smallest-area": Linear(area=1.0),
    "largest-area": Linear(area=-1.0),
    "priority": Linear(priority=-4.0),
}


@pytest.mark.parametrize("seed", range(2 if SLOW else 6))
@pytest.mark.parametrize("order", SAME)
def test_a_weighted_sum_of_one_feature_is_the_order_by_it(order: str, seed: int) -> None:
    scenario = random_scenario(40_000 + seed, order, codes.BACKFILLS[seed % 4])
    scenario = scenario._replace(policy=replace(scenario.policy, age_rate=0))
    weighted = scenario._replace(policy=replace(scenario.policy, order=SAME[order]))
    check_equal(by_core(weighted), by_core(scenario))


def varied(seed: int) -> list[dict[str, int]]:
    """Return jobs of all lengths and sizes that wait for one which holds all cpus; times in ms."""
    pick = Seeded(seed).pick
    everything = job(0, 10**12, 64, tasks=4, cpus=64_000)
    return [everything] + [
        job(
            submit=pick((1, 300, 999, 1_000, 1_999, 2_000, 77_777, 86_400_003, 10**9 + 1)),
            run=pick((1, 7, 500, 999, 1_000, 1_001, 60_000, 86_400_123)),
            accelerators=pick((0, 0.001, 0.3, 0.999, 1, 2, 3, 5, 64)),
            tasks=pick((1, 1, 2, 3)),
            cpus=pick((1, 100, 700, 1_100, 3_333)),
            memory=pick((0, 1, 77, 1_000)),
            priority=pick((0, 1, -3, 10)),
            deadline=pick((-1, 0, 1, 10**9)),
        )
        for _ in range(60)
    ]


def keys_of(core: Core) -> dict[int, float]:
    """Return the keys of the waiting jobs that the core keeps as whole numbers."""
    clock, queue = core.state.clock[0], core.state.queue
    waiting = queue[int(clock["head"]) : int(clock["tail"])]
    bits = np.where(waiting["key"] >= 0, waiting["key"], waiting["key"] ^ np.iinfo(np.int64).max)
    return dict(zip(waiting["job"].tolist(), bits.view(np.float64).tolist(), strict=True))


ALONE = [Linear(**{feature: 0.3}) for feature in codes.FEATURES]
TOGETHER = Linear(**{feature: 0.1 * (place - 4.5) for place, feature in enumerate(codes.FEATURES)})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("order", [*(each for each in FLOAT if each != "qssf"), *ALONE, TOGETHER], ids=str)
def test_keys_are_those_of_the_twin_to_the_last_bit(order: str | Linear, seed: int) -> None:
    policy = Policy(order, "none")
    fleet, jobs = [nodes(4, 64, memory=1_000)], table(varied(seed))
    core = Core(fleet, policy, jobs)
    last = int(jobs.submit[-1])
    core.advance(last + 1)
    twin = {each.id: key(policy, each, last) for each in jobs_of(jobs, 0)[1:]}
    assert keys_of(core) == twin


@pytest.mark.parametrize(("order", "backfill"), list(product(("linear", *FLOAT), codes.BACKFILLS)))
def test_random_scenarios_as_the_twin(order: str, backfill: str) -> None:
    for seed in range(41_000, 41_001 if SLOW else 41_003):
        check(random_scenario(seed, order, backfill))


@pytest.mark.parametrize("number", range(12))
def test_long_queues_as_the_twin(number: int) -> None:
    order = ("linear", *FLOAT)[number]
    jobs = 25 if SLOW else 50
    check(crowd(42_000 + number, order, codes.BACKFILLS[number % 4], codes.PLACEMENTS[number // 4], jobs))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_500_linear_orders_as_the_twin(block: int) -> None:
    for seed in range(43_000 + 50 * block, 43_050 + 50 * block):
        check(random_scenario(seed, "linear"))

"""The compiled core, alone and on both strides of the center, against the naive twin: byte for byte the same log.

It runs three times: with the JIT on in `make test`, with it off and with bounds checked in `make test-equality`.
"""

from functools import cache
from itertools import product

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import (
    Log,
    Posts,
    Script,
    Steps,
    a_job,
    asked,
    by_core,
    check_equal,
    conducted,
    crowd,
    on_both_strides,
    posts_at,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import WHOLE, RandomScenario, Seeded, random_scenario, scenarios
from test_random_scenarios import check_laws

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.policies import Policy

pytestmark = pytest.mark.equality

#: Without the JIT the core is some hundred times slower.
SLOW = not JIT

#: Orders by a float: `tests/test_orders.py`.
COMBINATIONS = list(product(WHOLE, codes.BACKFILLS, codes.PLACEMENTS))
SEEDS_EACH = 1 if SLOW else 4
FREE_SEEDS = range(60)
SOME_SEEDS = range(20 if SLOW else 60)


@cache
def expected(seed: int, *parts: str) -> Log:
    """Return the naive twin's log of a seed."""
    return simulate(*random_scenario(seed, *parts))


def check_engines(scenario: RandomScenario, log: Log) -> None:
    """Fail unless the core and both strides give this log."""
    check_equal(by_core(scenario), log)
    check_equal(on_both_strides(scenario).log, log)


@pytest.mark.parametrize(("order", "backfill", "placement"), COMBINATIONS)
def test_every_policy_as_the_twin(order: str, backfill: str, placement: str) -> None:
    number = COMBINATIONS.index((order, backfill, placement))
    for seed in range(1000 + 10 * number, 1000 + 10 * number + SEEDS_EACH):
        scenario = random_scenario(seed, order, backfill, placement)
        check_engines(scenario, expected(seed, order, backfill, placement))


@pytest.mark.parametrize("seed", FREE_SEEDS)
def test_free_scenarios_as_the_twin(seed: int) -> None:
    check_engines(random_scenario(seed), expected(seed))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(8))
def test_many_more_scenarios_as_the_twin(block: int) -> None:
    for seed in range(10_000 + 250 * block, 10_000 + 250 * (block + 1)):
        check_engines(random_scenario(seed), simulate(*random_scenario(seed)))


@settings(deadline=None, max_examples=25 if SLOW else 75, derandomize=True)
@given(scenarios())
def test_drawn_scenarios_as_the_twin(scenario: RandomScenario) -> None:
    check_engines(scenario, simulate(*scenario))


@pytest.mark.parametrize("seed", range(1 if SLOW else 2))
@pytest.mark.parametrize(("backfill", "placement"), list(product(codes.BACKFILLS, codes.PLACEMENTS)))
def test_long_queues_as_the_twin(backfill: str, placement: str, seed: int) -> None:
    # Many rounds of compression and many jobs behind the head are seen here only.
    place = codes.PLACEMENTS.index(placement)
    order = codes.ORDERS[(seed + place) % len(codes.ORDERS)]
    scenario = crowd(4 * seed + place, order, backfill, placement, jobs=30 if SLOW else 40 + 20 * (seed % 3))
    check_engines(scenario, simulate(*scenario))


def test_a_large_center_is_the_same_on_both_strides() -> None:
    # Arrays grow here: 1,024 rows are kept for the start.
    for backfill in codes.BACKFILLS:
        scenario = crowd(1, "priority", backfill, "best-fit", jobs=100 if SLOW else 1500)
        check_equal(on_both_strides(scenario).log, by_core(scenario))


# ---- SimPy beside the core


def idle(seed: int, instants: list[int]) -> Script:
    """Return a process that wakes at random instants, some of them the core's own, and does nothing."""

    def script(center: Center) -> Steps:
        choices = Seeded(seed)
        for t in sorted(choices.pick(instants) + choices.pick((0, 0, 1, 2, 1000)) for _ in range(12)):
            assert type(center.env.now) is int
            yield center.env.timeout(max(t - center.env.now - choices.pick((0, 0.25)), 0))
            assert type(center.env.now) is int
            assert center.env.now == t

    return script


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_an_idle_process_changes_nothing(seed: int) -> None:
    scenario, log = random_scenario(seed), expected(seed)
    instants = log["t"].tolist() or [0]
    check_equal(on_both_strides(scenario, idle(seed, instants), idle(seed + 1000, instants)).log, log)


def chosen_posts(seed: int) -> tuple[RandomScenario, Posts]:
    """Return a scenario, and posts at instants of its own events."""
    scenario = random_scenario(seed)
    return scenario, posts_at(Seeded(seed), scenario, expected(seed)["t"].tolist() or [0], 10)


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_a_posting_process_as_the_twin(seed: int) -> None:
    scenario, more = chosen_posts(seed)
    log = simulate(*scenario, more.posts)
    check_equal(on_both_strides(scenario, more.script).log, log)
    check_equal(on_both_strides(scenario, more.script, idle(seed, log["t"].tolist() or [0])).log, log)


def cancelled(log: Log) -> list[tuple[int, int]]:
    """Return (t, job) of the rows of cancelled jobs."""
    return [(int(row["t"]), int(row["job"])) for row in log if row["kind"] == codes.E_CANCEL]


def test_the_posts_do_something() -> None:
    ended_by_posts = started = changed = withdrawn = 0
    for seed in range(60):
        scenario, more = chosen_posts(seed)
        log = simulate(*scenario, more.posts)
        changed += log.tobytes() != expected(seed).tobytes()
        started += int(((log["kind"] == codes.E_START) & (log["job"] >= len(scenario.workload))).sum())
        submits = {int(row["job"]): int(row["t"]) for row in log if row["kind"] == codes.E_SUBMIT}
        runs = [row for row in log if row["kind"] == codes.E_END and row["reason"] == codes.CANCELLED_RUNNING]
        posted = {(t, columns["job"]) for t, what, columns in more.posts if what == "cancel"}
        withdrawn += sum(submits[job] == t for t, job in cancelled(log))
        ended_by_posts += sum((int(row["t"]), int(row["job"])) in posted for row in runs)
    assert changed > 50
    assert started > 100
    assert ended_by_posts > 20
    assert withdrawn > 20


@settings(deadline=None, max_examples=10 if SLOW else 60, derandomize=True)
@given(scenarios(), st.integers(0, 999))
def test_drawn_posts_as_the_twin(scenario: RandomScenario, seed: int) -> None:
    instants = simulate(*scenario)["t"].tolist() or [0]
    more = posts_at(Seeded(seed), scenario, instants, 5)
    check_equal(on_both_strides(scenario, more.script).log, simulate(*scenario, more.posts))


# ---- reactions at the instant of what they react to


def reacting(seed: int, scenario: RandomScenario, cancels: bool) -> Script:
    """Return a process that waits for a job to start or end and submits another at that instant."""
    unit = int(scenario.workload.run.min())

    def script(center: Center) -> Steps:
        choices = Seeded(seed)
        job = choices.pick(range(len(scenario.workload)))
        for _ in range(3):
            yield center.ended(job) if choices.chance(60) else center.started(job)
            assert type(center.env.now) is int
            if choices.chance(30):
                yield center.after(0)
            if cancels and choices.chance(40):
                center.cancel(choices.pick(range(len(scenario.workload))))
            job = center.submit(**asked(a_job(choices, scenario, unit), scenario.fleet))

    return script


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_reactions_are_the_same_on_both_strides(seed: int) -> None:
    scenario = random_scenario(seed)
    scripts = [reacting(10 * seed + number, scenario, cancels=True) for number in range(3)]
    log = on_both_strides(scenario, *scripts).log
    assert (np.diff(log["t"] * 1000 + log["round"]) >= 0).all()
    more = posts_at(Seeded(seed), scenario, expected(seed)["t"].tolist() or [0], 5)
    on_both_strides(scenario, *scripts, more.script, idle(seed, log["t"].tolist() or [0]))


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_reactions_keep_the_laws(seed: int) -> None:
    scenario = random_scenario(seed)
    center = on_both_strides(scenario, *(reacting(10 * seed + k, scenario, cancels=False) for k in range(3)))
    check_laws(scenario._replace(workload=center.workload), center.log)


def test_reactions_get_steps_of_their_own() -> None:
    rounds = [0, 0, 0]
    for seed in SOME_SEEDS:
        scenario = random_scenario(seed)
        scripts = [reacting(10 * seed + number, scenario, cancels=True) for number in range(3)]
        log = conducted(scenario, "calendar", *scripts).log
        rounds = [before + int((log["round"] == k).sum()) for k, before in enumerate(rounds)]
    assert rounds[1] > 2 * len(SOME_SEEDS)
    assert rounds[2] > 0


@pytest.mark.parametrize("part", ["order", "backfill", "placement"])
def test_each_part_of_the_policy_matters(part: str) -> None:
    choices = {"order": codes.ORDERS, "backfill": codes.BACKFILLS, "placement": codes.PLACEMENTS}[part]
    seeds = range(20 if JIT else 10)
    logs = {tuple(by_core(random_scenario(seed, **{part: each})).tobytes() for seed in seeds) for each in choices}
    assert len(logs) == len(choices)


# ---- the clock


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize(("delay", "expected"), [(0, 0), (1, 1), (0.2, 1), (1.0, 1), (1.0001, 2), (2.5, 3)])
def test_delays_are_rounded_up_to_whole_milliseconds(stride: str, delay: float, expected: int) -> None:
    center = Center([nodes(1, 1)], Policy(), table([job(0, 5, 1)]), stride=stride)
    times: list[float] = []

    def script() -> Steps:
        yield center.env.timeout(3)
        yield center.env.timeout(delay)
        times.append(center.env.now)

    center.process(script())
    center.run()
    assert times == [3 + expected]
    assert type(times[0]) is int


#: Horizon and rows of the log: two rows at 0, one at 4, two at 6, the last one at 8.
RUNS = [(0, 0), (1, 2), (4, 2), (5, 3), (6, 3), (7, 5), (8, 5), (9, 6), (None, 6)]


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize(("horizon", "rows"), RUNS)
def test_a_run_covers_its_horizon_but_not_the_instant_itself(stride: str, horizon: int | None, rows: int) -> None:
    center = Center([nodes(1, 1)], Policy(), table([job(0, 6, 1), job(4, 2, 1)]), stride=stride, horizon=horizon)
    seen: list[float] = []

    def script() -> Steps:
        for _ in range(20):
            seen.append(center.env.now)
            yield center.after(1)

    center.process(script())
    center.run()
    assert len(center.log) == rows
    assert seen == list(range(20 if horizon is None else horizon))

"""The core asks for room before each step: with not a row to spare it gives the same log.

The run with bounds checked finds a step that needs more than was asked for.
"""

from dataclasses import replace
from typing import Any

import pytest
from by_hand import job, nodes, table
from engines import check_equal, core_of, crowd, horizon_of, posts_at
from onecenter_kernels import codes, state
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario, Seeded, random_scenario

from onecenter.engine.core import FOREVER, Core
from onecenter.engine.initial import is_booked
from onecenter.policies import Policy
from onecenter.workload.table import DEFAULTS

pytestmark = pytest.mark.equality

SLOW = not JIT
SEEDS = range(15 if SLOW else 60)


def exactly(rows: state.Array, need: int) -> state.Array:
    """Return a copy with `need` rows and not one more."""
    assert need > len(rows)
    larger = state.table((need, *rows.shape[1:]), rows.dtype)
    larger[: len(rows)] = rows
    return larger


@pytest.fixture(autouse=True)
def no_spare_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let arrays grow by what is asked for only."""
    monkeypatch.setattr("onecenter.engine.core.grown", exactly)


def cramped(scenario: RandomScenario, rows: int = 1, fractions: bool = False) -> Core:
    """Return a core whose arrays hold next to nothing yet, `rows` rows where there is no other least."""
    core = core_of(scenario, fractions)
    s = core.state
    small: dict[str, Any] = {name: getattr(s, name)[:rows].copy() for name in ("queue", "timers", "log", "runs")}
    if is_booked(scenario.policy):
        layers = state.FIRST_ROW + 2
        small |= {"book": s.book[:2].copy(), "nodes": s.nodes[:layers].copy(), "devices": s.devices[:layers].copy()}
    core.state = s._replace(**small)
    return core


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cramped_core_as_the_twin(seed: int) -> None:
    scenario = random_scenario(seed)
    core = cramped(scenario, rows=1 + seed % 13)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cramped_core_with_posts_as_the_twin(seed: int) -> None:
    scenario = random_scenario(seed)
    more = posts_at(Seeded(seed), scenario, simulate(*scenario)["t"].tolist() or [0], 8)
    core = cramped(scenario, rows=1 + seed % 11, fractions=True)
    for t, what, columns in more.posts:
        core.advance(min(t, horizon_of(scenario)))
        if what == "cancel":
            core.post_cancel(columns["job"], t)
        else:
            core.post_submit(DEFAULTS | columns, t)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario, more.posts))


POLICIES = [*((backfill, 1) for backfill in codes.BACKFILLS), ("easy", 3), ("easy-sjbf", 3)]


def a_crowd(backfill: str, reservations: int, jobs: int) -> RandomScenario:
    """Return a scenario with a long queue."""
    scenario = crowd(2, "fifo", backfill, "best-fit", jobs)
    return scenario._replace(policy=replace(scenario.policy, reservations=reservations))


@pytest.mark.parametrize(("backfill", "reservations"), POLICIES)
def test_a_cramped_core_with_a_long_queue_as_the_twin(backfill: str, reservations: int) -> None:
    scenario = a_crowd(backfill, reservations, jobs=30 if SLOW else 120)
    core = cramped(scenario)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario))


@pytest.mark.parametrize("posted", [False, True])
@pytest.mark.parametrize(("backfill", "reservations"), POLICIES)
def test_wide_jobs_find_room_for_their_rows(backfill: str, reservations: int, posted: bool) -> None:
    # Two jobs come at once, and each is logged with a row on each of five nodes.
    wide = job(3, 2, 1, tasks=5)
    known = table([job(0, 1, 1), *([] if posted else [wide, wide])])
    policy = Policy(backfill=backfill, placement="worst-fit", reservations=reservations)
    scenario = RandomScenario((nodes(5, 2),), policy, known, None)
    columns = {name: value for name, value in wide.items() if name != "submit"}
    expected = simulate(*scenario, [(3, "submit", columns)] * 2 if posted else [])
    assert len(expected) == 3 + 2 * 7
    for rows in range(1, 25):
        core = cramped(scenario, rows)
        core.advance(3)
        for _ in range(2 * posted):
            core.post_submit(wide, 3)
        core.advance(FOREVER)
        check_equal(core.log, expected)


@pytest.mark.parametrize(("backfill", "reservations"), POLICIES)
def test_next_to_nothing_is_there_at_first(backfill: str, reservations: int) -> None:
    scenario = a_crowd(backfill, reservations, jobs=30)
    core = cramped(scenario)
    core.advance(horizon_of(scenario))
    assert len(core.state.log) > 30
    assert len(core.state.timers) > 1
    assert len(core.state.queue) > 1
    booked = backfill == "conservative" or reservations > 1
    assert (len(core.state.runs) > 1) == (not booked)
    assert (len(core.state.book) > 3) == booked


def test_posted_jobs_need_room_until_they_are_submitted() -> None:
    core = Core([nodes(1, 2)], Policy(), table([job(0, 1, 1)]))
    core.post_submit(DEFAULTS | job(3, 1, 1), 3)
    clock = core.state.clock
    assert (clock["posted"][0], clock["posted_rows"][0]) == (1, 1)
    core.advance(4)
    assert (clock["posted"][0], clock["posted_rows"][0]) == (0, 0)

"""The core asks for room before each step: with not a row to spare it gives the same log.

The run with bounds checked finds a step that needs more than was asked for.
"""

from typing import Any

import pytest
from engines import check_equal, core_of, crowd, horizon_of, posts_at
from onecenter_kernels import codes, state
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario, Seeded, random_scenario

from onecenter.core import Core
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
    monkeypatch.setattr("onecenter.core.grown", exactly)


def cramped(scenario: RandomScenario, fractions: bool = False) -> Core:
    """Return a core whose arrays hold next to nothing yet."""
    core = core_of(scenario, fractions)
    s = core.state
    small: dict[str, Any] = {name: getattr(s, name)[:1].copy() for name in ("queue", "timers", "log")}
    if scenario.policy.backfill == "conservative":
        layers = state.FIRST_ROW + 2
        small |= {"book": s.book[:2].copy(), "nodes": s.nodes[:layers].copy(), "devices": s.devices[:layers].copy()}
    core.state = s._replace(**small)
    return core


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cramped_core_as_the_twin(seed: int) -> None:
    scenario = random_scenario(seed)
    core = cramped(scenario)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cramped_core_with_posts_as_the_twin(seed: int) -> None:
    scenario = random_scenario(seed)
    more = posts_at(Seeded(seed), scenario, simulate(*scenario)["t"].tolist() or [0], 8)
    core = cramped(scenario, fractions=True)
    for t, what, columns in more.posts:
        core.advance(min(t, horizon_of(scenario)))
        if what == "cancel":
            core.post_cancel(columns["job"], t)
        else:
            core.post_submit(DEFAULTS | columns, t)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario, more.posts))


@pytest.mark.parametrize("backfill", codes.BACKFILLS)
def test_a_cramped_core_with_a_long_queue_as_the_twin(backfill: str) -> None:
    scenario = crowd(2, "fifo", backfill, "best-fit", jobs=30 if SLOW else 120)
    core = cramped(scenario)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario))


@pytest.mark.parametrize("backfill", codes.BACKFILLS)
def test_next_to_nothing_is_there_at_first(backfill: str) -> None:
    scenario = crowd(2, "fifo", backfill, "best-fit", jobs=30)
    core = cramped(scenario)
    core.advance(horizon_of(scenario))
    assert len(core.state.log) > 30
    assert len(core.state.timers) > 1
    assert len(core.state.queue) > 1
    assert (len(core.state.book) > 2) == (backfill == "conservative")

"""Preemption by order: the core on both strides against the naive twin, and laws over the log."""

from functools import cache
from typing import Any

import numpy as np
import oracle
import pytest
from engines import BLOCKS, Log, by_core, check_equal, core_of, on_both_strides
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from random_scenarios import RandomScenario
from random_sharing import ordered_scenario

from onecenter.engine.reasons import waits_by_reason
from onecenter.results.segments import fates

pytestmark = pytest.mark.equality

SEEDS = range(80 if JIT else 30)


@cache
def expected(seed: int) -> tuple[RandomScenario, Log]:
    """Return a scenario and the naive twin's log of it."""
    scenario = ordered_scenario(seed)
    return scenario, oracle.simulate(*scenario)


@pytest.mark.parametrize("block", range(4))
def test_who_goes_first_evicts_as_the_twin_says(block: int) -> None:
    for seed in range(len(SEEDS) // 4 * block, len(SEEDS) // 4 * (block + 1)):
        scenario, log = expected(seed)
        check_equal(by_core(scenario), log)
        check_equal(on_both_strides(scenario).log, log)


#: Seeds at which core and twin have once differed: a round that ends while nobody waits any more makes no step.
ONCE_DIFFERENT = (2010,)


@pytest.mark.parametrize("seed", ONCE_DIFFERENT)
def test_seeds_that_have_told_core_and_twin_apart(seed: int) -> None:
    scenario, log = expected(seed)
    check_equal(by_core(scenario), log)


@pytest.mark.parametrize("block", BLOCKS)
def test_many_more_evict_as_the_twin_says(block: int) -> None:
    for seed in range(30_000 + 250 * block, 30_000 + 250 * (block + 1)):
        scenario = ordered_scenario(seed)
        log = oracle.simulate(*scenario)
        check_equal(by_core(scenario), log)
        if seed % 4 == 0:
            check_equal(on_both_strides(scenario).log, log)


@pytest.mark.parametrize("size", [1, 3, 17])
def test_arrays_that_begin_small_change_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecenter.engine.initial.rows_for", lambda jobs: size)
    for seed in range(12):
        scenario, log = expected(seed)
        check_equal(by_core(scenario), log)


def test_a_run_in_pieces_is_the_same_run() -> None:
    for seed in range(8):
        scenario, log = expected(seed)
        core = core_of(scenario)
        for t in np.unique(log["t"]):
            core.advance(int(t) + 1)
        check_equal(core.log, log)


@pytest.mark.parametrize("seed", range(40 if JIT else 15))
def test_every_job_waits_for_the_reasons_of_the_twin(seed: int) -> None:
    scenario, log = expected(seed)
    end = scenario.horizon or int(log["t"].max(initial=0))
    waits = waits_by_reason(log, scenario.workload, scenario.fleet, "none", end)
    twin = oracle.waits_by_reason(scenario.fleet, scenario.policy, scenario.workload, end)
    for job, row in enumerate(waits):
        assert {int(code): int(row[code]) for code in np.flatnonzero(row)} == {
            code: ms for code, ms in twin[job].items() if ms
        }


def test_the_scenarios_reach_every_order_and_every_way_to_leave() -> None:
    found: dict[str, dict[str, Any]] = {order: {"evicted": 0, "moved": 0, "left": 0} for order in codes.LIVE_ORDERS}
    over = 0
    for seed in range(80):
        scenario, log = expected(seed)
        count = found[str(scenario.policy.order)]
        evicted = log[log["kind"] == codes.E_EVICT]
        count["evicted"] += len(evicted)
        starts = {(int(row["t"]), int(row["job"])) for row in log[log["kind"] == codes.E_START]}
        count["moved"] += sum((int(row["t"]), int(row["job"])) in starts for row in evicted)
        gone = log[log["kind"] == codes.E_REQUEUE]
        left_at_once = {(int(row["t"]), int(row["job"])) for row in gone}
        count["left"] += sum((int(row["t"]), int(row["job"])) not in left_at_once for row in evicted)
        over += int(((log["kind"] == codes.E_END) & (log["reason"] == codes.PREEMPTED)).sum())
    assert all(count["evicted"] > 0 for count in found.values())
    assert sum(count["moved"] for count in found.values()) > 0
    assert sum(count["left"] for count in found.values()) > 0
    assert over > 0


def test_no_job_is_on_two_nodes_sets_at_once() -> None:
    for seed in range(len(SEEDS)):
        scenario, log = expected(seed)
        attempts = fates(log, len(scenario.workload)).attempts
        assert len(attempts.job) >= len(np.unique(attempts.job))
        held: set[int] = set()
        for row in log:
            kind, job = int(row["kind"]), int(row["job"])
            if kind == codes.E_EVICT:
                assert job in held
            if kind in (codes.E_REQUEUE, codes.E_END, codes.E_KILL):
                assert job in held
                held.discard(job)
            if kind == codes.E_START:
                held.add(job)

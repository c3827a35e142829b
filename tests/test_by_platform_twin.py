"""Queues by platform: the core on both strides against the naive twin, laws over the log, and Kueue's load test."""

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import oracle
import pytest
from engines import BLOCKS, Log, by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle_sharing import Tree, tree_at
from random_scenarios import RandomScenario
from random_sharing import by_platform

from onecenter.engine.core import FOREVER, Core
from onecenter.engine.reasons import waits_by_reason
from onecenter.imports.kueue import from_kueue
from onecenter.results.segments import fates
from onecenter.scenario import from_dict
from onecenter.workload.build import build
from onecenter.workload.table import Workload

SEEDS = range(80 if JIT else 24)

equality = pytest.mark.equality


@cache
def expected(seed: int) -> Log:
    """Return the naive twin's log of a seed."""
    return oracle.simulate(*by_platform(seed))


@equality
@pytest.mark.parametrize("block", range(4))
def test_queues_by_platform_as_the_twin(block: int) -> None:
    for seed in range(len(SEEDS) // 4 * block, len(SEEDS) // 4 * (block + 1)):
        check_equal(by_core(by_platform(seed)), expected(seed))
        check_equal(on_both_strides(by_platform(seed)).log, expected(seed))


@equality
@pytest.mark.parametrize("block", BLOCKS)
def test_many_more_queues_by_platform_as_the_twin(block: int) -> None:
    for seed in range(30_000 + 250 * block, 30_000 + 250 * (block + 1)):
        scenario = by_platform(seed)
        log = oracle.simulate(*scenario)
        check_equal(by_core(scenario), log)
        if seed % 4 == 0:
            check_equal(on_both_strides(scenario).log, log)


@equality
@pytest.mark.parametrize("seed", [139, 361, 467, 646, 1110])
def test_where_core_and_twin_once_differed(seed: int) -> None:
    check_equal(by_core(by_platform(seed)), expected(seed))


@equality
@pytest.mark.parametrize("seed", range(24 if JIT else 8))
def test_every_job_waits_for_the_reasons_of_the_twin(seed: int) -> None:
    scenario, log = by_platform(seed), expected(seed)
    end = scenario.horizon or int(log["t"].max(initial=0))
    waits = waits_by_reason(log, scenario.workload, scenario.fleet, "none", end)
    twin = oracle.waits_by_reason(scenario.fleet, scenario.policy, scenario.workload, end)
    assert [{code: ms for code, ms in enumerate(row) if ms} for row in waits.tolist()] == [
        {code: ms for code, ms in row.items() if ms} for row in twin
    ]


def test_what_the_seeds_contain() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(80):
        scenario, log = by_platform(seed), by_core(by_platform(seed))
        kinds.update(codes.EVENTS[kind] for kind in log["kind"])
        evicts = log[log["kind"] == codes.E_EVICT]
        kinds.update(codes.EVICTIONS[reason] for reason in evicts["reason"])
        later = log[log["kind"] == codes.E_REQUEUE]
        kinds["grace"] += sum((later["job"] == row["job"])[later["t"] > row["t"]].any() for row in evicts)
        policy = scenario.policy
        kinds.update({"fair": policy.fair_sharing, "half-life": policy.usage_half_life > 0})
        kinds["fractions"] += bool((scenario.workload.accelerators % 1000).any())
        kinds["gangs"] += bool((scenario.workload.tasks > 1).any())
    wanted = ("preempted", "reclaimed", "requeue", "change", "refuse", "grace", "fair", "half-life")
    wanted += ("fractions", "gangs")
    assert all(kinds[kind] >= 5 for kind in wanted), kinds


@pytest.mark.parametrize("seed", range(80))
def test_the_laws_of_queues_by_platform(seed: int) -> None:
    scenario = by_platform(seed)
    log, jobs, sharing = by_core(scenario), scenario.workload, scenario.workload.sharing
    evicts = log[log["kind"] == codes.E_EVICT]
    assert len(np.unique(evicts[["t", "job"]])) == len(evicts)
    # Who is evicted does not start at that instant, and who has started is not evicted.
    starts = log[log["kind"] == codes.E_START]
    assert not set(evicts[["t", "job"]].tolist()) & set(starts[["t", "job"]].tolist())
    if sharing is None:
        assert len(evicts) == 0
        return
    assert all(sharing.classes[int(jobs.stream[job])].preemptible for job in evicts["job"])
    assert all(sharing.members[place_of(scenario, int(job))].platform >= 0 for job in evicts["job"])
    check_starts(scenario, log)


def place_of(scenario: RandomScenario, job: int) -> int:
    """Return the node of a job's platform in the tree."""
    platform = int(scenario.workload.platform[job])
    return [member.platform for member in scenario.workload.sharing.members].index(platform)


def check_starts(scenario: RandomScenario, log: Log) -> None:
    """Fail if a start took more quota than was available to its platform; what leaves counts."""
    jobs, sharing, running = scenario.workload, scenario.workload.sharing, {}
    nodes = np.repeat(np.arange(len(scenario.fleet)), [kind.count for kind in scenario.fleet])
    for row in log:
        job = int(row["job"])
        if row["kind"] in (codes.E_END, codes.E_KILL, codes.E_REQUEUE):
            running.pop(job, None)
        elif row["kind"] == codes.E_START and job not in running:
            kind, used = int(nodes[row["node"]]), Counter[int]()
            for other, on in running.items():
                if on == kind:
                    used[int(jobs.platform[other])] += int(jobs.gang[other])
            tree = Tree(tree_at(sharing, int(row["t"])), kind, used)
            if sharing.quotas and jobs.gang[job]:
                assert tree.available(place_of(scenario, job)) >= jobs.gang[job]
            running[job] = kind


# ---- Kueue's load test


def load(traces: Path, tmp_path: Path, alone: bool, count: int | None = None) -> tuple[Core, Workload]:
    """Return a core with Kueue's own load test, whole or one of its queues alone; of each class so many jobs."""
    text = (traces / "kueue" / "perf-baseline-generator.yaml").read_text(encoding="utf-8")
    if alone:
        for old, new in (("count: 5\n", "count: 1\n"), ("count: 6\n", "count: 1\n"), ("Limit: 100", "Limit: 0")):
            assert old in text
            text = text.replace(old, new, 1)
    if count is not None:
        for old in ("count: 350", "count: 100", "count: 50"):
            text = text.replace(old, f"count: {count}", 1)
    (tmp_path / "generator.yaml").write_text(text, encoding="utf-8")
    scenario = from_dict(from_kueue([str(tmp_path / "generator.yaml")]).scenario)
    jobs = build(scenario)
    return Core(scenario.fleet, scenario.policy_, jobs), jobs


def mean_waits(log: Log, jobs: Workload) -> tuple[float, ...]:
    """Return the mean waits (s) of small, medium and large jobs until they first start, and the end (s)."""
    wait = (fates(log, len(jobs)).start - jobs.submit) / 1000
    found = (float(wait[jobs.priority == priority].mean()) for priority in (50, 100, 200))
    return (*found, int(log["t"].max()) / 1000)


@pytest.mark.parametrize("alone", [True, False])
def test_the_load_test_of_kueue_gives_its_independent_figures(alone: bool, traces: Path, tmp_path: Path) -> None:
    """All 30 queues are full all the time, so nobody borrows, and each is as if it were alone."""
    core, jobs = load(traces, tmp_path, alone)
    assert len(jobs) == (500 if alone else 15_000)
    core.advance(FOREVER)
    assert mean_waits(core.log, jobs) == pytest.approx((55.4, 38.7, 0, 75.9), rel=0.01)


@equality
@pytest.mark.parametrize("alone", [True, False])
def test_the_load_test_as_the_twin(alone: bool, traces: Path, tmp_path: Path) -> None:
    as_the_twin(*load(traces, tmp_path, alone, 12 if alone else 2), alone)


@pytest.mark.slow
@equality
@pytest.mark.parametrize(("alone", "count"), [(True, 40), (False, 6)])
def test_more_of_the_load_test_as_the_twin(alone: bool, count: int, traces: Path, tmp_path: Path) -> None:
    as_the_twin(*load(traces, tmp_path, alone, count), alone)


def as_the_twin(core: Core, jobs: Workload, evicts: bool) -> None:
    """Fail unless the core's log is the twin's, with evictions in it where there must be some."""
    core.advance(FOREVER)
    check_equal(core.log, oracle.simulate(core.fleet, core.policy, jobs))
    assert not evicts or (core.log["kind"] == codes.E_EVICT).any()

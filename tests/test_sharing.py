"""Quotas, limits and strict queues: the core on both strides against the naive twin, and laws over the log."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import oracle
import pytest
from engines import Log, by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle_sharing import Tree, tree_at
from random_scenarios import RandomScenario
from random_sharing import preempting_scenario, shared_scenario

from onecenter.engine.reasons import waits_by_reason
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.segments import fates
from onecenter.workload.sharing import Change, Member, Sharing
from onecenter.workload.table import workload

pytestmark = pytest.mark.equality

SEEDS = range(60 if JIT else 25)


@cache
def expected(seed: int, backfill: str | None = None) -> Log:
    """Return the naive twin's log of a seed."""
    return oracle.simulate(*shared_scenario(seed, backfill))


@pytest.mark.parametrize("backfill", [None, *codes.BACKFILLS])
@pytest.mark.parametrize("block", range(4))
def test_platforms_that_share_as_the_twin(backfill: str | None, block: int) -> None:
    for seed in range(len(SEEDS) // 4 * block, len(SEEDS) // 4 * (block + 1)):
        scenario, log = shared_scenario(seed, backfill), expected(seed, backfill)
        check_equal(by_core(scenario), log)
        check_equal(on_both_strides(scenario).log, log)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_many_more_platforms_that_share_as_the_twin(block: int) -> None:
    for seed in range(10_000 + 250 * block, 10_000 + 250 * (block + 1)):
        scenario = shared_scenario(seed)
        log = oracle.simulate(*scenario)
        check_equal(by_core(scenario), log)
        if seed % 4 == 0:
            check_equal(on_both_strides(scenario).log, log)


@pytest.mark.parametrize("seed", range(40 if JIT else 15))
def test_every_job_waits_for_the_reasons_of_the_twin(seed: int) -> None:
    scenario, log = shared_scenario(seed), expected(seed)
    end = scenario.horizon or int(log["t"].max(initial=0))
    waits = waits_by_reason(log, scenario.workload, scenario.fleet, scenario.policy.backfill, end)
    twin = oracle.waits_by_reason(scenario.fleet, scenario.policy, scenario.workload, end)
    assert [{code: ms for code, ms in enumerate(row) if ms} for row in waits.tolist()] == [
        {code: ms for code, ms in row.items() if ms} for row in twin
    ]


def test_what_the_seeds_contain() -> None:
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        scenario, log = shared_scenario(seed), expected(seed)
        kinds.update(codes.EVENTS[kind] for kind in log["kind"])
        waits = oracle.waits_by_reason(scenario.fleet, scenario.policy, scenario.workload, int(log["t"].max(initial=0)))
        kinds.update(codes.REASONS[code] for row in waits for code in row)
        sharing = scenario.workload.sharing
        kinds.update({name: getattr(sharing, name) for name in ("quotas", "limits", "strict")})
    expected_kinds = ("start", "refuse", "change", "quota", "limit", "quotas", "limits", "strict")
    assert all(kinds[kind] >= 5 for kind in expected_kinds), kinds


@pytest.mark.parametrize("seed", SEEDS)
def test_the_laws_of_quotas_and_limits(seed: int) -> None:
    scenario, log = shared_scenario(seed), expected(seed)
    sharing: Sharing = scenario.workload.sharing
    running: dict[int, int] = {}  # by job, its node type
    nodes = np.repeat(np.arange(len(scenario.fleet)), [kind.count for kind in scenario.fleet])
    for row in log:
        job = int(row["job"])
        if row["kind"] == codes.E_START and job not in running:
            running[job] = int(nodes[row["node"]])
            check_quota(scenario, sharing, running, job, int(row["t"]))
            check_limits(scenario, sharing, running, job)
        elif row["kind"] in (codes.E_END, codes.E_KILL):
            running.pop(job, None)


def check_quota(scenario: RandomScenario, sharing: Sharing, running: dict[int, int], job: int, t: int) -> None:
    """Fail if a start took more than was available to its platform."""
    jobs, kind = scenario.workload, running[job]
    used: Counter[int] = Counter()
    for other, on in running.items():
        if on == kind and other != job:
            used[int(jobs.platform[other])] += int(jobs.gang[other])
    place = [member.platform for member in sharing.members].index(int(jobs.platform[job]))
    if sharing.quotas and jobs.gang[job] > 0:
        assert Tree(tree_at(sharing, t), kind, used).available(place) >= jobs.gang[job]


def check_limits(scenario: RandomScenario, sharing: Sharing, running: dict[int, int], job: int) -> None:
    """Fail if more runs than the limits of a job that starts allow."""
    jobs = scenario.workload
    platform = int(jobs.platform[job])
    alike = [other for other in running if jobs.platform[other] == platform]
    limit = sharing.platform_limits[platform]
    assert limit.max_running_jobs < 0 or len(alike) <= limit.max_running_jobs
    assert limit.max_accelerators < 0 or sum(int(jobs.gang[other]) for other in alike) <= limit.max_accelerators
    assert limit.max_walltime < 0 or jobs.walltime[job] <= limit.max_walltime


@pytest.mark.parametrize("seed", range(30))
def test_a_strict_platform_keeps_its_order_under_fifo(seed: int) -> None:
    scenario = shared_scenario(2_000 + seed, "easy")
    sharing: Sharing = scenario.workload.sharing
    members = tuple(replace(member, strict=True) for member in sharing.members)
    stays = np.full(len(scenario.workload), -1)
    jobs = replace(scenario.workload, sharing=replace(sharing, members=members), patience=stays, ties=None)
    log = by_core(RandomScenario(scenario.fleet, Policy(), jobs, None))
    start = fates(log, len(jobs)).start
    for platform in range(len(jobs.platforms)):
        own = start[(jobs.platform == platform) & (start >= 0)]
        assert (np.diff(own) >= 0).all()


@pytest.mark.parametrize("block", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 4))])
def test_preemption_as_the_twin(block: int) -> None:
    for seed in range(15 * block, 15 * (block + 1)) if JIT else range(4 * block, 4 * (block + 1)):
        scenario = preempting_scenario(seed)
        log = oracle.simulate(*scenario)
        check_equal(by_core(scenario), log)
        check_equal(on_both_strides(scenario).log, log)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_much_more_preemption_as_the_twin(block: int) -> None:
    for seed in range(20_000 + 250 * block, 20_000 + 250 * (block + 1)):
        scenario = preempting_scenario(seed)
        log = oracle.simulate(*scenario)
        check_equal(by_core(scenario), log)
        if seed % 4 == 0:
            check_equal(on_both_strides(scenario).log, log)


@pytest.mark.parametrize("seed", range(60))
def test_the_laws_of_preemption(seed: int) -> None:
    scenario = preempting_scenario(seed)
    log, jobs, sharing = by_core(scenario), scenario.workload, scenario.workload.sharing
    evicts = log[log["kind"] == codes.E_EVICT]
    # Nobody is evicted twice at one instant, nor who may not be.
    assert len(np.unique(evicts[["t", "job"]])) == len(evicts)
    assert all(sharing.classes[int(jobs.stream[job])].preemptible for job in evicts["job"])
    fate = fates(log, len(jobs))
    stays = fate.attempts
    # Walltimes are limits per attempt; a job ends well after as much work as it brought along.
    over = stays.end >= 0
    assert (stays.end[over] - stays.start[over] <= jobs.walltime[stays.job[over]]).all()
    for job in np.flatnonzero(fate.outcome == codes.COMPLETED):
        own = stays.job == job
        assert (stays.end[own] - stays.start[own]).sum() >= jobs.run[job]
    # Each eviction ends in a requeue, or ends the job; no job is lost.
    requeues, preempted = (log["kind"] == codes.E_REQUEUE).sum(), (fate.outcome == codes.PREEMPTED).sum()
    assert len(evicts) >= requeues + preempted


def test_room_of_the_evicted_is_seen_by_backfill() -> None:
    scenario = preempting_scenario(20_559)
    check_equal(by_core(scenario), oracle.simulate(*scenario))


def test_what_the_preempting_seeds_contain() -> None:
    logs = [by_core(preempting_scenario(seed)) for seed in range(60)]
    kinds = Counter(codes.EVENTS[kind] for log in logs for kind in log["kind"])
    assert kinds["evict"] >= 10
    assert kinds["requeue"] >= 10
    later = sum((np.diff(log["t"][np.isin(log["kind"], (codes.E_EVICT, codes.E_REQUEUE))]) > 0).sum() for log in logs)
    assert later >= 5


def test_what_is_between_two_changes_of_an_instant_is_never_seen() -> None:
    # Twice the quota and none of it, both at 5: a job that asks more than 2 can never start.
    members = (Member(nominal=(0,)), Member("one", 0, 0, nominal=(2_000,)))
    raised = Change(5, 1, 0, "nominal", 4_000)
    jobs = workload(submit=[0], run=[1], walltime=[1], accelerators=[3_000])
    for changes, refused in (((raised,), False), ((raised, Change(5, 1, 0, "nominal", 1_000)), True)):
        known = replace(jobs, sharing=Sharing(members, changes))
        scenario = RandomScenario((NodeType("node", 1, 4),), Policy(), known, None)
        log = by_core(scenario)
        check_equal(log, oracle.simulate(*scenario))
        assert (codes.E_REFUSE in log["kind"]) == refused

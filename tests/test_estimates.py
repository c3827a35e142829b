"""Run-time estimates apart from walltimes: cases by hand, and the core and both strides against the naive twin."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from by_hand import nodes
from engines import Posts, by_core, check_equal, conducted, crowd, on_both_strides, posts_at
from onecenter_kernels import codes
from onecenter_kernels.estimates import next_estimate
from onecenter_kernels.jit import JIT
from onecenter_kernels.needs import needs
from oracle import center_of, simulate
from random_scenarios import RandomScenario, Seeded, random_scenario
from reports import page_of

import onecenter as oc
from onecenter.engine.core import FOREVER, Core
from onecenter.errors import PolicyError
from onecenter.policies import Policy, key_of, policy_of
from onecenter.results.accuracy import accuracy, estimates_of
from onecenter.results.segments import fates
from onecenter.workload.table import workload

pytestmark = pytest.mark.equality

#: Without the JIT the core is some hundred times slower.
SLOW = not JIT

PLANNED = [("recent average", each) for each in ("none", "easy", "easy-sjbf")] + [("run time", "easy")]


def check(scenario: RandomScenario) -> None:
    """Fail unless the core and both strides give the twin's log."""
    log = simulate(*scenario)
    check_equal(by_core(scenario), log)
    check_equal(on_both_strides(scenario).log, log)


def estimated(scenario: RandomScenario, estimate: str) -> RandomScenario:
    """Return a scenario with estimates, and its jobs of two tenants."""
    jobs = replace(scenario.workload, tenant=np.arange(len(scenario.workload), dtype="i4") % 2)
    return scenario._replace(policy=replace(scenario.policy, reservations=1, estimate=estimate), workload=jobs)


@pytest.mark.parametrize(("estimate", "backfill"), PLANNED)
def test_random_scenarios_as_the_twin(estimate: str, backfill: str) -> None:
    for seed in range(49_000, 49_002 if SLOW else 49_015):
        order = (None, "sjf", "qssf", "multifactor", "wfp3")[seed % 5]
        check(estimated(random_scenario(seed, order, backfill), estimate))


@pytest.mark.parametrize(("estimate", "backfill"), PLANNED)
def test_long_queues_as_the_twin(estimate: str, backfill: str) -> None:
    for number, order in enumerate(("fifo", "sjf", "linear")):
        check(estimated(crowd(50_000 + number, order, backfill, "best-fit", 25 if SLOW else 40), estimate))


@pytest.mark.parametrize("seed", range(2 if SLOW else 8))
def test_posts_as_the_twin(seed: int) -> None:
    scenario = estimated(random_scenario(51_000 + seed, "fifo", "easy"), "recent average")
    posts: Posts = posts_at(Seeded(seed), scenario, sorted({int(t) for t in by_core(scenario)["t"]}), 6)
    log = simulate(*scenario[:3], scenario.horizon, posts.posts)
    for stride in ("calendar", "event"):
        check_equal(conducted(scenario, stride, posts.script).log, log)


def test_the_next_estimate() -> None:
    found = [3]
    while found[-1] < 3_000:
        found.append(int(next_estimate(3, found[-1])))
    assert found == [3 * times for times in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)]
    assert next_estimate(3, 7) == 15


def log_of(*rows: tuple[int, ...], estimate: str = "recent average", **policy: str) -> list[tuple[int, ...]]:
    """Return (t, kind, job) of the log but for submits; of each job is given what `names` says."""
    names = ("submit", "tenant", "accelerators", "run", "walltime")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    columns["accelerators"] = tuple(1000 * each for each in columns["accelerators"])
    parts = Policy(estimate=estimate, **{"backfill": "easy"} | policy)  # type: ignore[arg-type]
    scenario = RandomScenario((nodes(1, 4),), parts, workload(**columns), None)
    check(scenario)
    rows_of = by_core(scenario)
    return [(int(row["t"]), int(row["kind"]), int(row["job"])) for row in rows_of if row["kind"] != codes.E_SUBMIT]


S, E, K = codes.E_START, codes.E_END, codes.E_KILL


# Job 1 is estimated 5 and runs 40 of the 30 that it asked: it is killed at 30, whatever was estimated in between.
def test_a_job_is_killed_at_its_walltime_only() -> None:
    found = log_of((0, 0, 4, 5, 60), (5, 0, 4, 40, 30), (6, 0, 4, 1, 60))
    assert found == [(0, S, 0), (5, E, 0), (5, S, 1), (35, K, 1), (35, S, 2), (36, E, 2)]


# Three ran 10, 4 and 9: the last two make 6, of 6.5 rounded down. So job 4, of 4 accelerators, waits until 29 for job
# 3, and job 5, which asks 6 and has no past, may start at 23, but job 6, which asks 7, may not.
def test_the_last_two_make_the_mean() -> None:
    before = (0, 0, 4, 10, 90), (10, 0, 4, 4, 90), (14, 0, 4, 9, 90)
    found = log_of(*before, (23, 0, 3, 6, 90), (23, 1, 4, 1, 90), (23, 2, 1, 6, 6), (23, 3, 1, 7, 7))
    assert [(t, job) for t, kind, job in found if kind == S] == [
        (0, 0), (10, 1), (14, 2), (23, 3), (23, 5), (29, 4), (30, 6),
    ]  # fmt: skip


def test_the_shortest_estimate_is_a_millisecond() -> None:
    jobs = workload(submit=[0, 5, 10], run=[1, 0, 1], walltime=9, accelerators=[1_000] * 3)
    core = Core((nodes(1, 10),), Policy(estimate="recent average"), jobs)
    core.advance(FOREVER)
    assert core.state.jobs["walltime"].tolist() == [9, 1, 1]


# Ten wait for job 0, and all will outlive their estimates, so each of them needs two timers.
def test_there_is_room_for_two_timers_of_each_job() -> None:
    jobs = workload(submit=[0] + [1] * 10, run=[5] + [9] * 10, walltime=9, accelerators=[10_000] + [1_000] * 10)
    core = Core((nodes(1, 10),), Policy(estimate="recent average"), jobs)
    core.advance(5)
    clock = core.state.clock[0]
    assert int(clock["waiting"]) == 10
    assert needs(core.handle).timers >= int(clock["timers"]) + 20


# By run times job 2 is the shortest, by walltimes job 1.
def test_an_order_goes_by_the_estimate() -> None:
    rows = (0, 0, 4, 9, 9), (1, 1, 4, 6, 7), (2, 2, 4, 2, 50)
    for estimate, expected in (("walltime", [0, 1, 2]), ("run time", [0, 2, 1])):
        found = log_of(*rows, estimate=estimate, order="sjf")
        assert [job for _, kind, job in found if kind == S] == expected


# Estimated 60, 2, 4, 2 and 2 they ran 2, 8, 4, 3 and 2 minutes: 2/60, 2/8, 1, 2/3 and 1.
def test_how_good_the_estimates_are() -> None:
    log = workload(
        submit=[0, 2, 3, 3, 4], tenant=[0, 0, 1, 0, 0], accelerators=[4000, 3000, 4000, 1000, 1000],
        run=[2, 8, 4, 3, 2], walltime=[60, 60, 4, 60, 60],
    )  # fmt: skip
    parts = Policy(estimate="recent average")
    fate = fates(by_core(RandomScenario((nodes(1, 4),), parts, log, None)), 5)
    estimates = estimates_of(log, fate, "recent average")
    assert estimates.tolist() == [60, 2, 4, 2, 2]
    judged = accuracy(estimates, fate, np.ones(5, bool))
    assert judged == {"jobs": 5, "mean": pytest.approx((2 / 60 + 2 / 8 + 1 + 2 / 3 + 1) / 5), "outlived": 0.4}
    assert accuracy(estimates, fate, np.zeros(5, bool)) == {"jobs": 0, "mean": None, "outlived": None}


@pytest.mark.parametrize("estimate", codes.ESTIMATES)
def test_estimates_read_from_a_result_are_those_of_the_twin(estimate: str) -> None:
    for seed in range(52_000, 52_010):
        scenario = estimated(random_scenario(seed, "fifo", "easy"), estimate)._replace(horizon=None)
        center = center_of(scenario.fleet, scenario.policy, scenario.workload, ())
        while (instant := center.next_instant()) is not None:
            center.step(instant)
        fate = fates(by_core(scenario), len(scenario.workload))
        taken = estimates_of(scenario.workload, fate, estimate)
        assert [int(taken[each.id]) for each in center.jobs if each.estimate] == [
            each.estimate for each in center.jobs if each.estimate
        ]


def of_users(job):  # type: ignore[no-untyped-def]
    """Return a key."""
    return job.walltime


@pytest.mark.parametrize(
    "parts", [{"backfill": "conservative"}, {"reservations": 2}, {"order": key_of(of_users)}], ids=str
)
def test_what_plans_by_walltimes_refuses_estimates(parts: dict[str, object]) -> None:
    with pytest.raises(PolicyError, match="estimate = 'run time': other than walltime needs backfill none, easy"):
        Policy(estimate="run time", **parts)  # type: ignore[arg-type]
    assert Policy(**parts).estimate == "walltime"  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="one of walltime, run time, recent average"):
        Policy(estimate="mean")


def test_a_named_policy_keeps_estimates_where_they_can_be() -> None:
    policy = Policy(estimate="recent average")
    for name, backfill in product(("sjf", "easy", "easy-sjbf"), (None, "easy")):
        assert policy_of(name, policy, backfill=backfill).estimate == "recent average"
    assert policy_of("conservative", policy).estimate == "walltime"
    assert policy_of(of_users, policy).estimate == "walltime"


def test_they_are_said() -> None:
    result = oc.run("tiny", set='policy.estimate="recent average"')
    assert result.policy.text == "easy, best-fit, run times by recent average"
    assert result.summary()["policy"]["estimate"] == "recent average"
    assert result.summary()["estimates"] == result.estimates
    assert result.estimates["jobs"] == 6
    assert "estimates" not in oc.run("tiny").summary()
    assert oc.run("tiny", set='policy.estimate="run time"').estimates["mean"] == 1
    assert "last two jobs" in page_of("en", result)
    assert "规划所用的运行时间" in page_of("zh", result)
    assert "last two jobs" not in page_of("en", oc.run("tiny"))

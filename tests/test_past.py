"""Orders that go by who ran what, against the naive twin; QSSF by hand."""

from dataclasses import replace
from itertools import product

import pytest
from by_hand import nodes, starts
from engines import Posts, by_core, check_equal, conducted, crowd, on_both_strides, posts_at
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario, Seeded, random_scenario

from onecenter.engine.center import Center
from onecenter.engine.numbering import ROWS
from onecenter.policies import Policy
from onecenter.workload.table import workload

pytestmark = pytest.mark.equality

#: Without the JIT the core is some hundred times slower.
SLOW = not JIT

ORDERS = ("qssf", "multifactor")


def check(scenario: RandomScenario) -> None:
    """Fail unless the core and both strides give the twin's log."""
    log = simulate(*scenario)
    check_equal(by_core(scenario), log)
    check_equal(on_both_strides(scenario).log, log)


@pytest.mark.parametrize(("order", "backfill"), list(product(ORDERS, codes.BACKFILLS)))
def test_random_scenarios_as_the_twin(order: str, backfill: str) -> None:
    for seed in range(45_000, 45_002 if SLOW else 45_015):
        check(random_scenario(seed, order, backfill))


@pytest.mark.parametrize(("order", "number"), list(product(ORDERS, range(4))))
def test_long_queues_as_the_twin(order: str, number: int) -> None:
    jobs = 25 if SLOW else 50
    check(crowd(46_000 + number, order, codes.BACKFILLS[number], codes.PLACEMENTS[number], jobs))


# What a process submits is of a tenant of its own.
@pytest.mark.parametrize(("order", "seed"), list(product(ORDERS, range(2 if SLOW else 10))))
def test_posts_as_the_twin(order: str, seed: int) -> None:
    scenario = random_scenario(47_000 + seed, order, codes.BACKFILLS[seed % 4])
    instants = sorted({int(t) for t in by_core(scenario)["t"]})
    posts: Posts = posts_at(Seeded(seed), scenario, instants, 6)
    log = simulate(*scenario[:3], scenario.horizon, posts.posts)
    for stride in ("calendar", "event"):
        check_equal(conducted(scenario, stride, posts.script).log, log)


# Users and habits that become known amid a run keep what is known of the others.
@pytest.mark.parametrize(("order", "seed"), list(product(ORDERS, range(2 if SLOW else 6))))
def test_a_run_that_goes_on_as_if_it_had_known(order: str, seed: int) -> None:
    scenario = crowd(48_000 + seed, order, codes.BACKFILLS[seed % 4], "first-fit", 30)
    jobs = scenario.workload
    half = int(jobs.submit[15])
    center = Center(scenario.fleet, scenario.policy, jobs.take(jobs.submit < half), horizon=half, fractions=True)
    center.run()
    center.extend(jobs, 10**9)
    center.run()
    check_equal(center.log, by_core(scenario._replace(horizon=10**9)))


# More than there is room for at first.
def test_many_tenants() -> None:
    count = ROWS + 10
    owners = [(each * 7 % 3, each * 11 % 90) for each in range(count)]
    platform, tenant = zip(*owners, strict=True)
    jobs = workload(
        platforms=("one", "two", "three"), platform=platform, tenant=tenant, walltime=9,
        submit=[each // 3 for each in range(count)], run=[1 + each % 5 for each in range(count)],
        accelerators=[1000 + each % 2 * 1000 for each in range(count)],
    )  # fmt: skip
    for order in ORDERS:
        policy = replace(random_scenario(3, order, "easy", "first-fit").policy, depth=0)
        check(RandomScenario((nodes(1, 2),), policy, jobs, 40))


# ---- QSSF by hand: one accelerator at a time, times in ms


def order_of_starts(order: str, *rows: tuple[int, int, int, int, int]) -> list[int]:
    """Return the jobs in the order of their starts; of each is given submit, tenant, accelerators, run and walltime."""
    names = ("submit", "tenant", "accelerators", "run", "walltime")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    columns["accelerators"] = tuple(1000 * each for each in columns["accelerators"])
    scenario = RandomScenario((nodes(1, 4, cpus=1),), Policy(order, "none"), workload(cpus=1000, **columns), None)
    check(scenario)
    return list(starts(by_core(scenario)))


# Tenant 0 asks 500 and needs 20, as it has shown; tenant 1 needs what it asks, 100. SJF sees only what they ask: QSSF
# starts the job that is short in fact, as the paper says of a rule that knows the user.
def test_one_who_asks_too_much_is_known() -> None:
    rows = (0, 0, 1, 20, 500), (20, 2, 1, 300, 300), (30, 0, 1, 20, 500), (31, 1, 1, 100, 100)
    assert order_of_starts("sjf", *rows) == [0, 1, 3, 2]
    assert order_of_starts("qssf", *rows) == [0, 1, 2, 3]


# Jobs 0 and 1 of tenant 0 have run 40 on one accelerator and 10 on two. Job 5 asks two: 2 * 10 = 20. Job 3 asks four,
# so the mean of both counts: 4 * 25 = 100. Job 4, of tenant 1, has nothing to go by: 1 * 60.
def test_the_same_size_the_tenant_the_walltime() -> None:
    rows = (0, 0, 1, 40, 90), (0, 0, 2, 10, 90), (50, 2, 1, 500, 900)
    waiting = (60, 0, 4, 1, 90), (60, 1, 1, 1, 60), (60, 0, 2, 1, 90)
    assert order_of_starts("qssf", *rows, *waiting) == [0, 1, 2, 5, 4, 3]


# Six jobs of tenant 0 have run 600, 10, 10, 10, 10, 10: the last five count, so the next is predicted 10; with all six
# it would be 108. Tenant 1 asks 50.
def test_the_last_five_count() -> None:
    before = [(t, 0, 1, run, 900) for t, run in ((0, 600), *((600 + 10 * k, 10) for k in range(5)))]
    rows = (650, 2, 1, 500, 900), (660, 1, 1, 1, 50), (661, 0, 1, 1, 900)
    assert order_of_starts("qssf", *before, *rows)[-3:] == [6, 8, 7]


# Job 0 is killed after 30, so that is how long it has run: job 2 lies between those of tenant 1, which ask 29 and 31.
def test_a_killed_job_has_run_its_walltime() -> None:
    rows = (0, 0, 1, 99, 30), (30, 2, 1, 500, 900), (40, 0, 1, 1, 900), (40, 1, 1, 1, 29), (40, 1, 1, 1, 31)
    assert order_of_starts("qssf", *rows) == [0, 1, 3, 2, 4]

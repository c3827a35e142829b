"""Multifactor priority and fair share: Slurm's worked examples on the functions themselves, and cases by hand."""

import math
from pathlib import Path

import numpy as np
import pytest
from by_hand import job, nodes, starts, table
from engines import by_core
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from onecenter_kernels.multifactor import multifactor
from onecenter_kernels.sharing import classic, halved, share_out
from onecenter_kernels.usage import MOST, decayed
from random_scenarios import RandomScenario
from reports import page_of

import onecenter as oc
from onecenter.engine.core import Core
from onecenter.errors import PolicyError
from onecenter.policies import Multifactor, Policy
from onecenter.scenario import with_set
from onecenter.workload.table import Workload, workload

pytestmark = pytest.mark.equality

SECOND, HOUR = 1_000, 3_600_000
DAY = 24 * HOUR


def owned(owners: list[tuple[int, int]], platforms: tuple[str, ...] = ("A", "B"), **columns: object) -> Workload:
    """Return jobs of 100 s and one accelerator, each of a (platform, tenant)."""
    count = len(owners)
    platform, tenant = zip(*owners, strict=True)
    same = {"submit": [0] * count, "run": 100 * SECOND, "walltime": 100 * SECOND, "accelerators": 1000}
    return workload(platforms=platforms, platform=platform, tenant=tenant, **same | columns)


# ---- the priority


# A job of 4 nodes and 128 cpus on 64 nodes of 64 cpus, eligible for 36 h: 214.29 + 7500 + 46.88 + 1000. The QOS has 10
# of at most 20, for 2000; here it counts as it is.
@pytest.mark.parametrize(("favor_small", "expected"), [(False, 8761), (True, 9667)])
def test_the_worked_example_of_a_priority(favor_small: bool, expected: int) -> None:
    order = Multifactor(age=1000, fairshare=10_000, size=1000, qos=100, favor_small=favor_small)
    jobs = table([job(0, DAY, 0, tasks=4, cpus=32_000, priority=10)])
    core = Core([nodes(64, 4, cpus=64)], Policy(order), jobs)
    core.state.users["factor"][0] = 0.75
    assert multifactor(core.handle, 0, 36 * HOUR) == expected


# One of 2 nodes, 3 of 8 accelerators, 2 of 8 cpus, 5 of 16 MiB, half of the age, of which 200 count; priority -2.
@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"age": 1000}, 500),
        ({"size": 1000}, 375),
        ({"accelerators": 1000}, 375),
        ({"cpus": 1000}, 250),
        ({"memory": 1000}, 312),
        ({"qos": 1000}, 1),
        ({"qos": 1000, "age": 6000}, 1000),
        ({"age": 2**32 - 1, "cpus": 2**32 - 1, "size": 2**32 - 1}, 2**32 - 1),
    ],
)
def test_a_factor_alone(weights: dict[str, int], expected: int) -> None:
    jobs = table([job(0, 9, 3, cpus=2_000, memory=5, priority=-2)])
    core = Core([nodes(2, 4, cpus=4, memory=8)], Policy(Multifactor(**weights), max_age=200), jobs)
    assert multifactor(core.handle, 0, 100) == expected
    if weights == {"age": 1000}:
        assert multifactor(core.handle, 0, 900) == 1000


def test_what_the_center_has_nothing_of_is_no_factor() -> None:
    jobs = table([job(0, 9, 1)])
    core = Core([nodes(2, 4, cpus=0, memory=0)], Policy(Multifactor(cpus=9, memory=9, age=9, size=8), max_age=0), jobs)
    assert multifactor(core.handle, 0, 100) == 2  # half of one of two nodes


# ---- usage


def test_the_worked_example_of_decay() -> None:
    order = Multifactor(fairshare=1, half_life=7 * DAY, calc_period=300 * SECOND)
    assert decayed(300 * 8_000 * SECOND, order.decay) / 1e6 == pytest.approx(2399.18, abs=0.005)
    week = 10**15
    for _ in range(7 * 24 * 12):
        week = int(decayed(week, order.decay))
    assert week / 10**15 == pytest.approx(0.50007, abs=5e-6)


def test_decay_is_a_product_rounded_down() -> None:
    generator = np.random.default_rng(1)
    for bits in range(1, 63):
        usage, factor = int(generator.integers(2 ** (bits - 1), 2**bits)), int(generator.integers(0, 2**32 + 1))
        assert decayed(usage, factor) == usage * factor >> 32
        assert decayed(usage, 2**32) == usage
    assert decayed(MOST + 5, 2**32) == MOST


# A job of one accelerator runs from 0 to 250 s; the period is 100 s. At 99 nothing is counted, at 100 and 200 what was
# used up to then, and at 300 the rest. After a year nothing is left.
@pytest.mark.parametrize("steps", [[99, 100, 199, 200, 300, 400], [400], [150, 400]])
def test_usage_is_counted_at_multiples_of_the_period_whenever_one_looks(steps: list[int]) -> None:
    order = Multifactor(fairshare=1, half_life=100 * SECOND, calc_period=100 * SECOND)
    jobs = table([job(0, 250 * SECOND, 1), *(job(SECOND * t, 1, 0) for t in steps), job(10**12, 1, 0)])
    core = Core([nodes(1, 4)], Policy(order, "none"), jobs)
    expected = {0: 0, 1: 0, 2: 0, 3: 0, 4: 0}
    for period, used in enumerate((100, 100, 50, 0), 1):
        expected[period] = (expected[period - 1] + used * 1000 * SECOND) * order.decay >> 32
    for t in steps:
        core.advance(SECOND * t + 1)
        assert core.state.users["usage"][0] == expected[t // 100]
    core.advance(10**12 + 1)
    assert core.state.users["usage"][0] == 0


# ---- Fair Tree


def factors(order: Multifactor, owners: list[tuple[int, int]], usage: list[int]) -> list[float]:
    """Return the factors of tenants, in the order of their jobs, after such a usage."""
    core = Core([nodes(1, 8)], Policy(order, "none"), owned(owners))
    core.advance(1)
    users, clock = core.state.users, core.state.clock
    users["usage"][: len(usage)] = usage
    clock["shared"] = -1
    share_out(core.handle, 0)
    return [float(users["factor"][core.state.owners["user"][core.jobs["owner"][j]]]) for j in range(len(owners))]


TREE = Multifactor(fairshare=1, shares={"A": 60, "B": 40}, tenant_shares={"A": [1, 1], "B": [1, 3]})
FOUR = [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_the_worked_example_of_fair_tree() -> None:
    assert factors(TREE, FOUR, [20, 10, 0, 70]) == [0.75, 1.0, 0.5, 0.25]


# Equal tenants have the factor of the first, tenants without shares come last, those without usage first.
@pytest.mark.parametrize(
    ("shares", "usage", "expected"),
    [
        ({"A": [1, 1], "B": [1, 1]}, [15, 15, 35, 35], [1.0, 1.0, 0.5, 0.5]),
        ({"A": [0, 1], "B": [0, 0]}, [0, 30, 0, 70], [0.75, 1.0, 0.5, 0.5]),
        ({"A": [2, 1], "B": [1, 2]}, [0, 0, 0, 0], [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_ties_in_fair_tree(shares: dict[str, list[int]], usage: list[int], expected: list[float]) -> None:
    order = Multifactor(fairshare=1, shares={"A": 60, "B": 40}, tenant_shares=shares)
    assert factors(order, FOUR, usage) == expected


# Both platforms have a level of 1. Among their tenants the levels are 1/2 : 3/4, 1/2 : 1/4, 1/2 : 1/2 and 1/2 : 1/2.
def test_tenants_of_tied_platforms_are_ranked_together() -> None:
    order = Multifactor(fairshare=1, shares={"A": 60, "B": 40})
    assert factors(order, FOUR, [45, 15, 20, 20]) == [0.25, 1.0, 0.75, 0.75]


# ---- classic


# A has 60 of 100 shares and 30 of 100 used, B 40 and 70. Of u1, with half of A's shares, 20 + (30 - 20) / 2 = 25 count
# as used, of u2 10 + (30 - 10) / 2 = 20. Of u3, with a quarter of B's shares, 70 / 4 = 17.5, of u4 70.
def test_classic_fair_share() -> None:
    order = Multifactor(fairshare=1, fair_share="classic", shares=TREE.shares, tenant_shares=TREE.tenant_shares)
    expected = [2 ** -(0.25 / 0.3), 2 ** -(0.2 / 0.3), 2 ** -(0.175 / 0.1), 2 ** -(0.7 / 0.3)]
    assert factors(order, FOUR, [20, 10, 0, 70]) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("platforms", [("A",), ("A", "B")])
def test_a_platform_from_which_alone_jobs_have_come_has_all_shares(platforms: tuple[str, ...]) -> None:
    order = Multifactor(fairshare=1, fair_share="classic")
    core = Core([nodes(1, 8)], Policy(order, "none"), owned([(0, 0), (0, 1)], platforms))
    core.advance(1)
    core.state.users["usage"][:2], core.state.clock["shared"] = (30, 10), -1
    share_out(core.handle, 0)
    expected = [2 ** -((0.75 + 0.25 / 2) / 0.5), 2 ** -((0.25 + 0.75 / 2) / 0.5)]
    assert core.state.users["factor"][:2].tolist() == pytest.approx(expected, rel=1e-11)


def test_a_share_that_is_just_used_is_a_half() -> None:
    assert classic(3, 3, 2, 3, 200, 200, 300) == 0.5
    assert classic(0, 3, 2, 3, 200, 200, 300) == classic(1, 3, 0, 3, 200, 200, 300) == 0.0
    assert classic(1, 3, 2, 3, 0, 0, 0) == 1.0


@pytest.mark.parametrize("x", [0.0, 1.0, 0.5, 0.25, 1.75, math.pi, 33.3, 1e-9, 700.123, 1e300])
def test_a_half_to_some_power(x: float) -> None:
    assert halved(x) == pytest.approx(2.0**-x, rel=1e-11)


# ---- a center


#: By fair share: whose jobs there are, and the part of the accelerators that each should get. Under classic fair share
#: the usage of other tenants of the platform counts against a tenant too, so a platform of several gets less.
SPLIT = {
    "classic": {(0, 0): 0.5, (1, 0): 0.3, (2, 0): 0.2},
    "tree": {(0, 0): 0.5, (1, 0): 0.3, (1, 1): 0.2},
}


# All have jobs waiting all the time. Whoever is above its share starts nobody, so what it has had too much is at most
# what ran when it came to be above and was not counted yet: 4 accelerators for 70 + 10 s. What another one lacks is at
# most twice that. In T = 60,000 s, of which a half-life of four days forgets little (2e-6 per s), and with three of the
# four accelerators always in use, that is at most 4 / 3 * 2 * 80 * (1 / T + 2e-6) / 0.2 = 2 % of the smallest share,
# whatever is drawn. Of ten seeds of each fair share none is beyond 0.4 %.
@pytest.mark.skipif(not JIT, reason="a queue of thousands of jobs")
@pytest.mark.parametrize("fair_share", ["classic", "tree"])
def test_a_saturated_center_converges_to_its_shares(fair_share: str) -> None:
    generator, count, split = np.random.default_rng(7), 3_300, SPLIT[fair_share]
    owner = generator.choice(len(split), count, p=list(split.values()))
    run = SECOND * generator.integers(40, 71, count)
    order = Multifactor(
        fairshare=10_000, fair_share=fair_share, half_life=4 * DAY, calc_period=10 * SECOND,
        shares={"A": 5, "B": 3, "C": 2} if fair_share == "classic" else {}, tenant_shares={"B": [3, 2]},
    )  # fmt: skip
    jobs = owned(
        [list(split)[each] for each in owner], ("A", "B", "C"), run=run, walltime=run,
        submit=20 * SECOND * np.maximum(np.arange(count) - 300, 0), accelerators=1000 * generator.choice([1, 2], count),
    )  # fmt: skip
    core, end = Core([nodes(1, 4)], Policy(order, "none"), jobs), 60_000 * SECOND
    core.advance(end)
    start, state = core.jobs["start"], core.jobs["state"]
    assert set(owner[state == codes.S_WAITING]) == set(range(len(split)))
    used = np.where(start >= 0, np.minimum(run, end - start), 0) * jobs.gang
    parts = [used[owner == each].sum() / used.sum() for each in range(len(split))]
    assert parts == pytest.approx(list(split.values()), rel=0.02)


# A second tenant of B comes at 5 s, amid a period, and has used nothing.
def test_a_newcomer_takes_part_at_once() -> None:
    order = Multifactor(fairshare=1000, half_life=0, calc_period=2 * SECOND)
    jobs = owned(
        [(0, 0), (1, 0), (0, 0), (1, 0), (1, 1)], submit=[SECOND * t for t in (0, 0, 0, 0, 5)],
        run=3 * SECOND, walltime=3 * SECOND,
    )  # fmt: skip
    scenario = RandomScenario((nodes(1, 1),), Policy(order, "none"), jobs, None)
    assert list(starts(by_core(scenario)).items()) == [(j, 3 * SECOND * k) for k, j in enumerate((0, 1, 4, 2, 3))]


# ---- where it is said


def test_a_report_and_the_command_line_say_the_order(tmp_path: Path) -> None:
    order = {"kind": "multifactor", "age": 5, "fairshare": 1000, "half_life": "2 d", "shares": {"talent": 3}}
    result = oc.run(with_set(oc.load("tiny"), {"policy.order": order}))
    text = "multifactor (5 age, 1000 fairshare by tree, half-life 2 d, shares talent 3) order, easy backfill, best-fit"
    assert result.policy.text == text
    english, chinese = (page_of(language, result).replace("\N{NO-BREAK SPACE}", " ") for language in ("en", "zh"))
    assert "Fair Tree; usage halves in 2 d; talent 3" in english
    assert "用量每 2 天减半" in chinese
    result.save(tmp_path / "result.parquet")
    assert oc.Result.load(tmp_path / "result.parquet").policy == result.policy
    forgetful = with_set(oc.load("tiny"), {"policy.order": order | {"half_life": "0 s", "fair_share": "classic"}})
    assert "classic; usage does not decay; talent 3" in page_of("en", oc.run(forgetful))


# ---- what is wrong


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({}, "a weight of age, fairshare, size, qos, accelerators, cpus or memory is expected"),
        ({"age": -1}, "age = -1: at least 0 is expected"),
        ({"age": 2**32}, "age = 4294967296: at most 4,294,967,295 is expected"),
        ({"age": 1.5}, "age = 1.5: a whole number is expected"),
        ({"age": 1, "fair_share": "fair"}, "fair_share = 'fair': one of tree, classic is expected"),
        ({"age": 1, "half_life": 999}, "half_life = 999: at least 1,000 is expected"),
        ({"age": 1, "calc_period": 0}, "calc_period = 0: at least 1 is expected"),
        ({"age": 1, "calc_period": DAY + 1}, "calc_period = 86400001: at most 86,400,000 is expected"),
        ({"age": 1, "favor_small": 1}, "favor_small = 1: true or false is expected"),
        ({"age": 1, "shares": {"A": -1}}, "shares = {'A': -1}: at least 0 is expected"),
        ({"age": 1, "shares": 5}, "shares = 5: what each platform has, by its name, is expected"),
        ({"age": 1, "tenant_shares": {"A": 5}}, "tenant_shares = {'A': 5}: a list of shares is expected"),
    ],
)
def test_a_mistake_is_told(parts: dict[str, object], told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Multifactor(**parts)  # type: ignore[arg-type]
    assert told in str(raised.value)

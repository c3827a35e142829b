"""The fates of capacity and the figures of sharing: the naive twin of the log, on random scenarios."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from oracle import simulate
from oracle_fates import Story, lent, member_of, nominal
from random_scenarios import RandomScenario, Seeded
from random_sharing import amounts, preempting_scenario, shared_scenario

from onecenter.results.capacity import CAPACITY_FATES
from onecenter.results.log import FATES
from onecenter.results.segments import fates
from onecenter.results.sharing import ON_TYPE, Shared, sharing_figures
from onecenter.results.window import Window
from onecenter.units import HOUR
from onecenter.workload.sharing import Member
from onecenter.workload.table import COLUMNS

#: Runs that last longer (ms) are left out: the twin goes ms by ms.
LONGEST = 300


def reclaiming_scenario(seed: int) -> RandomScenario:
    """Return a scenario in which jobs that hold more than their own quota are evicted, as there is more of it."""
    base = preempting_scenario(seed)
    choices, count = Seeded(seed), len(base.workload.platforms)
    own = tuple(1000 * kind.count * kind.accelerators for kind in base.fleet)
    members = [Member(nominal=own)]
    for n in range(count):
        members.append(Member(f"platform{n}", 0, n, nominal=amounts(choices, [total // 4 for total in own], True)))
    sharing = replace(base.workload.sharing, members=tuple(members), changes=())
    return base._replace(workload=replace(base.workload, sharing=sharing))


KINDS = {"shared": shared_scenario, "preempting": preempting_scenario, "reclaiming": reclaiming_scenario}


def in_ms(scenario: RandomScenario) -> RandomScenario:
    """Return a scenario whose unit of time is 1 ms, as that of its checkpoints is: the twin goes ms by ms."""
    jobs = scenario.workload
    unit = next(unit for unit in (600_000, 1_000, 1) if not (jobs.run % unit).any() and not (jobs.submit % unit).any())
    columns = {name: getattr(jobs, name) for name in COLUMNS}
    for name in ("submit", "run", "walltime", "patience", "deadline"):
        columns[name] = np.where(columns[name] < 0, -1, -(-columns[name] // unit))
    horizon = None if scenario.horizon is None else -(-scenario.horizon // unit)
    return scenario._replace(workload=replace(jobs, **columns), horizon=horizon)


def told(scenario: RandomScenario, window: Window | None = None) -> tuple[Shared, Story]:
    """Return the figures of a run and its story as the twin reads it."""
    jobs = scenario.workload
    log = simulate(scenario.fleet, scenario.policy, jobs, scenario.horizon)
    preempts = scenario.policy.preemption == "tier"
    last = int(log["t"][-1]) + 1 if len(log) else 1
    window = window or Window(last // 5, scenario.horizon or last)
    shared = Shared(jobs, log, fates(log, len(jobs)), scenario.fleet, window, window.horizon, preempts=preempts)
    return shared, Story(jobs, scenario.fleet, preempts).read(log)


def counted(shared: Shared) -> tuple[Counter[Any], Counter[Any]]:
    """Return the fates of capacity as the twin counts them."""
    found: Counter[Any] = Counter()
    for fate, row in zip(CAPACITY_FATES[1:], shared.capacity.held, strict=True):
        for (platform, kind), amount in np.ndenumerate(row):
            found[fate, platform, kind] += int(amount)
    for kind, amount in enumerate(shared.capacity.by_type[0]):
        found["idle", None, kind] += int(amount)
    useful = Counter({(FATES[code],): int(amount) for code, amount in enumerate(shared.capacity.useful)})
    return +found, +useful


def check_fates(seed: int, kind: str) -> Counter[str]:
    """Fail if the fates of capacity are not the twin's; return what was there."""
    shared, story = told(in_ms(KINDS[kind](seed)))
    if shared.window.horizon > LONGEST:
        return Counter()
    found, useful = counted(shared)
    assert (found, useful) == tuple(+each for each in story.fates(shared.window.warmup, shared.window.horizon))
    assert (shared.capacity.by_type.sum(axis=0) == shared.capacity.whole).all()
    return Counter(fate for fate, _, _ in found)


def check_quotas(seed: int, kind: str) -> Counter[str]:
    """Fail if what platforms hold, borrow, lend and lose is not what the twin says; return what was there."""
    shared, story = told(in_ms(KINDS[kind](seed)))
    figures, sharing = sharing_figures(shared), shared.quotas
    seen: Counter[str] = Counter()
    if sharing is None or shared.window.horizon > LONGEST:
        return seen
    window, names = shared.window, list(shared.jobs.platforms)
    for k, node_type in enumerate(shared.fleet):
        sums: dict[int, Counter[str]] = {platform: Counter() for platform in range(len(names))}
        for t in range(window.warmup, window.horizon):
            used = story.used(t, k)
            given = lent(sharing, used, k, t)
            for platform, sum_ in sums.items():
                own, use = nominal(sharing, member_of(sharing, platform), k, t), used.get(platform, 0)
                sum_ += Counter(nominal=own, used=use, above_nominal=int(use > own), borrowed_hours=max(use - own, 0))
                sum_["lent_hours"] += given[platform]  # type: ignore[assignment]
                sum_["peak"] = max(sum_["peak"], use)
        for stay in story.stays:
            if stay.kind == k and stay.evicted is not None and window.warmup <= stay.evicted < window.horizon:
                sums[int(shared.jobs.platform[stay.job])]["reclaimed_hours"] += stay.taken[0] * stay.taken[1]
        for platform, name in enumerate(names):
            units = {"nominal": window.length, "used": window.length, "peak": 1, "above_nominal": window.length / 1000}
            part = figures["platforms"][name]["node_types"][node_type.name]
            for key, value in part.items():
                expected = float(sums[platform][key]) / (1000 * units.get(key, HOUR))
                assert value == pytest.approx(expected, abs=1e-12), (name, node_type.name, key)
                seen[key] += bool(value)
    return seen


def check_all(check: Callable[[int, str], Counter[str]], seeds: range, kinds: Iterable[str] = KINDS) -> set[str]:
    """Check scenarios of some kinds and return what was there."""
    seen: Counter[str] = Counter()
    for kind in kinds:
        for seed in seeds:
            seen += check(seed, kind)
    return set(seen)


def test_the_fates_of_capacity_are_those_of_the_twin_and_add_up() -> None:
    assert check_all(check_fates, range(40, 80)) == set(CAPACITY_FATES)


def test_use_against_quota_is_that_of_the_twin() -> None:
    assert check_all(check_quotas, range(30), ("shared", "reclaiming")) == set(ON_TYPE)


@pytest.mark.nightly
@pytest.mark.parametrize("check", [check_fates, check_quotas])
@pytest.mark.parametrize("block", range(1, 4))
def test_many_more_as_the_twin(check: Callable[[int, str], Counter[str]], block: int) -> None:
    check_all(check, range(200 * block, 200 * (block + 1)))

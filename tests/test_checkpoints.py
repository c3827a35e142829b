"""What a job keeps when it is evicted again and again: the core against the formula of docs/mechanisms.md."""

from collections import Counter
from typing import NamedTuple

import pytest
from by_hand import Log, job, nodes
from engines import by_core
from random_scenarios import RandomScenario, Seeded

from onecenter.policies import Policy
from onecenter.results.segments import fates
from onecenter.workload.sharing import JobClass, Member, Sharing
from onecenter.workload.table import workload

POLICY = Policy(backfill="none", placement="first-fit", preemption="tier")

#: Longer than any attempt: nobody is killed, and nobody expects room without an eviction.
WALLTIME = 10_000


class Case(NamedTuple):
    """A job of some run time and class, alone on its accelerator but for jobs of 1 ms that evict it at instants."""

    run: int
    kind: JobClass
    evictions: list[int]


def a_case(seed: int) -> Case:
    """Return a random case; between two evictions the job has left and has started again."""
    pick = Seeded(seed).pick
    kind = JobClass(
        grace=pick((0, 0, 1, 2, 5)), every=pick((0, 1, 2, 3, 7)), write=pick((0, 1, 2, 3)), restart=pick((0, 1, 4))
    )
    evictions, t = [], 0
    for _ in range(pick(range(6))):
        t += kind.grace + 2 + pick(range(12))
        evictions.append(t)
    return Case(pick(range(1, 40)), kind, evictions)


def attempts_of(case: Case) -> list[tuple[int, int]]:
    """Return when the attempts of the job begin and end, by the formula."""
    kind, left, saved, begin = case.kind, case.run, 0, 0
    found = []
    for t in [*case.evictions, WALLTIME]:
        restart = kind.restart if saved else 0
        end = begin + restart + left + ((left - 1) // kind.every * kind.write if kind.every else 0)
        if end <= t:
            return [*found, (begin, end)]
        kept = kept_of(kind, max(0, t - begin - restart))
        left, saved = left - kept, saved + kept
        found.append((begin, t + kind.grace))
        begin = t + kind.grace + 1
    raise AssertionError("the job has no end")


def kept_of(kind: JobClass, worked: int) -> int:
    """Return what is kept of an attempt that has worked and written for so long (ms)."""
    if kind.every == 0:
        return 0
    pieces, rest = divmod(worked, kind.every + kind.write)
    return pieces * kind.every + (min(rest, kind.every) if kind.grace >= kind.write else 0)


def log_of(case: Case) -> Log:
    """Return the core's log of the job and those that evict it."""
    rows = [job(0, case.run, 1, walltime=WALLTIME)]
    rows += [job(t, 1, 1, platform=1, stream=1) for t in case.evictions]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    sharing = Sharing((Member(),), classes=(case.kind, JobClass(tier=1)))
    jobs = workload(("low", "high"), ("low.jobs", "high.jobs"), sharing=sharing, **columns)
    return by_core(RandomScenario((nodes(1, 1),), POLICY, jobs, None))


@pytest.mark.parametrize("block", range(4))
def test_attempts_last_as_the_formula_says(block: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(60 * block, 60 * (block + 1)):
        case = a_case(seed)
        stays = fates(log_of(case), 1 + len(case.evictions)).attempts
        own = stays.job == 0
        expected = attempts_of(case)
        assert list(zip(stays.start[own].tolist(), stays.end[own].tolist(), strict=True)) == expected, case
        seen["evicted twice"] += len(expected) > 2
        seen["resumed"] += len(expected) > 1 and case.kind.every > 0
    assert min(seen["evicted twice"], seen["resumed"]) >= 10

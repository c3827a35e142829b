"""A scheduler of the user's own gives the log that the same policy has by its name, and that of the naive twin."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import oracle
import pytest
import schedulers_of_users as users
from by_hand import job, nodes, table
from engines import by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from random_scenarios import RandomScenario, mixed_scenario, random_scenario

import onecenter as oc
from onecenter.policies import Linear, Policy, policy_of

SAME = [
    ("Fifo", "fifo", "none"), ("Sjf", "sjf", "none"), ("Wfp3", "wfp3", "none"), ("Easy", "fifo", "easy"),
    ("EasyOneByOne", "fifo", "easy"),
]  # fmt: skip


def plain(scenario: RandomScenario) -> RandomScenario:
    """Return a scenario under a policy without depths."""
    policy = replace(scenario.policy, depth=0, backfill_depth=0, reservations=1)
    return scenario._replace(policy=policy)


def scheduled(scenario: RandomScenario, name: str) -> RandomScenario:
    """Return a scenario under a scheduler of a user."""
    return scenario._replace(policy=policy_of(getattr(users, name), scenario.policy))


@pytest.mark.equality
@pytest.mark.parametrize("placement", codes.PLACEMENTS)
@pytest.mark.parametrize(("name", "order", "backfill"), SAME)
def test_a_scheduler_is_the_policy_of_that_name(name: str, order: str, backfill: str, placement: str) -> None:
    for seed in range(12):
        scenario = plain(random_scenario(seed, order, backfill, placement))
        expected = by_core(scenario)
        check_equal(by_core(scheduled(scenario, name)), expected)
    check_equal(on_both_strides(scheduled(scenario, name)).log, expected)


@pytest.mark.equality
@pytest.mark.parametrize("seed", range(20))
def test_best_fit_by_its_own_choice_of_nodes(seed: int) -> None:
    scenario = plain(random_scenario(seed, "fifo", "none", "best-fit"))
    jobs = scenario.workload
    whole = (jobs.accelerators % 1000 == 0) & (jobs.spread == codes.SPREAD_TASKS)
    scenario = scenario._replace(workload=replace(jobs, types=jobs.types * 0 + ALL[len(scenario.fleet)]).take(whole))
    check_equal(by_core(scheduled(scenario, "BestFit")), by_core(scenario))


#: All node types in order, by their number.
ALL = {1: 1, 2: 1 + 16 * 2, 3: 1 + 16 * 2 + 256 * 3}


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 300, 50))
def test_the_twin_agrees_on_many_scenarios(first: int) -> None:
    for seed in range(first, first + 50):
        for made in (random_scenario(seed), mixed_scenario(seed)):
            scenario = scheduled(plain(made), "Whimsical")
            check_equal(by_core(scenario), oracle.simulate(*scenario))


@pytest.mark.equality
@pytest.mark.parametrize("name", ["Fifo", "Wfp3", "Easy", "Whimsical"])
@pytest.mark.parametrize("seed", [*range(15), 26, 42, 59])  # the last ones: fractions on given nodes under `random`
def test_the_twin_runs_the_very_class(name: str, seed: int) -> None:
    scenario = scheduled(plain(random_scenario(seed)), name)
    expected = oracle.simulate(*scenario)
    check_equal(by_core(scenario), expected)
    check_equal(on_both_strides(scenario).log, expected)


# Job 0 ends at 3 by its walltime, job 1 at 7; both are on the first node.
@pytest.mark.equality
def test_what_will_be_free_goes_by_the_walltimes_up_to_an_instant() -> None:
    seen: list[list[list[int]]] = []

    class Looks(oc.Scheduler):
        def schedule(self, view: oc.View) -> None:
            view.start(view.queue.job)
            seen.append([view.free_at(t).tolist() for t in (0, 2, 3, 6, 7, 100)])

    jobs = table([job(0, 2, 1, walltime=3), job(0, 6, 2, walltime=7)])
    of = oc.Center([nodes(2, 4)], policy_of(Looks, Policy()), jobs)
    of.run(until=1)
    assert [first for first, _ in seen[0]] == [1, 1, 2, 2, 4, 4]
    assert {second for _, second in seen[0]} == {4}


def test_several_jobs_are_tried_in_turn() -> None:
    answers = []

    class Several(oc.Scheduler):
        def schedule(self, view: oc.View) -> None:
            answers.extend(view.start(given).tolist() for given in ([], [2, 0, 1], (0, 0)))
            answers.append(view.queue.job.tolist())

    jobs = table([job(0, 5, 2), job(0, 5, 1), job(0, 5, 1)])
    of = oc.Center([nodes(1, 2)], policy_of(Several, Policy()), jobs)
    of.run(until=1)
    # Job 2 takes one of the two accelerators, so job 0, which asks both, does not fit, and job 1 takes the other.
    assert answers == [[], [True, False, True], [False, False], [0]]


@pytest.mark.parametrize("policy", [users.Easy, lambda job: -job.submit, "easy", Policy(order=Linear(wait=-1.0))])
def test_a_saved_result_has_the_kind_of_its_policy(policy: Any, tmp_path: Path) -> None:
    result = oc.run("tiny", policy=policy)
    result.save(tmp_path / "result.parquet")
    saved = oc.Result.load(tmp_path / "result.parquet")
    assert saved.policy == result.policy
    assert saved.policy.text == result.policy.text
    assert saved.summary()["policy"] == result.summary()["policy"]

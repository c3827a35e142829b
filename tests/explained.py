"""Small runs for the tests that look inside: the scenarios of docs/mechanisms.md in minutes, as results."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from random_scenarios import RandomScenario

from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.window import Window
from onecenter.simulation.result import Result
from onecenter.simulation.running import simulate
from onecenter.workload.table import workload

MINUTE = 60_000

#: One node of four accelerators.
NODE = (NodeType("gpu", 1, 4),)

#: The jobs A to F of "Several reservations": submit (min), accelerators, run time (min).
RESERVED = ((0, 3, 4), (1, 2, 4), (1, 4, 2), (2, 2, 2), (3, 1, 6), (3, 1, 4))


def of_minutes(
    jobs: Sequence[tuple[int, ...]], fleet: Sequence[NodeType] = NODE, policy: Policy | None = None, **more: Any
) -> Result:
    """Return the result of jobs (submit, accelerators, run time) in minutes, first-fit; `more` are further columns."""
    submit, accelerators, run = zip(*jobs, strict=True)
    columns = {
        "submit": [MINUTE * each for each in submit],
        "run": [MINUTE * each for each in run],
        "walltime": [MINUTE * each for each in run],
        "accelerators": [1_000 * each for each in accelerators],
    }
    rules = replace(policy or Policy(), placement="first-fit") if policy is None else policy
    return result_of(RandomScenario(tuple(fleet), rules, workload(**columns | more), None))


def result_of(scenario: RandomScenario) -> Result:
    """Return the result of a scenario."""
    horizon = scenario.horizon
    window: Any = (lambda end: Window(0, end)) if horizon is None else Window(0, horizon)
    about: dict[str, Any] = {"targets": {}, "labels": {}, "provenance": {"name": "by hand"}}
    return simulate(
        scenario.fleet,
        scenario.policy,
        scenario.workload,
        stride="calendar",
        window=window,
        show_progress=False,
        **about,
    )


def reserved(reservations: int) -> Result:
    """Return the result of the jobs of "Several reservations" with so many of them."""
    return of_minutes(RESERVED, policy=Policy(placement="first-fit", reservations=reservations))

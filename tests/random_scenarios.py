"""Small random scenarios with many ties, for comparing the engines with the naive twin.

One builder, two sources of choices: hypothesis (which shrinks what fails) and a seeded numpy generator
(which gives the same scenarios every time).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from hypothesis import strategies as st
from onecenter_kernels.codes import (
    BACKFILLS,
    FACTORS,
    FAIR_SHARES,
    FEATURES,
    LJF,
    ORDERS,
    OUTCOMES,
    PLACEMENTS,
    RANDOM,
)

from onecenter.fleet import NodeType
from onecenter.policies import Linear, Multifactor, Policy
from onecenter.workload.table import Workload, type_code, workload
from onecenter.workload.ties import ties

T = TypeVar("T")

HOUR = 3_600_000
FRACTIONS = (250, 300, 500, 750, 999, 1, 334, 667)

#: Orders by whole numbers, and by floats.
WHOLE, FLOAT = ORDERS[:LJF], ORDERS[LJF:]

#: Placements by scores of nodes, and the others.
UNSCORED, SCORED = PLACEMENTS[:RANDOM], PLACEMENTS[RANDOM:]


class RandomScenario(NamedTuple):
    """What an engine needs for a run; times in ms."""

    fleet: tuple[NodeType, ...]
    policy: Policy
    workload: Workload
    horizon: int | None


class Choices(Protocol):
    """Where the choices come from; the first option is the plainest."""

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""

    def chance(self, percent: int) -> bool:
        """Return True in so many of a hundred cases."""


class Drawn:
    """Choices that hypothesis makes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return self.draw(st.sampled_from(options))

    def chance(self, percent: int) -> bool:
        """Return True in so many of a hundred cases."""
        return self.draw(st.integers(0, 99)) >= 100 - percent


class Seeded:
    """Choices of a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.Generator(np.random.PCG64(seed))

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self.generator.integers(len(options)))]

    def chance(self, percent: int) -> bool:
        """Return True in so many of a hundred cases."""
        return int(self.generator.integers(100)) >= 100 - percent


@st.composite
def scenarios(
    draw: st.DrawFn,
    order: str | None = None,
    backfill: str | None = None,
    placement: str | None = None,
) -> RandomScenario:
    """Draw a scenario; a part of the policy that is given is fixed, but for the weights of order "linear"."""
    return build(Drawn(draw), order, backfill, placement)


def random_scenario(
    seed: int,
    order: str | None = None,
    backfill: str | None = None,
    placement: str | None = None,
) -> RandomScenario:
    """Return the scenario of a seed; a part of the policy that is given is fixed, but for the weights of "linear"."""
    return build(Seeded(seed), order, backfill, placement)


def build(choices: Choices, order: str | None, backfill: str | None, placement: str | None) -> RandomScenario:
    """Make the choices of one scenario."""
    unit = choices.pick((1, 1000, 10 * 60_000))
    fleet = fleet_of(choices)
    jobs = [
        job_of(choices, fleet, unit) for _ in range(choices.pick((3, 1, 2, 4, 6, 9, 12, 15, 18, 21, 23, 25)))
    ]
    columns: dict[str, Any] = {name: [job[name] for job in jobs] for name in jobs[0]}
    policy = Policy(
        order=order if order in ORDERS else choices.pick(WHOLE),
        backfill=backfill or choices.pick(BACKFILLS),
        placement=placement or choices.pick(UNSCORED),
        depth=choices.pick((0, 0, 0, 1, 2, 3, 5)),
        backfill_depth=choices.pick((0, 0, 0, 1, 2, 4)),
        age_rate=age_rate_of(choices, unit),
        max_age=unit * choices.pick((100, 6, 3, 1, 0)),
    )
    horizon = unit * choices.pick((3, 7, 12, 20)) if choices.chance(20) else None
    policy = with_order(choices, with_reservations(choices, policy), order, unit)
    if order is None and backfill is None:
        policy = with_estimate(choices, policy)
    policy = with_backfill_order(choices, with_column(choices, policy, order), order)
    table = jobs_under(choices, policy, columns, unit)
    policy = with_scores(choices, policy, placement)
    return RandomScenario(fleet, policy, with_ties(choices, table, unit), horizon)


# What came later is drawn last, so that all else of a seed is as before.


def with_reservations(choices: Choices, policy: Policy) -> Policy:
    """Return a policy, under EASY with 1..4 reservations."""
    if not policy.backfill.startswith("easy"):
        return policy
    return replace(policy, reservations=choices.pick((1, 1, 1, 2, 3, 4)))


def with_ties(choices: Choices, table: Workload, unit: int) -> Workload:
    """Return the jobs; in one of five cases some come after others, which may be submitted later, or are of arrays."""
    if not choices.chance(20):
        return table
    count, later = len(table), choices.chance(20)
    links = []
    for job in range(count):
        others = range(job + 1, count) if later else range(job)
        if others and choices.chance(40):
            links += [(job, choices.pick(others), int(choices.chance(40))) for _ in range(choices.pick((1, 1, 2)))]
    job, other, ok = zip(*links, strict=True) if links else ((), (), ())
    think = [unit * choices.pick((0, 0, 0, 1, 2)) for _ in range(count)]
    array = [choices.pick((-1, -1, 0, 0, 1)) for _ in range(count)]
    places = [choices.pick((1, 1, 2, 3)) for _ in range(2)]
    return replace(table, ties=ties(think, array, places, job=job, other=other, ok=ok))


def with_order(choices: Choices, policy: Policy, order: str | None, unit: int) -> Policy:
    """Return a policy in the order that is given; where none is, one of four is in an order by a float or the past."""
    if order is None and choices.chance(25):
        order = choices.pick(("linear", "linear", "linear", "multifactor", "multifactor", *FLOAT))
    if order == "multifactor":
        return replace(policy, order=multifactor(choices, unit))
    return replace(policy, order=linear(choices) if order == "linear" else order or policy.order)


def with_scores(choices: Choices, policy: Policy, placement: str | None) -> Policy:
    """Return a policy; where no placement is given, one of four is by scores of nodes."""
    if placement is None and choices.chance(25):
        return replace(policy, placement=choices.pick(SCORED))
    return policy


def with_estimate(choices: Choices, policy: Policy) -> Policy:
    """Return a policy, in one of five cases with run times that are not estimated by walltimes, where that can be."""
    if policy.backfill == "conservative" or policy.reservations > 1 or not choices.chance(20):
        return policy
    return replace(policy, estimate=choices.pick(("recent average", "recent average", "run time")))


def with_column(choices: Choices, policy: Policy, order: str | None) -> Policy:
    """Return a policy; where no order is given, one of twenty goes by a column of the jobs, of their own or not."""
    if order is None and choices.chance(5):
        return replace(policy, order=choices.pick(("column:urgency", "column:urgency", "column:tasks")))
    return policy


def with_backfill_order(choices: Choices, policy: Policy, order: str | None) -> Policy:
    """Return a policy; where no order is given, one of four under EASY tries those behind in an order of its own."""
    if order is not None or policy.backfill != "easy" or not choices.chance(25):
        return policy
    by_itself = (*(name for name in ORDERS if name != "qssf"), "linear", "column:urgency", "column:cpus")
    chosen = choices.pick(by_itself)
    return replace(policy, backfill_order=linear(choices) if chosen == "linear" else chosen)


def multifactor(choices: Choices, unit: int) -> Multifactor:
    """Return a multifactor order; ties are frequent."""
    weights = {choices.pick(FACTORS): choices.pick((1, 5, 100, 1000)) for _ in range(choices.pick((1, 2, 3)))}
    return Multifactor(
        **weights | ({"fairshare": 100} if choices.chance(80) else {}),
        fair_share=choices.pick(FAIR_SHARES),
        half_life=choices.pick((max(1_000, 4 * unit), max(1_000, unit), 0)),
        calc_period=unit * choices.pick((1, 2, 3)),
        favor_small=choices.chance(30),
        shares={"one": choices.pick((1, 2, 3, 0))},
        tenant_shares={name: choices.pick(((1, 2), (), (3, 1, 1), (0, 1))) for name in ("one", "two")},
    )


def jobs_under(choices: Choices, policy: Policy, columns: dict[str, Any], unit: int) -> Workload:
    """Return the jobs with what only some orders look at."""
    columns |= deadlines(choices, policy, columns, unit)
    if "urgency" in policy.columns:
        numbers = (1.0, 0.5, -0.0, 0.0, -2.5, 1e12, np.inf)
        columns["more"] = {"urgency": [choices.pick(numbers) for _ in columns["submit"]]}
    if not policy.goes_by_past:
        return workload(**columns)
    owners = [choices.pick(((0, 0), (0, 1), (0, 2), (1, 0), (1, 0), (1, 1))) for _ in columns["submit"]]
    platform, tenant = zip(*owners, strict=True)
    if choices.chance(20):
        return workload(platforms=("one",), tenant=tenant, **columns)
    return workload(platforms=("one", "two"), platform=platform, tenant=tenant, **columns)


def linear(choices: Choices) -> Linear:
    """Return an order by 1..4 features; ties are frequent."""
    weights = (1.0, -1.0, 0.5, -0.25, 0.3, 2.0, -3.0)
    return Linear(**{choices.pick(FEATURES): choices.pick(weights) for _ in range(choices.pick((1, 2, 2, 3, 4)))})


def deadlines(choices: Choices, policy: Policy, columns: dict[str, Any], unit: int) -> dict[str, list[int]]:
    """Return the jobs' deadlines where the order is by them; some have none."""
    if "edf" not in (policy.order, policy.backfill_order):
        return {}
    return {"deadline": [t + unit * choices.pick((3, 6, 9)) if choices.chance(70) else -1 for t in columns["submit"]]}


def mixed_scenario(seed: int, backfill: str | None = None) -> RandomScenario:
    """Return a scenario of fractions and whole accelerators on one node type on which cpus are what is scarce.

    So the head is often a fraction that is promised a device which is empty meanwhile; by default under EASY.
    """
    choices = Seeded(seed)
    size, cpus = choices.pick((2, 3, 4)), 1000 * choices.pick((1, 1, 2))
    fleet = (NodeType("type0", choices.pick((1, 1, 2, 3)), size, cpus, 8, choices.pick((1, 2))),)
    jobs = [mixed_job(choices, cpus) for _ in range(choices.pick((5, 8, 11, 14, 17, 20)))]
    columns: dict[str, Any] = {name: [job[name] for job in jobs] for name in jobs[0]}
    policy = Policy(
        order=choices.pick(("fifo", *WHOLE)),
        backfill=backfill or choices.pick(("easy", "easy-sjbf")),
        placement=choices.pick(UNSCORED),
        backfill_depth=choices.pick((0, 0, 0, 3)),
    )
    policy = with_scores(choices, with_reservations(choices, policy), None)
    return RandomScenario(fleet, policy, workload(**columns), None)


def mixed_job(choices: Choices, most: int) -> dict[str, int]:
    """Return the columns of a small job; those of cpus alone and of fractions want up to `most` cpus (1/1000)."""
    kind = choices.pick(("cpu", "fraction", "fraction", "whole", "whole", "any"))
    run = choices.pick((1, 2, 3, 4, 6, 9))
    amounts = {
        "cpu": {"accelerators": 0, "tasks": 1, "cpus": choices.pick((most, 1000))},
        "fraction": {"accelerators": choices.pick(FRACTIONS), "tasks": choices.pick((1, 1, 2)), "cpus": most},
        "whole": {"accelerators": 1000 * choices.pick((1, 1, 1, 2)), "tasks": choices.pick((1, 1, 2)), "cpus": 0},
        "any": {"accelerators": 1000, "tasks": choices.pick((1, 2, 3)), "cpus": 0},
    }[kind]
    return {
        "submit": choices.pick((0, 0, 1, 1, 2, 3, 5)),
        "run": run,
        "walltime": choices.pick((run, run, run, run + 1, 2 * run)),
        "patience": choices.pick((2, 4)) if choices.chance(10) else -1,
        "priority": choices.pick((0, 0, 1)),
        "cpus": choices.pick((amounts.pop("cpus"), 0, 500)) if kind == "fraction" else amounts.pop("cpus"),
        "spread": int(kind == "any"),
    } | amounts


def age_rate_of(choices: Choices, unit: int) -> int:
    """Return a rate at which some units of time weigh as much as one of priority, or nothing."""
    per_unit = choices.pick((0, 0, 1_000_000, 500_000, 333_333, 1))
    return per_unit * HOUR // unit


def fleet_of(choices: Choices) -> tuple[NodeType, ...]:
    """Return 1..3 node types of 1..5 nodes."""
    rich = choices.chance(30)
    return tuple(
        NodeType(
            name=f"type{number}",
            count=choices.pick((2, 1, 2, 3, 3, 4, 5)),
            accelerators=choices.pick((2, 1, 3, 4)),
            cpus=1000 * choices.pick((64,) if rich else (8, 4, 3, 2)),
            memory=choices.pick((256,) if rich else (16, 8, 5)),
            nodes_per_rack=choices.pick((1, 2, 3)),
        )
        for number in range(choices.pick((1, 1, 1, 2, 2, 3)))
    )


def job_of(choices: Choices, fleet: Sequence[NodeType], unit: int) -> dict[str, int]:
    """Return one job's columns; most fit on the empty center."""
    run = choices.pick((2, 1, 3, 4, 5, 6))
    return {
        "submit": unit * choices.pick((0, 0, 1, 1, 2, 2, 3, 4, 6)),
        "run": unit * run,
        "walltime": unit * choices.pick((run, run, run + 1, 2 * run, 6, 4, 3, 2, 1)),
        "patience": unit * choices.pick((1, 2, 3, 4)) if choices.chance(20) else -1,
        "priority": choices.pick((0, 0, 1, 2, 5)),
        "types": type_code(allowed_of(choices, len(fleet))),
        "outcome": choices.pick(range(len(OUTCOMES))),
    } | demand_of(choices, 4 if choices.chance(10) else max(kind.accelerators for kind in fleet))


def allowed_of(choices: Choices, types: int) -> list[int]:
    """Return some node types in some order, at least one."""
    left = list(range(types))
    allowed: list[int] = []
    while left and (not allowed or choices.chance(60)):
        allowed.append(left.pop(choices.pick(range(len(left)))))
    return allowed


def demand_of(choices: Choices, most: int) -> dict[str, int]:
    """Return what a job asks: up to `most` whole, a fraction, cpus alone, or accelerators anywhere."""
    kind = choices.pick(("whole", "whole", "whole", "fraction", "fraction", "any", "cpu"))
    tasks = choices.pick((1, 1, 1, 2, 2, 3, 4))
    accelerators = {
        "whole": 1000 * min(most, choices.pick((1, 1, 1, 2, 2, 3, 4))),
        "fraction": choices.pick(FRACTIONS),
        "any": 1000,
        "cpu": 0,
    }[kind]
    return {
        "tasks": choices.pick((1, 2, 3, 4, 6)) if kind == "any" else tasks,
        "accelerators": accelerators,
        "cpus": choices.pick((0, 0, 500, 1000, 1500, 2000)),
        "memory": choices.pick((0, 0, 1, 2, 4)),
        "spread": int(kind == "any"),
    }

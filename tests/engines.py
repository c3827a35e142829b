"""The engines that must give the same decision log: the core alone, and the center on both strides."""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from by_hand import job, nodes, table
from onecenter_kernels import codes
from oracle import Post
from random_scenarios import RandomScenario, Seeded, fleet_of, job_of, jobs_under, with_order

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.engine.core import FOREVER, Core
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import DEFAULTS, type_order

Log = npt.NDArray[Any]
Steps = Generator[Any, Any, None]
#: Makes a SimPy process of a center.
Script = Callable[[Center], Steps]

#: Blocks of random scenarios: one for `.ci/run`, the others for `make nightly`.
BLOCKS = [pytest.param(0, marks=pytest.mark.slow), *(pytest.param(n, marks=pytest.mark.nightly) for n in range(1, 4))]


def core_of(scenario: RandomScenario, fractions: bool = False) -> Core:
    """Return a core with the scenario's jobs; it keeps devices where they have fractions, or if told to."""
    return Core(scenario.fleet, scenario.policy, scenario.workload, fractions)


def horizon_of(scenario: RandomScenario) -> int:
    """Return until when it runs (ms)."""
    return FOREVER if scenario.horizon is None else scenario.horizon


def by_core(scenario: RandomScenario) -> Log:
    """Return the log of the core alone."""
    core = core_of(scenario)
    core.advance(horizon_of(scenario))
    return core.log


def conducted(scenario: RandomScenario, stride: str, *scripts: Script) -> Center:
    """Return the center after a run with a process of each script."""
    center = Center(
        scenario.fleet,
        scenario.policy,
        scenario.workload,
        stride=stride,
        horizon=scenario.horizon,
        fractions=True,
    )
    for script in scripts:
        center.process(script(center))
    center.run()
    return center


def on_both_strides(scenario: RandomScenario, *scripts: Script) -> Center:
    """Return the center after a run with a process of each script, after making sure that both strides agree."""
    first, second = (conducted(scenario, stride, *scripts) for stride in STRIDES)
    check_equal(first.log, second.log)
    return first


def check_equal(found: Log, expected: Log) -> None:
    """Fail, and tell the first row that differs, unless two logs are equal byte for byte."""
    if found.dtype == expected.dtype and found.tobytes() == expected.tobytes():
        return
    assert found.dtype == expected.dtype
    rows = found.tolist(), expected.tolist()
    first = next((i for i, pair in enumerate(zip(*rows, strict=False)) if pair[0] != pair[1]), min(map(len, rows)))
    told = [told_row(part[first]) if first < len(part) else "nothing more" for part in rows]
    raise AssertionError(f"row {first}: {told[0]} instead of {told[1]}")


def told_row(row: tuple[int, ...]) -> str:
    """Return a row of the log with its kind's name."""
    return f"({row[0]}, round {row[1]}, {codes.EVENTS[row[2]]}, {', '.join(map(str, row[3:]))})"


class Posts(NamedTuple):
    """What a process posts, for the twin and for a center."""

    posts: list[Post]
    fleet: tuple[NodeType, ...]

    def script(self, center: Center) -> Steps:
        """Post everything at its instant."""
        for t, what, columns in self.posts:
            if t > center.env.now:
                yield center.after(t - center.env.now)
            if what == "cancel":
                center.cancel(columns["job"])
            else:
                center.submit(**asked(columns, self.fleet))


def asked(columns: dict[str, Any], fleet: tuple[NodeType, ...]) -> dict[str, Any]:
    """Return a job's columns as `Center.submit` takes them."""
    row = DEFAULTS | columns
    return {
        "accelerators": row["accelerators"] / 1000,
        "run_time": row["run"],
        "walltime": row["walltime"],
        "tasks": row["tasks"],
        "cpus": row["cpus"] / 1000,
        "memory": f"{row['memory']} MiB",
        "spread": codes.SPREADS[row["spread"]],
        "node_types": [fleet[index].name for index in type_order(row["types"])],
        "priority": row["priority"],
        "patience": None if row["patience"] < 0 else row["patience"],
        "outcome": codes.OUTCOMES[row["outcome"]],
        "after": row.get("after", ()),
        "after_ok": row.get("after_ok", ()),
    }


def a_job(choices: Seeded, scenario: RandomScenario, unit: int) -> dict[str, Any]:
    """Return a further job's columns, without its submit."""
    row = job_of(choices, scenario.fleet, unit)
    del row["submit"]
    return row


def posts_at(choices: Seeded, scenario: RandomScenario, instants: list[int], count: int) -> Posts:
    """Choose posts, most of them at `instants` (ms); some cancel a job that is submitted at that very instant."""
    unit = int(scenario.workload.run.min())
    when = sorted(choices.pick(instants) + choices.pick((0, 0, 0, 0, 1, unit)) for _ in range(count))
    known, posts = len(scenario.workload), []
    for t in when:
        if choices.chance(50):
            posts.append((t, "submit", a_job(choices, scenario, unit)))
            known += 1
            if choices.chance(25):
                posts.append((t, "cancel", {"job": known - 1}))
        else:
            coming = np.flatnonzero(scenario.workload.submit == t).tolist()
            some = coming if coming and choices.chance(50) else range(known)
            posts.append((t, "cancel", {"job": choices.pick(some)}))
    return Posts(posts, scenario.fleet)


def crowd(seed: int, order: str, backfill: str, placement: str, jobs: int) -> RandomScenario:
    """Return a scenario of so many jobs that come over a time in which the center cannot serve them all."""
    choices, unit = Seeded(seed), 1000
    fleet = fleet_of(choices)
    rows = [job_of(choices, fleet, unit) for _ in range(jobs)]
    for row in rows:
        row["submit"] += unit * choices.pick(range(jobs // 2))
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    policy = with_order(choices, Policy("fifo", backfill, placement, age_rate=10**9), order, unit)
    return RandomScenario(fleet, policy, jobs_under(choices, policy, columns, unit), None)


def wholes(seed: int, backfill: str = "conservative", reservations: int = 1) -> RandomScenario:
    """Return a scenario of jobs that ask whole accelerators or cpus alone; every third of jobs of one task."""
    jobs = (12, 30, 45)[seed // 3 % 3]
    scenario = crowd(seed, codes.ORDERS[seed % 5], backfill, codes.PLACEMENTS[seed % 4], jobs)
    policy = replace(scenario.policy, reservations=reservations)
    table = scenario.workload.take(np.flatnonzero(scenario.workload.accelerators % 1000 == 0))
    if seed % 3 == 0:
        table = replace(table, tasks=np.ones_like(table.tasks), spread=np.zeros_like(table.spread))
    return scenario._replace(workload=table, policy=policy)


def center_of(*jobs: dict[str, int], stride: str = "calendar", **more: Any) -> Center:
    """Return one node of two accelerators with these jobs, first come, first served."""
    return Center([nodes(1, 2)], Policy(backfill="none"), table(jobs or [job(0, 1, 1)]), stride=stride, **more)

"""One replication of a scenario: it runs on until the jobs of its window have started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from onecenter.engine.center import Center
from onecenter.engine.shares import may_evict
from onecenter.errors import OnecenterError
from onecenter.experiments.fair_starts import fair_starts
from onecenter.fleet import NodeType, accelerators_of, node_types
from onecenter.policies import Policy
from onecenter.policies.parts import NO_PREEMPTION
from onecenter.results.backlog import Waiting, backlog_slope, while_waiting
from onecenter.results.fairness import fairness
from onecenter.results.fragmentation import fragmentation_of_run
from onecenter.results.log import Array, digest
from onecenter.results.seen import Seen, joined, seen, submitted_in
from onecenter.results.segments import Fates, fates
from onecenter.results.sharing import Shared, sharing_figures, tells
from onecenter.results.window import Window
from onecenter.scenario import Scenario
from onecenter.scenario.arrivals import Poisson
from onecenter.simulation.log_so_far import told_log
from onecenter.simulation.running_on import arrivals_of, run_on
from onecenter.units import HOUR, THOUSAND
from onecenter.workload.build import build
from onecenter.workload.table import COLUMNS, Workload

#: Columns of a workload that change no wait.
WITHOUT: Final = ("tenant", "outcome")


@dataclass(frozen=True)
class Replication:
    """What one replication gave; the hours are those of accelerators."""

    index: int
    seed: int  # of its random numbers: `run(scenario, seed=seed)` sees the same jobs
    log_digest: str  # SHA-256 of its decision log before the window's end
    platforms: Mapping[str, Seen]  # the jobs submitted in the window
    used: Mapping[str, float]  # in the window, by platform
    busy: Mapping[str, float]  # in the window, by node type
    capacity: float  # what the window has
    # by which the waiting ones grow per hour, over the run up to the window's end or over whole weeks of the window
    backlog_slope: float
    waiting: Waiting  # how long a job waited, and what was used meanwhile
    fairness: Mapping[str, Any]  # see `fairness.fairness`, and where jobs are sampled `fair_starts.fair_starts`
    fragmentation: Mapping[str, Any]  # see `fragmentation.fragmentation`; empty where it is not asked for
    sharing: Mapping[str, Any]  # see `sharing.sharing_figures`; empty where it is not asked for, or there is nothing

    @cached_property
    def everyone(self) -> Seen:
        """The jobs of all platforms."""
        return joined(list(self.platforms.values()))


def seed_of(seed: int, *index: int) -> int:
    """Return the seed of a replication, a function of the scenario's seed and the replication's index only."""
    sequence = np.random.SeedSequence(seed, spawn_key=index)
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def one_run(
    scenario: Scenario,
    index: int,
    policy: Policy,
    window: Window,
    rhythm: int | None = None,
    *,
    tail: bool = True,
    sample: int = 0,
    fragments: bool = False,
    shares: bool = False,
) -> Replication:
    """Return a replication; with `tail` it runs on past its window, arrivals continuing, while jobs of it wait.

    `sample` is how many of its jobs have a fair start time worked out, `fragments` whether fragmentation is, `shares`
    whether the figures of sharing are.
    """
    seeded = _seeded(scenario, index, window.horizon)
    center = Center(scenario.fleet, policy, build(seeded), horizon=window.horizon)
    until = window.horizon
    with told_log(center):
        if tail:
            until = run_on(center, window, arrivals_of(seeded))
        else:
            center.run(until)
    found = _measured(index, seeded.time.seed, center, scenario.fleet, window, until, rhythm)
    jobs = center.workload
    if fragments:
        lost = fragmentation_of_run(jobs, center.log, fates(center.log, len(jobs)), scenario.fleet, window)
        found = replace(found, fragmentation=lost)
    preempts = policy.preemption != NO_PREEMPTION
    if shares and tells(jobs.sharing, preempts=preempts):
        run = jobs, center.log, fates(center.log, len(jobs)), scenario.fleet, window, until
        found = replace(found, sharing=sharing_figures(Shared(*run, preempts=may_evict(policy, jobs))))
    if not sample:
        return found
    fate = fates(center.log, len(jobs))
    later = fair_starts(scenario.fleet, policy, jobs, fate.start, submitted_in(jobs, fate, window), sample)
    return replace(found, fairness={**found.fairness, **later})


def _measured(
    index: int, seed: int, center: Center, fleet: Sequence[NodeType], window: Window, until: int, rhythm: int | None
) -> Replication:
    log, jobs = center.log, center.workload
    fate = fates(log, len(jobs))
    by_platform, by_type = used_hours(jobs, fate, fleet, window)
    return Replication(
        index=index,
        seed=seed,
        log_digest=digest(log[log["t"] < window.horizon]),
        platforms=_by_platform(jobs, fate, window, until),
        used=dict(zip(jobs.platforms, by_platform.tolist(), strict=True)),
        busy={kind.name: float(hours) for kind, hours in zip(fleet, by_type, strict=True)},
        capacity=accelerators_of(fleet) * window.length / HOUR,
        # Without a rhythm from the beginning on: a start-up that is cut is what an overloaded center never ends.
        backlog_slope=backlog_slope(jobs, fate, Window(0, window.horizon) if rhythm is None else window, rhythm),
        waiting=while_waiting(jobs, fate, window),
        fairness=_fairness(jobs, fate, window, until),
        fragmentation={},
        sharing={},
    )


def used_hours(jobs: Workload, fate: Fates, fleet: Sequence[NodeType], window: Window) -> tuple[Array, Array]:
    """Return the accelerator-hours used in a window, by platform and by node type."""
    stays = fate.attempts
    use = window.clipped(stays.start, stays.end) * jobs.gang[stays.job] / (THOUSAND * HOUR)
    groups = ((jobs.platform[stays.job], len(jobs.platforms)), (node_types(stays.node, fleet), len(fleet)))
    by_platform, by_type = (np.bincount(group, use, count).astype(np.float64) for group, count in groups)
    return by_platform, by_type


def _by_platform(jobs: Workload, fate: Fates, window: Window, until: int) -> dict[str, Seen]:
    everyone, inside = seen(jobs, fate, until), submitted_in(jobs, fate, window)
    return {name: everyone.where(inside & (jobs.platform == place)) for place, name in enumerate(jobs.platforms)}


def _fairness(jobs: Workload, fate: Fates, window: Window, until: int) -> dict[str, Any]:
    inside = submitted_in(jobs, fate, window)
    return fairness(seen(jobs, fate, until).where(inside), jobs.platform[inside], jobs.tenant[inside])


def _seeded(scenario: Scenario, index: int, horizon: int) -> Scenario:
    time = scenario.time.model_copy(update={"seed": seed_of(scenario.time.seed, index), "horizon": horizon})
    return scenario.model_copy(update={"time": time})


def refuse_alike(scenario: Scenario, n: int) -> None:
    """Refuse several replications of a scenario in which nothing is drawn."""
    if n > 1 and nothing_drawn(scenario):
        alike = f"{n} replications of {scenario.name}: nothing in it is drawn at random, so all are the same"
        raise OnecenterError("replications", [f"{alike}; run it once"])


def nothing_drawn(scenario: Scenario) -> bool:
    """Whether all replications of a scenario are the same: its jobs are listed, or no chance is left to their classes'
    timetables, sizes and run times.
    """
    if any(isinstance(stream.arrivals, Poisson) for _, _, stream in scenario.streams):
        return False
    first, second = (build(_seeded(scenario, index, scenario.time.horizon)) for index in (0, 1))
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in COLUMNS if name not in WITHOUT)

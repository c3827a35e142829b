"""One replication of a scenario: it runs on until the jobs of its window have started."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from onecenter.backlog import backlog_slope
from onecenter.center import Center
from onecenter.log import WAITING, Fates, digest, fates
from onecenter.observed import Observed, joined, observed
from onecenter.policies import Policy
from onecenter.scenario import Scenario
from onecenter.tables import HOUR, THOUSAND, node_types_of_jobs
from onecenter.window import Window
from onecenter.workload.build import build
from onecenter.workload.table import Workload

Array = npt.NDArray[Any]

#: How far a run goes on past its window, in windows, as long as jobs of the window wait; the last is the cap.
TAILS: Final = (0.125, 1.0)


@dataclass(frozen=True)
class Replication:
    """What one replication gave.

    Attributes
    ----------
    index, seed : int
        Which replication, and the seed of its random numbers: `run(scenario, seed=seed)` sees the same jobs.
    log_digest : str
        SHA-256 of its decision log.
    platforms : mapping of str to Observed
        The jobs submitted in the window.
    used, busy : mapping of str to float
        Accelerator-hours used in the window, by platform and by node type.
    capacity : float
        Accelerator-hours that the window has.
    backlog_slope : float
        Accelerator-hours by which the waiting ones grow an hour.
    """

    index: int
    seed: int
    log_digest: str
    platforms: Mapping[str, Observed]
    used: Mapping[str, float]
    busy: Mapping[str, float]
    capacity: float
    backlog_slope: float

    @cached_property
    def everyone(self) -> Observed:
        """The jobs of all platforms."""
        return joined(self.platforms)


def seed_of(seed: int, *index: int) -> int:
    """Return the seed of a replication, a function of the scenario's seed and the replication's index only."""
    sequence = np.random.SeedSequence(seed, spawn_key=index)
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def one_run(
    scenario: Scenario, index: int, policy: Policy, window: Window, rhythm: int | None = None, *, tail: bool = True
) -> Replication:
    """Return a replication; with `tail` it runs on past its window, arrivals continuing, while jobs of it wait."""
    seed = seed_of(scenario.time.seed, index)
    for share in TAILS if tail else (0.0,):
        horizon = window.horizon + int(share * window.length)
        jobs = build(_seeded(scenario, seed, horizon))
        center, until = _run_on(scenario, policy, jobs, window, horizon)
        fate = fates(center.log, len(jobs))
        if not waiting_of(jobs, fate, window):
            break
    return _measured(scenario, index, seed, center, jobs, fate, window, until, rhythm)


def _seeded(scenario: Scenario, seed: int, horizon: int) -> Scenario:
    time = scenario.time.model_copy(update={"seed": seed, "horizon": horizon})
    return scenario.model_copy(update={"time": time})


def _run_on(scenario: Scenario, policy: Policy, jobs: Workload, window: Window, horizon: int) -> tuple[Center, int]:
    """Return the center and when (ms) it stopped: at the horizon, or as soon as no job of the window waits."""
    center = Center(scenario.fleet, policy, jobs, horizon=horizon)
    first, last = np.searchsorted(jobs.submit, (window.warmup, window.horizon))
    center.run(window.horizon)
    until, step = window.horizon, max(window.length // 64, 1)
    while until < horizon and center.any_waiting(int(first), int(last)):
        until = min(until + step, horizon)
        center.run(until)
    return center, until


def waiting_of(jobs: Workload, fate: Fates, window: Window) -> bool:
    """Whether a job submitted in the window waits at the end."""
    inside = (jobs.submit >= window.warmup) & (jobs.submit < window.horizon)
    return bool((fate.outcome[inside] == WAITING).any())


def _measured(
    scenario: Scenario,
    index: int,
    seed: int,
    center: Center,
    jobs: Workload,
    fate: Fates,
    window: Window,
    until: int,
    rhythm: int | None,
) -> Replication:
    log = center.log
    use = window.clipped(fate.start, fate.end) * jobs.gang / (THOUSAND * HOUR)
    by_platform = np.bincount(jobs.platform, use, len(jobs.platforms))
    types = node_types_of_jobs(log, len(jobs), scenario.fleet)
    by_type = np.bincount(types[types >= 0], use[types >= 0], len(scenario.fleet))
    accelerators = sum(kind.count * kind.accelerators for kind in scenario.fleet)
    return Replication(
        index=index,
        seed=seed,
        log_digest=digest(log),
        platforms=observed(jobs, fate, window, until),
        used=dict(zip(jobs.platforms, by_platform.tolist(), strict=True)),
        busy={kind.name: float(hours) for kind, hours in zip(scenario.fleet, by_type, strict=True)},
        capacity=accelerators * window.length / HOUR,
        backlog_slope=backlog_slope(jobs, fate, window, rhythm),
    )

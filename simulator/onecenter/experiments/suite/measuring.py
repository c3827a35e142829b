"""What one seed of a workload gives under each of some policies."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from onecenter.engine.center import Center
from onecenter.experiments.replication import seed_of, used_hours
from onecenter.fleet import accelerators_of
from onecenter.policies import Policy
from onecenter.results.fairness import fairness
from onecenter.results.fragmentation import fragmentation_of_run
from onecenter.results.seen import Seen, seen, submitted_in
from onecenter.results.segments import Fates, fates
from onecenter.results.window import Window
from onecenter.scenario import Scenario
from onecenter.units import HOUR
from onecenter.workload.build import build
from onecenter.workload.table import Workload

#: In place of the name of a platform: all of them.
CENTER: Final = "center"

#: Figures of each platform, where there are several.
BY_PLATFORM: Final = ("wait_mean_s", "wait_p95_s", "left_share")


class Measured(NamedTuple):
    """One figure of one run."""

    policy: str
    platform: str
    figure: str
    value: float


class SeedTask(NamedTuple):
    """A seed of a workload under some policies; it can be sent to another process."""

    scenario: Scenario
    policies: Mapping[str, Policy]

    def run(self, index: int) -> list[Measured]:
        """Return the figures of the seed of an index; the jobs are drawn once, and the last ends."""
        time = self.scenario.time
        seeded = time.model_copy(update={"seed": seed_of(time.seed, index)})
        work = build(self.scenario.model_copy(update={"time": seeded}))
        return [each for name, policy in self.policies.items() for each in _measured(self.scenario, name, policy, work)]


def _measured(scenario: Scenario, name: str, policy: Policy, work: Workload) -> Iterator[Measured]:
    center = Center(scenario.fleet, policy, work)
    center.run()
    fate, window = fates(center.log, len(work)), Window(scenario.time.warmup, scenario.time.horizon)
    jobs, counted = seen(work, fate, int(center.log["t"][-1])), submitted_in(work, fate, window)
    found = _of_all(jobs.where(counted))
    found["utilisation"] = _utilisation(scenario, work, fate, window)
    found["jain_tenants"] = fairness(jobs.where(counted), work.platform[counted], work.tenant[counted])["jain_tenants"]
    found["fragmentation"] = fragmentation_of_run(work, center.log, fate, scenario.fleet, window)["share"]
    yield from (Measured(name, CENTER, figure, value) for figure, value in found.items())
    if len(work.platforms) > 1:
        for place, platform in enumerate(work.platforms):
            found = _waits(jobs.where(counted & (work.platform == place)))
            yield from (Measured(name, platform, figure, found[figure]) for figure in BY_PLATFORM)


def _waits(jobs: Seen) -> dict[str, float]:
    """Return mean, percentiles and maximum of the waits (s) until jobs started or left, and the share that left."""
    waits = jobs.wait / 1000.0
    p50, p95 = np.percentile(waits, (50, 95))
    found = {"wait_mean_s": waits.mean(), "wait_p50_s": p50, "wait_p95_s": p95, "wait_max_s": waits.max()}
    return {name: float(value) for name, value in found.items()} | {"left_share": float(jobs.cancelled.mean())}


def _of_all(jobs: Seen) -> dict[str, float]:
    slowdowns = jobs.slowdowns.seen[jobs.started]
    p95 = float(np.percentile(slowdowns, 95))
    return _waits(jobs) | {"slowdown_mean": float(slowdowns.mean()), "slowdown_p95": p95}


def _utilisation(scenario: Scenario, work: Workload, fate: Fates, window: Window) -> float:
    by_platform, _ = used_hours(work, fate, scenario.fleet, window)
    return float(by_platform.sum()) / (accelerators_of(scenario.fleet) * window.length / HOUR)

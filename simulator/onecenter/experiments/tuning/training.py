"""What a policy is tried on: the first part of a log, or replications of a scenario; the same jobs in each trial."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from onecenter.engine.center import Center
from onecenter.experiments.measurement import Measurement, Task
from onecenter.experiments.replication import seed_of
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.seen import Seen, seen
from onecenter.results.segments import fates
from onecenter.scenario import Scenario
from onecenter.workload.table import Workload

#: Parts of a training log after each of which a trial may be given up.
STAGES: Final = 8

#: The index by which the seed of training is made from that of the scenario; held-out replications have its own.
TRAINING: Final = 2**31


class Training(Protocol):
    """Jobs on which policies are tried."""

    def stages(self, policy: Policy) -> Iterator[Sequence[Seen]]:
        """Give what was seen so far of the jobs, by run, ever more; the last is all of it."""


def value_of(objective: str, parts: Sequence[Seen]) -> float:
    """Return an objective over the jobs of runs; what still waits counts as far as it was seen."""
    found = []
    for part in parts:
        kept = part.where(~part.refused)
        found.append(kept.wait / 1_000 if objective == "wait_s" else kept.slowdowns.seen)
    values = np.concatenate(found)
    return float(values.mean()) if len(values) else 0.0


def tried(
    training: Training, policy: Policy, objectives: Sequence[str], limits: Mapping[int, float]
) -> tuple[list[tuple[float, ...]], bool]:
    """Return the objectives of a policy after each stage, and whether it was given up.

    That is at a stage whose limit is below all that the first objective has been so far.
    """
    found: list[tuple[float, ...]] = []
    for stage, parts in enumerate(training.stages(policy)):
        found.append(tuple(value_of(name, parts) for name in objectives))
        if stage in limits and min(values[0] for values in found) > limits[stage]:
            return found, True
    return found, False


@dataclass(frozen=True, eq=False)
class LogTraining:
    """The jobs of a log that are submitted before the held-out ones."""

    fleet: Sequence[NodeType]
    jobs: Workload

    def stages(self, policy: Policy) -> Iterator[Sequence[Seen]]:
        """Run the log in equal parts of its time, then to the last end."""
        center = Center(self.fleet, policy, self.jobs)
        first, last = int(self.jobs.submit[0]), int(self.jobs.submit[-1])
        for until in np.linspace(first, last, STAGES + 1)[1:-1].astype(np.int64).tolist():
            center.run(until)
            known = int(np.searchsorted(self.jobs.submit, until))
            if known:
                yield [self._seen(center, known, until)]
        center.run()
        yield [self._seen(center, len(self.jobs), center.env.now)]

    def _seen(self, center: Center, known: int, until: int) -> Seen:
        """Return the jobs submitted before an instant; they are the first ones."""
        return seen(self.jobs, fates(center.log, len(self.jobs)), until).where(np.arange(len(self.jobs)) < known)


@dataclass(frozen=True)
class ScenarioTraining:
    """Replications of a scenario, on random numbers other than those of its own seed."""

    scenario: Scenario
    measurement: Measurement
    replications: int

    def stages(self, policy: Policy) -> Iterator[Sequence[Seen]]:
        """Run one replication after the other."""
        time = self.scenario.time.model_copy(update={"seed": seed_of(self.scenario.time.seed, TRAINING)})
        task = Task(self.scenario.model_copy(update={"time": time}), policy, self.measurement)
        parts: list[Seen] = []
        for index in range(self.replications):
            parts.append(task.run(index).everyone)
            yield list(parts)


def split(jobs: Workload, share: float) -> int:
    """Return the instant (ms) up to which a log is for training: a share of the time between first and last submit."""
    first, last = int(jobs.submit[0]), int(jobs.submit[-1])
    return first + round(share * (last - first))


def before(jobs: Workload, instant: int) -> Workload:
    """Return the jobs that are submitted before an instant (ms)."""
    return jobs.take(np.arange(int(np.searchsorted(jobs.submit, instant))))

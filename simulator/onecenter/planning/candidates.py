"""Fleets that a plan tries, each with replications of its own."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from onecenter.experiments.adequacy import jobs_of
from onecenter.experiments.assessment import Assessment, assess, missed_periods
from onecenter.experiments.replication import seed_of
from onecenter.experiments.replications import Replications, task_of
from onecenter.planning.crossing import Tried
from onecenter.policies import Policy
from onecenter.results.targets import Verdict, targets_of, worst
from onecenter.results.targets import late as late_jobs
from onecenter.scenario import Scenario, with_set

#: Replications at the first look.
FIRST_REPLICATIONS: Final = 10

#: Beyond the indices of replications: seeds of fleets are drawn from the same sequence.
FLEETS: Final = 1 << 40

Values = tuple[int, ...]

#: Called with (fleets tried, replications run) after each look.
Progress = Callable[[int, int], None]


@dataclass
class Candidate:
    """One fleet: the counts of the node types that vary, and its replications."""

    values: dict[str, int]
    runs: Replications
    periods: float | None
    _judged: tuple[int, list[Assessment]] = field(default=(0, []))

    def look(self, n: int) -> None:
        """Run replications until there are n."""
        more = self.runs.extended(max(n, len(self.runs)))
        # An interrupt leaves those that have run: figures of the others would run them one by one.
        list(more)
        self.runs = more

    @property
    def assessments(self) -> list[Assessment]:
        """How the targets stand."""
        if self._judged[0] != len(self.runs):
            self._judged = len(self.runs), assess(self.runs, self.periods)
        return self._judged[1]

    @property
    def tried(self) -> Tried:
        """Late jobs and those allowed, by target and replication; or periods that miss, and those that may."""
        late, allowed = [], []
        for name in self.runs.platforms:
            for target in targets_of(self.runs.task.scenario.platforms[name]):
                for one in self.runs.seen(name):
                    if self.periods is None:
                        bad, _, jobs = late_jobs(target, one)
                        late.append(float(bad))
                        allowed.append(jobs * (1 - target.percentile / 100))
                    else:
                        missed = list(missed_periods(self.runs, one, target))
                        late.append(float(sum(missed)))
                        allowed.append(len(missed) * (1 - self.periods))
        shape = (-1, len(self.runs))
        values = tuple(self.values.values())
        return Tried(values, np.array(late).reshape(shape), np.array(allowed).reshape(shape))

    @property
    def nodes(self) -> int:
        """Nodes in all."""
        return sum(kind.count for kind in self.runs.task.scenario.fleet)

    @property
    def verdict(self) -> Verdict:
        """Whether all targets are met, one is missed, or neither is sure, by this fleet's replications alone."""
        return worst(one.verdict for one in self.assessments) or "met"

    @property
    def pressure(self) -> float:
        """The largest of the targets' late jobs as a share of those allowed."""
        return float(self.tried.pressure.max())

    @property
    def worst_wait(self) -> float | None:
        """The percentile nearest to or farthest beyond its limit, as a share of it; None: not reached."""
        shares = [None if one.value is None else one.value / one.limit for one in self.assessments]
        known = [share for share in shares if share is not None]
        return None if len(known) < len(shares) else max(known)


@dataclass(eq=False)
class Candidates:
    """All fleets that were tried, each on random numbers of its own.

    Common random numbers would sharpen the difference between two fleets, but where late jobs cross the share allowed
    they err together.
    """

    scenario: Scenario
    kinds: tuple[str, ...]  # node types whose counts vary
    most: int  # replications of one fleet
    periods: float | None = None  # as for `assess`
    executor: Executor | None = None
    on_look: Progress | None = None
    policy: Policy | None = None  # instead of the scenario's
    _tried: dict[Values, Candidate] = field(default_factory=dict, init=False)

    def at(self, values: Values, n: int = FIRST_REPLICATIONS) -> Candidate:
        """Return a fleet after a look at n replications, or as many as one fleet may have."""
        found = self._tried[values] if values in self._tried else self._new(values)
        found.look(min(n, self.most))
        self._tried[values] = found
        if self.on_look is not None:
            self.on_look(len(self._tried), self.replications)
        return found

    def decided(self, values: Values) -> Candidate:
        """Return a fleet after as many looks as its own verdict, or the limit, takes."""
        n = FIRST_REPLICATIONS
        while self.at(values, n).verdict == "undecided" and n < self.most:
            n *= 2
        return self.at(values)

    def _new(self, values: Values) -> Candidate:
        named = self.named(values)
        seed = seed_of(self.scenario.time.seed, FLEETS, *values)
        task = task_of(with_set(self.scenario, {**by_path(named), "time.seed": seed}), self.policy)
        return Candidate(named, Replications(task, min(FIRST_REPLICATIONS, self.most), self.executor), self.periods)

    def named(self, values: Values) -> dict[str, int]:
        """Return the counts of a fleet by node type."""
        return dict(zip(self.kinds, values, strict=True))

    @property
    def replications(self) -> int:
        """Replications of all fleets together."""
        return sum(len(each.runs) for each in self._tried.values())

    @property
    def tried(self) -> Mapping[Values, Candidate]:
        """By values, rising."""
        return dict(sorted(self._tried.items()))


def path_of(kind: str) -> str:
    """Return the path of the count of a node type."""
    return f"center.nodes.{kind}.count"


def by_path(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by path instead of by node type."""
    return {path_of(kind): count for kind, count in counts.items()}


def as_dict(candidate: Candidate, cost: float | None) -> dict[str, Any]:
    """Return a candidate as plain data; counts of jobs are over all its replications."""
    return {
        "values": by_path(candidate.values),
        "nodes": candidate.nodes,
        "cost": cost,
        "replications": len(candidate.runs),
        "verdict": candidate.verdict,
        "overloaded": candidate.runs.overloaded,
        "platforms": {name: jobs_of(candidate.runs, name) for name in candidate.runs.platforms},
        "targets": [one.as_dict() for one in candidate.assessments],
    }

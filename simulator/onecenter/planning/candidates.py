"""Fleets that a plan tries, each with as many replications as its decision takes."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Final

from onecenter.replications import Replications, task_of
from onecenter.scenario import Scenario, with_set
from onecenter.standing import Standing, standings
from onecenter.targets import Verdict

#: Replications at the first look.
FIRST: Final = 10

Values = tuple[int, ...]


@dataclass
class Candidate:
    """One fleet: the values of the paths that vary, its replications, and how the targets stand."""

    values: dict[str, int]
    runs: Replications
    periods: float | None
    standings: list[Standing] = field(default_factory=list)

    @classmethod
    def of(
        cls, scenario: Scenario, values: dict[str, int], periods: float | None, executor: Executor | None
    ) -> "Candidate":
        """Return a scenario's fleet before the first look."""
        return cls(values, Replications(task_of(scenario), FIRST, executor), periods)

    def look(self, n: int) -> None:
        """Run n replications and judge."""
        if not self.standings or n > len(self.runs):
            self.runs = self.runs.extended(max(n, len(self.runs)))
            list(self.runs)
            self.standings = standings(self.runs, self.periods)

    @property
    def verdict(self) -> Verdict:
        """Whether all targets are met, one is missed, or neither is sure."""
        found = {one.verdict for one in self.standings}
        return "missed" if "missed" in found else "undecided" if "undecided" in found else "met"

    @property
    def pressure(self) -> float:
        """The largest of the targets' late jobs as a share of those allowed."""
        return max(one.pressure for one in self.standings)

    @property
    def worst_wait(self) -> float | None:
        """The percentile nearest to or farthest beyond its limit, as a share of it; None: not reached."""
        shares = [None if one.value is None else one.value / one.limit for one in self.standings]
        known = [share for share in shares if share is not None]
        return None if len(known) < len(shares) else max(known)


def decide(candidate: Candidate, most: int) -> Candidate:
    """Look at a fleet, each time at twice the replications, until it is decided or there are `most`; return it."""
    candidate.look(min(FIRST, most))
    while candidate.verdict == "undecided" and len(candidate.runs) < most:
        candidate.look(min(2 * len(candidate.runs), most))
    return candidate


class Candidates:
    """All fleets that were tried.

    Parameters
    ----------
    scenario : Scenario
        With targets.
    paths : sequence of str
        What varies.
    most : int
        Replications of one fleet at the most.
    periods : float or None
        As for `standings`.
    executor : Executor or None
        Runs replications.
    """

    def __init__(
        self, scenario: Scenario, paths: tuple[str, ...], most: int, periods: float | None, executor: Executor | None
    ) -> None:
        self.scenario, self.paths, self.most = scenario, paths, most
        self._periods, self._executor = periods, executor
        self._tried: dict[Values, Candidate] = {}

    def at(self, values: Values) -> Candidate:
        """Return a fleet after a first look at it."""
        if values not in self._tried:
            named = dict(zip(self.paths, values, strict=True))
            fleet = with_set(self.scenario, named)
            self._tried[values] = Candidate.of(fleet, named, self._periods, self._executor)
        found = self._tried[values]
        found.look(min(FIRST, self.most))
        return found

    def decided(self, values: Values) -> Candidate:
        """Return a fleet after as many looks as its decision, or the limit, takes."""
        return decide(self.at(values), self.most)

    def at_least(self, values: Values, n: int) -> Candidate:
        """Return a fleet after a look at n replications or more."""
        found = self.decided(values)
        found.look(n)
        return found

    @property
    def tried(self) -> Mapping[Values, Candidate]:
        """By values, rising."""
        return dict(sorted(self._tried.items()))


def as_dict(candidate: Candidate, cost: float | None) -> dict[str, Any]:
    """Return a candidate as plain data."""
    return {
        "values": candidate.values,
        "nodes": sum(kind.count for kind in candidate.runs.task.scenario.fleet),
        "cost": cost,
        "replications": len(candidate.runs),
        "verdict": candidate.verdict,
        "overloaded": candidate.runs.overloaded,
        "targets": [one.as_dict() for one in candidate.standings],
    }

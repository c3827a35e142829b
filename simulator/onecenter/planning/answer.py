"""The answer of a plan: in words, as numbers, as a picture."""

from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from onecenter.experiments.assessment import Assessment
from onecenter.planning import text
from onecenter.planning.approximation import approximation
from onecenter.planning.candidates import Candidate, Values, as_dict, by_path
from onecenter.planning.economics import yearly_cost
from onecenter.planning.file import Approximation, PlanFile
from onecenter.planning.found import Found
from onecenter.planning.search import LEVEL
from onecenter.scenario import Scenario
from onecenter.units import MS
from onecenter.words import LANGUAGES, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Plan(Found):
    """The best fleet that meets every target, and how sure that is: `Found`, and what is said of it."""

    @property
    def scenario(self) -> Scenario:
        """What was planned for."""
        return self.candidates.scenario

    @property
    def answer(self) -> dict[str, int]:
        """The counts by path; empty where no fleet of the ranges meets the targets."""
        return {} if self.chosen is None else self._named(self.chosen)

    @property
    def undecided(self) -> list[dict[str, int]]:
        """The fleets of the ranges among which the best lies, where that is not decided."""
        return [] if self.decided else [self._named(values) for values in self.inside]

    @property
    def low(self) -> dict[str, int] | None:
        """By path the least count of the likely fleets; None: they lie beyond the ranges."""
        return self._named(tuple(map(min, zip(*self.inside, strict=True)))) if self.inside else None

    @property
    def high(self) -> dict[str, int] | None:
        """By path the largest count of the likely fleets; None: the ranges do not reach it."""
        if None in self.likely or not self.inside:
            return None
        return self._named(tuple(map(max, zip(*self.inside, strict=True))))

    def _named(self, values: Values) -> dict[str, int]:
        return by_path(self.candidates.named(values))

    @cached_property
    def tried(self) -> list[dict[str, Any]]:
        """What was tried, by values; see `candidates.as_dict`."""
        tried = self.candidates.tried.values()
        return [as_dict(each, yearly_cost(each.runs.task.scenario).total or None) for each in tried]

    @property
    def meets(self) -> dict[str, dict[str, Any]]:
        """By platform its hardest target under the answer: percentile with its 95 % interval, and the limit."""
        found: dict[str, Assessment] = {}
        for one in self.best.assessments:
            found[one.platform] = max(found.get(one.platform, one), one, key=lambda each: each.pressure)
        return {name: _met(one) for name, one in found.items()}

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row per fleet tried and target."""
        shared = ("nodes", "cost", "replications")
        rows = [
            {**each["values"], **{name: each[name] for name in shared}, **one}
            for each in self.tried
            for one in each["targets"]
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    @property
    def front(self) -> list[dict[str, Any]]:
        """Fleets that no other one beats in both yearly cost and worst wait (as a share of its limit)."""
        costs = [(yearly_cost(each.runs.task.scenario).total, each) for each in self.candidates.tried.values()]
        return [
            {"values": by_path(each.values), "cost": cost, "worst_wait": each.worst_wait}
            for cost, each in pareto(costs)
        ]

    @cached_property
    def check(self) -> Approximation | None:
        """An M/G/c approximation of the answer, where it applies."""
        return approximation(self.best.runs.task.scenario, self.question.policy)

    @property
    def window_d(self) -> float:
        """Days of each replication that count."""
        return self.best.runs.task.measurement.window.length / MS["d"]

    @property
    def replications(self) -> int:
        """Replications of all fleets together."""
        return self.candidates.replications

    def text(self, language: str = "en") -> str:
        """Return the answer in words, in "en" or "zh"."""
        return text.answer(self, Words(language))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, as `onecenter plan --json` prints it and the report reads it."""
        bought = self.buy
        return PlanFile(
            **self.question.as_dict(),
            answer=self.answer,
            low=self.low,
            high=self.high,
            level=LEVEL,
            decided=self.decided,
            interrupted=self.interrupted,
            undecided=self.undecided,
            buy=None if bought is None else by_path(bought.counts),
            cost=None if bought is None else bought.cost,
            order_by=None if bought is None else bought.order_by,
            window_d=self.window_d,
            replications=self.replications,
            limits=self.limits.as_dict(),
            binding={
                "platform": self.hardest.platform, "target": self.hardest.what, "limits": self.binding_limits,
            },
            fewest_nodes_that_hold=dict(self.fleets.too_small),
            meets=self.meets,
            check=self.check,
            text={language: self.text(language) for language in LANGUAGES},
            front=self.front if len(self.candidates.kinds) > 1 else [],
            tried=self.tried,
        ).model_dump()  # fmt: skip

    @property
    def plot(self) -> "Plots":
        """Pictures of the plan."""
        return Plots(self)

    def __repr__(self) -> str:
        return f"<Plan: {self.text()}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text())}</p>{self.table._repr_html_()}"


def pareto(candidates: list[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    """Return of (cost, candidate) those that no other beats in both cost and worst wait, the cheapest first."""
    front: list[tuple[float, Candidate]] = []
    best = float("inf")
    for cost, candidate in sorted(candidates, key=lambda pair: (pair[0], pair[1].worst_wait or float("inf"))):
        wait = candidate.worst_wait
        if wait is not None and wait < best:
            front.append((cost, candidate))
            best = wait
    return front


class Plots:
    """Pictures of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._of = plan

    def frontier(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """Each target's percentile against the number of nodes, with bands and limits, in "en" or "zh"."""
        from onecenter.plot.frontier import frontier

        of = self._of
        fleets = [(each.nodes, each.assessments) for each in of.candidates.tried.values()]
        joined, labels = len(of.candidates.kinds) == 1, of.scenario.labels_in(language)
        return frontier(fleets, labels, ax, joined=joined, words=Words(language))


def _met(one: Assessment) -> dict[str, Any]:
    wait = one.target.kind == "wait"
    return {
        "target": one.what,
        "wait_s" if wait else "expansion": one.value,
        "low": one.low,
        "high": one.high,
        "target_s" if wait else "target": one.limit,
        "late": one.late,
        "allowed": one.allowed,
        "miss_share": one.miss_share,
        "verdict": one.verdict,
    }

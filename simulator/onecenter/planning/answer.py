"""The answer of a plan: in words, as numbers, as a picture."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from onecenter.experiments.assessment import Assessment
from onecenter.planning import words
from onecenter.planning.approximation import Approximation, approximation
from onecenter.planning.candidates import Candidate, Candidates, Values, as_dict
from onecenter.planning.crossing import Choice
from onecenter.planning.economics import yearly_cost
from onecenter.planning.fleets import Fleets
from onecenter.planning.limits import Limits
from onecenter.planning.naming import LANGUAGES, exact
from onecenter.planning.pareto import pareto
from onecenter.planning.purchase import Buy, buy
from onecenter.planning.question import Question
from onecenter.planning.search import LEVEL
from onecenter.scenario import Scenario
from onecenter.units import MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class Plan:
    """The best fleet that meets every target, and how sure that is.

    Attributes
    ----------
    question : Question
        What was asked.
    candidates : Candidates
        All fleets tried.
    fleets : Fleets
        All fleets of the ranges.
    found : Choice
        Which of the allowed ones is the best that meets every target.
    limits : Limits
        What a fleet might cost and fill.
    periods : float or None
        The share of four-week periods that had to meet the targets, if that was the criterion.
    interrupted : bool
        Whether it ended before its time: then it says what was found so far.
    """

    question: Question
    candidates: Candidates
    fleets: Fleets
    found: Choice
    limits: Limits
    periods: float | None
    interrupted: bool = False

    @property
    def scenario(self) -> Scenario:
        """What was planned for."""
        return self.candidates.scenario

    @cached_property
    def chosen(self) -> Values | None:
        """Counts, in the order of `candidates.paths`; None: no fleet of the ranges meets the targets."""
        allowed = self.fleets.allowed
        return allowed[self.found.place] if self.found.place < len(allowed) else None

    @cached_property
    def likely(self) -> list[Values | None]:
        """The fleets among which the best lies with 95 %, by the order of the search; None: one beyond the ranges."""
        allowed = self.fleets.allowed
        if len(self.candidates.paths) == 1:
            low, high = self.found.within(LEVEL)
            places = list(range(low, high + 1))
        else:
            places, sure = [], 0.0
            for place, share in self.found.shares().items():
                places.append(place)
                if (sure := sure + share) >= LEVEL:
                    break
        return [allowed[place] if place < len(allowed) else None for place in places]

    @property
    def decided(self) -> bool:
        """Whether one fleet alone is likely."""
        return not self.interrupted and self.chosen is not None and self.likely == [self.chosen]

    @property
    def open(self) -> list[Values]:
        """The fleets of the ranges among which the best lies, where that is not decided."""
        return [] if self.decided else [values for values in self.likely if values is not None]

    @property
    def answer(self) -> dict[str, int]:
        """The counts by path; empty where no fleet of the ranges meets the targets."""
        return {} if self.chosen is None else self._named(self.chosen)

    @property
    def undecided(self) -> list[dict[str, int]]:
        """The fleets among which the best lies, where that is not decided."""
        return [self._named(values) for values in self.open]

    @property
    def low(self) -> dict[str, int] | None:
        """By path the least count of the likely fleets; None: they lie beyond the ranges."""
        return self._named(tuple(min(counts) for counts in zip(*self.inside, strict=True))) if self.inside else None

    @property
    def high(self) -> dict[str, int] | None:
        """By path the largest count of the likely fleets; None: the ranges do not reach it."""
        if None in self.likely or not self.inside:
            return None
        return self._named(tuple(max(counts) for counts in zip(*self.inside, strict=True)))

    @property
    def inside(self) -> list[Values]:
        """The likely fleets that lie in the ranges."""
        return [values for values in self.likely if values is not None]

    def _named(self, values: Values) -> dict[str, int]:
        return dict(zip(self.candidates.paths, values, strict=True))

    @property
    def best(self) -> Candidate:
        """The fleet of the answer, or without one the largest that was tried."""
        tried = self.candidates.tried
        return (
            tried[self.chosen]
            if self.chosen is not None and self.chosen in tried
            else max(tried.items(), key=lambda each: sum(each[0]))[1]
        )

    @cached_property
    def buy(self) -> Buy | None:
        """What the answer adds to today's fleet."""
        return None if self.chosen is None else buy(self.question.scenario, self.answer)

    @property
    def hardest(self) -> Assessment:
        """The target that is nearest to its limit, or farthest beyond it, under the answer."""
        return max(self.best.assessments, key=lambda one: one.pressure)

    @property
    def binding_limits(self) -> list[str]:
        """Names of the limits without which a better fleet would be the answer."""
        better = self.fleets.every[: self.fleets.every.index(self.chosen)] if self.chosen else self.fleets.every
        met = {values for values, each in self.candidates.tried.items() if each.pressure <= 1}
        broken = (self.fleets.broken[values] for values in better if values in met and values in self.fleets.broken)
        return sorted({name for names in broken for name in names})

    @cached_property
    def tried(self) -> list[dict[str, Any]]:
        """What was tried, by values; see `candidates.as_dict`."""
        return [as_dict(each, self._cost(each)) for each in self.candidates.tried.values()]

    def _cost(self, candidate: Candidate) -> float | None:
        return yearly_cost(candidate.runs.task.scenario).total or None

    @property
    def meets(self) -> dict[str, dict[str, Any]]:
        """By platform its hardest target under the answer: percentile with its 95 % interval, and the limit."""
        found: dict[str, Assessment] = {}
        for one in self.best.assessments:
            if one.platform not in found or one.pressure > found[one.platform].pressure:
                found[one.platform] = one
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
        return [{"values": each.values, "cost": cost, "worst_wait": each.worst_wait} for cost, each in pareto(costs)]

    @cached_property
    def check(self) -> Approximation | None:
        """An M/G/c approximation of the answer, where it applies."""
        return approximation(self.best.runs.task.scenario)

    @property
    def window_d(self) -> float:
        """Days of each replication that count."""
        return self.best.runs.task.measurement.window.length / MS["d"]

    @property
    def replications(self) -> int:
        """Replications of all fleets together."""
        return sum(len(each.runs) for each in self.candidates.tried.values())

    def text(self, language: str = "en") -> str:
        """Return the answer in words, in "en" or "zh"."""
        said = words.Said(
            question=self.question,
            candidates=self.candidates,
            chosen=self.chosen,
            likely=self.likely,
            decided=self.decided,
            interrupted=self.interrupted,
            only=len(self.fleets.allowed) == 1,
            last=self.fleets.allowed[-1],
            hardest=self.hardest,
            buy=self.buy,
            too_small=self.fleets.too_small,
            binding_limits=self.binding_limits,
        )
        return words.answer(said, language)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, as `onecenter plan --json` prints it."""
        return {
            **self.question.as_dict(),
            "answer": self.answer,
            "low": self.low,
            "high": self.high,
            "level": LEVEL,
            "decided": self.decided,
            "interrupted": self.interrupted,
            "undecided": self.undecided,
            "buy": None if self.buy is None else self.buy.counts,
            "cost": None if self.buy is None else self.buy.cost,
            "order_by": None if self.buy is None else self.buy.order_by,
            "window_d": self.window_d,
            "replications": self.replications,
            "limits": self.limits.as_dict(),
            "binding": {
                "platform": self.hardest.platform,
                "target": self.hardest.what,
                "limits": self.binding_limits,
            },
            "fewest_nodes_that_hold": dict(self.fleets.too_small),
            "meets": self.meets,
            "check": None if self.check is None else self.check.as_dict(),
            "text": {language: self.text(language) for language in LANGUAGES},
            "front": self.front if len(self.candidates.paths) > 1 else [],
            "tried": self.tried,
        }

    @property
    def plot(self) -> "Plots":
        """Pictures of the plan."""
        return Plots(self)

    def __repr__(self) -> str:
        return f"<Plan: {self.text()}>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.text())}</p>{self.table._repr_html_()}"


class Plots:
    """Pictures of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._of = plan

    def frontier(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """Each target's percentile against the number of nodes, with bands and limits, in "en" or "zh"."""
        from onecenter.plot.frontier import TEXTS, frontier

        labels = {
            name: getattr(part.label, language) or name if part.label else name
            for name, part in self._of.scenario.platforms.items()
        }
        texts = TEXTS[language]
        return frontier(self._of.tried, labels, ax, texts=texts, duration=lambda ms: exact(ms, language))


def _met(one: Assessment) -> dict[str, Any]:
    unit = "" if one.what.startswith("expansion") else "_s"
    value = "expansion" if not unit else "wait_s"
    return {
        "target": one.what,
        value: one.value,
        "low": one.low,
        "high": one.high,
        f"target{unit}": one.limit,
        "late": one.late,
        "allowed": one.allowed,
        "miss_share": one.miss_share,
        "verdict": one.verdict,
    }

"""The answer of a plan: in words, as numbers, as a picture."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from onecenter.economics import yearly_cost
from onecenter.planning import words
from onecenter.planning.approximation import Approximation, approximation
from onecenter.planning.candidates import Candidate, Candidates, Values, as_dict
from onecenter.planning.limits import Limits
from onecenter.planning.mix import pareto
from onecenter.planning.naming import LANGUAGES, exact
from onecenter.planning.question import Question
from onecenter.scenario import Scenario
from onecenter.standing import Standing

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class Plan:
    """The smallest fleet that meets every target, as far as the replications tell.

    Attributes
    ----------
    question : Question
        What was asked.
    candidates : Candidates
        All fleets tried.
    limits : Limits
        What a fleet might cost and fill.
    chosen : tuple of int or None
        Counts, in the order of `candidates.paths`; None: none surely meets the targets.
    open : list of tuple of int
        Fleets among which the smallest lies, where that is not sure.
    periods : float or None
        The share of four-week periods that had to meet the targets, if that was the criterion.
    """

    question: Question
    candidates: Candidates
    limits: Limits
    chosen: Values | None
    open: list[Values]
    periods: float | None

    @property
    def scenario(self) -> Scenario:
        """What was planned for."""
        return self.candidates.scenario

    @property
    def answer(self) -> dict[str, int]:
        """The counts by path; empty where no fleet surely meets the targets."""
        return {} if self.chosen is None else dict(zip(self.candidates.paths, self.chosen, strict=True))

    @property
    def undecided(self) -> list[dict[str, int]]:
        """The fleets among which the smallest lies, where that is not sure."""
        return [dict(zip(self.candidates.paths, values, strict=True)) for values in self.open]

    @property
    def best(self) -> Candidate:
        """The fleet of the answer, or without one the largest that is not decided."""
        return self.candidates.tried[self.chosen or self.open[-1]]

    @cached_property
    def tried(self) -> list[dict[str, Any]]:
        """What was tried, by values; see `candidates.as_dict`."""
        return [as_dict(each, self._cost(each)) for each in self.candidates.tried.values()]

    def _cost(self, candidate: Candidate) -> float | None:
        return yearly_cost(candidate.runs.task.scenario).total or None

    @property
    def meets(self) -> dict[str, dict[str, Any]]:
        """By platform its hardest target under the answer: percentile with its 95 % interval, and the limit."""
        found: dict[str, Standing] = {}
        for one in self.best.standings:
            if one.platform not in found or one.pressure > found[one.platform].pressure:
                found[one.platform] = one
        return {name: _met(one) for name, one in found.items()}

    @cached_property
    def table(self) -> pl.DataFrame:
        """A row a fleet tried and target."""
        rows = [
            {
                **each["values"],
                "nodes": each["nodes"],
                "cost": each["cost"],
                "replications": each["replications"],
                **one,
            }
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

    def text(self, language: str = "en") -> str:
        """Return the answer in words, in "en" or "zh"."""
        return words.answer(self.question, self.candidates, self.chosen, self.open, language)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, as `onecenter plan --json` prints it."""
        return {
            **self.question.as_dict(),
            "answer": self.answer,
            "undecided": self.undecided,
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


def _met(one: Standing) -> dict[str, Any]:
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

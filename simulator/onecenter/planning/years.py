"""Growth over years: in which month which target first fails, and what to buy when."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from onecenter.checks import Whole, shown
from onecenter.errors import PlanError
from onecenter.experiments.assessment import Assessment
from onecenter.planning import text
from onecenter.planning.asking import Range, checked, ranges_of
from onecenter.planning.candidates import Candidates, Progress, path_of
from onecenter.planning.economics import yearly_cost
from onecenter.planning.fleets import fleet_of, fleets_of
from onecenter.planning.growth import MONTH, first_month, in_month, never_falls, order_month
from onecenter.planning.limits import Limits
from onecenter.planning.purchase import Purchase
from onecenter.planning.question import Question
from onecenter.planning.search import LEVEL, search
from onecenter.planning.window import lengthened
from onecenter.policies import Given, PlacementLike, Policy, PolicyLike
from onecenter.results.targets import Target
from onecenter.scenario import Scenario
from onecenter.scenario.growth import MAX_MONTHS
from onecenter.simulation.running import ScenarioLike
from onecenter.units import parse_duration
from onecenter.words import LANGUAGES, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: For so many months ahead a purchase is made.
AHEAD: Final = 12

#: How far one may look, in ms.
SPAN: Final = Whole(MONTH, MAX_MONTHS * MONTH)

#: Replications of a month's judgement, at the most.
MAX_REPLICATIONS: Final = 40


@dataclass(frozen=True)
class Outlook:
    """What growth does to a center.

    Attributes
    ----------
    question : Question
        What was asked about today's center.
    kind : str
        The node type whose count may grow.
    months : int
        The horizon.
    failures : mapping of (platform, target) to int or None
        The first month that fails with today's fleet; None: none does.
    purchases : list of Purchase
        In the order of time.
    """

    question: Question
    kind: str
    months: int
    failures: Mapping[tuple[str, Target], int | None]
    purchases: list[Purchase]

    @cached_property
    def first(self) -> int | None:
        """The first month in which a target fails with today's fleet."""
        return min((month for month in self.failures.values() if month is not None), default=None)

    def text(self, language: str = "en") -> str:
        """Return it in words, in "en" or "zh"."""
        return text.outlook(self.question, self.months, self.failures, self.purchases, Words(language))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, as `onecenter plan --horizon … --json` prints it."""
        failures = [{"platform": p, "target": one.name, "month": month} for (p, one), month in self.failures.items()]
        return {
            **self.question.as_dict(),
            "path": path_of(self.kind),
            "months": self.months,
            "first_failure": self.first,
            "failures": failures,
            "purchases": [asdict(one) for one in self.purchases],
            "text": {language: self.text(language) for language in LANGUAGES},
        }

    def plot(self, ax: "Axes | None" = None, language: str = "en") -> "Axes":
        """Draw the nodes by month, and the months of failure and order, in "en" or "zh"."""
        from onecenter.plot.outlook import outlook

        words = Words(language)
        targets = self.failures.items()
        failures = [(self.question.platform(name, words), one.said(words), month) for (name, one), month in targets]
        return outlook(self.purchases, failures, self.months, ax, words)

    def __repr__(self) -> str:
        return f"<Outlook: {self.text()}>"


def outlook(
    scenario: ScenarioLike,
    vary: str | Mapping[str, str | Range],
    horizon: str | int = "3 y",
    *,
    seed: int | None = None,
    set: Sequence[str] = (),
    demand: float = 1.0,
    policy: PolicyLike | Given | None = None,
    placement: PlacementLike | None = None,
    executor: Executor | None = None,
    replications: int = MAX_REPLICATIONS,
    on_look: Progress | None = None,
) -> Outlook:
    """Return in which month which target first fails as demand grows, and what to buy when.

    Parameters
    ----------
    scenario : Scenario, str or path
        With targets and `[growth]`.
    vary : str, or mapping of str to range
        The path of one node count, such as "center.nodes.910b.count", and how far it may grow; without a range to four
        times the scenario's.
    horizon : str or int
        How far to look, such as "3 y" (or ms); months are twelfths of 365 d.
    seed, set, demand, policy, placement, executor, on_look
        As for `plan`; the demand is today's, looks are told of by month.
    replications : int
        For one judgement, at the most.

    Raises
    ------
    PlanError
        If there is no growth or target, or the range does not suffice.
    """
    question = Question.of(scenario, set, seed, demand, policy, placement)
    ranges = ranges_of(question.scenario, vary)
    checked(question.scenario, replications=replications)
    chosen = question.scaled
    if chosen.growth is None:
        raise PlanError(
            "growth", ["the scenario has no [growth]; add for example platforms.talent = { monthly = 0.02 }"]
        )
    if len(ranges) > 1:
        raise PlanError("vary", ["one node count is expected where a horizon is given"])
    ((kind, bounds),) = ranges.items()
    last = _ms(horizon) // MONTH
    years = _Years(chosen, question.policy, kind, last, replications, executor, on_look)
    return Outlook(question, kind, last, years.failures(), list(years.purchases(bounds[1])))


def _ms(horizon: str | int) -> int:
    try:
        return SPAN(parse_duration(horizon) if isinstance(horizon, str) else horizon)
    except ValueError as error:
        raise PlanError("horizon", [f"{shown(horizon)}: {error}"]) from None


@dataclass(eq=False)
class _Years:
    """The months of a growing center under several fleets, each judged once."""

    scenario: Scenario
    policy: Policy
    kind: str
    last: int
    replications: int
    executor: Executor | None
    on_look: Progress | None
    _months: dict[int, Candidates] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.count = self.scenario.center.nodes[self.kind].count
        self.rising = never_falls(self.scenario, self.last)

    def assessments(self, count: int, month: int) -> list[Assessment]:
        """Return how the targets stand in a month with this number of nodes."""
        return self._tried(month).decided((count,)).assessments

    def _tried(self, month: int) -> Candidates:
        if month not in self._months:
            then = lengthened(in_month(self.scenario, month), self.policy)
            asked = (self.kind,), self.replications, None, self.executor, self.on_look, self.policy
            self._months[month] = Candidates(then, *asked)
        return self._months[month]

    def failures(self) -> dict[tuple[str, Target], int | None]:
        """Return by target the first month that fails with today's fleet."""
        today = self.assessments(self.count, 0)
        return {(one.platform, one.target): self._first(self.count, place) for place, one in enumerate(today)}

    def _first(self, count: int, place: int | None = None) -> int | None:
        def fails(month: int) -> bool:
            found = self.assessments(count, month)
            return any(one.pressure > 1 for one in (found if place is None else found[place : place + 1]))

        return first_month(fails, self.last, rising=self.rising)

    def purchases(self, most: int) -> Iterator[Purchase]:
        """Give what to buy, each purchase for the year after it."""
        count = self.count
        kind = self.scenario.center.nodes[self.kind]
        month = self._first(count)
        while month is not None:
            until = min(month + AHEAD - 1, self.last)
            bought = self._needed(count, most, until)
            fleet = None if bought.after is None else fleet_of(self.scenario, (self.kind,), (bought.after,))
            cost = yearly_cost(fleet).total if fleet is not None and kind.price else None
            yield replace(bought, order=order_month(month, kind.lead_time), month=month, yearly_cost=cost)
            if bought.after is None:
                return
            count = bought.after
            following = self._first(count) if until < self.last else None
            month = following if following is not None and following > month else None

    def _needed(self, count: int, most: int, month: int) -> Purchase:
        """Return the smallest larger count that meets the targets in a month, order and cost aside."""
        blank = Purchase(0, 0, count, None, None, None, month, most, None)
        if count >= most:
            return blank
        tried = self._tried(month)
        fleets = fleets_of(tried.scenario, {self.kind: (count + 1, most)}, Limits())
        found = search(tried, fleets)
        counts = [values[0] for values in fleets.allowed]
        low, high = (counts[place] if place < len(counts) else None for place in found.within(LEVEL))
        after = counts[found.place] if found.place < len(counts) else None
        return replace(blank, after=after, low=low, high=high)

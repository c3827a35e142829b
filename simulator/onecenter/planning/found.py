"""What a plan found: the best fleet, how sure that is, and what it means to buy it."""

from dataclasses import dataclass
from functools import cached_property

from onecenter.experiments.assessment import Assessment
from onecenter.planning.candidates import Candidate, Candidates, Values
from onecenter.planning.crossing import Choice
from onecenter.planning.fleets import Fleets
from onecenter.planning.limits import Limits
from onecenter.planning.purchase import Buy, buy
from onecenter.planning.question import Question
from onecenter.planning.search import LEVEL


@dataclass(frozen=True, repr=False)
class Found:
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

    @cached_property
    def chosen(self) -> Values | None:
        """Counts, in the order of `candidates.kinds`; None: no fleet of the ranges meets the targets."""
        allowed = self.fleets.allowed
        return allowed[self.found.place] if self.found.place < len(allowed) else None

    @cached_property
    def likely(self) -> list[Values | None]:
        """The fleets among which the best lies with 95 %, by the order of the search; None: one beyond the ranges."""
        allowed = self.fleets.allowed
        if len(self.candidates.kinds) == 1:
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
    def inside(self) -> list[Values]:
        """The likely fleets that lie in the ranges."""
        return [values for values in self.likely if values is not None]

    @property
    def decided(self) -> bool:
        """Whether one fleet alone is likely."""
        return not self.interrupted and self.chosen is not None and self.likely == [self.chosen]

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
        return None if self.chosen is None else buy(self.question.scenario, self.candidates.named(self.chosen))

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

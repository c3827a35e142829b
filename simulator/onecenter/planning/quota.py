"""The smallest quota of a platform that keeps every target, for the fleet as it is."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from onecenter.checks import PAIRED, decimal, one, shown
from onecenter.errors import PlanError
from onecenter.experiments.assessment import Assessment
from onecenter.experiments.replications import Replications, task_of
from onecenter.planning.asking import MAX_REPLICATIONS, checked
from onecenter.planning.candidates import FIRST_REPLICATIONS, Candidate, Progress
from onecenter.planning.question import Question
from onecenter.policies import Given, Policy
from onecenter.results.targets import targets_of
from onecenter.scenario import Scenario, with_set
from onecenter.scenario.overrides import names
from onecenter.simulation.running import ScenarioLike
from onecenter.words import Words

#: What is tried where no range is given, and the most values of one.
DEFAULT: Final = "5 %:100 %:5 %"
MOST: Final = 1_000

#: A nominal quota: an accelerator number, or a share of the type as text.
Value = float | str


def is_quota(path: str) -> bool:
    """Tell whether a path, perhaps with a range behind it, is one of a platform's nominal quota of a node type."""
    try:
        parts = names(path.partition("=")[0].strip())
    except ValueError:
        return False
    return len(parts) == 5 and (parts[0], *parts[2:4]) == ("platforms", "quota", "nominal")


@dataclass(eq=False)
class Quotas:
    """The values of a quota that were tried, by their place in the range, on the same random numbers."""

    scenario: Scenario
    policy: Policy
    path: str
    values: Sequence[Value]
    most: int  # replications of one value
    executor: Executor | None = None
    on_look: Progress | None = None
    tried: dict[int, Candidate] = field(default_factory=dict)

    def at(self, place: int) -> Candidate:
        """Return a value after as many replications as its verdict, or the limit, takes."""
        found = self.tried.get(place)
        if found is None:
            varied = with_set(self.scenario, {self.path: self.values[place]})
            runs = Replications(task_of(varied, self.policy), min(FIRST_REPLICATIONS, self.most), self.executor)
            found = self.tried[place] = Candidate({}, runs, None)
        n = FIRST_REPLICATIONS
        found.look(min(n, self.most))
        while found.verdict == "undecided" and n < self.most:
            n *= 2
            found.look(min(n, self.most))
        if self.on_look is not None:
            self.on_look(len(self.tried), sum(len(each.runs) for each in self.tried.values()))
        return found


@dataclass(frozen=True)
class QuotaPlan:
    """The answer to how small a platform's quota may be.

    Attributes
    ----------
    question : Question
        What was asked.
    path : str
        That of the quota.
    quotas : Quotas
        What was tried.
    answer : float, str or None
        The smallest value that surely keeps every target; None: none of the range does.
    """

    question: Question
    path: str
    quotas: Quotas
    answer: Value | None

    @property
    def platform(self) -> str:
        """Whose quota it is."""
        return names(self.path)[1]

    @property
    def tried(self) -> list[tuple[Value, Candidate]]:
        """The values that were tried, rising, with their replications."""
        return [(self.quotas.values[place], self.quotas.tried[place]) for place in sorted(self.quotas.tried)]

    def text(self, words: Words | None = None) -> str:
        """Say it in a sentence or two."""
        words = words or Words()
        named = {"platform": self.question.platform(self.platform, words), "kind": names(self.path)[4]}
        below = [place for place in self.quotas.tried if self.quotas.values[place] != self.answer]
        if self.answer is None:
            return words("quota.none", **named, list=self._missed(words, max(self.quotas.tried)))
        said = words("quota.answer", value=written(self.answer), **named)
        smaller = [place for place in below if place < self.quotas.values.index(self.answer)]
        if not smaller:
            return said
        value = written(self.quotas.values[max(smaller)])
        return said + words("quota.below", value=value, list=self._missed(words, max(smaller)))

    def _missed(self, words: Words, place: int) -> str:
        """Return the targets that a value does not surely keep."""
        listed = [one for one in self.quotas.tried[place].assessments if one.verdict != "met"]
        told = [f"{self.question.platform(one.platform, words)}, {one.target.said(words)}" for one in listed]
        return words("question.comma").join(told)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.question.as_dict(),
            "kind": "quota",
            "vary": self.path,
            "answer": None if self.answer is None else {self.path: self.answer},
            "tried": [
                {
                    "value": value,
                    "verdict": each.verdict,
                    "replications": len(each.runs),
                    "targets": [judged.as_dict() for judged in each.assessments],
                }
                for value, each in self.tried
            ],
            "text": {language: self.text(Words(language)) for language in ("en", "zh")},
        }


def written(value: Value) -> str:
    """Return a quota as it is written."""
    return value if isinstance(value, str) else f"{value:,g}"


def plan_quota(
    scenario: ScenarioLike,
    vary: str,
    *,
    seed: int | None = None,
    demand: float = 1.0,
    policy: Given | None = None,
    replications: int = MAX_REPLICATIONS,
    executor: Executor | None = None,
    on_look: Progress | None = None,
) -> QuotaPlan:
    """Return the smallest nominal quota of a platform that keeps every target of all platforms; the fleet is fixed.

    Parameters
    ----------
    scenario : Scenario, str or path
        With targets.
    vary : str
        "platforms.X.quota.nominal.T=LOW:HIGH:STEP", in accelerators or in percent of the type ("20 %:50 %:5 %");
        without a range from 5 % to 100 % in steps of 5 %.
    seed, demand, policy, executor, on_look : optional
        As for `plan`.
    replications : int
        Of one value, at the most.

    Raises
    ------
    PlanError
        If there is no such quota, the range makes no sense, or the platform has no target.

    Notes
    -----
    All values see the same jobs. With a larger quota of its own a platform waits less and the others more, so its own
    targets are bisected for; the value found must keep those of the others, too.
    """
    question = Question.of(scenario, (), seed, demand, policy)
    checked(question.scenario, None, one("replications", replications, PAIRED, PlanError))
    path, _, text = vary.partition("=")
    quotas = _quotas(question, path.strip(), text.strip() or DEFAULT, replications)
    quotas.executor, quotas.on_look = executor, on_look
    platform = names(quotas.path)[1]
    low, high = -1, len(quotas.values) - 1  # the last one that surely misses a target of its own, one that keeps them
    if not _keeps(quotas, high, platform):
        return QuotaPlan(question, quotas.path, quotas, None)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _keeps(quotas, middle, platform) else (middle, high)
    answer = quotas.values[high] if quotas.at(high).verdict == "met" else None
    return QuotaPlan(question, quotas.path, quotas, answer)


def _keeps(quotas: Quotas, place: int, platform: str) -> bool:
    """Tell whether a value surely keeps the platform's own targets."""
    own: list[Assessment] = [each for each in quotas.at(place).assessments if each.platform == platform]
    return all(each.verdict == "met" for each in own)


def _quotas(question: Question, path: str, text: str, most: int) -> Quotas:
    """Return the values of a range, each checked against the scenario."""
    platforms: Mapping[str, Any] = question.scenario.platforms
    if not is_quota(path):
        raise PlanError("vary", [f"{path}: a path such as platforms.X.quota.nominal.T is expected"])
    platform = names(path)[1]
    if platform not in platforms or not targets_of(platforms[platform]):
        right = 'one with a target is expected, such as wait = { p95 = "30 min" }'
        raise PlanError("vary", [f"{path}: {platform} has no target, so no quota is too small; {right}"])
    values = values_of(path, text)
    for value in (values[0], values[-1]):
        with_set(question.scenario, {path: value})  # what cannot be is told with its path
    return Quotas(question.scaled, question.policy, path, values, most)


def values_of(path: str, text: str) -> list[Value]:
    """Return the values of a range, "100:800:50" or "20 %:50 %:5 %"."""
    parts = [part.strip() for part in text.split(":")]
    percent = all(part.endswith("%") for part in parts)
    try:
        low, high, step = (Decimal(str(decimal(part.rstrip("% ")) if percent else decimal(part))) for part in parts)
        if step <= 0 or low < 0 or high < low or (high - low) / step >= MOST:
            raise ValueError
    except ValueError:
        right = f'low:high:step is expected, rising, at most {MOST:,} values, such as 100:800:50 or "20 %:50 %:5 %"'
        raise PlanError("vary", [f"{path}={shown(text)}: {right}"]) from None
    found = [low + step * k for k in range(int((high - low) / step) + 1)]
    return [f"{value.normalize():f} %" if percent else float(value) for value in found]

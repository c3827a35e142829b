"""One result as the report sees it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onecenter.errors import ScenarioError
from onecenter.fleet import accelerators_of
from onecenter.report.numbers import Numbers
from onecenter.report.words import Words
from onecenter.results.targets import Target
from onecenter.scenario import Scenario, from_dict
from onecenter.simulation.result import Result
from onecenter.traces import Quality
from onecenter.units import format_accelerators


@dataclass(frozen=True)
class Subject:
    """A result with what belongs to it.

    Attributes
    ----------
    result : Result
        The result.
    name : str
        Of its file or folder.
    scenario : Scenario or None
        What was run; None: a log was replayed.
    """

    result: Result
    name: str
    scenario: Scenario | None

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Its figures."""
        return self.result.summary()

    @property
    def replay(self) -> Mapping[str, Any] | None:
        """Which log was replayed, on what, and what was left out; None: a scenario was run."""
        found: Mapping[str, Any] | None = self.result.provenance.get("replay")
        return found

    @property
    def platforms(self) -> tuple[str, ...]:
        """Names of the platforms; their order is that of the colours."""
        return self.result.workload.platforms

    @property
    def capacity(self) -> int:
        """Accelerators of the center."""
        return accelerators_of(self.result.fleet)

    @property
    def nodes(self) -> int:
        """Nodes of the center."""
        return sum(kind.count for kind in self.result.fleet)

    def title(self, language: str) -> str:
        """Return the scenario's title for people."""
        title = self.scenario.title if self.scenario else None
        return (getattr(title, language) if title else "") or str(self.result.provenance.get("name"))

    def labels(self, language: str) -> dict[str, str]:
        """Return the platforms' names for people."""
        return {name: str(self.result.label(name, language)) for name in self.platforms}

    def judged(self) -> Iterator[tuple[str, Target, Mapping[str, Any]]]:
        """Give each target with its platform and what the run says about it."""
        for name in self.platforms:
            judgements = self.summary["platforms"][name]["targets"]
            for target, one in zip(self.result.targets.get(name, ()), judgements, strict=True):
                yield name, target, one


def subject_of(result: Result, name: str) -> Subject:
    """Return a result as the report sees it; whatever is wrong in it shows here."""
    given = result.provenance.get("scenario")
    try:
        scenario = from_dict(given, name) if isinstance(given, Mapping) else None
    except ScenarioError as error:
        raise ValueError(f"its scenario: {error.mistakes[0]}") from error
    found = Subject(result, name, scenario)
    for language in ("en", "zh"):
        found.labels(language)
    list(found.judged())
    if found.replay is not None:
        Quality.of(found.replay["quality"])
        str(found.replay["trace"]["sha256"])
    return found


def what(target: Target, words: Words, numbers: Numbers) -> str:
    """Return a target without its limit: "p95 wait", "95 分位等待时间"."""
    text = words(f"{target.kind} percentile", percentile=numbers.percentile(target.percentile))
    bounds = [f"> {format_accelerators(target.above)}"] if target.above is not None else []
    if target.max_accelerators is not None:
        bounds.append(f"≤ {format_accelerators(target.max_accelerators)}")
    return words("sizes", what=text, sizes=words("comma").join(bounds)) if bounds else text

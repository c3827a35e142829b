"""One result as the report sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onecenter.errors import ScenarioError
from onecenter.fleet import accelerators_of
from onecenter.scenario import Scenario, from_dict
from onecenter.simulation.result import Result
from onecenter.traces import Quality
from onecenter.words import LANGUAGES


@dataclass(frozen=True)
class Subject:
    """A result with what belongs to it."""

    result: Result
    name: str  # of its file or folder
    scenario: Scenario | None  # what was run; None: a log was replayed

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
    def capacity(self) -> int:
        """Accelerators of the center."""
        return accelerators_of(self.result.fleet)

    @property
    def nodes(self) -> int:
        """Nodes of the center."""
        return sum(kind.count for kind in self.result.fleet)

    def title(self, language: str) -> str:
        """Return the scenario's title for people; of a replay the log's name."""
        return self.scenario.title_in(language) if self.scenario else str(self.result.provenance.get("name"))


def subject_of(result: Result, name: str) -> Subject:
    """Return a result as the report sees it; whatever is wrong in it shows here."""
    given = result.provenance.get("scenario")
    try:
        scenario = from_dict(given, name) if isinstance(given, Mapping) else None
    except ScenarioError as error:
        raise ValueError(f"its scenario: {error.mistakes[0]}") from error
    found = Subject(result, name, scenario)
    for language in LANGUAGES:
        result.labels_in(language)
    list(result.judged())
    if found.replay is not None:
        Quality.of(found.replay["quality"])
        str(found.replay["trace"]["sha256"])
    return found

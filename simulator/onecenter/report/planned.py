"""A plan as the report reads it: what was asked, the answer, the fleets that were tried."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from onecenter.fleet import NodeType
from onecenter.results.targets import Target, targets_of
from onecenter.scenario import Scenario, from_dict, with_set
from onecenter.scenario.overrides import names, split
from onecenter.simulation.provenance import hash_of
from onecenter.simulation.running import labels_of

Number = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Verdict = Literal["met", "missed", "undecided"]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PlannedTarget(_Plain):
    """How a target stands under a fleet; `limit`, `value`, `low`, `high` in s, or factors."""

    platform: str
    what: str
    limit: Number
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    miss_share: Share | None = None
    verdict: Verdict


class Fleet(_Plain):
    """A fleet that was tried."""

    values: dict[str, Count]
    nodes: Count
    cost: Number | None = None
    replications: Count | None = None
    verdict: Verdict
    targets: list[PlannedTarget]


class Check(_Plain):
    """An M/G/c approximation of the answer."""

    p95_s: Number | None = None


class Bounds(_Plain):
    """Limits on the fleet: money per year, W, racks."""

    budget: Number | None = None
    power_cap: Number | None = None
    racks: Count | None = None


class PlanFile(_Plain):
    """A plan as `onecenter plan --json` prints it."""

    scenario: str
    seed: Annotated[int, Field(ge=0)] | None = None
    set: list[str] = Field(default_factory=list)
    demand: Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)] = 1.0
    scenario_hash: str
    resolved: dict[str, Any]
    versions: dict[str, str | None] = Field(default_factory=dict)
    kernel_hash: str | None = None
    answer: dict[str, Count]
    window_d: Number | None = None
    limits: Bounds = Bounds()
    undecided: list[dict[str, Count]] = Field(default_factory=list)
    check: Check | None = None
    text: dict[str, str] = Field(default_factory=dict)
    tried: Annotated[list[Fleet], Field(min_length=1)]

    @cached_property
    def planned(self) -> Scenario:
        """The scenario with the overrides, before the demand is scaled and the fleet varies.

        Raises
        ------
        ScenarioError
            If it is none.
        """
        return from_dict(self.resolved, self.scenario)

    @property
    def mistakes(self) -> list[str]:
        """What does not fit together in it."""
        found = []
        if hash_of(self.resolved) != self.scenario_hash or self.planned.name != self.scenario:
            found.append("its scenario is another one than its name and hash say")
        known = {f"center.nodes.{name}.count" for name in self.planned.center.nodes}
        found += [f"it varies {path}, which its scenario does not have" for path in self.paths if path not in known]
        if self.answer and self.answer.keys() != set(self.paths):
            found.append("its answer is about other node counts than it varies")
        try:
            _ = [names(path) for path in self.overridden]
        except ValueError as error:
            found.append(f"its overrides: {error}")
        return found

    @property
    def overridden(self) -> list[str]:
        """The paths of the overrides; ValueError if one is none."""
        return [split(text)[0] for text in self.set]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the node counts that vary."""
        return tuple(dict.fromkeys(path for fleet in self.tried for path in fleet.values))

    @property
    def fleet(self) -> Fleet | None:
        """The fleet of the answer, if it was tried."""
        return next((fleet for fleet in self.tried if self.answer and fleet.values == self.answer), None)

    @property
    def bought(self) -> tuple[NodeType, ...]:
        """The node types with the counts of the answer; empty where there is no answer."""
        return with_set(self.planned, self.answer).fleet if self.answer else ()

    @property
    def targets(self) -> dict[tuple[str, str], Target]:
        """Each target by platform and name."""
        platforms = self.planned.platforms.items()
        return {(name, target.name): target for name, platform in platforms for target in targets_of(platform)}

    def title(self, language: str) -> str:
        """Return the scenario's title for people."""
        return (getattr(self.planned.title, language) if self.planned.title else "") or self.scenario

    def labels(self, language: str) -> dict[str, str]:
        """Return the platforms' names for people."""
        found = labels_of(self.planned)
        return {name: texts.get(language) or name for name, texts in found.items()}

"""A plan as plain data: the one model that `onecenter plan --json` writes and the report reads."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer

from onecenter.errors import PolicyError
from onecenter.experiments.assessment import Assessment
from onecenter.fleet import NodeType
from onecenter.planning.candidates import path_of
from onecenter.policies import Policy
from onecenter.results.targets import Target, targets_of
from onecenter.scenario import Scenario, from_dict, with_set
from onecenter.scenario.overrides import names, split
from onecenter.simulation.provenance import hash_of

Number = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Verdict = Literal["met", "missed", "undecided"]
Counts = dict[str, Count]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PlannedTarget(_Plain):
    """How a target stands under a fleet, as `Assessment.as_dict` says it."""

    platform: str
    what: str
    limit: Number
    allowed: Share = 0.0
    late: Share | None = None
    late_low: Share | None = None
    late_high: Share | None = None
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    reason: str = ""
    miss_share: Share = 0.0
    periods: Count = 0
    jobs: Count = 0
    verdict: Verdict
    needed: int | None = None


class PlannedFleet(_Plain):
    """A fleet that was tried, as `candidates.as_dict` says it."""

    values: Counts
    nodes: Count
    cost: Number | None = None
    replications: Count | None = None
    verdict: Verdict
    overloaded: bool = False
    platforms: dict[str, Counts] = Field(default_factory=dict)
    targets: list[PlannedTarget]


class Approximation(_Plain):
    """M/G/c of the center."""

    servers: Count = 0  # accelerators
    load: Number = 0.0  # offered load of each
    variation: Number = 0.0  # squared coefficient of variation of the run times
    mean_s: Number | None = None  # of the waits; None: the load is 1 or more
    p95_s: Number | None = None


class Bounds(_Plain):
    """Limits on the fleet: money per year, W, racks, and what is to be small."""

    budget: Number | None = None
    power_cap: Number | None = None
    racks: Count | None = None
    minimise: str = "nodes"


class PlanFile(_Plain):
    """A plan."""

    scenario: str
    seed: Annotated[int, Field(ge=0)] | None = None
    set: list[str] = Field(default_factory=list)
    demand: Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)] = 1.0
    policy: dict[str, Any] = Field(default_factory=dict)
    scenario_hash: str
    resolved: dict[str, Any]
    versions: dict[str, str | None] = Field(default_factory=dict)
    kernel_hash: str | None = None
    answer: Counts
    low: Counts | None = None
    high: Counts | None = None
    level: Share = 0.95
    decided: bool = False
    interrupted: bool = False
    undecided: list[Counts] = Field(default_factory=list)
    buy: dict[str, int] | None = None
    cost: Number | None = None
    order_by: str | None = None
    window_d: Number | None = None
    replications: Count = 0
    limits: Bounds = Bounds()
    binding: dict[str, str | list[str]] = Field(default_factory=dict)
    fewest_nodes_that_hold: Counts = Field(default_factory=dict)
    meets: dict[str, dict[str, Any]] = Field(default_factory=dict)
    check: Approximation | None = None
    text: dict[str, str] = Field(default_factory=dict)
    front: list[dict[str, Any]] = Field(default_factory=list)
    tried: Annotated[list[PlannedFleet], Field(min_length=1)]

    @field_serializer("limits")
    def _given(self, limits: Bounds) -> dict[str, Any]:
        return limits.model_dump(exclude_none=True)

    @cached_property
    def planned(self) -> Scenario:
        """The scenario with the overrides, before the demand is scaled and the fleet varies."""
        return from_dict(self.resolved, self.scenario)

    @cached_property
    def rules(self) -> Policy:
        """The policy under which it holds."""
        parts = {name: part for name, part in self.policy.items() if name != "name"}
        try:
            return Policy(**parts) if parts else self.planned.policy_
        except TypeError as error:
            raise PolicyError("policy", [str(error)]) from None

    @property
    def mistakes(self) -> list[str]:
        """What does not fit together in it."""
        found = []
        if hash_of(self.resolved) != self.scenario_hash or self.planned.name != self.scenario:
            found.append("its scenario is another one than its name and hash say")
        varied = dict.fromkeys(path for fleet in self.tried for path in fleet.values)
        found += [f"it varies {path}, which its scenario does not have" for path in varied if path not in self._types]
        if self.answer and self.answer.keys() != varied.keys():
            found.append("its answer is about other node counts than it varies")
        judged = dict.fromkeys((one.platform, one.what) for fleet in self.tried for one in fleet.targets)
        try:
            _ = self.rules
        except PolicyError as error:
            found += [f"its policy: {mistake}" for mistake in error.mistakes]
        unknown = [one for one in judged if one not in self.targets]
        found += [f"it judges {platform}, {what}, which is no target of its scenario" for platform, what in unknown]
        try:
            _ = [names(path) for path in self.overridden]
        except ValueError as error:
            found.append(f"its overrides: {error}")
        return found

    @cached_property
    def _types(self) -> dict[str, str]:
        """The node types by the paths of their counts."""
        return {path_of(name): name for name in self.planned.center.nodes}

    def node_types(self, values: Counts) -> dict[str, int]:
        """Return counts by node type instead of by path."""
        return {self._types[path]: count for path, count in values.items()}

    @property
    def overridden(self) -> list[str]:
        """The paths of the overrides; ValueError if one is none."""
        return [split(text)[0] for text in self.set]

    @property
    def paths(self) -> list[str]:
        """The paths of the node counts that vary."""
        return list(dict.fromkeys(path for fleet in self.tried for path in fleet.values))

    @property
    def fleet(self) -> PlannedFleet | None:
        """The fleet of the answer, if it was tried."""
        return next((fleet for fleet in self.tried if self.answer and fleet.values == self.answer), None)

    @property
    def bought(self) -> tuple[NodeType, ...]:
        """The node types with the counts of the answer; empty where there is no answer."""
        return with_set(self.planned, self.answer).fleet if self.answer else ()

    @cached_property
    def targets(self) -> dict[tuple[str, str], Target]:
        """Each target by platform and name."""
        platforms = self.planned.platforms.items()
        return {(name, one.name): one for name, platform in platforms for one in targets_of(platform)}

    def assessments(self, fleet: PlannedFleet) -> list[Assessment]:
        """Return how the targets stand under a fleet, each with its target."""
        measured = [one.model_dump(exclude={"what", "limit", "allowed"}) for one in fleet.targets]
        targets = [self.targets[one.platform, one.what] for one in fleet.targets]
        return [Assessment(target=target, **found) for target, found in zip(targets, measured, strict=True)]

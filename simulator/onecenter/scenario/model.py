"""The scenario: time, center, platforms and policy."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from onecenter import units
from onecenter.checks import did_you_mean
from onecenter.fleet import MAX_NODE_TYPES, NodeType, too_large
from onecenter.policies import Policy
from onecenter.scenario.demand import ListedJob, Stream
from onecenter.scenario.dependencies import Listed, mistakes_in
from onecenter.scenario.few import Few
from onecenter.scenario.growth import Growth, unknown_names
from onecenter.scenario.policy import PolicyTable
from onecenter.scenario.quantities import (
    MAX_COUNT,
    Duration,
    Integer,
    Memory,
    Name,
    Percentile,
    PositiveDuration,
    Power,
    Priority,
    Real,
    Thousandths,
)
from onecenter.scenario.sharing import (
    Cohort,
    Limits,
    PlatformQuota,
    Preemption,
    Queueing,
    RootQuota,
    Tier,
    Weight,
    cohort_mistakes,
    quota_mistakes,
)
from onecenter.scenario.table import Mistake, Table
from onecenter.scenario.time import Time

Money = Annotated[Real, Field(ge=0, le=1e15)]

class Text(Table):
    """A text in English and Chinese."""

    en: str = Field(default="", description="English")
    zh: str = Field(default="", description="Chinese")


class Nodes(Table):
    """A number of equal nodes."""

    count: Annotated[Integer, Field(ge=1, le=MAX_COUNT)] = Field(description="nodes")
    model: str = Field(default="", description="model of the accelerator")
    accelerators: Annotated[Integer, Field(ge=0, le=1_024)] = Field(description="accelerators per node")
    cpus: Thousandths = Field(default=0, description="cpus per node")
    memory: Memory = Field(default=0, description="memory per node")
    fp16_tflops: Annotated[Real, Field(ge=0, le=1e9)] = Field(
        default=0.0, description="dense FP16 TFLOPS of one accelerator"
    )
    idle_power: Power = Field(default=0.0, description="power of a node of which nothing is in use")
    full_power: Power = Field(
        default=0.0, description="power of a node whose accelerators (of one without any: cpus) are all in use"
    )
    nodes_per_rack: Annotated[Integer, Field(ge=1, le=MAX_COUNT)] = Field(
        default=1, description="nodes per rack; a rack holds one node type only"
    )
    price: Money = Field(default=0.0, description="price of a node; 0: not known")
    lifetime: PositiveDuration = Field(default=5 * units.MS["y"], description="over which the price is written off")
    running_cost: Money = Field(default=0.0, description="yearly cost of a node, energy aside")
    lead_time: Duration = Field(default=0, description="from the order to service")

    def check_power(self) -> Iterator[Mistake]:
        """Idle at most full."""
        if self.idle_power > self.full_power:
            right = f"must not be above full_power, {units.power_text(self.full_power)}"
            yield ("idle_power",), right


class Site(Table):
    """The building around the nodes: what energy costs and causes."""

    currency: str = Field(default="CNY", description="of all money")
    tariff: Money = Field(default=0.0, description="price per kWh; 0: not known")
    pue: Annotated[Real, Field(ge=1, le=10)] = Field(
        default=1.0, description="power usage effectiveness: power of the site over that of the nodes"
    )
    carbon: Annotated[Real, Field(ge=0, le=100)] = Field(default=0.0, description="kg CO2 per kWh; 0: not known")


class Center(Table):
    """The pool of nodes that the platforms share."""

    site: Site = Field(default=Site(), description="the building: tariff, PUE, carbon")

    nodes: Annotated[Mapping[Name, Nodes], Field(min_length=1), Few(MAX_NODE_TYPES, "node types")] = Field(
        description=f"node types by name, at most {MAX_NODE_TYPES}, in the order in which they are tried"
    )

    cohorts: Annotated[Mapping[Name, Cohort], Few(1_000, "cohorts")] = Field(
        default={}, description="inner nodes of the quota tree by name; the center is the root"
    )
    quota: RootQuota | None = Field(default=None, description="quota of the center itself, which all share")

    def check_size(self) -> Iterator[Mistake]:
        """As many nodes and accelerators as memory can hold."""
        for right in too_large((kind.count, kind.accelerators) for kind in self.nodes.values()):
            yield ("nodes",), right


Factor = Annotated[Real, Field(ge=1, le=1e9)]
Waits = Annotated[Mapping[Percentile, Duration], Field(min_length=1), Few(100, "targets")]
Expansions = Annotated[Mapping[Percentile, Factor], Field(min_length=1), Few(100, "targets")]
Notes = Annotated[tuple[str, ...], Few(10_000, "notes")]


class SizeTarget(Table):
    """Targets of the jobs of one size class: larger than the class before, up to max_accelerators."""

    max_accelerators: Thousandths = Field(description="largest gang of the class, in accelerators in all")
    wait: Waits | None = Field(default=None, description="as of the platform")
    expansion: Expansions | None = Field(default=None, description="as of the platform")

    def check_any(self) -> Iterator[Mistake]:
        """A class without a target says nothing."""
        if self.wait is None and self.expansion is None:
            yield (), 'a target is missing; write for example wait = { p95 = "30 min" }'


class Platform(Table):
    """A platform: a queue with its users, its priority and its service targets."""

    label: Text | None = Field(default=None, description="name for people; default the platform's name")
    priority: Priority = Field(default=0, description='under order = "priority", higher goes first')
    wait: Waits | None = Field(
        default=None, description='targets for the wait (start - submit) by percentile: { p95 = "30 min" }'
    )
    expansion: Expansions | None = Field(
        default=None, description="targets for (wait + run) / run by percentile: { p95 = 2.2 }"
    )
    sizes: Annotated[tuple[SizeTarget, ...], Few(1_000, "size classes")] | None = Field(
        default=None, description="targets by size class, rising"
    )
    cohort: Name | None = Field(
        default=None, description="the cohort that it borrows from and lends to; default the center itself"
    )
    quota: PlatformQuota | None = Field(
        default=None, description="its share of the center; where no quota is given at all, nobody is asked for one"
    )
    queueing: Queueing = Field(
        default="best-effort",
        description="strict: after its first job that does not start, no other of it starts in the pass",
    )
    tier: Tier = Field(
        default=0, description="under preemption = tier: its jobs go before those of lower tiers, and may evict them"
    )
    preemption: Preemption | None = Field(
        default=None, description="under preemption = kueue: whom its jobs may evict for quota; default nobody"
    )
    weight: Weight = Field(default=1_000, description="under fair_sharing: its share is divided by it")
    limits: Limits | None = Field(default=None, description="limits of all its jobs together")
    tenant_limits: Limits | None = Field(default=None, description="limits of each of its tenants")
    demand: Annotated[Mapping[Name, Stream], Few(1_000, "streams")] = Field(
        default_factory=dict, description="streams of jobs by name"
    )

    def check_sizes(self) -> Iterator[Mistake]:
        """Rising."""
        largest = [target.max_accelerators for target in self.sizes or ()]
        for i, (before, after) in enumerate(pairwise(largest)):
            if after <= before:
                right = f"must be above that of the class before, {units.format_accelerators(before)}"
                yield ("sizes", i + 1, "max_accelerators"), right


class Scenario(Table):
    """A center, its platforms with their demand, a policy, and the time simulated."""

    name: Name = Field(default="scenario", description="name of the scenario; default the file's")
    title: Text | None = Field(default=None, description="title for people")
    notes: Notes = Field(default=(), description="sources and assumptions")
    notes_zh: Notes = Field(
        default=(), description="the notes in Chinese, as many and in the same order; a Chinese report shows these"
    )
    time: Time = Field(description="when and how long")
    center: Center = Field(description="the nodes")
    platforms: Annotated[Mapping[Name, Platform], Field(min_length=1), Few(1_000, "platforms")] = Field(
        description="platforms by name"
    )
    policy: PolicyTable = Field(default=PolicyTable(), description="how jobs are scheduled")
    growth: Growth | None = Field(
        default=None, description="how demand changes from month to month; a run is of month 0, plans look ahead"
    )
    _changes: tuple[str, ...] = PrivateAttr(default=())

    def check_growth(self) -> Iterator[Mistake]:
        """What grows is there."""
        if self.growth is not None:
            demand = {name: platform.__dict__.get("demand") or {} for name, platform in self.platforms.items()}
            yield from unknown_names(self.growth, demand)

    def check_shares(self) -> Iterator[Mistake]:
        """Shares are of platforms that there are."""
        order = getattr(self.__dict__.get("policy"), "__dict__", {}).get("order")
        for key in ("shares", "tenant_shares"):
            for name in getattr(order, "__dict__", {}).get(key) or ():
                if name not in self.platforms:
                    near = did_you_mean(name, self.platforms)
                    yield ("policy", "order", key, name), f"no such platform; {near}{', '.join(self.platforms)} are"

    def check_dependencies(self) -> Iterator[Mistake]:
        """Jobs come after jobs that there are, and not in a circle."""
        yield from mistakes_in(
            [
                Listed(("platforms", platform, "demand", name, "jobs", i), job)
                for platform, name, stream in self.streams
                for i, job in enumerate(stream.__dict__.get("jobs") or ())
                if isinstance(job, ListedJob)
            ]
        )

    def check_node_types(self) -> Iterator[Mistake]:
        """A stream may use node types that the center has."""
        known = list(self.center.nodes)
        for platform, name, stream in self.streams:
            allowed = stream.__dict__.get("node_types") or ()  # absent where it is wrong itself
            for i, node_type in enumerate(allowed):
                loc = ("platforms", platform, "demand", name, "node_types", i)
                if node_type not in known:
                    yield loc, f"no such node type; {did_you_mean(node_type, known)}the center has {', '.join(known)}"
                elif node_type in allowed[:i]:
                    yield loc, "each node type stands once"

    def check_sharing(self) -> Iterator[Mistake]:
        """Cohorts and node types of quotas that there are."""
        cohorts = self.center.__dict__.get("cohorts") or {}
        members = {name: platform.__dict__.get("cohort") for name, platform in self.platforms.items()}
        yield from cohort_mistakes(cohorts, members)
        nodes = self.center.__dict__.get("nodes") or {}
        parts: list[tuple[tuple[str, ...], Any]] = [(("center", "quota"), self.center.__dict__.get("quota"))]
        parts += [(("center", "cohorts", name, "quota"), each.__dict__.get("quota")) for name, each in cohorts.items()]
        parts += [(("platforms", name, "quota"), each.__dict__.get("quota")) for name, each in self.platforms.items()]
        for loc, part in parts:
            yield from quota_mistakes(loc, part, nodes)

    @property
    def fleet(self) -> tuple[NodeType, ...]:
        """The node types in the order listed."""
        own = [each.name for each in fields(NodeType) if each.name not in ("name", "tflops")]
        return tuple(
            NodeType(name=name, tflops=nodes.fp16_tflops, **{key: getattr(nodes, key) for key in own})
            for name, nodes in self.center.nodes.items()
        )

    @property
    def policy_(self) -> Policy:
        """The policy as the core takes it."""
        return self.policy.policy

    @property
    def changes(self) -> tuple[str, ...]:
        """The "path=value" texts by which it differs from its file; they are no part of `resolved`."""
        return self._changes

    def with_changes(self, changes: Iterable[str]) -> "Scenario":
        """Return the scenario with other texts as its changes, which are in it already."""
        found = self.model_copy()
        found._changes = tuple(changes)
        return found

    def with_policy(self, policy: Policy) -> "Scenario":
        """Return the scenario under another policy."""
        return self.model_copy(update={"policy": PolicyTable.of(policy)})

    def node_types(self, stream: Stream) -> tuple[int, ...]:
        """Return the node types a stream may use, as indices into the fleet, the preferred first."""
        names = list(self.center.nodes)
        return tuple(range(len(names)) if stream.node_types is None else map(names.index, stream.node_types))

    def resolved(self) -> dict[str, Any]:
        """Return the scenario in the words of the file, as plain values, defaults included."""
        return self.model_dump(mode="json", exclude_none=True)

    def title_in(self, language: str) -> str:
        """Return its title for people in "en" or "zh", or its name where there is none."""
        return (getattr(self.title, language) if self.title else "") or self.name

    def labels_in(self, language: str) -> dict[str, str]:
        """Return the platforms' names for people in "en" or "zh"; a platform without one has its own name."""
        found = {name: platform.label for name, platform in self.platforms.items()}
        return {name: (getattr(label, language) if label else "") or name for name, label in found.items()}

    @property
    def sha256(self) -> str:
        """SHA-256 of `resolved` as JSON: UTF-8, no blanks, keys in the scenario's order."""
        text = json.dumps(self.resolved(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def streams(self) -> tuple[tuple[str, str, Stream], ...]:
        """All streams as (platform, name, stream), in the order of the file."""
        return tuple(
            (platform, name, stream)
            for platform, table in self.platforms.items()
            for name, stream in table.demand.items()
        )

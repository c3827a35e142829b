"""Demand: what the users of a platform ask for, and when."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, Strict

from onecenter.fleet import MAX_NODE_TYPES
from onecenter.scenario.arrivals import Arrivals
from onecenter.scenario.few import Few
from onecenter.scenario.quantities import (
    MAX_COUNT,
    Accelerators,
    Duration,
    Integer,
    Memory,
    Name,
    PositiveDuration,
    Priority,
    Real,
    Share,
    Thousandths,
)
from onecenter.scenario.run_times import RunTimes
from onecenter.scenario.sharing import Checkpoint, Limits, Tier
from onecenter.scenario.table import SHARE_TOLERANCE, Absent, Mistake, Table, sums_to_one

Positive = Annotated[Real, Field(gt=0, le=1e9)]
Tasks = Annotated[Integer, Field(ge=1, le=MAX_COUNT)]
Spread = Literal["tasks", "any"]


class Request(Table):
    """What a job asks for: equal tasks, all started at once on nodes of one type."""

    accelerators: Accelerators = Field(
        description="accelerators per task: whole, or a fraction of one with at most three decimals, or 0"
    )
    tasks: Tasks = Field(default=1, description="equal tasks (spread any: accelerators of the job)")
    cpus: Thousandths = Field(default=0, description="cpus per task (spread any: per accelerator)")
    memory: Memory = Field(default=0, description="memory per task (spread any: per accelerator)")
    spread: Spread = Field(
        default="tasks", description="tasks: each task on one node; any: single accelerators wherever they are free"
    )

    def check_spread(self) -> Iterator[Mistake]:
        """Spread any means whole accelerators, one by one."""
        if self.spread == "any" and self.accelerators != 1_000:
            yield (
                ("spread",),
                'with "any" a task is one accelerator; write accelerators = 1 and tasks = the number wanted',
            )


class Size(Request):
    """One row of the table of sizes."""

    share: Share = Field(default=1.0, description="share of the stream's jobs; the shares sum to 1")


def _factor_range(value: object) -> object:
    """Return a single factor as a range of one value; a list stays as it is."""
    return value if isinstance(value, list | tuple) else (value, value)


def _factor_text(factors: tuple[float, float]) -> float | list[float]:
    return factors[0] if factors[0] == factors[1] else list(factors)


Factors = Annotated[
    tuple[Annotated[Real, Field(gt=0, le=1e6)], Annotated[Real, Field(gt=0, le=1e6)]],
    BeforeValidator(_factor_range, json_schema_input_type=float | tuple[float, float]),
    PlainSerializer(_factor_text, return_type=float | list[float], when_used="json"),
]


class Walltime(Table):
    """What users ask for: a factor over the run time, rounded to what people type, limited.

    A job that runs longer than its walltime is killed.
    """

    factor: Factors = Field(default=(1.0, 1.0), description="times the run time: a number, or [low, high] log-uniform")
    round: Annotated[tuple[PositiveDuration, ...], Field(min_length=1), Few(1_000, "steps")] | None = Field(
        default=None,
        description="rising; the walltime is rounded up to the next of these, or to a multiple of the last",
    )
    limit: PositiveDuration | None = Field(default=None, description="no walltime is longer, after rounding")

    def check_factor(self) -> Iterator[Mistake]:
        """Low before high."""
        low, high = self.factor
        if low > high:
            yield ("factor",), "the lower comes first: [low, high]"

    def check_round(self) -> Iterator[Mistake]:
        """Rising."""
        steps = self.round or ()
        if any(after <= before for before, after in pairwise(steps)):
            yield ("round",), "each must be longer than the one before"


class Ending(Table):
    """Jobs that end in a certain way."""

    share: Share = Field(description="share of the stream's jobs")
    used: tuple[Share, Share] = Field(
        default=(0.0, 1.0), description="[low, high]: they use a share of their run time, uniform between the two"
    )

    def check_used(self) -> Iterator[Mistake]:
        """Low before high."""
        low, high = self.used
        if low > high:
            yield ("used",), "the lower comes first: [low, high]"


class Outcome(Table):
    """How jobs end by themselves; the rest completes."""

    cancelled: Ending | None = Field(default=None, description="cancelled by their user while running")
    failed: Ending | None = Field(default=None, description="failed by themselves")

    def check_shares(self) -> Iterator[Mistake]:
        """At most the whole."""
        total = sum(ending.share for ending in (self.cancelled, self.failed) if ending is not None)
        if total > 1 + SHARE_TOLERANCE:
            yield (), f"the shares of cancelled and failed sum to {total:.6g}; at most 1 is expected"


class Tenants(Table):
    """The users or firms of a stream."""

    count: Annotated[Integer, Field(ge=1, le=MAX_COUNT)] = Field(description="tenants")
    zipf: Annotated[Real, Field(ge=0, le=10)] = Field(
        default=0.0, description="the k-th tenant's share of jobs is proportional to k ** -zipf; 0: equal"
    )


class Deadline(Table):
    """When a job should have ended; counted from its submit."""

    factor: Positive | None = Field(default=None, description="so many times the run time after the submit")
    after: PositiveDuration | None = Field(default=None, description="so long after the submit")

    def check_one(self) -> Iterator[Mistake]:
        """Exactly one of the two."""
        if (self.factor is None) == (self.after is None):
            yield (), "exactly one of factor and after is expected"


class Array(Table):
    """Several jobs in place of one, of which few run at a time."""

    size: Annotated[Integer, Field(ge=1, le=MAX_COUNT)] = Field(description="jobs")
    at_most: Annotated[Integer, Field(ge=1, le=MAX_COUNT)] | None = Field(
        default=None, description="jobs of it in the queue or running at a time, the others are held; default all"
    )


Others = Annotated[tuple[Name, ...], Few(1_000, "jobs")]


class ListedJob(Request):
    """One job of a listed stream, or an array of such jobs."""

    name: Name | None = Field(default=None, description="by which other listed jobs of the scenario come after it")
    after: Others | None = Field(
        default=None, description="names of jobs that must have ended before, in whatever way; an array: all its jobs"
    )
    after_ok: Others | None = Field(
        default=None, description="names of jobs that must have completed before; if one no longer can, it is cancelled"
    )
    array: Array | None = Field(default=None, description="so many equal jobs in place of one")

    submit: Duration = Field(description="after the scenario's start")
    run_time: PositiveDuration = Field(description="how long it runs by itself")
    walltime: PositiveDuration | None = Field(default=None, description="what was asked; default the run time")
    outcome: Literal["completed", "failed", "cancelled_running"] = Field(
        default="completed", description="how it ends if it is not killed at its walltime"
    )
    columns: Annotated[Mapping[Name, Real], Few(100, "columns")] = Field(
        default={}, description='numbers by name, for order = "column:NAME"; a job without one goes last'
    )

    @property
    def count(self) -> int:
        """How many jobs it stands for."""
        return 1 if self.array is None else self.array.size


class Stream(Table):
    """A stream of jobs: drawn (arrivals, sizes, run_time), or listed one by one (jobs)."""

    scale: Annotated[Real, Field(ge=0, le=1e6)] = Field(
        default=1.0, description="multiplies the rate of arrivals, or the roster of a timetable"
    )
    node_types: Annotated[tuple[Name, ...], Field(min_length=1), Few(MAX_NODE_TYPES, "node types")] | None = Field(
        default=None, description="node types allowed, the preferred first; default all, in the order of the center"
    )
    arrivals: Arrivals | None = Field(default=None, description="when jobs are submitted")
    sizes: Annotated[tuple[Size, ...], Field(min_length=1), Few(10_000, "sizes")] | None = Field(
        default=None, description="what they ask for, by share"
    )
    run_time: RunTimes | None = Field(default=None, description="how long they would run if nothing ended them early")
    walltime: Walltime | None = Field(default=None, description="what users ask for; default exactly the run time")
    outcome: Outcome | None = Field(default=None, description="how jobs end; default all complete")
    tenants: Tenants | None = Field(default=None, description="who submits; default one tenant")
    deadline: Deadline | None = Field(default=None, description="measured as on_time, never enforced")
    patience: PositiveDuration | None = Field(
        default=None, description="a job still waiting so long after its submit is cancelled; default never"
    )
    priority: Priority | None = Field(default=None, description="default the platform's; higher goes first")
    limits: Limits | None = Field(default=None, description="limits of its jobs together")
    array: Array | None = Field(
        default=None, description="so many jobs at each arrival, of one tenant and size; each draws its run time"
    )
    tier: Tier | None = Field(default=None, description="default the platform's")
    preemptible: Annotated[bool, Strict()] = Field(default=True, description="its jobs may be evicted")
    grace: Duration = Field(default=0, description="how long an evicted job holds its nodes; it does no work then")
    requeue: Annotated[Integer, Field(ge=0, le=MAX_COUNT)] | None = Field(
        default=None, description="how often a job waits again after it was evicted; default always"
    )
    checkpoint: Checkpoint | None = Field(default=None, description="how its jobs save their work; default not at all")
    jobs: Annotated[tuple[ListedJob, ...], Few(100_000, "jobs")] | None = Field(
        default=None, description="the jobs, one by one"
    )

    @property
    def at_once(self) -> int:
        """How many jobs an arrival submits."""
        return 1 if self.array is None else self.array.size

    def check_kind(self) -> Iterator[Mistake]:
        """Drawn or listed."""
        own = self.__dict__
        if self.jobs is None:
            for key in ("arrivals", "sizes", "run_time"):
                if own.get(key, Absent) is None:
                    yield (key,), Absent("missing; a stream has arrivals, sizes and run_time, or jobs")
            return
        for key in ("arrivals", "sizes", "run_time", "walltime", "outcome", "tenants", "array"):
            if own.get(key) is not None:
                yield (key,), "not used by a stream with listed jobs; leave it out, or leave out jobs"
        if own.get("scale", 1) != 1:
            yield ("scale",), "not used by a stream with listed jobs; leave it out"

    def check_sizes(self) -> Iterator[Mistake]:
        """The shares make up the whole."""
        if self.sizes is not None:
            yield from sums_to_one("sizes", tuple(size.share for size in self.sizes))

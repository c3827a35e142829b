"""How platforms share the center: the quota tree, and limits in Slurm's words."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from onecenter_kernels.schema import AMOUNTS
from pydantic import Field

from onecenter.checks import did_you_mean
from onecenter.scenario.few import Few
from onecenter.scenario.quantities import (
    MAX_COUNT,
    Duration,
    Integer,
    Name,
    PositiveDuration,
    Priority,
    Thousandths,
    Written,
    thousandths,
    thousandths_text,
)
from onecenter.scenario.table import Mistake, Table
from onecenter.scenario.time import Instant
from onecenter.units import MAX_TIER

_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,3})?) ?%", re.ASCII)


def _amount(value: Any) -> int | str:
    """Return thousandths of an accelerator, or a share of a node type as text."""
    if not isinstance(value, str):
        return thousandths(value)
    found = _PERCENT.fullmatch(value)
    if found is None or float(found[1]) > 100:
        raise ValueError('not a number of accelerators, or a share of the type; write for example 64 or "40 %"')
    return f"{found[1]} %"


def _amount_text(value: int | str) -> float | str:
    return value if isinstance(value, str) else thousandths_text(value)


_EXAMPLES: Final = [64, "40 %"]
_SCHEMA: Final = {"type": ["number", "string"], "minimum": 0, "maximum": MAX_COUNT, "examples": _EXAMPLES}

#: Thousandths of an accelerator, or "40 %" of those of the type; in the file a number or that text.
Amount = Annotated[int | str, Written(_amount, _amount_text, _SCHEMA)]
Amounts = Annotated[Mapping[Name, Amount], Few(15, "node types")]


def resolved(amount: int | str, accelerators: int) -> int:
    """Return an amount in thousandths of an accelerator; of a type that has so many, rounded down."""
    if isinstance(amount, str):
        return round(float(amount.rstrip(" %")) * 1_000) * accelerators // 100
    return amount


Weight = Thousandths

Within = Literal["never", "lower-priority", "lower-or-newer-equal-priority"]
Reclaim = Literal["never", "lower-priority", "any"]
Borrowing = Literal["never", "lower-priority"]


class QuotaAmounts(Table):
    """Amounts by node type."""

    nominal: Amounts = Field(
        default={}, description='its own accelerators by node type: a number, or "40 %" of the type; 0 where not named'
    )
    borrowing_limit: Amounts = Field(
        default={}, description="most that it may use beyond its nominal; no limit where not named"
    )
    lending_limit: Amounts = Field(
        default={}, description="most of its nominal that others may use; no limit where not named"
    )


class QuotaChange(QuotaAmounts):
    """What a quota becomes on a date; a type that is not named stays as it is. Schedulers do not know it before."""

    at: Instant = Field(description="from when; local time of the scenario where it has no offset")


class Quota(QuotaAmounts):
    """What a platform or cohort may use of each node type."""

    changes: Annotated[tuple[QuotaChange, ...], Few(1_000, "changes")] = Field(
        default=(), description="what it becomes later, in the order of time"
    )

    def check_order(self) -> Iterator[Mistake]:
        """In the order of time."""
        for i in range(1, len(self.changes)):
            before, after = self.changes[i - 1].__dict__.get("at"), self.changes[i].__dict__.get("at")
            if before is not None and after is not None and after.replace(tzinfo=None) < before.replace(tzinfo=None):
                yield ("changes", i, "at"), "changes are expected in the order of time"


class PlatformQuota(Quota):
    """What a platform may use of each node type."""

    def check_lending(self) -> Iterator[Mistake]:
        """A platform lends no more than it has."""
        yield from _lent(self, self, ())
        for i, change in enumerate(self.changes):
            yield from _lent(change, self, ("changes", i))


def _lent(
    part: QuotaAmounts, base: QuotaAmounts, loc: tuple[str | int, ...], sizes: Mapping[str, int] | None = None
) -> Iterator[Mistake]:
    """Yield where more is lent than there is: amounts of one kind, or with sizes of node types shares and numbers."""
    if "nominal" not in base.__dict__ or "nominal" not in part.__dict__:  # wrong itself
        return
    nominal = {**base.nominal, **part.nominal}
    for name, most in (part.__dict__.get("lending_limit") or {}).items():
        own = nominal.get(name, 0)
        alike = isinstance(own, str) == isinstance(most, str)
        if sizes is None:
            beyond = alike and _size(most) > _size(own)
        else:
            beyond = not alike and name in sizes and resolved(most, sizes[name]) > resolved(own, sizes[name])
        if beyond:
            yield (*loc, "lending_limit", name), f"at most the nominal, {_amount_text(own)}, is expected"


def _size(amount: int | str) -> float:
    return float(amount.rstrip(" %")) if isinstance(amount, str) else amount


class Cohort(Table):
    """An inner node of the quota tree: platforms and cohorts that borrow from each other."""

    parent: Name | None = Field(default=None, description="the cohort that it is in; default the center itself")
    quota: Quota | None = Field(
        default=None, description="quota on top of that of its members, which all of them share; limits of the whole"
    )
    weight: Weight = Field(default=1_000, description="under fair_sharing: its share is divided by it")


class Preemption(Table):
    """Whom the jobs of a platform may evict for quota (Kueue's preemption of a ClusterQueue)."""

    within: Within = Field(
        default="never",
        description="jobs of the platform itself: of lower priority, or also later ones of equal priority "
        "(withinClusterQueue)",
    )
    reclaim: Reclaim = Field(default="never", description="jobs of other platforms that borrow (reclaimWithinCohort)")
    borrow_within_cohort: Borrowing = Field(
        default="never",
        description="lower-priority: it may reclaim from jobs of lower priority even where it borrows itself "
        "(borrowWithinCohort)",
    )
    max_priority_threshold: Priority | None = Field(
        default=None, description="of such jobs, the highest priority (maxPriorityThreshold); default any"
    )

    def check_borrowing(self) -> Iterator[Mistake]:
        """Who borrows may evict only where it may reclaim."""
        if self.borrow_within_cohort != "never" and self.reclaim == "never":
            yield ("borrow_within_cohort",), "it needs reclaim lower-priority or any"


class RootQuota(Table):
    """Quota of the center itself, which all platforms share."""

    nominal: Amounts = Field(default={}, description="accelerators by node type on top of those of its members")


class Limits(Table):
    """Limits in the words of Slurm's QOS: over the first two a job is passed over, beyond the others it is refused."""

    max_running_jobs: Annotated[Integer, Field(ge=0, le=MAX_COUNT)] | None = Field(
        default=None, description="jobs that run at once (MaxJobs, GrpJobs)"
    )
    max_accelerators: Thousandths | None = Field(
        default=None, description="accelerators in use at once (GrpTRES, MaxTRESPerUser)"
    )
    max_submitted: Annotated[Integer, Field(ge=0, le=MAX_COUNT)] | None = Field(
        default=None, description="jobs that wait or run at once; a further one is refused (MaxSubmitJobs)"
    )
    max_per_job: Thousandths | None = Field(
        default=None, description="accelerators of a job; a larger one is refused (MaxTRESPerJob)"
    )
    max_walltime: PositiveDuration | None = Field(
        default=None, description="walltime; a longer one is refused (MaxWall)"
    )


class Checkpoint(Table):
    """How a job saves its work, in time on its nodes; without one it begins anew after each eviction."""

    every: PositiveDuration = Field(description="work between two checkpoints")
    write: Duration = Field(default=0, description="how long one takes to write; the job does no work then")
    restart: Duration = Field(default=0, description="how long a job that has saved something begins with restarting")


Tier = Annotated[Integer, Field(ge=-MAX_TIER, le=MAX_TIER)]

Queueing = Literal["best-effort", "strict"]


def cohort_mistakes(cohorts: Mapping[str, Cohort], members: Mapping[str, str | None]) -> Iterator[Mistake]:
    """Yield where a cohort is its own ancestor, or one is named that is not there; `members` are platforms' cohorts."""
    named: list[tuple[tuple[str, ...], str | None]] = []
    named += [(("center", "cohorts", name, "parent"), _parent(cohorts, name) or None) for name in cohorts]
    named += [(("platforms", name, "cohort"), each) for name, each in members.items()]
    for loc, name in named:
        if name is not None and name not in cohorts:
            there = ", ".join(cohorts) or "none"
            yield loc, f"no such cohort; {did_you_mean(name, cohorts)}the center has {there}"
    for name in cohorts:
        seen, above = {name}, _parent(cohorts, name)
        while above in cohorts and above not in seen:
            seen.add(above)
            above = _parent(cohorts, above)
        if above == name:
            yield ("center", "cohorts", name, "parent"), "it is its own ancestor; a cohort outside it is expected"


def _parent(cohorts: Mapping[str, Cohort], name: str) -> str:
    return cohorts[name].__dict__.get("parent") or ""


def quota_mistakes(loc: tuple[str | int, ...], part: Any, nodes: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield the node types in a quota that the center does not have, and where a platform lends more than it has."""
    yield from _unknown_types(loc, part, list(nodes))
    if not isinstance(part, PlatformQuota):
        return
    given = {name: [kind.__dict__.get(key) for key in ("count", "accelerators")] for name, kind in nodes.items()}
    sizes = {name: count * each for name, (count, each) in given.items() if count is not None and each is not None}
    yield from _lent(part, part, loc, sizes)
    for i, change in enumerate(part.__dict__.get("changes") or ()):
        yield from _lent(change, part, (*loc, "changes", i), sizes)


def _unknown_types(loc: tuple[str | int, ...], part: Any, known: list[str]) -> Iterator[Mistake]:
    if part is None:
        return
    for what in AMOUNTS:
        for name in part.__dict__.get(what) or {}:
            if name not in known:
                right = f"no such node type; {did_you_mean(name, known)}the center has {', '.join(known)}"
                yield (*loc, what, name), right
    for i, change in enumerate(part.__dict__.get("changes") or ()):
        yield from _unknown_types((*loc, "changes", i), change, known)

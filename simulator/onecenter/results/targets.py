"""Service targets of a platform, and whether a run meets them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from onecenter import units
from onecenter.checks import Check, Number, OneOf, Whole, optional, settle
from onecenter.errors import OnecenterError
from onecenter.results.log import Array
from onecenter.results.seen import Seen
from onecenter.statistics.sample import Sample, finite, needed
from onecenter.words import Words

Verdict = Literal["met", "missed", "undecided"]

#: With fewer jobs than these expected beyond a percentile, another window could well be judged otherwise.
FEWEST_EXCEEDANCES: Final = 20

#: Where a job submitted in a window is counted, each in one of these.
PLACES: Final = ("in_time", "late", "refused", "cancelled_waiting", "open")

#: What is said of those that are not in time.
OTHERWISE: Final = {
    "late": "late",
    "refused": "can never run on this center",
    "cancelled_waiting": "left while they waited",
    "open": "still waiting, for less than the limit",
}

#: Accelerators of a gang, in thousandths.
GANG: Final = Whole(0, 10**15)

CHECKS: Final[Mapping[str, Check]] = {
    "kind": OneOf(("wait", "expansion")),
    "percentile": Number(0, 100, above=True, below=True),
    "limit": Number(0, 1e15),
    "above": optional(GANG),
    "max_accelerators": optional(GANG),
}


@dataclass(frozen=True)
class Target:
    """So many percent of the jobs wait no longer than the limit."""

    kind: Literal["wait", "expansion"]  # limit for start - submit, or for (wait + run) / run
    percentile: float  # percent, in (0, 100)
    limit: float  # ms for a wait, a factor >= 1 for an expansion
    above: int | None = None  # the size class: gangs above this, thousandths of an accelerator; None: no bound
    max_accelerators: int | None = None  # and up to this

    def __post_init__(self) -> None:
        """Check the values; an OnecenterError has all mistakes."""
        settle(self, "target", CHECKS, OnecenterError)

    @property
    def name(self) -> str:
        """The target without its limit, such as "wait p95 (> 1, <= 8 accelerators)"."""
        bounds = [f"> {units.format_accelerators(self.above)}"] if self.above is not None else []
        if self.max_accelerators is not None:
            bounds.append(f"<= {units.format_accelerators(self.max_accelerators)}")
        size = f" ({', '.join(bounds)} accelerators)" if bounds else ""
        return f"{self.kind} p{units.plain(float(self.percentile))}{size}"

    @property
    def scale(self) -> int:
        """What turns its values into those of JSON: ms into s, a factor stays."""
        return 1_000 if self.kind == "wait" else 1

    @property
    def whole(self) -> bool:
        """Whether it covers jobs of all sizes."""
        return self.above is None and self.max_accelerators is None

    def said(self, words: Words) -> str:
        """Return it for people, without its limit: "p95 wait", "95 分位等待时间"."""
        text = words(f"{self.kind} percentile", percentile=words.percentile(self.percentile))
        bounds = [f"> {units.format_accelerators(self.above)}"] if self.above is not None else []
        if self.max_accelerators is not None:
            bounds.append(f"≤ {units.format_accelerators(self.max_accelerators)}")
        return words("sizes", what=text, sizes=words("comma").join(bounds)) if bounds else text

    def limit_said(self, words: Words) -> str:
        """Return the limit for people, such as "3 min" or "2.2"."""
        return words.exact(self.limit) if self.kind == "wait" else units.plain(float(self.limit))

    def writer(self, words: Words) -> Callable[[float], str]:
        """Return what writes its values as JSON has them, s or factors, for people."""
        return words.seconds if self.kind == "wait" else words.factor

    def covers(self, gang: Array) -> Array:
        """Return which gangs (thousandths) lie in its size class."""
        covered = np.ones(len(gang), bool)
        if self.above is not None:
            covered &= gang > self.above
        if self.max_accelerators is not None:
            covered &= gang <= self.max_accelerators
        return covered

    def sample(self, jobs: Seen) -> Sample:
        """Return what the limit holds for: the waits (ms) of jobs, or their expansion factors."""
        return jobs.waits if self.kind == "wait" else jobs.expansions


@dataclass(frozen=True)
class Judgement:
    """What a run says about a target: a fact about the jobs of its window."""

    what: str  # the target's name
    target: float  # the limit: seconds for a wait, a factor for an expansion
    measured: float | None  # the percentile in the limit's unit; None: its bounds differ or it is infinite
    measured_low: float | None  # its bounds; None: infinite
    measured_high: float | None
    jobs: int  # those that the target covers, the sum of the next five
    in_time: int  # started within the limit
    late: int  # certainly not: too late, or still waiting for longer
    refused: int  # can never run on the center
    cancelled_waiting: int  # left while they waited
    open: int  # still waited, for less than the limit, when they were last seen
    within: float | None  # share of the jobs in time
    verdict: Verdict
    few: bool  # so few jobs lie beyond the percentile that another window could well be judged otherwise
    reason: str  # why it is missed or undecided, else ""


def targets_of(platform: Any) -> tuple[Target, ...]:
    """Return the targets of a scenario's platform."""
    found = list(_listed(platform, None, None))
    above: int | None = None
    for size in platform.sizes or ():
        found += _listed(size, above, size.max_accelerators)
        above = size.max_accelerators
    return tuple(found)


def _listed(part: Any, above: int | None, most: int | None) -> list[Target]:
    waits: Mapping[str, float] = part.wait or {}
    expansions: Mapping[str, float] = part.expansion or {}
    return [
        *(Target("wait", float(p[1:]), limit, above, most) for p, limit in waits.items()),
        *(Target("expansion", float(p[1:]), limit, above, most) for p, limit in expansions.items()),
    ]


def exceeded(target: Target, jobs: Seen) -> Array:
    """Return which jobs a target covers and have certainly exceeded its limit, started or not."""
    return target.covers(jobs.gang) & (target.sample(jobs).seen > target.limit)


def late(target: Target, jobs: Seen) -> tuple[int, int, int]:
    """Return of the jobs that a target covers: how many certainly are not in time, how many may not be, and all."""
    covered = target.sample(jobs).where(target.covers(jobs.gang))
    return (*covered.longer_than(target.limit), len(covered))


def places(jobs: Seen, over: Array) -> Array:
    """Return in which of PLACES each job is counted, as an index; `over` are those that have exceeded a limit."""
    choices = [jobs.refused, jobs.cancelled, over, jobs.waiting]
    codes = [PLACES.index(name) for name in ("refused", "cancelled_waiting", "late", "open")]
    return np.select(choices, codes, PLACES.index("in_time"))


def counted(places: Array) -> dict[str, int]:
    """Return how many jobs are in each of PLACES."""
    return dict(zip(PLACES, np.bincount(places, minlength=len(PLACES)).tolist(), strict=True))


def tally(targets: Sequence[Target], jobs: Seen) -> dict[str, int]:
    """Return how many jobs are in each of PLACES: in time within each target that covers it, late beyond one."""
    over = np.any([np.zeros(len(jobs), bool), *(exceeded(target, jobs) for target in targets)], axis=0)
    return counted(places(jobs, over))


def judge(target: Target, jobs: Seen) -> Judgement:
    """Say whether the jobs of a window meet a target; only those that it covers count."""
    mine = jobs.where(target.covers(jobs.gang))
    count = counted(places(mine, exceeded(target, mine)))
    verdict = _verdict(target, len(mine), count)
    low, high = finite(target.sample(mine).percentile(target.percentile), target.scale)
    return Judgement(
        what=target.name,
        target=target.limit / target.scale,
        measured=low if low == high else None,
        measured_low=low,
        measured_high=high,
        jobs=len(mine),
        **count,
        within=count["in_time"] / len(mine) if len(mine) else None,
        verdict=verdict,
        few=round(len(mine) * (1 - target.percentile / 100), 6) < FEWEST_EXCEEDANCES,
        reason=_reason(target, len(mine), count, verdict),
    )


def _verdict(target: Target, jobs: int, count: Mapping[str, int]) -> Verdict:
    enough = needed(jobs, target.percentile)
    if jobs and count["in_time"] >= enough:
        return "met"
    return "missed" if count["in_time"] + count["open"] < enough else "undecided"


def _reason(target: Target, jobs: int, count: Mapping[str, int], verdict: Verdict) -> str:
    if jobs == 0:
        return "no jobs"
    if verdict == "met":
        return ""
    rest = [f"{units.format_count(count[name])} {words}" for name, words in OTHERWISE.items() if count[name]]
    share = units.format_percent(count["in_time"] / jobs)
    of = f"{units.format_count(count['in_time'])} of {units.format_count(jobs)} jobs in time ({share})"
    return f"{of}, {units.format_count(needed(jobs, target.percentile))} are needed: {', '.join(rest)}"


def worst(verdicts: Iterable[str]) -> Verdict | None:
    """Return the worst of verdicts; None where there is none."""
    found = set(verdicts)
    order: tuple[Verdict, ...] = ("missed", "undecided", "met")
    return next((each for each in order if each in found), None)


def meets(verdicts: Sequence[str]) -> bool | None:
    """Return False if a target is missed, else None if one is undecided or there is none, else True."""
    return {"missed": False, "met": True}.get(worst(verdicts) or "")

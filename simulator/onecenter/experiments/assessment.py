"""Whether replications of a fleet meet the targets, and how sure that is."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from onecenter.experiments.replications import Replications
from onecenter.results.log import Array
from onecenter.results.seen import Seen
from onecenter.results.targets import Target, Verdict, late, targets_of
from onecenter.statistics.estimates import Estimate
from onecenter.statistics.pooled import Pooled
from onecenter.units import MS

#: How sure an answer is, for all targets together.
CONFIDENCE: Final = 0.95

#: The four-week period that a target is judged in: each has the same weekdays.
PERIOD: Final = 28 * MS["d"]


@dataclass(frozen=True)
class Assessment:
    """One target under one fleet; each limit holds with 95 % certainty for all targets together (Bonferroni)."""

    platform: str
    target: Target
    late: float | None  # long-run share not started in time
    late_low: float | None
    late_high: float | None
    value: float | None  # the target's percentile: s for a wait, a factor for an expansion
    low: float | None
    high: float | None
    reason: str  # why a number is None or the verdict is undecided, else ""
    miss_share: float  # of the four-week periods (or of shorter windows)
    periods: int  # how many there are
    jobs: int  # jobs seen
    verdict: Verdict
    needed: int | None  # replications that would about decide it

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data: the target by its name, its limit in the unit of `value`, the share allowed."""
        asked = {"what": self.what, "limit": self.limit, "allowed": self.allowed}
        measured = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "target"}
        return {"platform": measured.pop("platform"), **asked, **measured}

    @property
    def what(self) -> str:
        """The target's name, such as "wait p95"."""
        return self.target.name

    @property
    def limit(self) -> float:
        """The target's limit, in the unit of `value`."""
        return self.target.limit / self.target.scale

    @property
    def allowed(self) -> float:
        """The share of jobs that may be late."""
        return 1 - self.target.percentile / 100

    @property
    def in_time(self) -> dict[str, float | None]:
        """The long-run share of jobs in time with its limits, which are those of the late ones."""
        low, value, high = (None if late is None else 1 - late for late in (self.late_high, self.late, self.late_low))
        return {"in_time": value, "in_time_low": low, "in_time_high": high}

    @property
    def pressure(self) -> float:
        """Late jobs as a share of those allowed; above 1 the target is missed."""
        return (self.late or 0.0) / self.allowed


def assess(runs: Replications, periods: float | None = None) -> list[Assessment]:
    """Return how each target stands; with `periods` by the share of four-week periods that meet it, at least this."""
    listed = [(name, target) for name in runs.platforms for target in targets_of(runs.task.scenario.platforms[name])]
    confidence = 1 - (1 - CONFIDENCE) / max(len(listed), 1)
    return [_assess(runs, name, target, confidence, periods) for name, target in listed]


def _assess(runs: Replications, platform: str, target: Target, confidence: float, periods: float | None) -> Assessment:
    seen = runs.seen(platform)
    allowed = 1 - target.percentile / 100
    pooled = Pooled([target.sample(one).where(target.covers(one.gang)) for one in seen])
    certain, possible = pooled.longer(target.limit, confidence, sides=1)
    missed = _missed(runs, seen, target)
    percentile = pooled.percentile(target.percentile, confidence, sides=1).scaled(target.scale)
    if periods is None:
        verdict = _verdict(certain, possible, allowed, pooled.withheld(target.percentile))
    else:
        verdict = _verdict_of_periods(missed, 1 - periods, confidence)
    if runs.overloaded and verdict == "undecided":
        verdict = "missed"
    needed = _needed(certain, allowed, len(runs)) if verdict == "undecided" else None
    return Assessment(
        platform=platform,
        target=target,
        late=certain.value,
        late_low=certain.low,
        late_high=possible.high,
        value=percentile.value,
        low=percentile.low,
        high=percentile.high,
        reason=percentile.reason or (_open_verdict(needed) if verdict == "undecided" else ""),
        miss_share=float(missed.mean()) if len(missed) else 0.0,
        periods=len(missed),
        jobs=int(pooled.counts.sum()),
        verdict=verdict,
        needed=needed,
    )


def _open_verdict(needed: int | None) -> str:
    """Return why a target is undecided whose percentile is known."""
    more = "" if needed is None else f"; about {needed:,} replications would decide it"
    return f"what is met or missed lies within the limits{more}"


def _verdict(certain: Estimate, possible: Estimate, allowed: float, withheld: str) -> Verdict:
    """Judge by the long-run share of late jobs; a percentile of which too little is known is never called met."""
    if certain.low is not None and certain.low > allowed:
        return "missed"
    return "met" if not withheld and possible.high is not None and possible.high <= allowed else "undecided"


def _verdict_of_periods(missed: Array, allowed: float, confidence: float) -> Verdict:
    """Judge by exact binomial limits (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934, 404-413)."""
    from scipy.special import betaincinv

    n, k = len(missed), int(missed.sum())
    low = float(betaincinv(k, n - k + 1, 1 - confidence)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, confidence)) if k < n else 1.0
    return "missed" if low > allowed else "met" if high <= allowed else "undecided"


def _missed(runs: Replications, seen: list[Seen], target: Target) -> Array:
    """Return by period, of all replications, whether it misses the target; periods without jobs are left out."""
    return np.array([miss for one in seen for miss in missed_periods(runs, one, target)], bool)


def missed_periods(runs: Replications, seen: Seen, target: Target) -> Iterator[bool]:
    """Give by four-week period of one replication whether it misses a target; those without jobs are left out."""
    window = runs.task.measurement.window
    for period in range(max(window.length // PERIOD, 1)):
        first = window.warmup + period * PERIOD
        last = first + PERIOD if window.length >= PERIOD else window.horizon
        _, possible, jobs = late(target, seen.where((seen.submit >= first) & (seen.submit < last)))
        if jobs:
            yield possible / jobs > 1 - target.percentile / 100


def _needed(late: Estimate, allowed: float, n: int) -> int | None:
    """Return about how many replications tell the share from the one allowed; None: no number would."""
    if late.value is None or late.low is None or late.high is None or late.value == allowed:
        return None
    reach = late.value - late.low if late.value > allowed else late.high - late.value
    return int(np.ceil(n * (reach / (late.value - allowed)) ** 2)) + 1

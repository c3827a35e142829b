"""Service targets of a platform, and whether a run meets them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from onecenter import units

Array = npt.NDArray[Any]
Verdict = Literal["met", "missed", "undecided"]

#: Fewer jobs than these expected beyond a percentile tell nothing about it.
FEWEST_EXCEEDANCES: Final = 20


@dataclass(frozen=True)
class Target:
    """So many percent of the jobs wait no longer than the limit.

    Attributes
    ----------
    kind : "wait" or "expansion"
        Limit for start - submit, or for (wait + run) / run.
    percentile : float
        Percent, in (0, 100).
    limit : float
        ms for a wait, a factor >= 1 for an expansion.
    above, max_accelerators : int or None
        The size class: gangs above the one, up to the other, thousandths of an accelerator; None: no bound.
    """

    kind: Literal["wait", "expansion"]
    percentile: float
    limit: float
    above: int | None = None
    max_accelerators: int | None = None

    @property
    def name(self) -> str:
        """The target without its limit, such as "wait p95 (> 1, <= 8 accelerators)"."""
        bounds = [f"> {units.format_accelerators(self.above)}"] if self.above is not None else []
        if self.max_accelerators is not None:
            bounds.append(f"<= {units.format_accelerators(self.max_accelerators)}")
        size = f" ({', '.join(bounds)} accelerators)" if bounds else ""
        return f"{self.kind} p{units.plain(float(self.percentile))}{size}"

    @property
    def limit_text(self) -> str:
        """The limit for people, such as "3 min" or "2.2"."""
        return units.duration_text(int(self.limit)) if self.kind == "wait" else units.plain(float(self.limit))

    def covers(self, gang: Array) -> Array:
        """Return which gangs (thousandths) lie in its size class."""
        covered = np.ones(len(gang), bool)
        if self.above is not None:
            covered &= gang > self.above
        if self.max_accelerators is not None:
            covered &= gang <= self.max_accelerators
        return covered

    def measure(self, wait: Array, run: Array) -> Array:
        """Return what the limit holds for: waits (ms), or expansion factors."""
        return wait.astype(np.float64) if self.kind == "wait" else (wait + run) / run


@dataclass(frozen=True)
class Judgement:
    """What a run says about a target.

    Attributes
    ----------
    what : str
        The target's name.
    target, measured : float or None
        The limit, and the percentile as measured (a job that was cancelled while it waited counts as never
        started; None: not reached); seconds for a wait, a factor for an expansion.
    jobs : int
        Jobs that the target covers.
    within : float or None
        Share of them known to have started within the limit.
    verdict : str
        "met", "missed" or "undecided".
    reason : str
        Why it is undecided, else "".
    """

    what: str
    target: float
    measured: float | None
    jobs: int
    within: float | None
    verdict: Verdict
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def targets_of(platform: Any) -> tuple[Target, ...]:
    """Return the targets of a scenario's platform.

    Parameters
    ----------
    platform : object
        With `wait` and `expansion` (mappings such as {"p95": 180_000}, ms or factor, or None) and `sizes` (a
        sequence of objects with `max_accelerators` in thousandths, `wait`, `expansion`, rising; or None).
    """
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


def judge(target: Target, gang: Array, wait: Array, run: Array, started: Array, still_waiting: Array) -> Judgement:
    """Say whether the jobs of a window meet a target.

    Parameters
    ----------
    target : Target
        The target; only the jobs that it covers count.
    gang, wait, run : int64 arrays
        A row a job: accelerators of the gang (thousandths); the wait, or the age of a job that still waits
        (ms); the run time (ms, >= 1).
    started, still_waiting : bool arrays
        A job that is neither was cancelled while it waited, and is not within the limit.
    """
    covered = target.covers(gang)
    value = target.measure(wait[covered], run[covered])
    kept = value <= target.limit
    within, jobs = int((kept & started[covered]).sum()), len(value)
    open_ = int((kept & still_waiting[covered]).sum())
    verdict, reason = _verdict(target, jobs, within, open_)
    scale = 1_000 if target.kind == "wait" else 1
    measured = _percentile(value[started[covered]], jobs, target.percentile)
    return Judgement(
        what=target.name,
        target=target.limit / scale,
        measured=None if measured is None else measured / scale,
        jobs=jobs,
        within=within / jobs if jobs else None,
        verdict=verdict,
        reason=reason,
    )


def _needed(jobs: int, percentile: float) -> int:
    """Return how many of the jobs are at least `percentile` percent of them."""
    # 95 % of 20 jobs are 19, which binary fractions put a little above it.
    return int(np.ceil(round(jobs * percentile / 100, 6)))


def _percentile(started: Array, jobs: int, percentile: float) -> float | None:
    rank = _needed(jobs, percentile)
    if jobs == 0 or rank > len(started):
        return None
    return float(np.partition(started, rank - 1)[rank - 1])


def _verdict(target: Target, jobs: int, within: int, open_: int) -> tuple[Verdict, str]:
    beyond = round(jobs * (1 - target.percentile / 100), 6)
    if beyond < FEWEST_EXCEEDANCES:
        reason = f"{jobs} jobs: {beyond:.1f} expected beyond the percentile, {FEWEST_EXCEEDANCES} are needed"
        return "undecided", reason
    needed = _needed(jobs, target.percentile)
    if within >= needed:
        return "met", ""
    if within + open_ < needed:
        return "missed", ""
    return "undecided", f"{open_} jobs still waiting, for less than the limit, decide it"


def meets(verdicts: Sequence[str]) -> bool | None:
    """Return False if a target is missed, else None if one is undecided or there is none, else True."""
    if "missed" in verdicts:
        return False
    return None if "undecided" in verdicts or not verdicts else True

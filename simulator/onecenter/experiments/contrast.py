"""One side of a comparison against another on one platform: what is tested, with which interval and verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Final

import numpy as np
import polars as pl

from onecenter.results.log import Array
from onecenter.results.seen import Seen
from onecenter.statistics.estimates import Paired, paired, paired_log_ratio

#: A difference is called beyond chance where its p value, adjusted for the number of tests, is below this.
SIGNIFICANCE: Final = 0.05

DIFFERENCE: Final = ("difference_s", "difference_low_s", "difference_high_s")
RATIO: Final = ("ratio", "ratio_low", "ratio_high")

#: Jobs of each side that did not start, over all replications.
COUNTS: Final = {"refused": "refused", "cancelled_waiting": "cancelled", "open": "waiting"}

SCHEMA: Final = {
    **dict.fromkeys(("platform", "base", "other"), pl.String),
    **dict.fromkeys(("base_s", "other_s", "base_low_s", "other_low_s"), pl.Float64),
    "tested": pl.String,
    **dict.fromkeys((*RATIO, *DIFFERENCE, "p"), pl.Float64),
    "beyond_chance": pl.Boolean,
    **{f"{side}_{count}": pl.Int64 for side in ("base", "other") for count in COUNTS},
    "reason": pl.String,
}


@dataclass(frozen=True)
class Side:
    """What the replications of a side saw of a platform."""

    name: str
    seen: Sequence[Seen]  # one per replication

    def mean_waits(self) -> Array:
        """Return each replication's mean time (s) that jobs waited until they started or left; nan without jobs."""
        found = [one.waits.mean() for one in self.seen]
        return np.array([np.nan if mean is None else mean.low / 1_000 for mean in found])

    def counts(self) -> dict[str, int]:
        """Return how many jobs of all replications did not start, by what became of them."""
        return {name: sum(int(getattr(one, which).sum()) for one in self.seen) for name, which in COUNTS.items()}


def contrast(platform: str, base: Side, other: Side) -> tuple[dict[str, Any], Paired | None]:
    """Return the row of a platform before anything is adjusted for the number of rows, and what it tests.

    The ratio of mean waits is tested, as the mean of its logarithm; where in a replication nobody waits, the
    difference. Nothing is where a mean is known from below only, or is about different jobs.
    """
    row: dict[str, Any] = dict.fromkeys(SCHEMA) | {"platform": platform, "base": base.name, "other": other.name}
    counts = {"base": base.counts(), "other": other.counts()}
    row |= {f"{side}_{name}": count for side, found in counts.items() for name, count in found.items()}
    a, b = base.mean_waits(), other.mean_waits()
    for name, waits in (("base", a), ("other", b)):
        low = None if np.isnan(waits).any() else float(waits.mean())
        row |= {f"{name}_low_s": low, f"{name}_s": None if counts[name]["open"] else low}
    row["reason"] = _obstacle(a, b, base, other)
    if row["reason"]:
        return row, None
    log = paired_log_ratio(a, b)
    found = paired(a, b) if log is None else log
    row |= {"tested": "difference" if log is None else "ratio", "difference_s": float((b - a).mean())}
    return row, found


def _obstacle(a: Array, b: Array, base: Side, other: Side) -> str:
    """Return why two sides cannot be tested against each other, or nothing."""
    if np.isnan(a).any() or np.isnan(b).any():
        return "no jobs in some replication"
    first, second = base.counts(), other.counts()
    for side, count in ((base.name, first["open"]), (other.name, second["open"])):
        if count:
            return f"{count:,} jobs of {side} still waited when its runs ended: its mean is known from below only"
    if first["refused"] != second["refused"]:
        refused = f"{base.name} refuses {first['refused']:,} jobs, {other.name} {second['refused']:,}"
        return f"{refused}: the means are about different jobs"
    found = paired(a, b)
    if found.error == 0 and found.mean != 0:
        return "each replication gives the same: nothing is drawn, so there is no chance to be beyond"
    return ""


def adjusted(row: dict[str, Any], found: Paired, tests: int) -> dict[str, Any]:
    """Return a row with the interval, p value and verdict of what it tests, as one of several tests at once."""
    numbers = found.interval(1 - SIGNIFICANCE, tests)
    if row["tested"] == "ratio":
        row |= dict(zip(RATIO, map(_exp, numbers), strict=True))
    else:
        row |= dict(zip(DIFFERENCE, numbers, strict=True))
    p = found.p(tests)
    return row | {"p": p, "beyond_chance": p < SIGNIFICANCE}


def _exp(x: float) -> float | None:
    try:
        return exp(x)
    except OverflowError:
        return None

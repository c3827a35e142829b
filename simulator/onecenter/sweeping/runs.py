"""One run of a sweep: a point, a replication, a row."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from onecenter.replications import CENTER, PERCENTILES, replication
from onecenter.sample import Bracket
from onecenter.scenario import Scenario, with_set
from onecenter.seen import Seen
from onecenter.sweeping.design import Point

#: Figures that are numbers of jobs; the others may be null, where nothing bounds them or there is no job.
COUNTS: Final = ("submitted", "not_started")


def figures_of(platforms: Iterable[str]) -> dict[str, type[pl.DataType]]:
    """Return the columns of the figures of platforms and of the center, with their types."""
    waits = ("wait_mean_s", *(f"wait_p{percent}_s" for percent in PERCENTILES), "utilisation")
    names = {**dict.fromkeys(COUNTS, pl.Int64), **dict.fromkeys(waits, pl.Float64)}
    return {f"{part}.{name}": kind for part in (*platforms, CENTER) for name, kind in names.items()}


def key_of(point: Point, index: int) -> str:
    """Return the name of a run, a function of point and replication only."""
    text = json.dumps([point, index], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def one_row(scenario: Scenario, point: Point, index: int) -> dict[str, Any]:
    """Return the row of a run: the point, the replication, and the figures of each platform and of the center."""
    found = replication(with_set(scenario, point), index)
    row: dict[str, Any] = {**point, "replication": index, "seed": str(found.seed), "log_digest": found.log_digest}
    for name, seen in (*found.platforms.items(), (CENTER, found.everyone)):
        row |= {f"{name}.{figure}": value for figure, value in _figures(seen).items()}
        used = sum(found.used.values()) if name == CENTER else found.used[name]
        row[f"{name}.utilisation"] = used / found.capacity if found.capacity else None
    return row | {"error": None}


def _figures(seen: Seen) -> dict[str, Any]:
    waits = seen.waits
    found: dict[str, Any] = {"submitted": len(seen), "not_started": int((~seen.started).sum())}
    found["wait_mean_s"] = _seconds(waits.mean())
    return found | {f"wait_p{percent}_s": _seconds(waits.percentile(percent)) for percent in PERCENTILES}


def _seconds(found: Bracket | None) -> float | None:
    return None if found is None or found.value is None else found.value / 1_000

"""One run of a sweep: a point, a replication, a row."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from onecenter.experiments.replications import CENTER, PERCENTILES, replication
from onecenter.experiments.sweeping.design import Point
from onecenter.results.targets import PLACES, tally, targets_of
from onecenter.scenario import Scenario, with_set
from onecenter.statistics.sample import described

#: Figures that are numbers of jobs: `submitted` is the sum of PLACES. The others may be null.
COUNTS: Final = ("submitted", *PLACES, "started")


def figures_of(platforms: Iterable[str]) -> dict[str, type[pl.DataType]]:
    """Return the columns of the figures of platforms and of the center, with their types."""
    waits = ("mean", *(f"p{percent}" for percent in PERCENTILES))
    bounds = [f"wait_{name}{bound}_s" for name in waits for bound in ("", "_low", "_high")]
    reals = [*bounds, "wait_mean_started_s", "utilisation"]
    names = {**dict.fromkeys(COUNTS, pl.Int64), **dict.fromkeys(reals, pl.Float64)}
    return {f"{part}.{name}": kind for part in (*platforms, CENTER) for name, kind in names.items()}


def key_of(point: Point, index: int) -> str:
    """Return the name of a run, a function of point and replication only."""
    text = json.dumps([point, index], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def one_row(scenario: Scenario, point: Point, index: int) -> dict[str, Any]:
    """Return the row of a run: the point, the replication, and the figures of each platform and of the center."""
    variant = with_set(scenario, point)
    found = replication(variant, index)
    row: dict[str, Any] = {**point, "replication": index, "seed": str(found.seed), "log_digest": found.log_digest}
    counts = {name: tally(targets_of(variant.platforms[name]), jobs) for name, jobs in found.platforms.items()}
    everywhere = {place: sum(each[place] for each in counts.values()) for place in PLACES}
    for name, jobs in (*found.platforms.items(), (CENTER, found.everyone)):
        figures: dict[str, Any] = {"submitted": len(jobs), **counts.get(name, everywhere)}
        figures["started"] = int(jobs.started.sum())
        used = sum(found.used.values()) if name == CENTER else found.used[name]
        figures |= {f"wait_{key}_s": value for key, value in described(jobs.waits, PERCENTILES, 1_000).items()}
        figures |= {"utilisation": used / found.capacity if found.capacity else None}
        row |= {f"{name}.{figure}": value for figure, value in figures.items()}
    return row | {"error": None}

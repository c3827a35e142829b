"""One run of a sweep: a point, a replication, a row with the same columns in every run, so that files are one table."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from onecenter.experiments.replications import CENTER, PERCENTILES, task_of
from onecenter.experiments.sweeping.design import Point
from onecenter.policies import Given
from onecenter.policies.parts import NO_PREEMPTION
from onecenter.results.sharing import NUMBERS, OF_CENTER, SHARES, SUMS, tells
from onecenter.results.targets import PLACES, tally, targets_of
from onecenter.scenario import Scenario, with_set
from onecenter.scenario.overrides import names
from onecenter.statistics.sample import described
from onecenter.workload.quotas import sharing_of

#: Figures that are numbers of jobs: `submitted` is the sum of PLACES. The others may be null.
COUNTS: Final = ("submitted", *PLACES, "started")

Types = Mapping[str, type[pl.DataType]]
Row = Mapping[str, Any]


#: What a path names that changes whether platforms share by quotas, or jobs are evicted.
SHARING: Final = ("quota", "preemption")


def may_share(scenario: Scenario, given: Given, points: Iterable[Point]) -> bool:
    """Tell whether a scenario, or a variant of it at some points, may have figures of sharing."""
    named = {name for point in points for path in point for name in names(path)}
    preempts = given.on(scenario.policy_).preemption != NO_PREEMPTION
    return bool(named & set(SHARING)) or tells(sharing_of(scenario), preempts=preempts)


def sharing_columns(platforms: Iterable[str]) -> dict[str, type[pl.DataType]]:
    """Return the columns of the figures of sharing, with their types; all may be null."""
    of_all = {name: pl.Int64 if name in NUMBERS else pl.Float64 for name in SUMS}
    parts = {**dict.fromkeys(platforms, SHARES), CENTER: OF_CENTER}
    return {f"{part}.{name}": kind for part, more in parts.items()
            for name, kind in (dict.fromkeys(more, pl.Float64) | of_all).items()}  # fmt: skip


def figures_of(platforms: Iterable[str]) -> dict[str, type[pl.DataType]]:
    """Return the columns of the figures of platforms and of the center, with their types."""
    waits = ("mean", *(f"p{percent}" for percent in PERCENTILES))
    bounds = [f"wait_{name}{bound}_s" for name in waits for bound in ("", "_low", "_high")]
    reals = [*bounds, "wait_mean_started_s", "utilisation"]
    names = {**dict.fromkeys(COUNTS, pl.Int64), **dict.fromkeys(reals, pl.Float64)}
    return {f"{part}.{name}": kind for part in (*platforms, CENTER) for name, kind in names.items()}


@dataclass(frozen=True)
class Columns:
    """Columns of a sweep by name, with their types."""

    paths: Types  # what varies; tables, lists and values of several kinds are text: JSON
    figures: Types  # of each platform and of the center

    @classmethod
    def of(cls, points: Sequence[Point], platforms: Sequence[str], *, shares: bool = False) -> "Columns":
        """Return the columns of points, and of the figures of platforms, those of sharing too if told so."""
        values: dict[str, list[Any]] = {}
        for point in points:
            for path, value in point.items():
                values.setdefault(path, []).append(value)
        figures = figures_of(platforms) | (sharing_columns(platforms) if shares else {})
        return cls({path: _type_of(found) for path, found in values.items()}, figures)

    @property
    def types(self) -> dict[str, type[pl.DataType]]:
        """All columns, in their order."""
        first: Types = {"run": pl.String, **self.paths, "replication": pl.Int64, "seed": pl.String}
        return {**first, "log_digest": pl.String, **self.figures, "error": pl.String}

    def row(self, key: str, row: Row) -> dict[str, Any]:
        """Return a run's row with all columns; what the run does not have is None."""
        found = {name: row.get(name) for name in self.types} | {"run": key}
        for path, kind in self.paths.items():
            if kind is pl.String and found[path] is not None and not isinstance(found[path], str):
                found[path] = json.dumps(found[path], ensure_ascii=False)
        return found

    def table(self, rows: Sequence[Row]) -> pl.DataFrame:
        """Return the table of some rows."""
        return pl.DataFrame(rows, schema=self.types)


def _type_of(values: Sequence[Any]) -> type[pl.DataType]:
    kinds = {type(value) for value in values}
    if kinds <= {int, float}:
        return pl.Int64 if kinds == {int} else pl.Float64
    return pl.Boolean if kinds == {bool} else pl.String


def key_of(point: Point, index: int) -> str:
    """Return the name of a run, a function of point and replication only."""
    text = json.dumps([point, index], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def one_row(scenario: Scenario, point: Point, index: int, given: Given) -> dict[str, Any]:
    """Return the row of a run: the point, the replication, and the figures of each platform and of the center."""
    variant = with_set(scenario, point)
    found = task_of(variant, given.on(variant.policy_))._replace(shares=True).run(index)
    row: dict[str, Any] = {**point, "replication": index, "seed": str(found.seed), "log_digest": found.log_digest}
    counts = {name: tally(targets_of(variant.platforms[name]), jobs) for name, jobs in found.platforms.items()}
    everywhere = {place: sum(each[place] for each in counts.values()) for place in PLACES}
    for name, jobs in (*found.platforms.items(), (CENTER, found.everyone)):
        figures: dict[str, Any] = {"submitted": len(jobs), **counts.get(name, everywhere)}
        figures["started"] = int(jobs.started.sum())
        used = sum(found.used.values()) if name == CENTER else found.used[name]
        figures |= {f"wait_{key}_s": value for key, value in described(jobs.waits, PERCENTILES, 1_000).items()}
        figures |= {"utilisation": used / found.capacity if found.capacity else None}
        figures |= _sharing(found.sharing, name)
        row |= {f"{name}.{figure}": value for figure, value in figures.items()}
    return row | {"error": None}


def _sharing(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the figures of sharing of a platform or the center."""
    if not found:
        return {}
    part, more = (found["center"], OF_CENTER) if name == CENTER else (found["platforms"][name], SHARES)
    return {key: part[key] for key in (*more, *SUMS)}

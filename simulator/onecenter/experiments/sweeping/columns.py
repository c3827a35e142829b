"""The columns of a sweep: the same names and types in every run, so that their files are one table."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onecenter.experiments.sweeping.design import Point
from onecenter.experiments.sweeping.runs import figures_of

Types = Mapping[str, type[pl.DataType]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Columns:
    """Columns of a sweep by name, with their types.

    Attributes
    ----------
    paths : mapping of str to type
        What varies. Tables, lists and values of several kinds are text: JSON.
    figures : mapping of str to type
        Of each platform and of the center.
    """

    paths: Types
    figures: Types

    @classmethod
    def of(cls, points: Sequence[Point], platforms: Iterable[str]) -> "Columns":
        """Return the columns of points, and of the figures of platforms."""
        values: dict[str, list[Any]] = {}
        for point in points:
            for path, value in point.items():
                values.setdefault(path, []).append(value)
        return cls({path: _type_of(found) for path, found in values.items()}, figures_of(platforms))

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

"""A sweep on disk: a folder with one small Parquet file a run, each written whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from onecenter.atomic import replacing, try_folder, write_json
from onecenter.errors import PlanError

#: What the sweep is.
HEAD: Final = "sweep.json"


class Dataset:
    """The folder of a sweep.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    head : mapping
        What the sweep is, as plain data; another one in the same folder is refused.
    resume : bool
        Go on with what is there; without it the folder must hold no sweep.

    Raises
    ------
    PlanError
        If the folder holds a sweep already, or another one, or cannot be written.
    """

    def __init__(self, folder: Path, head: Mapping[str, Any], resume: bool) -> None:
        self.folder = folder
        there = folder / HEAD
        try:
            try_folder(folder)
            if there.exists():
                _same(there, head, resume)
            elif any(folder.iterdir()):
                raise PlanError(str(folder), ["the folder is not empty and holds no sweep: name another one"])
            else:
                write_json(there, head)
        except OSError as error:
            raise PlanError(str(folder), [f"cannot be written: {error.strerror or error}"]) from None

    def read(self, key: str) -> dict[str, Any] | None:
        """Return the row of a run; None where it is missing or damaged."""
        path = self.folder / f"{key}.parquet"
        try:
            rows = pl.read_parquet(path).to_dicts() if path.exists() else []
        except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None
        return rows[0] if len(rows) == 1 and rows[0].get("run") == key else None

    def write(self, key: str, row: Mapping[str, Any]) -> None:
        """Write the row of a run.

        Raises
        ------
        PlanError
            If the disk is full or the like; what was written before stays valid.
        """
        path = self.folder / f"{key}.parquet"
        try:
            with replacing(path) as temporary:
                pl.DataFrame([{"run": key, **row}], schema_overrides=types_of(row)).write_parquet(temporary)
        except (OSError, pl.exceptions.PolarsError) as error:
            wrong = f"cannot be written: {error}; the runs written so far are valid: make room, then --resume"
            raise PlanError(str(self.folder), [wrong]) from None


def types_of(row: Mapping[str, Any]) -> dict[str, type[pl.DataType]]:
    """Return the types of the columns that may hold nothing but null in one run."""
    figures = {name: pl.Float64 for name in row if name.endswith(("_s", ".utilisation"))}
    return {**figures, "error": pl.String}


def _same(path: Path, head: Mapping[str, Any], resume: bool) -> None:
    if not resume:
        raise PlanError(str(path.parent), ["a sweep is there already: resume it, or name another folder"])
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise PlanError(str(path), ["damaged; begin again in another folder"]) from None
    differs = [key for key in head if there.get(key) != json.loads(json.dumps(head[key]))]
    if differs:
        raise PlanError(str(path), [f"another sweep is there: it differs in {', '.join(differs)}"])

"""A sweep on disk: a folder with one small Parquet file per run, each written whole or not at all.

The folder holds nothing but Parquet files with the same columns, so that polars, pandas and pyarrow read it as one
table. What the sweep is stands in the metadata of one that has no row.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from onecenter.checks import REPLICATIONS
from onecenter.errors import PlanError
from onecenter.experiments.sweeping.runs import Columns
from onecenter.scenario.differing import differing
from onecenter.system.atomic import replacing, try_folder
from onecenter.system.extent import check_json
from onecenter.system.inputs import check_regular, local

#: The file without a row; pandas and pyarrow skip names that begin so.
HEAD: Final = "_sweep.parquet"
KEY: Final = "onecenter.sweep"

#: Differences of scenarios that a message names, at the most.
SHOWN: Final = 5

Head = Mapping[str, Any]
BROKEN: Final = (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException)


class Saved(BaseModel):
    """What is relied on in the head of a sweep that is there; it may come from anybody."""

    model_config = ConfigDict(strict=True)

    scenario: str
    resolved: dict[str, JsonValue]
    policy: dict[str, JsonValue]
    points: Annotated[list[dict[str, JsonValue]], Field(min_length=1)]
    replications: Annotated[int, Field(ge=1, le=REPLICATIONS.high)]
    versions: Annotated[list[dict[str, str | None]], Field(min_length=1)]
    kernel_hash: str

    @field_validator("versions")
    @classmethod
    def _of_onecenter(cls, versions: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
        if "onecenter" not in versions[0]:
            raise ValueError("the version of onecenter is missing")
        return versions


class Dataset:
    """The folder of a sweep, made if it is missing; `head` is what the sweep is, see `running.origin_of`.

    With `shares` its rows have the figures of sharing.

    With `resume` it goes on with what is there, perhaps with more points or replications; a sweep of another scenario,
    software or paths is refused. Without it the folder must be empty.
    """

    def __init__(self, folder: Path, head: Head, platforms: Sequence[str], resume: bool, *, shares: bool) -> None:
        self.folder = folder
        there = folder / HEAD
        try:
            try_folder(folder)
            if there.exists():
                head = _extended(there, head, resume)
            elif any(folder.iterdir()):
                raise PlanError(str(folder), ["the folder is not empty and holds no sweep: name another one"])
            self.columns = Columns.of(head["points"], platforms, shares=shares)
            _check(there, self.columns)
            self._write(there, [], head)
        except OSError as error:
            raise PlanError(str(folder), [f"cannot be written: {error.strerror or error}"]) from None

    def read(self, key: str) -> dict[str, Any] | None:
        """Return the row of a run; None where it is missing or damaged."""
        path = self.folder / f"{key}.parquet"
        try:
            check_regular(path)
            table = pl.read_parquet(local(path), glob=False)
        except BROKEN:
            return None
        if table.height != 1 or table.schema != pl.Schema(self.columns.types):
            return None
        row = table.row(0, named=True)
        return row if row["run"] == key else None

    def write(self, key: str, row: Mapping[str, Any]) -> None:
        """Write the row of a run; where the disk is full or the like, what was written before stays valid."""
        try:
            self._write(self.folder / f"{key}.parquet", [row])
        except (OSError, pl.exceptions.PolarsError) as error:
            wrong = f"cannot be written: {error}; the runs written so far are valid: make room, then --resume"
            raise PlanError(str(self.folder), [wrong]) from None

    def _write(self, path: Path, rows: Sequence[Mapping[str, Any]], head: Head | None = None) -> None:
        metadata = None if head is None else {KEY: json.dumps(head, ensure_ascii=False)}
        with replacing(path) as temporary:
            self.columns.table(rows).write_parquet(temporary, metadata=metadata)


def _head_in(path: Path) -> dict[str, Any]:
    """Return what a sweep is, from the file that holds it."""
    try:
        check_regular(path)
        text = pl.read_parquet_metadata(local(path))[KEY]
        check_json(text)
        Saved.model_validate_json(text)
        return dict(json.loads(text))
    except (*BROKEN, KeyError):
        raise PlanError(str(path), ["damaged, or no sweep; begin again in another folder"]) from None


def _extended(path: Path, head: Head, resume: bool) -> dict[str, Any]:
    """Return what the folder's sweep becomes: its points and the new ones, the larger number of replications."""
    if not resume:
        raise PlanError(str(path.parent), ["a sweep is there already: resume it, or name another folder"])
    there = _head_in(path)
    wrong = []
    if there["scenario"] != head["scenario"]:
        wrong.append(f"its scenario is {there['scenario']}, not {head['scenario']}")
    differ = list(differing(*(each["resolved"] | {"policy": each["policy"]} for each in (there, head))).items())
    wrong += [f"it has {'.'.join(at)} = {its}, not {new}" for at, (its, new) in differ[:SHOWN]]
    wrong += [f"it was made with {its}, this is {new}" for its, new in zip(_made(there), _made(head), strict=True)
              if its != new]  # fmt: skip
    paths, new = (list(dict.fromkeys(at for point in each["points"] for at in point)) for each in (there, head))
    if sorted(paths) != sorted(new):
        wrong.append(f"it varies {', '.join(paths)}, not {', '.join(new)}")
    if wrong:
        raise PlanError(str(path.parent), [f"another sweep is there: {text}" for text in wrong])
    known = {json.dumps(point, sort_keys=True) for point in there["points"]}
    points = [*there["points"], *(each for each in head["points"] if json.dumps(each, sort_keys=True) not in known)]
    versions = [*there["versions"], *(each for each in head["versions"] if each not in there["versions"])]
    most = max(there["replications"], head["replications"])
    return {**there, "points": points, "versions": versions, "replications": most}


def _made(head: Head) -> list[str]:
    """Return the software on which decisions depend."""
    return [f"onecenter {head['versions'][0]['onecenter']}", f"the kernels {head['kernel_hash']}"]


def _check(path: Path, columns: Columns) -> None:
    """Refuse other types than those of the runs that are there."""
    if not path.exists():
        return
    there = pl.read_parquet_schema(local(path))
    wrong = [
        f"{name}: {there[name]} there, {kind()} here" for name, kind in columns.types.items() if there.get(name) != kind
    ]
    if wrong:
        raise PlanError(str(path.parent), [f"the runs that are there have other values in {text}" for text in wrong])

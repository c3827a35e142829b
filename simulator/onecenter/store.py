"""Results on disk: one Parquet file that any tool opens.

Its rows are those of the decision log. The row in which a job is submitted (or refused) also carries what the
job brought along, in the columns job_*; jobs that the run did not reach stand at the end with kind null. All
else is JSON in the file's key-value metadata.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from onecenter_kernels import codes
from onecenter_kernels.state import LOG, LOG_DTYPE

from onecenter import log as decisions
from onecenter.atomic import replacing
from onecenter.errors import OnecenterError, ResultError
from onecenter.fleet import NodeType
from onecenter.inputs import check_regular
from onecenter.policies import Policy
from onecenter.targets import Target
from onecenter.visible import json_text
from onecenter.window import Window
from onecenter.workload.table import COLUMNS, Workload

if TYPE_CHECKING:
    from onecenter.result import Result

Array = npt.NDArray[Any]

FORMAT: Final = 2
KEY: Final = "onecenter"
CHECK: Final = "onecenter.sha256"

#: Rows written at a time, so that saving needs little memory.
CHUNK: Final = 1 << 17

#: The submit is the time of the row.
JOB_COLUMNS: Final = tuple(name for name in COLUMNS if name != "submit")


def save(result: "Result", path: str | Path) -> Path:
    """Write a result to one file, whole or not at all; return its path.

    Raises
    ------
    ResultError
        If it cannot be written.
    """
    from polars.io.plugins import register_io_source

    target = Path(path)
    text = json_text(_head(result))
    metadata = {KEY: text, CHECK: hashlib.sha256(text.encode()).hexdigest()}
    schema = _rows(result.decisions[:0], result.workload).schema

    def source(
        with_columns: list[str] | None, predicate: Any, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        yield from _chunks(result)

    try:
        with replacing(target) as temporary:
            register_io_source(source, schema=schema).sink_parquet(temporary, metadata=metadata)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ResultError(str(path), [f"it cannot be written: {error}"]) from error
    return target


def _head(result: "Result") -> dict[str, Any]:
    """Return all that is no table, as plain data."""
    return {
        "format": FORMAT,
        "rows": len(result.decisions),
        "jobs": len(result.workload),
        "rows_digest": decisions.digest(result.decisions),
        "jobs_digest": _jobs_digest(result.workload),
        "platforms": result.workload.platforms,
        "streams": result.workload.streams,
        "named": result.workload.names is not None,
        "fleet": [asdict(kind) for kind in result.fleet],
        "policy": asdict(result.policy),
        "window": asdict(result.window),
        "until": result.until,
        "targets": {name: [asdict(one) for one in listed] for name, listed in result.targets.items()},
        "labels": {name: dict(label) for name, label in result.labels.items()},
        "provenance": dict(result.provenance),
        "stride": result.stride,
        "seconds": result.seconds,
    }


def _jobs_digest(workload: Workload) -> str:
    total = hashlib.sha256()
    for name in COLUMNS:
        column = getattr(workload, name)
        for first in range(0, len(column), CHUNK):
            part = column[first : first + CHUNK]
            total.update(np.ascontiguousarray(part, dtype=part.dtype.newbyteorder("<")).tobytes())
    return total.hexdigest()


def _chunks(result: "Result") -> Iterator[pl.DataFrame]:
    for first in range(0, len(result.decisions), CHUNK):
        yield _rows(result.decisions[first : first + CHUNK], result.workload)
    future = np.flatnonzero(result.fates.outcome == decisions.FUTURE)
    rows = np.zeros(len(future), LOG_DTYPE)
    rows["t"], rows["job"], rows["kind"] = result.workload.submit[future], future, codes.E_SUBMIT
    rows["node"] = rows["device"] = -1
    no_kind = pl.lit(None, decisions.KIND_TYPE).alias("kind")
    yield _rows(rows, result.workload).with_columns(no_kind)


def _rows(log: Array, workload: Workload) -> pl.DataFrame:
    """Return rows of the log, with the job's own columns where it is submitted or refused."""
    frame = decisions.to_frame(log)
    first = np.isin(log["kind"], (codes.E_SUBMIT, codes.E_REFUSE))
    job = log["job"][first]
    columns = [_sparse(name, getattr(workload, name)[job], first) for name in JOB_COLUMNS]
    if workload.names is not None:
        columns.append(_sparse("name", np.asarray([workload.names[j] for j in job], object), first))
    return frame.with_columns(columns)


def _sparse(name: str, values: Array, where: Array) -> pl.Series:
    """Return a column that holds the values where the mask is true, null elsewhere."""
    place = np.cumsum(where) - 1
    kind = pl.String if values.dtype == object else None
    frame = pl.DataFrame({"place": place, "where": where}).select(pl.when("where").then("place"))
    return pl.Series(f"job_{name}", values, kind).gather(frame.to_series())


def load(path: str | Path) -> dict[str, Any]:
    """Return the pieces of a saved result, by the names of the fields of `Result`.

    Raises
    ------
    ResultError
        If the file is missing, damaged or something else.
    """
    source = str(path)
    head = _read_head(source)
    try:
        log, workload = _read_rows(source, head)
        pieces = _pieces(head)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ResultError(source, [f"damaged: {_first_line(error)}; run it again"]) from error
    except (KeyError, TypeError, ValueError, AttributeError, OnecenterError) as error:
        raise ResultError(source, [f"damaged: {error!r} while reading it; run it again"]) from error
    found = (len(log), decisions.digest(log), _jobs_digest(workload))
    if found != (head["rows"], head["rows_digest"], head["jobs_digest"]):
        raise ResultError(source, ["damaged: its rows are not those that were saved; run it again"])
    return {"decisions": log, "workload": workload, **pieces}


def origin_of(path: str | Path) -> dict[str, Any]:
    """Return the provenance of a saved result without reading its tables.

    Raises
    ------
    ResultError
        If the file is missing, damaged or something else.
    """
    provenance = _read_head(str(path)).get("provenance")
    return provenance if isinstance(provenance, dict) else {}


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]


def _read_head(source: str) -> dict[str, Any]:
    try:
        check_regular(source)
    except FileNotFoundError:
        raise ResultError(source, ["there is no such file"]) from None
    except (OSError, ValueError) as error:
        raise ResultError(source, [f"cannot be read: {getattr(error, 'strerror', None) or error}"]) from None
    try:
        metadata = pl.read_parquet_metadata(source)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        wrong = f"not a whole Parquet file ({_first_line(error)}); a result saved by onecenter is expected"
        raise ResultError(source, [wrong]) from error
    text = metadata.get(KEY)
    if text is None:
        raise ResultError(source, ["a Parquet file, but not a result saved by onecenter"])
    if hashlib.sha256(text.encode()).hexdigest() != metadata.get(CHECK):
        raise ResultError(source, ["damaged: its metadata are not those that were saved; run it again"])
    head: dict[str, Any] = json.loads(text)
    if head.get("format") != FORMAT:
        wrong = f"format {head.get('format')!r}: this onecenter reads format {FORMAT}; run it again"
        raise ResultError(source, [wrong])
    return head


def _read_rows(source: str, head: Mapping[str, Any]) -> tuple[Array, Workload]:
    rows = pl.scan_parquet(source, glob=False)
    own = [f"job_{name}" for name in JOB_COLUMNS] + (["job_name"] if head["named"] else [])
    jobs = rows.filter(pl.col("job_run").is_not_null()).select("t", "job", *own).sort("job").collect()
    if not np.array_equal(jobs["job"].to_numpy(), np.arange(jobs.height)) or jobs.height != head["jobs"]:
        raise ValueError("jobs are missing")
    log = rows.filter(pl.col("kind").is_not_null()).select(name for name, *_ in LOG).collect()
    columns = {name: jobs[f"job_{name}"].to_numpy() for name in JOB_COLUMNS}
    workload = Workload(
        submit=jobs["t"].to_numpy(),
        **columns,
        platforms=tuple(head["platforms"]),
        streams=tuple(head["streams"]),
        names=tuple(jobs["job_name"]) if head["named"] else None,
    )
    return decisions.from_frame(log), workload


def _pieces(head: Mapping[str, Any]) -> dict[str, Any]:
    targets = {name: tuple(Target(**one) for one in listed) for name, listed in head["targets"].items()}
    return {
        "fleet": tuple(NodeType(**kind) for kind in head["fleet"]),
        "policy": Policy(**head["policy"]),
        "window": Window(**head["window"]),
        "until": head["until"],
        "targets": targets,
        "labels": head["labels"],
        "provenance": head["provenance"],
        "stride": head["stride"],
        "seconds": head["seconds"],
    }

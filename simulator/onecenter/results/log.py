"""The decision log of a run: its digest and its table, and the names of what may become of a job."""

import hashlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from onecenter_kernels import schema

Array = npt.NDArray[Any]

LOG_DTYPE: Final = schema.log_dtype()

#: What became of a job; the position of a name is its code. The first ones are those of OUTCOMES. A job that is
#: requeued waits again after it has run; one that is waiting has not started.
FATES: Final = (*schema.OUTCOMES, "killed", "cancelled_waiting", "refused", "running", "waiting", "future", "requeued")
KILLED, CANCELLED_WAITING, REFUSED, RUNNING, WAITING, FUTURE, REQUEUED = range(len(schema.OUTCOMES), len(FATES))

#: Fates of jobs that ran to an end of some kind.
ENDED: Final = (schema.COMPLETED, schema.FAILED, schema.CANCELLED_RUNNING, KILLED)

#: Names in the column `reason` of the log's table: none, then outcomes.
REASON_NAMES: Final = ("", *schema.OUTCOMES)

KIND_TYPE: Final = pl.Enum(schema.EVENTS)
REASON_TYPE: Final = pl.Enum(REASON_NAMES)
FATE_TYPE: Final = pl.Enum(FATES)

#: Rows turned at a time, so that a long log needs no second copy.
CHUNK: Final = 1 << 18


def digest(log: Array) -> str:
    """Return the SHA-256 (hex) of a log's columns, packed little-endian, one after the other."""
    total = hashlib.sha256()
    for name, kind, _, _ in schema.LOG:
        for first in range(0, len(log), CHUNK):
            part = log[name][first : first + CHUNK]
            total.update(np.ascontiguousarray(part, dtype=f"<{kind}").tobytes())
    return total.hexdigest()


def named(values: Array, kind: pl.Enum) -> pl.Series:
    """Return integer codes as a series of names."""
    return pl.Series(kind.categories, dtype=kind).gather(pl.Series(values))


def names_of(series: pl.Series) -> list[str]:
    """Return the names of a series made by `named`, in the order of their codes.

    Raises
    ------
    TypeError
        If the series is of another type.
    """
    if not isinstance(series.dtype, pl.Enum):
        raise TypeError(f"column {series.name}: {series.dtype} is no Enum")
    return series.dtype.categories.to_list()


def to_frame(log: Array) -> pl.DataFrame:
    """Return a log as a table with the names of kinds and reasons; times in ms, -1 where there is none."""
    columns: dict[str, Any] = {name: np.ascontiguousarray(log[name]) for name, *_ in schema.LOG}
    reason = columns["reason"] + with_outcome(log).astype(np.int8)
    columns["kind"] = named(columns["kind"], KIND_TYPE)
    columns["reason"] = named(reason, REASON_TYPE)
    return pl.DataFrame(columns)


def from_frame(frame: pl.DataFrame) -> Array:
    """Return the log of a table made by `to_frame`."""
    log = np.zeros(frame.height, LOG_DTYPE)
    for name, *_ in schema.LOG:
        column = frame[name]
        log[name] = (column.to_physical() if name in {"kind", "reason"} else column).to_numpy()
    log["reason"] -= with_outcome(log).astype(np.int8)
    return log


def arrivals(log: Array) -> Array:
    """Return which rows are the first of a job: its submit, or its refusal."""
    kind = log["kind"]
    return np.asarray((kind == schema.E_SUBMIT) | (kind == schema.E_REFUSE))


def submits(jobs: Array, t: Array) -> Array:
    """Return rows in which jobs are submitted at instants t (ms)."""
    rows = np.zeros(len(jobs), LOG_DTYPE)
    rows["t"], rows["job"], rows["kind"] = t, jobs, schema.E_SUBMIT
    rows["node"] = rows["device"] = -1
    return rows


def places(log: Array) -> Array:
    """Return which rows name the node on which a job was placed."""
    return np.asarray(log["kind"] == schema.E_START)


def with_outcome(log: Array) -> Array:
    """Return which rows hold an outcome as their reason."""
    return np.asarray(log["kind"] == schema.E_END)

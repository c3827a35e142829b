"""The decision log of a run: its digest, its table, and what it says became of each job."""

import hashlib
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from onecenter_kernels import schema

Array = npt.NDArray[Any]

LOG_DTYPE: Final = schema.log_dtype()

#: What became of a job; the position of a name is its code. The first ones are those of OUTCOMES.
FATES: Final = (
    *schema.OUTCOMES,
    "killed",
    "cancelled_waiting",
    "refused",
    "running",
    "waiting",
    "future",
)
KILLED, CANCELLED_WAITING, REFUSED, RUNNING, WAITING, FUTURE = range(len(schema.OUTCOMES), len(FATES))

#: Fates of jobs that ran to an end of some kind.
ENDED: Final = (schema.COMPLETED, schema.FAILED, schema.CANCELLED_RUNNING, KILLED)

#: Names in the column `reason` of the log's table: of reasons, then of outcomes.
REASON_NAMES: Final = (*schema.REASONS, *schema.OUTCOMES)

KIND_TYPE: Final = pl.Enum(schema.EVENTS)
REASON_TYPE: Final = pl.Enum(REASON_NAMES)
FATE_TYPE: Final = pl.Enum(FATES)

#: Rows turned at a time, so that a long log needs no second copy.
CHUNK: Final = 1 << 18


class Fates(NamedTuple):
    """What became of each job; row = job id.

    Attributes
    ----------
    start : int64 array
        ms; -1: it did not start.
    end : int64 array
        ms; of the run, or of the waiting where it was cancelled; -1: neither.
    outcome : int8 array
        Code of FATES.
    """

    start: Array
    end: Array
    outcome: Array


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
    ends = columns["kind"] == schema.E_END
    reason = columns["reason"] + np.where(ends, len(schema.REASONS), 0).astype(np.int8)
    columns["kind"] = named(columns["kind"], KIND_TYPE)
    columns["reason"] = named(reason, REASON_TYPE)
    return pl.DataFrame(columns)


def from_frame(frame: pl.DataFrame) -> Array:
    """Return the log of a table made by `to_frame`."""
    log = np.zeros(frame.height, LOG_DTYPE)
    for name, *_ in schema.LOG:
        column = frame[name]
        log[name] = (column.to_physical() if name in {"kind", "reason"} else column).to_numpy()
    log["reason"] -= np.where(log["kind"] == schema.E_END, len(schema.REASONS), 0).astype(np.int8)
    return log


def fates(log: Array, n_jobs: int) -> Fates:
    """Return what became of the jobs 0 .. n_jobs - 1.

    Raises
    ------
    ValueError
        If the log names a job beyond them.
    """
    if len(log) and int(log["job"].max()) >= n_jobs:
        raise ValueError(f"the log names job {int(log['job'].max())}, but there are {n_jobs} jobs")
    start = np.full(n_jobs, -1, dtype=np.int64)
    end = np.full(n_jobs, -1, dtype=np.int64)
    outcome = np.full(n_jobs, FUTURE, dtype=np.int8)
    kind = np.ascontiguousarray(log["kind"])
    outcome[log["job"][kind == schema.E_SUBMIT]] = WAITING
    outcome[log["job"][kind == schema.E_REFUSE]] = REFUSED
    rows = np.flatnonzero(kind == schema.E_START)
    start[log["job"][rows]] = log["t"][rows]
    outcome[log["job"][rows]] = RUNNING
    for event, fate in ((schema.E_END, None), (schema.E_KILL, KILLED), (schema.E_CANCEL, CANCELLED_WAITING)):
        rows = np.flatnonzero(kind == event)
        jobs = log["job"][rows]
        end[jobs] = log["t"][rows]
        outcome[jobs] = log["reason"][rows] if fate is None else fate
    return Fates(start, end, outcome)

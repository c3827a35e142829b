"""The decision log as a table, and columns of names."""

from typing import Any, Final

import numpy as np
import polars as pl
from onecenter_kernels import schema

from onecenter.results.log import FATES, LOG_DTYPE, Array, with_eviction, with_outcome

#: Names in the column `reason` of the log's table: none, then outcomes; the last outcome is also why a job is evicted,
#: and what follows is another reason for that.
REASON_NAMES: Final = ("", *schema.ENDINGS, *schema.EVICTIONS[1:])
FIRST_EVICTION: Final = REASON_NAMES.index(schema.EVICTIONS[0])

KIND_TYPE: Final = pl.Enum(schema.EVENTS)
REASON_TYPE: Final = pl.Enum(REASON_NAMES)
FATE_TYPE: Final = pl.Enum(FATES)


def named(values: Array, kind: pl.Enum) -> pl.Series:
    """Return integer codes as a series of names."""
    return pl.Series(kind.categories, dtype=kind).gather(pl.Series(values))


def names_of(series: pl.Series) -> list[str]:
    """Return the names of a series made by `named`, in the order of their codes."""
    if not isinstance(series.dtype, pl.Enum):
        raise TypeError(f"column {series.name}: {series.dtype} is no Enum")
    return series.dtype.categories.to_list()


def to_frame(log: Array) -> pl.DataFrame:
    """Return a log as a table with the names of kinds and reasons; times in ms, -1 where there is none."""
    columns: dict[str, Any] = {name: np.ascontiguousarray(log[name]) for name, *_ in schema.LOG}
    reason = columns["reason"] + with_outcome(log).astype(np.int8)
    reason += FIRST_EVICTION * with_eviction(log).astype(np.int8)
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
    log["reason"] -= FIRST_EVICTION * with_eviction(log).astype(np.int8)
    return log

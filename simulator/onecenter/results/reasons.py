"""The reasons for which jobs waited, as tables."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from onecenter_kernels import schema

from onecenter.results.log import named
from onecenter.results.window import Window
from onecenter.workload.table import Workload

Array = npt.NDArray[Any]

REASON_TYPE = pl.Enum(schema.REASONS)


def reasons_table(waits: Array, workload: Workload, window: Window) -> pl.DataFrame:
    """Return one row per platform and reason for which its jobs waited, the longest first.

    Columns platform, reason, wait_ms (of all jobs submitted in the window, as far as seen), share (of the platform's
    wait).
    """
    inside = (workload.submit >= window.warmup) & (workload.submit < window.horizon)
    total = np.zeros((len(workload.platforms), len(schema.REASONS)), np.int64)
    for reason in range(1, len(schema.REASONS)):
        # Added as integers: floats would lose milliseconds of a long queue.
        np.add.at(total[:, reason], workload.platform[inside], waits[inside, reason])
    platform, reason_code = np.nonzero(total)
    found = total[platform, reason_code]
    frame = pl.DataFrame(
        {
            "platform": named(platform, pl.Enum(workload.platforms)),
            "reason": named(reason_code, REASON_TYPE),
            "wait_ms": found,
            "share": found / total.sum(axis=1)[platform],
        }
    )
    return frame.sort("platform", "wait_ms", descending=[False, True], maintain_order=True)


def job_reasons_table(waits: Array) -> pl.DataFrame:
    """Return one row per job that waited: its id, and the ms by reason in columns like no_free_accelerator_ms."""
    rows = np.flatnonzero(waits.any(axis=1))
    names = [f"{name.replace(' ', '_')}_ms" for name in schema.REASONS]
    columns = {name: waits[rows, code] for code, name in enumerate(names) if code != schema.R_NONE}
    return pl.DataFrame({"job": rows.astype(np.int32), **columns})

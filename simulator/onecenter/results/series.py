"""How much waits and runs on each platform, as exact steps over time."""

from typing import Any

import numpy as np
import polars as pl

from onecenter.results.log import Array
from onecenter.results.log_table import named
from onecenter.results.segments import changes
from onecenter.units import THOUSAND
from onecenter.workload.table import Workload


def series_table(workload: Workload, log: Array) -> pl.DataFrame:
    """Return the jobs and accelerators that wait and run, one row per instant at which any of them may have changed.

    It goes as far as the log, so beyond the window where the run went on.

    Columns t_ms, platform, waiting, running, accelerators_running, accelerators_waiting; sorted by platform,
    then t_ms. A row holds from its instant until the next row of its platform; before the first all are 0.
    """
    found = changes(log)
    # Sorting of small integers is linear; rows of one platform stay in order of time.
    order = np.argsort(workload.platform[found.job].astype(np.uint16), kind="stable")
    t, job, waiting, running = (column[order] for column in found)
    platform = workload.platform[job]
    last = (np.diff(t, append=-1) != 0) | (np.diff(platform, append=-1) != 0)
    columns: dict[str, Any] = {"t_ms": t[last], "platform": named(platform[last], pl.Enum(workload.platforms))}
    effects = {"waiting": waiting, "running": running}
    for name, effect in effects.items():
        columns[name] = _levels(effect, platform, last).astype(np.int32)
    gang = workload.gang[job]
    for name in ("running", "waiting"):
        columns[f"accelerators_{name}"] = _levels(effects[name] * gang, platform, last) / THOUSAND
    return pl.DataFrame(columns)


def _levels(change: Array, platform: Array, last: Array) -> Array:
    """Return the sums of changes within each platform, at the last row of each instant."""
    total = np.cumsum(change, dtype=np.int64)
    first = np.flatnonzero(np.diff(platform, prepend=-1))
    before = total[first] - change[first]
    rows_each = np.diff(first, append=len(platform))
    return (total - np.repeat(before, rows_each))[last]


def integral(t: Array, value: Array, at: Array) -> Array:
    """Return the integral of a step function, 0 before its first step, from there to each instant of `at`."""
    if len(t) == 0:
        return np.zeros(len(at))
    sums = np.concatenate([value[:1] * 0, np.cumsum(value[:-1] * np.diff(t))])
    row = np.searchsorted(t, at, side="right") - 1
    found = sums[row] + value[row] * (np.asarray(at) - t[row])
    return np.where(row >= 0, found, 0)


def time_integrals(series: pl.DataFrame, column: str, start: int, stop: int) -> dict[str, Any]:
    """Return by platform the integral of a column over [start, stop) ms, such as job-milliseconds."""
    found = {}
    for (name,), part in series.group_by("platform", maintain_order=True):
        before, after = integral(part["t_ms"].to_numpy(), part[column].to_numpy(), np.array([start, stop]))
        found[str(name)] = (after - before).item()
    return found


def averages(t: Array, value: Array, edges: Array) -> Array:
    """Return the time averages of a step function in the bins between rising edges."""
    return np.diff(integral(t, value, edges)) / np.diff(edges)

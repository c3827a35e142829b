"""How the center is used in the hours of a week."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from onecenter.plot.overtime import HOURS, levels_of
from onecenter.results.log import Array
from onecenter.results.window import Window
from onecenter.units import MS


def use_by_hour_of_week(
    series: pl.DataFrame, platforms: Sequence[str], capacity: float, window: Window, origin: datetime
) -> Array:
    """Return by (platform, hour of the week from Monday 00:00 on) the mean share of the accelerators in use.

    Parameters
    ----------
    series : DataFrame
        From `series.series_table`.
    platforms : sequence of str
        Their names.
    capacity : float
        Accelerators of the center.
    window : Window
        What is averaged over; an hour of the week that it does not hold is nan.
    origin : datetime
        The instant 0, with its zone: hours are those of its clocks.
    """
    edges = _whole_hours(window, origin)
    hours = _hours_of_week(edges[:-1], origin)
    width = np.diff(edges)
    total = np.bincount(hours, width, HOURS)
    used = levels_of(series, "accelerators_running", platforms, edges) / max(capacity, 1) * width
    sums = np.array([np.bincount(hours, row, HOURS) for row in used]).reshape(len(platforms), HOURS)
    means: Array = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)
    return means


def _whole_hours(window: Window, origin: datetime) -> Array:
    """Return the window's ends, and between them the instants (ms) at which the clocks show a whole hour."""
    past = (origin.minute * 60 + origin.second) * 1_000 + origin.microsecond // 1_000
    first = -(-(window.warmup + past) // MS["h"]) * MS["h"] - past
    inside = np.arange(first, window.horizon, MS["h"], dtype=np.int64)
    return np.unique(np.concatenate([[window.warmup], inside, [window.horizon]])).astype(np.float64)


def _hours_of_week(instants: Array, origin: datetime) -> Array:
    """Return the hour of the week of instants (ms); through UTC, as clocks may be put forward or back."""
    start = origin.astimezone(UTC)
    local = ((start + timedelta(milliseconds=float(ms))).astimezone(origin.tzinfo) for ms in instants)
    return np.array([when.weekday() * 24 + when.hour for when in local], dtype=np.int64)

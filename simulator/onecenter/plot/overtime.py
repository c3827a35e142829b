"""What runs and what waits over time."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from onecenter import units
from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.results.log import names_of
from onecenter.results.series import averages
from onecenter.results.window import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[Any]

#: Upper end of the axis of utilisation (%), so that the line of 100 % is seen.
TOP: Final = 105


def utilisation(
    series: pl.DataFrame,
    capacity: int,
    window: Window,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the share of the center's accelerators in use, stacked by platform.

    Parameters
    ----------
    series : DataFrame
        From `series.series_table`.
    capacity : int
        Accelerators of the center.
    window : Window
        What is drawn; a long run as averages of equal bins.
    labels : mapping, optional
        Names for people by platform.
    ax : Axes, optional
        Where to draw; default new Axes of pyplot.
    """
    ax = style.prepared(ax)
    names, edges, levels = _levels(series, "accelerators_running", window)
    shares = 100 * levels / max(capacity, 1)
    tops = np.cumsum(shares, axis=0)
    colours = [style.colour(i) for i in range(len(names))]
    x = _time_axis(ax, edges, window)
    for top, share, shade in zip(tops, shares, colours, strict=True):
        ax.fill_between(x, _held(top - share), _held(top), step="post", color=shade, linewidth=0)
    ax.axhline(100, color=style.DARK, linestyle="--", linewidth=1)
    ax.set_ylim(0, TOP)
    ax.set_ylabel(f"accelerators in use (% of {capacity:,})")
    average = np.average(shares, axis=1, weights=np.diff(edges)) if window.length else np.zeros(len(names))
    shown = [
        f"{_name(name, labels)} {units.format_percent(mean / 100)}" for name, mean in zip(names, average, strict=True)
    ]
    middles = (np.cumsum(average) - average / 2) / TOP
    style.label_lines(ax, shown, middles.tolist(), colours)
    return legible(ax)


def queue(
    series: pl.DataFrame,
    window: Window,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the waiting jobs by platform; see `utilisation` for the arguments."""
    ax = style.prepared(ax)
    names, edges, levels = _levels(series, "waiting", window)
    colours = [style.colour(i) for i in range(len(names))]
    x = _time_axis(ax, edges, window)
    for level, shade in zip(levels, colours, strict=True):
        ax.plot(x, _held(level), drawstyle="steps-post", color=shade, linewidth=1.2)
    highest = max(float(levels.max(initial=0)) * 1.05, 1.0)
    ax.set_ylim(0, highest)
    ax.set_ylabel("waiting jobs")
    last = levels[:, -1] if levels.size else np.zeros(len(names))
    shown = [_name(name, labels) for name in names]
    style.label_lines(ax, shown, [float(level) / highest for level in last], colours)
    return legible(ax)


def _held(level: Array) -> Array:
    """Return the levels of bins with the last one once more, for the last edge."""
    return np.append(level, level[-1:])


def _name(name: str, labels: Mapping[str, str] | None) -> str:
    return (labels or {}).get(name, name)


def _levels(series: pl.DataFrame, column: str, window: Window) -> tuple[list[str], Array, Array]:
    """Return the platforms, the edges of bins (ms), and the averages by (platform, bin)."""
    names = names_of(series["platform"])
    edges = style.edges_of(series["t_ms"].to_numpy(), window.warmup, window.horizon)
    parts = {str(key[0]): part for key, part in series.group_by("platform")}
    levels = np.zeros((len(names), len(edges) - 1))
    if window.length == 0:
        return names, edges, levels
    for row, name in enumerate(names):
        if name in parts:
            part = parts[name]
            levels[row] = averages(part["t_ms"].to_numpy(), part[column].to_numpy(), edges)
    return names, edges, levels


def _time_axis(ax: "Axes", edges: Array, window: Window) -> Array:
    origin, (unit, ms) = window.origin, style.unit_of(window.horizon - window.origin)
    ax.set_xlabel(f"time since the start ({unit})")
    if window.length:
        ax.set_xlim((window.warmup - origin) / ms, (window.horizon - origin) / ms)
    return (edges - origin) / ms

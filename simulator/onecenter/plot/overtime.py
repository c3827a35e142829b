"""What runs and what waits over time, and over the hours of a week."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.results.log import Array
from onecenter.results.log_table import names_of
from onecenter.results.series import averages
from onecenter.results.window import Window
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Upper end of the axis of utilisation (%), so that the line of 100 % is seen.
TOP: Final = 105

#: Hours of a week.
HOURS: Final = 168


def utilisation(
    series: pl.DataFrame,
    capacity: int,
    window: Window,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
    words: Words | None = None,
    *,
    named: bool = True,
) -> "Axes":
    """Draw the share of the center's accelerators in use, stacked by platform; a long run as averages of equal bins.

    With `named` the platforms' names are beside their layers.
    """
    ax, words = style.prepared(ax), words or Words()
    names, edges, levels = _levels(series, "accelerators_running", window)
    shares = levels / max(capacity, 1)
    average = np.average(shares, axis=1, weights=np.diff(edges)) if window.length else np.zeros(len(names))
    _stack(ax, style.time_axis(ax, edges, window, words), shares)
    _name_layers(ax, style.names_of(names, labels), average, average, capacity, words, named)
    return legible(ax)


def week(
    shares: Array,
    average: Sequence[float],
    capacity: int,
    names: Sequence[str],
    ax: "Axes | None" = None,
    words: Words | None = None,
    *,
    named: bool = True,
) -> "Axes":
    """Draw the share of the center's accelerators in use by hour of the week, stacked by platform.

    `shares` is (platforms, 168), from Monday 00:00 on; `average` is by platform, over the whole time.
    """
    ax, words = style.prepared(ax), words or Words()
    _stack(ax, np.arange(HOURS + 1.0), shares)
    ax.set_xlim(0, HOURS)
    ax.set_xticks(np.arange(0, HOURS + 1, 24), minor=True)
    ax.set_xticks(np.arange(12, HOURS, 24), [words(f"day {day}") for day in range(7)])
    ax.tick_params(axis="x", which="major", length=0)
    ax.grid(axis="x", which="minor", color="#DDDDDD", linewidth=0.6)
    last = np.nan_to_num(shares[:, -1]) if shares.size else np.zeros(len(names))
    _name_layers(ax, names, np.asarray(average), last, capacity, words, named)
    return legible(ax)


def _stack(ax: "Axes", x: Array, shares: Array) -> None:
    tops = np.cumsum(100 * shares, axis=0)
    for index, (top, share) in enumerate(zip(tops, 100 * shares, strict=True)):
        shade = style.colour(index)
        ax.fill_between(x, _held(top - share), _held(top), step="post", color=shade, linewidth=0)
    ax.axhline(100, color=style.DARK, linestyle="--", linewidth=1)
    ax.set_ylim(0, TOP)


def _name_layers(
    ax: "Axes", names: Sequence[str], average: Array, beside: Array, capacity: int, words: Words, named: bool
) -> None:
    """Write each platform's name with its average use, as high as its layer is beside it."""
    ax.set_ylabel(words("plot.use", count=f"{capacity:,}"))
    middles = 100 * (np.cumsum(beside) - beside / 2) / TOP
    shown = [f"{name} {words.percent(mean)}" for name, mean in zip(names, average, strict=True)]
    if named:
        style.label_lines(ax, shown, middles.tolist())


def queue(
    series: pl.DataFrame,
    window: Window,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
    words: Words | None = None,
) -> "Axes":
    """Draw the waiting jobs by platform; see `utilisation` for the arguments."""
    ax, words = style.prepared(ax), words or Words()
    names, edges, levels = _levels(series, "waiting", window)
    x = style.time_axis(ax, edges, window, words)
    for index, level in enumerate(levels):
        ax.plot(x, _held(level), drawstyle="steps-post", color=style.colour(index), linewidth=1.2)
    highest = max(float(levels.max(initial=0)) * 1.05, 1.0)
    ax.set_ylim(0, highest)
    ax.set_ylabel(words("plot.queue"))
    last = levels[:, -1] if levels.size else np.zeros(len(names))
    style.label_lines(ax, style.names_of(names, labels), [float(level) / highest for level in last])
    return legible(ax)


def _held(level: Array) -> Array:
    """Return the levels of bins with the last one once more, for the last edge."""
    return np.append(level, level[-1:])


def _levels(series: pl.DataFrame, column: str, window: Window) -> tuple[list[str], Array, Array]:
    """Return the platforms, the edges of bins (ms), and the averages by (platform, bin)."""
    names = names_of(series["platform"])
    edges = style.edges_of(series["t_ms"].to_numpy(), window.warmup, window.horizon)
    if window.length == 0:
        return names, edges, np.zeros((len(names), len(edges) - 1))
    return names, edges, levels_of(series, column, names, edges)


def levels_of(series: pl.DataFrame, column: str, names: Sequence[str], edges: Array) -> Array:
    """Return the averages of a column by (platform, bin between rising edges in ms)."""
    parts = {str(key[0]): part for key, part in series.group_by("platform")}
    levels = np.zeros((len(names), len(edges) - 1))
    for row, name in enumerate(names):
        if name in parts:
            levels[row] = averages(parts[name]["t_ms"].to_numpy(), parts[name][column].to_numpy(), edges)
    return levels

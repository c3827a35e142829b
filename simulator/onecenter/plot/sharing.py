"""What platforms hold of each node type over time, against their quota."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.results.log import Array
from onecenter.results.log_table import names_of
from onecenter.results.series import averages
from onecenter.results.window import Window
from onecenter.visible import visible
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: How much of its row the highest amount takes.
HIGHEST: Final = 0.82

#: Steps of one row: averages of so many equal bins where there are more.
ROW_POINTS: Final = 400


def shares(
    usage: pl.DataFrame,
    window: Window,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
    words: Words | None = None,
) -> "Axes":
    """Draw a row per platform and node type: what it holds of it, filled, and its nominal quota, dashed.

    `usage` is that of `sharing_tables.usage_table`; a ValueError refuses one without rows. Each row has a scale of its
    own, whose highest amount is written beside it. A platform that neither has nor uses any of a type has no row.
    """
    if usage.is_empty():
        raise ValueError("the run has no quotas: there is nothing to draw use against")
    ax, words = style.prepared(ax), words or Words()
    platforms, kinds = names_of(usage["platform"]), names_of(usage["node_type"])
    rows = [part for part in _rows(usage) if part["used"].max() or part["nominal"].max()]
    ticks = []
    for place, part in enumerate(reversed(rows)):
        platform, kind = (part[name].to_physical()[0] for name in ("platform", "node_type"))
        top = _draw(ax, part, place, style.colour(platform), window, words)
        name = visible(style.names_of(platforms, labels)[platform])
        ticks.append(f"{name}\n{visible(kinds[kind])} · {words.count(top)}")
    ax.set_yticks([place + HIGHEST / 2 for place in range(len(rows))], ticks, fontsize="small")
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.05, max(len(rows), 1))
    ax.set_ylabel(words("plot.shares"))
    return legible(ax)


def _rows(usage: pl.DataFrame) -> list[pl.DataFrame]:
    return usage.partition_by("platform", "node_type", maintain_order=True)


def _draw(ax: "Axes", part: pl.DataFrame, place: int, shade: str, window: Window, words: Words) -> float:
    """Draw one row, and return the amount at its top."""
    t = part["t_ms"].to_numpy()
    inside = np.unique(t[(t > window.warmup) & (t < window.horizon)])
    edges = np.concatenate([[window.warmup], inside, [window.horizon]]).astype(np.float64)
    if len(edges) > ROW_POINTS:
        edges = np.linspace(window.warmup, window.horizon, ROW_POINTS + 1)
    x = style.time_axis(ax, edges, window, words)
    used, nominal = (_levels(t, part[name].to_numpy(), edges) for name in ("used", "nominal"))
    top = max(float(used.max()), float(nominal.max()), 1e-9)
    scaled = HIGHEST * used / top
    ax.fill_between(x, place, place + np.append(scaled, scaled[-1:]), step="post", color=shade, linewidth=0)
    line = place + HIGHEST * nominal / top
    ax.plot(x, np.append(line, line[-1:]), drawstyle="steps-post", color=style.DARK, linestyle="--", linewidth=1)
    ax.axhline(place, color=style.FAINT, linewidth=0.6)
    return top


def _levels(t: Array, value: Array, edges: Array) -> Array:
    if edges[-1] <= edges[0]:
        return np.zeros(len(edges) - 1)
    return averages(t, value, edges)

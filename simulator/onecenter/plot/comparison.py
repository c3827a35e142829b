"""Ratios of waits with their intervals: which policy or scenario is better, and whether beyond chance."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.visible import visible
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: An end of an interval beyond this factor is cut off.
MAX_RATIO: Final = 1e3


def ratios(
    table: pl.DataFrame, ax: "Axes | None" = None, labels: Mapping[str, str] | None = None, words: Words | None = None
) -> "Axes":
    """Draw by platform the ratio of mean waits of each pair, with its 95 % interval, on a logarithmic axis.

    Left of the line at 1 the other side waits less than the base. A full mark is beyond chance, an open one is not;
    both are adjusted for the number of comparisons. Where there is no ratio (null) it says so.
    """
    ax, words = style.prepared(ax), words or Words()
    others = list(dict.fromkeys(table["other"]))
    platforms = list(dict.fromkeys(table["platform"]))
    ax.axvline(1, color=style.DARK, linestyle="--", linewidth=1)
    for row in table.iter_rows(named=True):
        index = others.index(row["other"])
        _mark(ax, row, platforms.index(row["platform"]) + _place(index, len(others)), index, words)
    _axes(ax, table, style.names_of(platforms, labels), words)
    if len(others) > 1:
        heights = [0.95 - 0.07 * i for i in range(len(others))]
        style.label_lines(ax, others, heights)
    return legible(ax)


def _place(index: int, count: int) -> float:
    """Return where a side stands around its platform's row, so that several do not cover each other."""
    return 0.6 * ((index + 0.5) / count - 0.5)


def _mark(ax: "Axes", row: Mapping[str, Any], y: float, index: int, words: Words) -> None:
    shade = style.colour(index)
    if row["ratio"] is None:
        text = words("plot.no ratio, see table" if row.get("reason") else "plot.no ratio")
        ax.annotate(text, (1, y), xytext=(4, 0), textcoords="offset points", va="center", color=style.DARK)
        return
    ends = [MAX_RATIO if row[key] is None else row[key] for key in ("ratio_low", "ratio_high")]
    low, high = (min(max(end, 1 / MAX_RATIO), MAX_RATIO) for end in ends)
    ax.plot([low, high], [y, y], color=shade, linewidth=2)
    inside = shade if row["beyond_chance"] else "white"
    ax.plot([row["ratio"]], [y], marker="o", markersize=7, color=shade, markerfacecolor=inside)


def _axes(ax: "Axes", table: pl.DataFrame, names: list[str], words: Words) -> None:
    ends = pl.concat([table["ratio_low"], table["ratio_high"], table["ratio"]]).drop_nulls().to_list()
    reach = min(max([2.0, *(max(end, 1 / end) for end in ends if end > 0)]), MAX_RATIO) * 1.2
    ax.set_xscale("log")
    ax.set_xlim(1 / reach, reach)
    steps = (2, 5, 10, 20, 50, 100, 200, 500, 1_000) if reach > 3 else (1.25, 1.5, 2)
    ticks = sorted({1.0, *(step for step in steps if step <= reach), *(1 / step for step in steps if step <= reach)})
    if len(ticks) > 9:
        ticks = [tick for tick in ticks if round(max(tick, 1 / tick)) in (1, 10, 100, 1_000)]
    style.log_ticks(ax.xaxis, ticks, [f"{tick:.3g}" for tick in ticks])
    ax.set_yticks(range(len(names)), [visible(name) for name in names])
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)
    bases, others = (words("plot.or").join(dict.fromkeys(table[side])) for side in ("base", "other"))
    ax.set_xlabel(visible(words("plot.ratio", others=others, bases=bases)))

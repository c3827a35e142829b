"""Which values matter most: a tornado of Sobol' indices."""

from typing import TYPE_CHECKING

import polars as pl

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.visible import visible
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def tornado(table: pl.DataFrame, figure: str, ax: "Axes | None" = None, words: Words | None = None) -> "Axes":
    """Draw total indices as bars, the largest on top, with their intervals, and the first-order ones inside."""
    ax = style.prepared(ax)
    rows = table.sort("total")
    places = range(rows.height)
    ax.barh(places, rows["total"], color=style.colour(4), height=0.7)
    ax.barh(places, rows["first"], color=style.colour(0), height=0.35)
    ax.hlines(places, rows["total_low"], rows["total_high"], color=style.DARK, linewidth=1)
    ax.set_yticks(list(places), [visible(path) for path in rows["path"]])
    ax.set_xlim(0, max(1.0, float(rows["total_high"].max() or 1.0)))  # type: ignore[arg-type]
    ax.set_xlabel(visible((words or Words())("plot.variance", figure=figure)))
    return legible(ax)

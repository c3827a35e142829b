"""Waits against the number of nodes: what a plan tried."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.results.log import Array
from onecenter.results.targets import Target
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Nodes in all, and how a target stands.
Row = tuple[int, Any]

#: The shortest wait drawn (s); shorter ones stand there.
SHORTEST: Final = 1.0

#: Ticks of the axis of waits (s).
TICKS: Final = (1, 10, 60, 600, 3_600, 86_400, 864_000, 8_640_000, 86_400_000)


def frontier(
    fleets: Sequence[tuple[int, Sequence[Any]]],
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
    *,
    answer: Sequence[int] = (),
    joined: bool = True,
    named: bool = True,
    words: Words | None = None,
) -> "Axes":
    """Draw each target's percentile of the wait against the nodes, with its 95 % interval and the limit (dashed).

    Each fleet is its number of nodes with the `Assessment` of each target; `answer` are numbers of nodes to mark.
    Points that are not `joined` are for fleets of several types, as some with the same number of nodes differ. A wait
    that the data do not reach is left out, and a band without an upper end goes up to the edge.
    """
    ax, words = style.prepared(ax), words or Words()
    curves = _curves(fleets)
    colours = _colours([platform for platform, _ in curves], labels)
    bottom, top = _range(curves.values())
    _axes(ax, [nodes for nodes, _ in fleets], bottom, top, words)
    for count in answer:
        ax.axvline(count, color=style.FAINT, linewidth=4, alpha=0.35, zorder=0)
        at: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "ha": "center", "color": style.DARK}
        ax.annotate(words("tried.answer"), (count, 1.01), **at)
    for place, ((platform, target), rows) in enumerate(curves.items()):
        _draw(ax, rows, colours[platform], joined, bottom, top)
        limit = words("at most", limit=target.limit_said(words))
        _limit(ax, max(target.limit / target.scale, bottom), limit, colours[platform], place)
    if named:
        _names(ax, curves, colours, labels, bottom, top, words)
    if not curves:
        ax.annotate(words("tried.none"), (0.5, 0.5), xycoords="axes fraction", ha="center")
    return legible(ax)


def _curves(fleets: Sequence[tuple[int, Sequence[Any]]]) -> dict[tuple[str, Target], list[Row]]:
    """Return by platform and target the fleets by rising nodes; waits of whole platforms only."""
    found: dict[tuple[str, Target], list[Row]] = {}
    for nodes, targets in sorted(fleets, key=lambda each: each[0]):
        for one in targets:
            if one.target.kind == "wait" and one.target.whole:
                found.setdefault((one.platform, one.target), []).append((nodes, one))
    return found


def _colours(names: Sequence[str], labels: Mapping[str, str] | None) -> dict[str, int]:
    known = list(labels or ())
    order = known if set(names) <= set(known) else list(dict.fromkeys(names))
    return {name: order.index(name) for name in names}


def _range(curves: Any) -> tuple[float, float]:
    """Return the ends of the axis of waits (s): all limits and values lie inside."""
    every = [one for rows in curves for _, one in rows]
    seen = [value for one in every for value in (one.limit, one.value, one.low, one.high) if value is not None]
    top = max([value for value in seen if np.isfinite(value)] + [10 * SHORTEST])
    return SHORTEST, 2.0 * top


def _axes(ax: "Axes", nodes: Sequence[int], bottom: float, top: float, words: Words) -> None:
    from matplotlib.ticker import MaxNLocator

    ticks = [tick for tick in TICKS if bottom <= tick <= top]
    texts = [words.exact(1_000 * tick) for tick in ticks]
    texts[0] = words("at most", limit=texts[0])
    ax.set_yscale("log")
    ax.set_ylim(bottom, top)
    style.log_ticks(ax.yaxis, ticks, texts)
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    if nodes:
        ax.set_xlim(min(nodes) - 0.5, max(nodes) + 0.5)
    ax.set_xlabel(words("tried.nodes"))
    # Upright beside the axis it would be turned; above it anyone can read it.
    ax.set_title(words("tried.wait"), loc="left", fontsize="medium", color=style.DARK, pad=18)


def _draw(ax: "Axes", rows: Sequence[Row], index: int, joined: bool, bottom: float, top: float) -> None:
    nodes = np.array([count for count, _ in rows], float)
    value = _clipped([one.value for _, one in rows], np.nan, bottom)
    low = _clipped([one.low for _, one in rows], bottom, bottom)
    high = _clipped([one.high for _, one in rows], top, bottom)
    shade = style.colour(index)
    known = np.array([one.low is not None or one.value is not None for _, one in rows])
    if joined:
        ax.fill_between(nodes, low, high, where=known.tolist(), color=shade, alpha=0.2, linewidth=0)
    else:
        ax.vlines(nodes[known], low[known], high[known], color=shade, alpha=0.35, linewidth=2)
    ax.plot(nodes, value, color=shade, marker="o", markersize=4, linestyle="-" if joined else "none", clip_on=False)


def _clipped(values: Sequence[float | None], missing: float, bottom: float) -> Array:
    found = np.array([missing if value is None else value for value in values], float)
    return np.asarray(np.maximum(found, bottom))


def _limit(ax: "Axes", limit: float, text: str, index: int, place: int) -> None:
    """Draw a limit; its text stands beside those of other limits, which may be as high."""
    ax.axhline(limit, color=style.colour(index), linestyle="--", linewidth=1.2)
    at = ((0.01 + 0.22 * (place % 4)), limit)
    above: dict[str, Any] = {"xytext": (0, 2), "textcoords": "offset points"}
    ax.annotate(text, at, **above, xycoords=("axes fraction", "data"), color=style.text_colour(index), fontsize="small")


def _names(
    ax: "Axes", curves: Mapping[tuple[str, Target], Sequence[Row]], colours: Mapping[str, int],
    labels: Mapping[str, str] | None, bottom: float, top: float, words: Words,
) -> None:  # fmt: skip
    platforms = [platform for platform, _ in curves]
    names, heights = style.names_of(platforms, labels), []
    for place, ((platform, target), rows) in enumerate(curves.items()):
        if platforms.count(platform) > 1:
            names[place] += f" {words.percentile(target.percentile)}"
        last = next((one.value for _, one in reversed(rows) if one.value is not None), top)
        heights.append(float(np.log(max(last, bottom) / bottom) / np.log(top / bottom)))
    style.label_lines(ax, names, heights, [colours[platform] for platform in platforms])

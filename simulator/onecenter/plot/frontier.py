"""Waits against the number of nodes: what a plan tried."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from onecenter import units
from onecenter.plot import style
from onecenter.plot.fonts import legible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[Any]
Row = Mapping[str, Any]

#: What is written, by language.
TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "nodes": "nodes",
        "wait": "wait at the target's percentile (logarithmic; band: 95 % interval)",
        "answer": "answer",
        "none": "no target for waits",
        "target": "≤ {limit}",
    },
    "zh": {
        "nodes": "节点数",
        "wait": "目标分位的等待时间（对数坐标；色带为 95% 置信区间）",
        "answer": "结论",
        "none": "没有等待时间目标",
        "target": "≤ {limit}",
    },
}

#: The shortest wait drawn (s); shorter ones stand there.
SHORTEST: Final = 1.0

#: Ticks of the axis of waits (s).
TICKS: Final = (1, 10, 60, 600, 3_600, 86_400, 864_000, 8_640_000, 86_400_000)


def frontier(
    tried: Sequence[Row],
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
    *,
    answer: Sequence[int] = (),
    named: bool = True,
    texts: Mapping[str, str] = TEXTS["en"],
    duration: Callable[[int], str] = units.duration_text,
) -> "Axes":
    """Draw each target's percentile of the wait against the nodes, with its 95 % interval and the limit (dashed).

    Where several node counts vary, fleets with the same number of nodes differ: they are drawn as points. A wait that
    the data do not reach is left out, and a band without an upper end goes up to the edge.

    Parameters
    ----------
    tried : sequence of mapping
        A fleet each: "nodes", "values" (count by path) and "targets", each with "platform", "what" (such as
        "wait p95"), "limit", "value", "low", "high" (s; None: not reached).
    labels : mapping, optional
        Names for people by platform; its order is that of the colours.
    ax : Axes, optional
        Where to draw; default new Axes of pyplot.
    answer : sequence of int, optional
        Numbers of nodes to mark.
    named : bool
        Write the platforms' names beside the curves.
    texts : mapping of str to str
        What is written, by the keys of TEXTS["en"].
    duration : callable
        Writes ms for people.
    """
    ax = style.prepared(ax)
    curves = _curves(tried)
    colours = _colours([platform for platform, _ in curves], labels)
    joined = max((len(fleet["values"]) for fleet in tried), default=1) == 1
    bottom, top = _range(curves.values())
    _axes(ax, tried, bottom, top, texts, duration)
    for count in answer:
        ax.axvline(count, color=style.FAINT, linewidth=4, alpha=0.35, zorder=0)
        ax.annotate(texts["answer"], (count, 1.01), xycoords=("data", "axes fraction"), ha="center", color=style.DARK)
    for place, ((platform, _), rows) in enumerate(curves.items()):
        _draw(ax, rows, colours[platform], joined, bottom, top)
        written = texts["target"].format(limit=duration(round(1_000 * rows[0]["limit"])))
        _limit(ax, max(float(rows[0]["limit"]), bottom), written, colours[platform], place)
    if named:
        _names(ax, curves, colours, labels, bottom, top)
    if not curves:
        ax.annotate(texts["none"], (0.5, 0.5), xycoords="axes fraction", ha="center")
    return legible(ax)


def _curves(tried: Sequence[Row]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return by platform and target the rows of the fleets, by rising nodes; waits of whole platforms only."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for fleet in sorted(tried, key=lambda each: each["nodes"]):
        for one in fleet["targets"]:
            if one["what"].startswith("wait") and "(" not in one["what"]:
                found.setdefault((one["platform"], one["what"]), []).append({**one, "nodes": fleet["nodes"]})
    return found


def _colours(names: Sequence[str], labels: Mapping[str, str] | None) -> dict[str, int]:
    known = list(labels or ())
    order = known if set(names) <= set(known) else list(dict.fromkeys(names))
    return {name: order.index(name) for name in names}


def _range(curves: Any) -> tuple[float, float]:
    """Return the ends of the axis of waits (s): all limits and values lie inside."""
    seen = [
        row[key] for rows in curves for row in rows for key in ("limit", "value", "low", "high") if row[key] is not None
    ]
    top = max([value for value in seen if np.isfinite(value)] + [10 * SHORTEST])
    return SHORTEST, 2.0 * top


def _axes(
    ax: "Axes", tried: Sequence[Row], bottom: float, top: float, texts: Mapping[str, str], duration: Any
) -> None:
    from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

    ticks = [tick for tick in TICKS if bottom <= tick <= top]
    ax.set_yscale("log")
    ax.set_ylim(bottom, top)
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    written = [texts["target"].format(limit=duration(1_000 * tick)) if tick <= bottom else duration(1_000 * tick)
               for tick in ticks]  # fmt: skip
    ax.yaxis.set_major_formatter(FixedFormatter(written))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    nodes = [fleet["nodes"] for fleet in tried]
    if nodes:
        ax.set_xlim(min(nodes) - 0.5, max(nodes) + 0.5)
    ax.set_xlabel(texts["nodes"])
    # Upright beside the axis it would be turned; above it anyone can read it.
    ax.set_title(texts["wait"], loc="left", fontsize="medium", color=style.DARK, pad=18)


def _draw(ax: "Axes", rows: Sequence[Row], index: int, joined: bool, bottom: float, top: float) -> None:
    nodes = np.array([row["nodes"] for row in rows], float)
    value = _clipped([row["value"] for row in rows], np.nan, bottom)
    low = _clipped([row["low"] for row in rows], bottom, bottom)
    high = _clipped([row["high"] for row in rows], top, bottom)
    shade = style.colour(index)
    known = np.array([row["low"] is not None or row["value"] is not None for row in rows])
    if joined:
        ax.fill_between(nodes, low, high, where=known.tolist(), color=shade, alpha=0.2, linewidth=0)
    else:
        ax.vlines(nodes[known], low[known], high[known], color=shade, alpha=0.35, linewidth=2)
    ax.plot(nodes, value, color=shade, marker="o", markersize=4, linestyle="-" if joined else "none", clip_on=False)


def _clipped(values: Sequence[float | None], missing: float, bottom: float) -> Array:
    found = np.array([missing if value is None else value for value in values], float)
    clipped: Array = np.maximum(found, bottom)
    return clipped


def _limit(ax: "Axes", limit: float, text: str, index: int, place: int) -> None:
    """Draw a limit; its text stands beside those of other limits, which may be as high."""
    ax.axhline(limit, color=style.colour(index), linestyle="--", linewidth=1.2)
    at = ((0.01 + 0.22 * (place % 4)), limit)
    above: dict[str, Any] = {"xytext": (0, 2), "textcoords": "offset points"}
    ax.annotate(text, at, **above, xycoords=("axes fraction", "data"), color=style.text_colour(index), fontsize="small")


def _names(
    ax: "Axes", curves: Mapping[tuple[str, str], Sequence[Row]], colours: Mapping[str, int],
    labels: Mapping[str, str] | None, bottom: float, top: float,
) -> None:  # fmt: skip
    platforms = [platform for platform, _ in curves]
    names, heights = [], []
    for (platform, what), rows in curves.items():
        name = (labels or {}).get(platform, platform)
        names.append(f"{name} {what.removeprefix('wait ')}" if platforms.count(platform) > 1 else name)
        last = next((row["value"] for row in reversed(rows) if row["value"] is not None), top)
        heights.append(float(np.log(max(last, bottom) / bottom) / np.log(top / bottom)))
    style.label_lines(ax, names, heights, [style.text_colour(colours[platform]) for platform in platforms])

"""Which job ran where and when."""

from collections.abc import Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.results.log_table import names_of
from onecenter.results.window import Window
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Beyond these rows of starts nothing can be read.
MAX_STARTS: Final = 5_000

#: With no more bars than these each carries its job's number.
NUMBERED: Final = 60

ROUNDING: Final = 1e-9


class Bar(NamedTuple):
    """A part of a job: on `lane` (a device), from `bottom` over `height` (0..1 of the device), in ms."""

    job: int
    platform: int
    lane: int
    bottom: float
    height: float
    start: int
    end: int


def gantt(
    jobs: pl.DataFrame,
    segments: pl.DataFrame,
    nodes: pl.DataFrame,
    window: Window,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
    words: Words | None = None,
) -> "Axes":
    """Draw one bar per attempt of a job and device; a ValueError refuses more than 5,000 rows of starts.

    The log names the devices of fractions; whole accelerators are drawn on the lowest devices that are free. A job
    without accelerators is drawn on a lane of its node below its devices. Nodes that were not used are left out.
    """
    starts = _starts(jobs, segments, window)
    if starts.height > MAX_STARTS:
        raise ValueError(f"{starts.height:,} rows of starts are too many to draw: at most {MAX_STARTS:,}")
    ax, words = style.prepared(ax), words or Words()
    spare = int((starts["accelerators"] == 0).any())
    used = nodes.filter(pl.col("node").is_in(starts["node"].unique().to_list()))
    devices = dict(used.select("node", "accelerators").iter_rows())
    tops = [0, *accumulate(count + spare for count in devices.values())]
    first = dict(zip(devices, tops, strict=False))
    bars = _bars(starts, devices, first)
    _draw(ax, bars, window, words)
    _node_axis(ax, list(devices), tops)
    ax.set_ylabel(words("plot.lanes"))
    _legend(ax, bars, names_of(jobs["platform"]), labels)
    return legible(ax)


def _starts(jobs: pl.DataFrame, segments: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Return the segments with what a task asks, fractions first, in order of time."""
    asked = jobs.select("job", pl.col("platform").to_physical(), pl.col("accelerators") / pl.col("tasks"))
    rows = segments.filter(pl.col("start_ms") < window.horizon).select(
        "job", "node", pl.col("device").fill_null(-1), "amount", "start_ms", pl.col("end_ms").fill_null(window.horizon)
    )
    found = rows.join(asked, on="job", how="left", maintain_order="left")
    return found.sort(pl.col("device") < 0, "start_ms", maintain_order=True)


def _bars(starts: pl.DataFrame, devices: Mapping[int, int], first: Mapping[int, int]) -> list[Bar]:
    """Return the bars; fractions are stacked on their device."""
    by_lane: dict[int, list[Bar]] = {}
    for row in starts.iter_rows(named=True):
        lane0, count = first[row["node"]], devices[row["node"]]
        asked = row["accelerators"]
        if asked == 0:
            lanes, number, height = [lane0 + count], 1, 1.0
        elif row["device"] >= 0:
            lanes, number, height = [lane0 + row["device"]], 1, asked * row["amount"]
        else:
            lanes, number, height = list(range(lane0, lane0 + count)), round(asked * row["amount"]), 1.0
        places = [(lane, _bottom(by_lane.get(lane, []), row, height)) for lane in lanes]
        # Full lanes come last: only where the log is not of this center, or jobs share the lane of cpus.
        places.sort(key=lambda place: place[1] is None)
        for lane, bottom in places[:number]:
            place = (lane, bottom or 0.0, height)
            bar = Bar(row["job"], row["platform"], *place, row["start_ms"], row["end_ms"])
            by_lane.setdefault(lane, []).append(bar)
    return [bar for bars in by_lane.values() for bar in bars]


def _bottom(bars: list[Bar], row: Mapping[str, Any], height: float) -> float | None:
    """Return the lowest free place of a height on a lane while the row's job runs; None: there is none."""
    beside = [bar for bar in bars if bar.start < row["end_ms"] and row["start_ms"] < bar.end]
    taken = [(bar.bottom + ROUNDING, bar.bottom + bar.height - ROUNDING) for bar in beside]
    for bottom in sorted({0.0, *(bar.bottom + bar.height for bar in beside)}):
        top = bottom + height
        if top <= 1 + ROUNDING and all(top <= low or high <= bottom for low, high in taken):
            return bottom
    return None


def _draw(ax: "Axes", bars: list[Bar], window: Window, words: Words) -> None:
    from matplotlib.collections import PolyCollection

    spans = style.time_axis(ax, np.array([(bar.start, bar.end) for bar in bars]).reshape(-1, 2), window, words)
    corners = [_corners(span[0], span[1], bar) for span, bar in zip(spans.tolist(), bars, strict=True)]
    colours = [style.colour(bar.platform) for bar in bars]
    ax.add_collection(PolyCollection(corners, facecolors=colours, edgecolors="white", linewidths=0.5))
    for span, bar in zip(spans.tolist(), bars, strict=True) if len(bars) <= NUMBERED else ():
        middle = (sum(span) / 2, bar.lane + bar.bottom + bar.height / 2)
        ax.annotate(str(bar.job), middle, ha="center", va="center", fontsize=7, color="white", clip_on=True)


def _corners(start: float, end: float, bar: Bar) -> list[tuple[float, float]]:
    bottom = bar.lane + bar.bottom
    return [(start, bottom), (end, bottom), (end, bottom + bar.height), (start, bottom + bar.height)]


def _node_axis(ax: "Axes", nodes: list[int], tops: list[int]) -> None:
    for top in tops[1:-1]:
        ax.axhline(top, color=style.FAINT, linewidth=0.6)
    shown = range(0, len(nodes), -(-len(nodes) // 40) or 1)
    ax.set_yticks([(tops[i] + tops[i + 1]) / 2 for i in shown], [f"n{nodes[i]}" for i in shown])
    ax.set_ylim(max(tops[-1], 1), 0)


def _legend(ax: "Axes", bars: list[Bar], platforms: list[str], labels: Mapping[str, str] | None) -> None:
    used = sorted({bar.platform for bar in bars})
    names = style.names_of([platforms[i] for i in used], labels)
    heights = [1 - 0.08 * (row + 0.5) for row in range(len(used))]
    style.label_lines(ax, names, heights, used)

"""The pictures of the report, each drawn twice: for a screen or paper, and for a phone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from onecenter import plot, units
from onecenter.planning.file import PlanFile
from onecenter.plot import style
from onecenter.plot.frontier import frontier
from onecenter.plot.overtime import HOURS, levels_of
from onecenter.report.blocks import Figure
from onecenter.report.subject import Subject
from onecenter.report.svg import picture
from onecenter.results.log import Array
from onecenter.results.views import figure
from onecenter.results.window import Window
from onecenter.units import MS
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Widths of both drawings (inches).
WIDE, NARROW = 7.6, 3.9

#: Draws on Axes, with the names of platforms or without.
Draw = Callable[["Axes", bool], Any]


class Charts:
    """Draws in one language; the names of pictures begin with a prefix, so that no two of a page are equal."""

    def __init__(self, words: Words, prefix: str) -> None:
        self._words, self._prefix = words, prefix

    def _twice(self, name: str, draw: Draw, heights: tuple[float, float], title: str, caption: str,
               legend: Sequence[str]) -> Figure:  # fmt: skip
        """Return a figure with these heights when wide and when narrow; narrow, the names are in its legend."""

        def drawn(wide: bool) -> str:
            width, height = (WIDE, heights[0]) if wide else (NARROW, heights[1])
            identifier = f"{self._prefix}-{name}-{'wide' if wide else 'narrow'}"
            return picture(lambda ax: draw(ax, wide), width, height, identifier, title)

        return Figure(drawn(True), drawn(False), caption, [(style.colour(i), text) for i, text in enumerate(legend)])

    def _all(self, key: str, texts: Sequence[str]) -> str:
        return self._words(key, list=self._words("comma").join(texts))

    def waits(self, subject: Subject) -> Figure:
        """Return the share of jobs that wait longer than a time, with the targets."""
        result, figures = subject.result, subject.summary["platforms"]
        labels = result.labels_in(self._words.language)

        def draw(ax: "Axes", named: bool) -> None:
            plot.waits(result.wait_samples, result.targets, labels, ax, self._words, named=named)

        title = self._all("waits title", [f"{label} {figure(self._words, figures[name], 'p95')}"
                                          for name, label in labels.items()])  # fmt: skip
        return self._twice("waits", draw, (3.6, 3.4), title, self._words("waits legend"), list(labels.values()))

    def use(self, subject: Subject) -> Figure:
        """Return the use of the center by hour of the week; of a run shorter than a week, over its time."""
        words, window, capacity = self._words, subject.result.window, subject.capacity
        labels, figures = subject.result.labels_in(words.language), subject.summary["platforms"]
        means = [figures[name]["utilisation"] for name in labels]
        shown = [f"{label} {words.percent(mean)}" for label, mean in zip(labels.values(), means, strict=True)]
        weekly = subject.scenario is not None and window.length >= 7 * MS["d"]
        names, series = list(labels.values()), subject.result.series

        def draw(ax: "Axes", named: bool) -> None:
            if weekly and subject.scenario is not None:
                origin = subject.scenario.time.origin
                shares = use_by_hour_of_week(series, subject.result.workload.platforms, capacity, window, origin)
                plot.week(shares, [mean or 0.0 for mean in means], capacity, names, ax, words, named=named)
            else:
                plot.utilisation(series, capacity, window, labels, ax, words, named=named)

        key = "week caption" if weekly else "run caption"
        caption = words(key, count=f"{capacity:,}", zone=zone_of(subject))
        return self._twice("use", draw, (3.1, 2.8), self._all("use title", shown), caption, shown)

    def shares(self, subject: Subject) -> Figure:
        """Return use against quota over time, by platform and node type."""
        result, words = subject.result, self._words
        labels = result.labels_in(words.language)
        rows = result.shares.filter((pl.col("used") > 0) | (pl.col("nominal") > 0))
        shown = [f"{labels[str(row['platform'])]} {row['node_type']} {words.percent(row['above_nominal'])}"
                 for row in rows.iter_rows(named=True)]  # fmt: skip

        def draw(ax: "Axes", named: bool) -> None:
            plot.shares(result.usage, result.window, labels, ax, words)

        height = 0.9 + 0.52 * max(len(shown), 1)
        title = self._all("quota use title", shown)
        return self._twice("shares", draw, (height, height), title, words("quota use caption"), ())

    def frontier(self, plan: PlanFile, labels: Mapping[str, str], values: str) -> Figure:
        """Return waits against nodes for all fleets that a plan tried."""
        fleets = [(fleet.nodes, plan.assessments(fleet)) for fleet in plan.tried]
        answer, joined = [plan.fleet.nodes] if plan.fleet else [], len(plan.paths) == 1

        def draw(ax: "Axes", named: bool) -> None:
            frontier(fleets, labels, ax, answer=answer, joined=joined, named=named, words=self._words)

        title, caption = self._words("frontier title", values=values), self._words("frontier caption")
        return self._twice("frontier", draw, (3.8, 3.4), title, caption, list(labels.values()))


def zone_of(subject: Subject) -> str:
    """Return the zone of a scenario's clocks."""
    if subject.scenario is None:
        return units.NOTHING
    time = subject.scenario.time
    offset = f"{time.origin:%z}"
    return time.zone or f"UTC{offset[:3]}:{offset[3:5]}"


def use_by_hour_of_week(
    series: pl.DataFrame, platforms: Sequence[str], capacity: float, window: Window, origin: datetime
) -> Array:
    """Return by (platform, hour of the week from Monday 00:00 on) the mean share of the accelerators in use.

    Hours are those of the clocks at `origin`, the instant 0; those that the window does not hold are nan.
    """
    edges = _whole_hours(window, origin)
    hours = _hours_of_week(edges[:-1], origin)
    width = np.diff(edges)
    total = np.bincount(hours, width, HOURS)
    used = levels_of(series, "accelerators_running", platforms, edges) / max(capacity, 1) * width
    sums = np.array([np.bincount(hours, row, HOURS) for row in used]).reshape(len(platforms), HOURS)
    return np.asarray(np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0))


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

"""The pictures of the report. Each is drawn twice: for a screen or paper, and for a phone."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from onecenter import units
from onecenter.plot import style
from onecenter.report.blocks import Figure
from onecenter.report.figures import Figures
from onecenter.report.numbers import Numbers
from onecenter.report.planned import PlanFile
from onecenter.report.subject import Subject
from onecenter.report.svg import Draw, Letters, picture
from onecenter.report.week import HOURS, use_by_hour_of_week, use_over_time
from onecenter.report.words import Words
from onecenter.units import MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[Any]

#: Widths of both drawings (inches).
WIDE, NARROW = 7.6, 4.1

#: Ticks of waits (ms).
TICKS: Final = tuple(
    count * MS[unit] for unit, count in (("ms", 1), ("s", 1), ("min", 1), ("h", 1), ("d", 1), ("d", 10), ("d", 100))
)


class Charts:
    """Draws in one language; the names of pictures begin with a prefix, so that no two of a page are equal."""

    def __init__(self, words: Words, numbers: Numbers, prefix: str) -> None:
        self._words = words
        self._numbers = numbers
        self._prefix = prefix
        self._tables = Figures(words, numbers)

    def _twice(self, name: str, draw: Any, heights: tuple[float, float], title: str, **more: Any) -> Figure:
        """Return a figure; draw(ax, letters, narrow) draws it, with these heights when wide and when narrow."""

        def drawn(narrow: bool) -> str:
            def once(ax: "Axes", letters: Letters) -> None:
                draw(ax, letters, narrow)

            chosen: Draw = once
            size, width = ("narrow", NARROW) if narrow else ("wide", WIDE)
            return picture(chosen, width, heights[narrow], f"{self._prefix}-{name}-{size}", title)

        return Figure(drawn(False), drawn(True), **more)

    def waits(self, subject: Subject) -> Figure:
        """Return p50, p95 and p99 of each platform's waits, with its targets."""
        labels, figures = subject.labels(self._words.language), subject.summary["platforms"]
        limits = {
            name: [one for one in subject.result.targets.get(name, ()) if one.kind == "wait" and not _of_a_class(one)]
            for name in subject.platforms
        }
        ends = _range(figures, [one.limit for listed in limits.values() for one in listed])

        def draw(ax: "Axes", letters: Letters, narrow: bool) -> None:
            self._wait_axes(ax, letters, ends, narrow)
            for row, name in enumerate(subject.platforms):
                self._wait_row(ax, letters, row, figures[name], ends)
                self._limits(ax, letters, row, limits[name], ends)
            self._row_names(ax, letters, [labels[name] for name in subject.platforms], narrow)

        listed = [f"{labels[name]} {self._tables.wait(figures[name], 'p95')}" for name in labels]
        percentiles = {f"p{p}": self._numbers.percentile(p) for p in (50, 95, 99)}
        return self._twice(
            "waits",
            draw,
            (0.9 + 0.75 * len(labels), 0.9 + 0.9 * len(labels)),
            self._words("waits title", list=self._words("comma").join(listed)),
            caption=self._words("waits legend", **percentiles),
        )

    def _wait_axes(self, ax: "Axes", letters: Letters, ends: tuple[float, float], narrow: bool) -> None:
        from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

        style.prepared(ax)
        ax.spines["left"].set_visible(False)
        ax.set_xscale("log")
        # A little room beside the first tick, so that its marks do not touch the names.
        ax.set_xlim(ends[0] / (ends[1] / ends[0]) ** 0.03, ends[1])
        ticks = [tick for tick in TICKS if ends[0] <= tick <= ends[1]]
        names = [self._numbers.exact(tick) for tick in ticks]
        names[0] = self._words("at most", limit=names[0])
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_major_formatter(FixedFormatter([letters(name) for name in names]))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.grid(axis="x", color="#DDDDDD", linewidth=0.6)
        ax.set_axisbelow(True)

    def _row_names(self, ax: "Axes", letters: Letters, names: Sequence[str], narrow: bool) -> None:
        ax.set_ylim(len(names) - 0.4, -0.75 if narrow else -0.6)
        ax.tick_params(axis="y", length=0)
        ax.set_yticks(range(len(names)), [] if narrow else [letters(name) for name in names])
        if narrow:
            for row, name in enumerate(names):
                above = _above(letters(name), (0, row), 20)
                ax.annotate(**above, xycoords=("axes fraction", "data"), color=style.text_colour(row), weight="bold")

    def _wait_row(
        self, ax: "Axes", letters: Letters, row: int, part: Mapping[str, Any], ends: tuple[float, float]
    ) -> None:
        if not part["submitted"]:
            ax.annotate(letters(self._words("nobody")), (ends[0], row), va="center", color=style.DARK)
            return
        shade = style.colour(row)
        places = [_place(part["wait_s"][f"{key}_low"], ends) for key in ("p50", "p95", "p99")]
        ax.plot([places[0], places[2]], [row, row], color=shade, linewidth=2.5, clip_on=False)
        ax.plot(places[::2], [row, row], linestyle="none", marker="o", markersize=4, color=shade, clip_on=False)
        reached = part["wait_s"]["p95"] is not None
        ax.plot(places[1], row, marker="o" if reached else ">", markersize=9, color=shade, clip_on=False)
        font = {"color": style.text_colour(row), "weight": "bold"}
        self._write(ax, letters(self._tables.wait(part, "p95")), places[1], row, 7, ends, **font)

    def _limits(
        self, ax: "Axes", letters: Letters, row: int, targets: Sequence[Any], ends: tuple[float, float]
    ) -> None:
        for target in targets:
            place = min(max(target.limit, ends[0]), ends[1])
            ax.plot([place, place], [row - 0.28, row + 0.14], color=style.DARK, linewidth=2, clip_on=False)
            text = self._words("at most", limit=self._numbers.exact(int(target.limit)))
            if target.percentile != 95:
                text = f"{self._numbers.percentile(target.percentile)} {text}"
            self._write(ax, letters(text), place, row, -9, ends, color=style.DARK, va="top")

    @staticmethod
    def _write(
        ax: "Axes", text: str, x: float, row: int, above: float, ends: tuple[float, float], **looks: Any
    ) -> None:
        """Write beside a place, towards the middle of the picture."""
        along = np.log(x / ends[0]) / np.log(ends[1] / ends[0])
        side = "left" if along < 0.15 else "right" if along > 0.85 else "center"
        ax.annotate(**_above(text, (x, row), above), ha=side, fontsize=9, **looks)

    def use(self, subject: Subject) -> Figure:
        """Return the use of the center by hour of the week; of a run shorter than a week, over its time."""
        window, weekly = subject.result.window, self.is_weekly(subject)
        given = (subject.result.series, subject.platforms, subject.capacity, window)
        if weekly:
            assert subject.scenario is not None
            edges, shares = np.arange(HOURS + 1.0), use_by_hour_of_week(*given, subject.scenario.time.origin)
        else:
            edges, shares = use_over_time(*given)
            edges = (edges - window.origin) / MS["h"]
        labels = subject.labels(self._words.language)
        figures = subject.summary["platforms"]
        means = {name: f"{labels[name]} {self._numbers.percent(figures[name]['utilisation'])}" for name in labels}

        def draw(ax: "Axes", letters: Letters, narrow: bool) -> None:
            style.prepared(ax)
            _stack(ax, edges, 100 * shares)
            ax.set_title(letters(self._words("percent axis")), loc="left", fontsize="medium", color=style.DARK)
            if weekly:
                _days(ax, [letters(self._words(f"day {day}")) for day in range(7)])
            else:
                ax.set_xlabel(letters(self._words("hour axis")))
                ax.set_xlim(edges[0], max(edges[-1], edges[0] + 1e-6))
            if not narrow:
                _names_of_layers(ax, [letters(text) for text in means.values()], shares)

        zone = zone_of(subject)
        caption = self._words("week caption" if weekly else "run caption", count=f"{subject.capacity:,}", zone=zone)
        title = self._words("use title", list=self._words("comma").join(means.values()))
        legend = [(style.colour(i), text) for i, text in enumerate(means.values())]
        return self._twice("use", draw, (3.1, 2.8), title, caption=caption, legend=legend)

    @staticmethod
    def is_weekly(subject: Subject) -> bool:
        """Whether a run has clocks, and a week or more to average over."""
        return subject.scenario is not None and subject.result.window.length >= 7 * MS["d"]

    def frontier(self, plan: PlanFile, labels: Mapping[str, str], values: str) -> Figure:
        """Return waits against nodes for all fleets that a plan tried."""
        from onecenter.plot.frontier import frontier

        tried = [fleet.model_dump() for fleet in plan.tried]
        answer = [plan.fleet.nodes] if plan.fleet else []

        def draw(ax: "Axes", letters: Letters, narrow: bool) -> None:
            texts = {key: letters(self._words(f"frontier {key}")) for key in ("answer", "none")}
            texts |= {"nodes": letters(self._words("nodes axis")), "wait": letters(self._words("frontier axis"))}
            named = {name: letters(label) for name, label in labels.items()}
            # The limit's text is filled in before it becomes letters, so it is left to `duration`.
            frontier(
                tried, named, ax, answer=answer, named=not narrow, texts={**texts, "target": "≤ {limit}"},
                duration=lambda ms: letters(self._numbers.exact(ms)),
            )  # fmt: skip

        title, caption = self._words("frontier title", values=values), self._words("frontier caption")
        legend = [(style.colour(i), label) for i, label in enumerate(labels.values())]
        return self._twice("frontier", draw, (3.8, 3.4), title, caption=caption, legend=legend)


def _above(text: str, place: tuple[float, float], points: float) -> dict[str, Any]:
    """Return what `annotate` needs to write above a place."""
    return {"text": text, "xy": place, "xytext": (0, points), "textcoords": "offset points"}


def _of_a_class(target: Any) -> bool:
    return target.above is not None or target.max_accelerators is not None


def _range(figures: Mapping[str, Any], limits: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis of waits (ms): from 1 s, or less where all is shorter than 10 s."""
    seen = [part["wait_s"][f"{key}_low"] for part in figures.values() for key in ("p50", "p95", "p99")]
    longest = max([*(1_000 * value for value in seen if value is not None), *limits, 10.0])
    left = 1_000.0 if longest >= 10_000 else 1.0
    return left, 1.6 * longest


def _place(seconds: float | None, ends: tuple[float, float]) -> float:
    return ends[1] if seconds is None else max(1_000 * seconds, ends[0])


def _stack(ax: "Axes", edges: Array, percents: Array) -> None:
    tops = np.cumsum(percents, axis=0)
    for row, (top, part) in enumerate(zip(tops, percents, strict=True)):
        low, high = (np.append(level, level[-1:]) for level in (top - part, top))
        ax.fill_between(edges, low, high, step="post", color=style.colour(row), linewidth=0)
    ax.axhline(100, color=style.DARK, linestyle="--", linewidth=1)
    ax.set_ylim(0, 105)


def _days(ax: "Axes", names: Sequence[str]) -> None:
    ax.set_xlim(0, HOURS)
    ax.set_xticks(np.arange(0, HOURS + 1, 24), minor=True)
    ax.set_xticks(np.arange(12, HOURS, 24), names)
    ax.tick_params(axis="x", which="major", length=0)
    ax.grid(axis="x", which="minor", color="#DDDDDD", linewidth=0.6)


def _names_of_layers(ax: "Axes", names: Sequence[str], shares: Array) -> None:
    """Write each platform's name beside its layer."""
    last = np.nan_to_num(shares[:, -1]) if shares.size else np.zeros(len(names))
    middles = (np.cumsum(last) - last / 2) / 1.05
    style.label_lines(ax, names, middles.tolist(), [style.text_colour(i) for i in range(len(names))])


def zone_of(subject: Subject) -> str:
    """Return the zone of a scenario's clocks."""
    if subject.scenario is None:
        return units.NOTHING
    time = subject.scenario.time
    offset = f"{time.origin:%z}"
    return time.zone or f"UTC{offset[:3]}:{offset[3:5]}"

"""Pictures read back: where bars, curves, marks and labels stand, and an SVG whose texts are the reader's own."""

import xml.etree.ElementTree as ET
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes

from onecenter import plot
from onecenter.plot import style
from onecenter.plot.outlook import outlook
from onecenter.plot.tornado import tornado
from onecenter.report.svg import Letters, picture
from onecenter.results.targets import Target
from onecenter.results.window import Window
from onecenter.statistics.sample import Sample
from onecenter.words import Words

S, HOUR, DAY = 1_000, 3_600_000, 86_400_000


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


INDICES = pl.DataFrame(
    {
        "path": ["nodes", "scale"],
        "first": [0.7, 0.1],
        "total": [0.8, 0.2],
        "total_low": [0.7, None],
        "total_high": [0.9, None],
    }
)


def test_a_tornado_has_the_largest_index_on_top() -> None:
    ax = tornado(INDICES, "center.wait_mean_s", plot.new_axes())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["scale", "nodes"]
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == [0.2, 0.8, 0.1, 0.7]
    assert ax.get_xlim() == (0, 1)
    assert "center.wait_mean_s" in ax.get_xlabel()
    wide = INDICES.with_columns(total_high=pl.Series([1.4, None]))
    assert tornado(wide, "x", plot.new_axes()).get_xlim() == (0, 1.4)


def bought(order: int, month: int, before: int, after: int | None) -> Any:
    return SimpleNamespace(order=order, month=month, before=before, after=after, beyond=32)


def test_an_outlook_steps_up_where_nodes_are_in_service() -> None:
    purchases = [bought(-2, 5, 8, 10), bought(9, 17, 10, 13)]
    ax = outlook(purchases, [("queue", "p95 wait", 5), ("other", "p50 wait", None)], 24, plot.new_axes())
    steps = ax.lines[0]
    assert list(steps.get_xdata()) == [0, 5, 17, 24]
    assert list(steps.get_ydata()) == [8, 10, 13, 13]
    orders = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "v"]
    # An order that is too late is drawn at the start.
    assert orders == [(0, 8), (9, 10)]
    dashed = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"]
    assert dashed == [5]
    assert sum("p95 wait" in text for text in texts(ax)) == 1
    assert ax.get_xlim() == (0, 24)
    assert ax.get_ylim()[0] == 0


def test_an_outlook_without_an_answer_is_dotted_to_the_end_of_the_range() -> None:
    ax = outlook([bought(3, 5, 8, None)], [], 24, plot.new_axes())
    (dotted,) = ax.collections
    assert [tuple(corner) for corner in dotted.get_segments()[0]] == [(5, 8), (5, 32)]
    assert list(ax.lines[0].get_ydata()) == [8, 8]
    assert any("32" in text for text in texts(ax))


def test_nothing_to_buy_draws_nothing() -> None:
    ax = outlook([], [], 12, plot.new_axes())
    assert len(ax.lines) == len(ax.collections) == 0


def sample(*seconds: float, still: int = 0, never: int = 0) -> Sample:
    """Return waits; the last ones are open, or before them never end."""
    places = np.arange(len(seconds))[::-1]
    return Sample(np.array(seconds) * S, places < still, (places >= still) & (places < still + never))


def test_waits_begin_at_a_millisecond_where_all_are_short() -> None:
    short = plot.waits({"a": sample(0.002, 0.5)}, ax=plot.new_axes())
    assert short.get_xlim()[0] == 1
    long = plot.waits({"a": sample(0.002, 50)}, ax=plot.new_axes())
    assert long.get_xlim() == (1_000, pytest.approx(55_000))
    empty = plot.waits({"a": sample()}, ax=plot.new_axes())
    assert empty.get_xlim()[0] == 1


def test_a_curve_never_falls_below_those_that_never_start() -> None:
    ax = plot.waits({"a": sample(1, 2, 30, 30, never=1)}, ax=plot.new_axes())
    y = np.asarray(ax.lines[0].get_ydata())
    assert y[-1] == pytest.approx(1 / 4)
    assert (np.diff(y) <= 0).all()


def test_only_targets_for_the_waits_of_all_sizes_are_marked() -> None:
    targets = [Target("wait", 95.0, 20 * S), Target("expansion", 95.0, 2.0), Target("wait", 90.0, 9 * S, None, 8_000)]
    ax = plot.waits({"a": sample(1, 30)}, {"a": targets, "gone": targets}, ax=plot.new_axes())
    assert [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "v"] == [20 * S]


SERIES = pl.DataFrame(
    {
        "t_ms": [0, HOUR, 3 * HOUR],
        "platform": ["a", "a", "b"],
        "accelerators_running": [4.0, 0.0, 8.0],
        "waiting": [0, 5, 2],
    },
    schema_overrides={"platform": pl.Enum(["a", "b"])},
)


def test_use_is_stacked_and_named_with_its_average() -> None:
    ax = plot.utilisation(SERIES, 8, Window(0, 4 * HOUR), {"a": "Alpha"}, plot.new_axes())
    # One of four hours on half of the center, and one on all of it.
    assert texts(ax) == ["Alpha 12 %", "b 25 %"]
    assert ax.get_xlim() == (0, 4)
    assert ax.get_ylim() == (0, 105)
    assert ax.get_xlabel() == "time since the start (h)"
    assert texts(plot.utilisation(SERIES, 8, Window(0, 4 * HOUR), ax=plot.new_axes(), named=False)) == []


def test_the_queue_has_room_above_its_highest_step() -> None:
    ax = plot.queue(SERIES, Window(0, 4 * HOUR), ax=plot.new_axes())
    assert [max(np.asarray(line.get_ydata())) for line in ax.lines] == [5, 2]
    assert ax.get_ylim() == (0, pytest.approx(5.25))


def test_a_week_has_its_days_and_the_use_of_each_hour() -> None:
    shares = np.zeros((1, 168))
    shares[0, 24:48] = 0.5
    ax = plot.week(shares, [1 / 14], 8, ["Alpha"], plot.new_axes())
    assert [label.get_text() for label in ax.get_xticklabels()][:2] == [Words()("day 0"), Words()("day 1")]
    corners = ax.collections[0].get_paths()[0].vertices
    inside = corners[(corners[:, 0] > 24) & (corners[:, 0] < 48)]
    assert set(inside[:, 1].tolist()) == {0.0, 50.0}
    assert texts(ax) == ["Alpha 7.1 %"]


@pytest.mark.parametrize(
    ("span", "unit"), [(2 * DAY + 1, "d"), (2 * DAY, "h"), (2 * HOUR, "min"), (120 * S, "s"), (0, "s")]
)
def test_the_unit_of_an_axis_of_time(span: int, unit: str) -> None:
    assert style.unit_of(span)[0] == unit


def test_the_axis_of_time_counts_from_the_origin_of_a_window() -> None:
    ax = plot.new_axes()
    found = style.time_axis(ax, np.array([10 * S, 30 * S]), Window(10 * S, 70 * S, 10 * S), Words())
    assert found.tolist() == [0, 20]
    assert ax.get_xlim() == (0, 60)


def test_steps_outside_of_a_window_are_no_edges() -> None:
    assert style.edges_of(np.array([1, 4, 4, 9]), 4, 9).tolist() == [4, 9]
    assert len(style.edges_of(np.arange(style.MAX_POINTS + 1) + 1, 0, 10_000)) == style.BINS + 1


def test_labels_stand_beside_their_lines_in_their_colours() -> None:
    ax = plot.new_axes()
    style.label_lines(ax, ["low", "high\x1b"], [0.2, 0.9], [3, 1])
    assert texts(ax) == ["low", "high\\x1b"]
    assert [text.get_color() for text in ax.texts] == [style.text_colour(3), style.text_colour(1)]
    assert [text.xy[1] for text in ax.texts] == [0.2, 0.9]  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", [1, 255, 256, 600])
def test_runs_of_signs_stand_for_texts_and_are_put_back(count: int) -> None:
    letters = Letters()
    runs = [letters(f"text {number}") for number in range(count)]
    assert len(set(runs)) == count
    assert [letters.back(f"<{run}>") for run in runs] == [f"<text {number}>" for number in range(count)]


def test_a_run_is_about_as_wide_as_its_text() -> None:
    letters = Letters()
    assert letters(" \n ") == ""
    narrow, wide = letters("abcdefghij"), letters("长沙智算中心的等待时间")
    # Ten letters of 0.56 em, eleven of 1 em; a sign has 0.73.
    assert (len(narrow), len(wide)) == (8, 15)
    assert letters.back(f"{narrow} {wide}") == "abcdefghij 长沙智算中心的等待时间"


def test_a_picture_holds_its_texts_and_no_name_of_another() -> None:
    def draw(ax: Axes) -> None:
        ax.plot([1, 2], [1, 2], clip_on=True)
        ax.set_title("长沙 & <b>")
        ax.set_xticks([1, 2], ["one", "2"])

    first, second = (picture(draw, 3, 2, name, "What is seen\x1b") for name in ("p1", "p2"))
    roots = [ET.fromstring(each) for each in (first, second)]
    identifiers = [{each.get("id") for each in root.iter() if each.get("id")} for root in roots]
    assert identifiers[0].isdisjoint(identifiers[1])
    assert roots[0][0].text == "What is seen\\x1b"
    assert roots[0].get("role") == "img"
    written = {each.text for each in roots[0].iter() if each.text and each.text.strip()}
    assert {"长沙 & <b>", "one", "2"} <= written
    assert "<metadata" not in first
    # The same picture again is the same to the last letter.
    assert picture(draw, 3, 2, "p1", "What is seen\x1b") == first

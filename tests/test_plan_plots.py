from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from matplotlib.axes import Axes

from onecenter import plot
from onecenter.plot.comparison import ratios
from onecenter.plot.frontier import frontier
from onecenter.plot.style import text_colour
from onecenter.results.targets import Target


def row(platform: str, limit: float, value: float | None, low: float | None, high: float | None) -> Any:
    target = Target("wait", 95.0, 1_000 * limit)
    return SimpleNamespace(platform=platform, target=target, limit=limit, value=value, low=low, high=high)


def fleet(nodes: int, *targets: Any) -> tuple[int, list[Any]]:
    return nodes, list(targets)


TRIED = [
    fleet(12, row("x", 600, 100.0, 90.0, 120.0), row("y", 60, 0.0, 0.0, 0.0)),
    fleet(10, row("x", 600, 900.0, 500.0, None), row("y", 60, None, 30.0, None)),
    fleet(11, row("x", 600, 600.0, 550.0, 700.0), row("y", 60, 50.0, 40.0, 70.0)),
]


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def drawn(ax: Axes) -> Axes:
    ax.get_figure().canvas.draw()  # type: ignore[union-attr]
    return ax


def test_waits_stand_at_their_nodes() -> None:
    ax = drawn(frontier(TRIED, ax=plot.new_axes()))
    curves = [line for line in ax.lines if line.get_marker() == "o"]
    assert [list(line.get_xdata()) for line in curves] == [[10, 11, 12]] * 2
    assert list(curves[0].get_ydata()) == [900, 600, 100]
    # Not reached: a gap. None waits: at the lowest wait drawn, a second.
    assert list(curves[1].get_ydata()) == [pytest.approx(float("nan"), nan_ok=True), 50, 1]
    assert ax.get_yscale() == "log"
    assert (ax.get_xlabel(), ax.get_title("left")[:4]) == ("nodes (band: 95 % interval)", "wait")


def test_limits_are_dashed_lines_with_their_time() -> None:
    ax = frontier(TRIED, {"x": "Ex", "y": "Why"}, plot.new_axes(), answer=[11])
    dashed = [line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == "--"]
    assert dashed == [600, 60]
    assert {"≤ 10 min", "≤ 1 min", "answer", "Ex", "Why"} <= set(texts(ax))
    assert any(list(line.get_xdata()) == [11, 11] for line in ax.lines)


def test_bands_are_open_where_there_is_no_upper_end() -> None:
    ax = frontier(TRIED, ax=plot.new_axes())
    corners = ax.collections[0].get_paths()[0].vertices
    top = ax.get_ylim()[1]
    assert {(10.0, 500.0), (10.0, top), (11.0, 550.0), (11.0, 700.0)} <= {tuple(corner) for corner in corners.tolist()}


def test_colours_follow_the_labels() -> None:
    ax = frontier(TRIED, {"z": "Zed", "y": "Why", "x": "Ex"}, plot.new_axes())
    curves = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_color() for line in curves] == [plot.style.colour(2), plot.style.colour(1)]


def test_several_node_types_are_points() -> None:
    tried = [fleet(10, row("x", 60, 5, 4, 6)), fleet(10, row("x", 60, 7, 6, 8))]
    ax = drawn(frontier(tried, ax=plot.new_axes(), joined=False))
    (points,) = (line for line in ax.lines if line.get_marker() == "o")
    assert (points.get_linestyle(), list(points.get_ydata())) == ("None", [5, 7])


FACTOR = SimpleNamespace(platform="x", target=Target("expansion", 95.0, 2.0))


@pytest.mark.parametrize("tried", [[], [fleet(3)], [fleet(3, FACTOR)]])
def test_nothing_to_draw_says_so(tried: list[Any]) -> None:
    ax = drawn(frontier(tried, ax=plot.new_axes()))
    assert "no target for waits" in texts(ax)


def test_names_can_be_left_to_a_legend() -> None:
    assert "x" not in texts(frontier(TRIED, ax=plot.new_axes(), named=False))


def compared(**columns: list[Any]) -> pl.DataFrame:
    given = {"platform": ["a", "b"], "base": ["fifo"] * 2, "other": ["easy"] * 2, **columns}
    return pl.DataFrame(given)


COMPARED = compared(ratio=[0.5, 1.1], ratio_low=[0.4, 0.9], ratio_high=[0.6, 1.3], beyond_chance=[True, False])


def test_ratios_by_hand() -> None:
    ax = drawn(ratios(COMPARED, plot.new_axes(), {"a": "Platform A"}))
    spans = [(list(line.get_xdata()), line.get_ydata()[0]) for line in ax.lines if len(line.get_xdata()) == 2][1:]
    assert spans == [([0.4, 0.6], 0), ([0.9, 1.3], 1)]
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in marks] == [0.5, 1.1]
    # Full: beyond chance.
    assert [line.get_markerfacecolor() == line.get_color() for line in marks] == [True, False]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Platform A", "b"]
    assert "easy as a multiple of fifo" in ax.get_xlabel()


def test_pairs_without_a_ratio_say_so() -> None:
    empty: dict[str, list[Any]] = {name: [None, 2.0] for name in ("ratio", "ratio_low", "ratio_high")}
    ax = drawn(ratios(compared(**empty, beyond_chance=[None, True]), plot.new_axes()))
    assert texts(ax) == ["nobody waited in some run: no ratio"]


def test_wide_intervals_are_cut_and_several_pairs_are_named() -> None:
    columns = {"ratio": [1e-9, 2.0], "ratio_low": [0.0, 1.0], "ratio_high": [1e9, 3.0], "beyond_chance": [False, True]}
    ax = drawn(ratios(compared(**columns, other=["easy", "sjf"]), plot.new_axes()))
    assert ax.get_xlim()[1] < 2_000
    assert set(texts(ax)) == {"easy", "sjf"}


def test_ink_is_dark_enough_to_read() -> None:
    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    for index in range(7):
        red, green, blue = (channel(int(text_colour(index)[place : place + 2], 16)) for place in (1, 3, 5))
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert 1.05 / (luminance + 0.05) >= 4.5, index

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from hand import FLEET, HORIZON, log_of
from matplotlib.axes import Axes
from test_result import small_result

from onecenter import plot
from onecenter.fleet import NodeType
from onecenter.plot.gantt import Bar, _bars
from onecenter.plot.style import BINS, MAX_POINTS, edges_of, spread, unit_of
from onecenter.results.segments import fates, segments
from onecenter.results.series import averages, integral
from onecenter.results.tables import jobs_table, nodes_table, segments_table
from onecenter.results.targets import Target
from onecenter.results.window import Window
from onecenter.workload.table import workload

NAMES = ["utilisation", "queue", "waits", "gantt"]


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("name", NAMES)
def test_given_axes_are_drawn_on_and_pyplot_is_left_alone(name: str) -> None:
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    ax = plot.new_axes()
    assert getattr(small_result().plot, name)(ax=ax) is ax
    ax.get_figure().canvas.draw()  # type: ignore[union-attr]
    assert pyplot.get_fignums() == before
    assert ax.has_data()


@pytest.mark.parametrize("name", NAMES)
def test_without_axes_pyplot_makes_them(name: str) -> None:
    from matplotlib import pyplot

    with mpl.rc_context({"backend": "agg"}):
        ax = getattr(small_result().plot, name)()
        assert pyplot.gcf() is ax.get_figure()
        pyplot.close(ax.get_figure())


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("utilisation", "time since the start (s)", "accelerators in use (% of 8)"),
        ("queue", "time since the start (s)", "waiting jobs"),
        ("waits", "wait (logarithmic)", "jobs that wait longer or never start (%, logarithmic)"),
        ("gantt", "time since the start (s)", "node, one lane per accelerator"),
    ],
)
def test_axes_tell_what_and_in_which_unit(name: str, x: str, y: str) -> None:
    ax = getattr(small_result().plot, name)(ax=plot.new_axes())
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x, y)
    assert any("Talent <training>" in text for text in texts(ax))
    assert any(text == "b" or text.startswith("b ") for text in texts(ax))


def test_the_label_of_a_wait_tells_its_unit() -> None:
    ax = small_result().plot.waits(ax=plot.new_axes())
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1 s", "10 s", "1 min"]
    assert ax.get_xscale() == "log"


def test_the_target_is_marked() -> None:
    ax = small_result().plot.waits(ax=plot.new_axes())
    upright = [line for line in ax.lines if list(line.get_xdata()) == [180_000, 180_000]]
    assert len(upright) == 1
    marks = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "v"]
    assert marks == [(180_000, pytest.approx(0.05))]
    assert "p95 ≤ 3 min" in texts(ax)


def test_a_target_of_no_wait_is_marked_at_the_left_end_of_the_axis() -> None:
    result = small_result(targets={"a": (Target("wait", 90.0, 0.0, None, None),)})
    ax = result.plot.waits(ax=plot.new_axes())
    (mark,) = [line for line in ax.lines if line.get_marker() == "v"]
    assert list(mark.get_xdata()) == [ax.get_xlim()[0]]
    assert "p90 ≤ 0 s" in texts(ax)
    ax.get_figure().canvas.draw()  # type: ignore[union-attr]


def test_the_curve_is_the_share_that_waits_longer() -> None:
    ax = small_result().plot.waits(ax=plot.new_axes())
    line = ax.lines[0]
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    # Platform a: waits 0 and 10 s, one was refused and one left after 18 s.
    assert y[x < 9_900] == pytest.approx(3 / 4)
    assert y[x > 10_100] == pytest.approx(1 / 2)


def test_where_jobs_still_wait_the_share_lies_in_a_band() -> None:
    ax = small_result().plot.waits(ax=plot.new_axes())
    line = [line for line in ax.lines if line.get_drawstyle() == "steps-post"][1]
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    # Platform b: waits 0, 10 s, 25 s, and 10 s so far.
    assert y[x < 9_900] == pytest.approx(3 / 4)
    assert y[(x > 10_100) & (x < 24_900)] == pytest.approx(1 / 4)
    assert y[x > 25_100] == pytest.approx(0)
    _, band = ax.collections
    corners = band.get_paths()[0].vertices
    assert {1 / 4, 1 / 2} <= {round(float(top), 9) for left, top in corners if 10_100 < left < 24_900}
    assert {0.0, 1 / 4} <= {round(float(top), 9) for left, top in corners if left > 25_100}


def test_full_use_and_levels() -> None:
    result = small_result()
    ax = result.plot.utilisation(ax=plot.new_axes())
    assert any(list(line.get_ydata()) == [100, 100] for line in ax.lines)
    assert len(ax.collections) == 2
    # 202 and 416 of 720 accelerator-seconds.
    assert {"Talent <training> 28 %", "b 58 %"} <= set(texts(ax))
    queue = result.plot.queue(ax=plot.new_axes())
    steps = dict(zip(np.asarray(queue.lines[0].get_xdata()), np.asarray(queue.lines[0].get_ydata()), strict=True))
    assert (steps[10.0], steps[12.0], steps[20.0], steps[30.0]) == (1, 2, 1, 0)


def _runs(columns: dict[str, Any], rows: list[Any], fleet: tuple[NodeType, ...] = FLEET) -> tuple[Any, ...]:
    n = len(columns["accelerators"])
    jobs = workload(**{"submit": [0] * n, "run": [4_000] * n, "walltime": [9_000] * n, **columns})
    log, window = log_of(rows), Window(0, 10_000)
    fate = fates(log, n)
    parts = segments(log, fate.attempts)
    return (
        jobs_table(jobs, fate, fleet, window, window.horizon),
        segments_table(parts),
        nodes_table(jobs, parts, fleet, window),
        window,
    )


def test_starts_behind_the_window_are_not_drawn() -> None:
    rows = [(0, "submit", 0), (0, "start", 0, 0, 1), (4, "end", 0, "completed"), (4, "submit", 1)]
    jobs, parts, nodes, window = _runs({"accelerators": [1_000, 4_000]}, [*rows, (11, "start", 1, 0, 1)])
    ax = plot.gantt(jobs, parts, nodes, window, ax=plot.new_axes())
    assert drawn(ax) == {(0, 4, 0, 1)}


def drawn(ax: Axes) -> set[tuple[float, ...]]:
    """Return (left, right, top, bottom) of the bars, in s and lanes."""
    paths = ax.collections[0].get_paths()
    return {tuple(np.round([*p.get_extents().intervalx, *p.get_extents().intervaly], 6).tolist()) for p in paths}


def test_gantt_by_hand() -> None:
    columns = {"accelerators": [2_000, 500, 500, 1_000], "tasks": [1, 1, 1, 3], "spread": [0, 0, 0, 1]}
    rows = [
        *[(0, "submit", j) for j in range(4)],
        (0, "start", 0, 0, 1), (0, "start", 1, 0, 1, 2), (0, "start", 2, 0, 1, 2),
        (0, "start", 3, 0, 1), (0, "start", 3, 1, 2),
        (4, "end", 0, "completed"), (4, "end", 1, "completed"),
    ]  # fmt: skip
    ax = plot.gantt(*_runs(columns, rows), ax=plot.new_axes())
    # Two fractions share device 2 of node 0; jobs 2 and 3 still run at the horizon.
    assert drawn(ax) == {
        (0, 4, 0, 1), (0, 4, 1, 2), (0, 4, 2, 2.5), (0, 10, 2.5, 3), (0, 10, 3, 4), (0, 10, 4, 5), (0, 10, 5, 6),
    }  # fmt: skip
    assert [label.get_text() for label in ax.get_yticklabels()] == ["n0", "n1"]


def test_gantt_leaves_the_devices_of_later_fractions_free() -> None:
    starts = pl.DataFrame(
        {
            "job": [1, 0],
            "platform": [0, 0],
            "node": [0, 0],
            "device": [0, -1],
            "amount": [1, 1],
            "accelerators": [0.25, 1.0],
            "start_ms": [5, 0],
            "end_ms": [7, 6],
        }
    )
    assert _bars(starts, {0: 2}, {0: 0}) == [Bar(1, 0, 0, 0.0, 0.25, 5, 7), Bar(0, 0, 1, 0.0, 1.0, 0, 6)]


def test_gantt_gives_jobs_without_accelerators_a_lane_and_leaves_out_unused_nodes() -> None:
    fleet = (NodeType("x", 3, 1),)
    rows = [(0, "submit", 0), (0, "submit", 1), (1, "start", 0, 2, 1), (2, "start", 1, 2, 1)]
    ax = plot.gantt(*_runs({"accelerators": [0, 1_000], "platform": [0, 0]}, rows, fleet), ax=plot.new_axes())
    assert drawn(ax) == {(1, 10, 1, 2), (2, 10, 0, 1)}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["n2"]


def test_gantt_says_when_a_run_is_too_large() -> None:
    rows = [(0, "submit", 0), *[(0, "start", 0, 0, 1)] * 5_001]
    with pytest.raises(ValueError, match="5,001 rows of starts are too many to draw"):
        plot.gantt(*_runs({"accelerators": [1_000]}, rows), ax=plot.new_axes())


@pytest.mark.parametrize("name", NAMES)
def test_a_run_without_jobs(name: str) -> None:
    result = small_result()
    empty = result.workload.take(np.zeros(len(result.workload), bool))
    ax = getattr(small_result(decisions=result.decisions[:0], workload=empty).plot, name)(ax=plot.new_axes())
    ax.get_figure().canvas.draw()


@pytest.mark.parametrize("name", NAMES)
def test_a_window_of_no_length(name: str) -> None:
    ax = getattr(small_result(window=Window(5, 5)).plot, name)(ax=plot.new_axes())
    ax.get_figure().canvas.draw()


def test_long_series_are_thinned_to_exact_averages() -> None:
    t = np.arange(0, 10 * MAX_POINTS)
    value = t % 7
    edges = edges_of(t, 0, len(t))
    assert len(edges) == BINS + 1
    means = averages(t, value, edges)
    assert (means * np.diff(edges)).sum() == pytest.approx(value.sum())
    brute = np.repeat(value, 1_000).reshape(-1)
    fine = np.round(edges * 1_000).astype(int)
    assert means[3] == pytest.approx(brute[fine[3] : fine[4]].mean(), abs=1e-3)


def test_short_series_are_drawn_as_they_are() -> None:
    assert edges_of(np.array([5, 2, 5, 9, 20]), 2, 20).tolist() == [2, 5, 9, 20]


def test_integral_of_steps() -> None:
    t, value = np.array([10, 20, 40]), np.array([3, 0, 2])
    assert integral(t, value, np.array([0, 10, 15, 20, 30, 45])).tolist() == [0, 0, 15, 30, 30, 40]
    assert integral(t[:0], value[:0], np.array([7])).tolist() == [0]


@pytest.mark.parametrize(
    ("heights", "places"),
    [
        ([], []),
        ([0.5], [0.5]),
        ([0.1, 0.1, 0.9], [0.1, 0.2, 0.9]),
        ([0.95, 1.0, 1.0], [0.8, 0.9, 1.0]),
        ([0.0] * 12, [i / 10 for i in range(12)]),
    ],
)
def test_labels_stand_apart(heights: list[float], places: list[float]) -> None:
    assert spread(heights, line=0.1) == pytest.approx(places)


def test_units_of_time() -> None:
    hour = 3_600_000
    spans = (HORIZON * 1_000, 3 * 60_000, 2 * hour, 3 * hour, 49 * hour)
    assert [unit_of(span)[0] for span in spans] == ["s", "min", "min", "h", "d"]


def test_pictures_need_no_colour_beyond_the_palette() -> None:
    styles: Callable[[int], str] = plot.style.colour
    assert len({styles(i) for i in range(7)}) == 7
    assert styles(7) == styles(0)

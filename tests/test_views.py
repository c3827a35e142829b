"""Tables for people: which rows and columns they have, and what stands in the cells."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hand import FLEET, HORIZON, WARMUP, small_run

from onecenter.fleet import NodeType
from onecenter.results import views
from onecenter.results.seen import seen, submitted_in
from onecenter.results.segments import fates
from onecenter.results.sizes import size_class
from onecenter.results.targets import Target
from onecenter.results.views import Cell, View
from onecenter.results.window import Window
from onecenter.units import NOTHING
from onecenter.words import Words
from onecenter.workload.table import workload

EN, ZH = Words(), Words("zh")


def texts(view: View) -> list[list[str]]:
    """Return the cells of a table."""
    return [[cell.text for cell in row] for row in view.rows]


def part(**changes: Any) -> dict[str, Any]:
    """Return the figures of a platform of 1,000 jobs, half of which wait for an hour."""
    waits = {f"{name}{end}": seconds for name, seconds in (("p50", 0), ("p95", 3_600)) for end in ("", "_low", "_high")}
    wait = waits | {"p99": None, "p99_low": 7_200, "p99_high": None, "mean": 1_800, "mean_low": 1_800}
    figures = {
        "submitted": 1_000, "started": 990, "unfinished": 4, "in_time": 980, "late": 10, "refused": 5,
        "cancelled_waiting": 3, "open": 2, "utilisation": 0.614, "accelerator_hours": 1_234.5,
        "wait_s": wait | {"mean_high": None}, "targets": [],
        "bounded_slowdown": {"mean_low": 1.5, "mean_high": 1.5},
    }  # fmt: skip
    return figures | changes


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("submitted", "1,000"),
        ("refused", "5"),
        ("use", "61 %"),
        ("hours", "1,234"),
        ("slowdown", "1.50"),
        ("p50", "0 s"),
        ("p95", "60 min"),
        ("p99", "≥ 2 h"),
        ("mean", "≥ 30 min"),
    ],
)
def test_a_figure(key: str, text: str) -> None:
    assert views.figure(EN, part(), key) == text


@pytest.mark.parametrize("key", ["p50", "p95", "mean", "slowdown"])
def test_without_jobs_there_is_no_wait(key: str) -> None:
    assert views.figure(EN, part(submitted=0), key) == NOTHING
    assert views.figure(EN, part(submitted=0), "submitted") == "0"


def test_a_platform_without_accelerators_has_no_use() -> None:
    assert views.figure(EN, part(utilisation=None), "use") == NOTHING


TARGETS = {"talent": (Target("wait", 95.0, 180_000.0), Target("expansion", 50.0, 2.2))}
JUDGED = [{"verdict": "met", "few": False}, {"verdict": "undecided", "few": True}]


def test_platforms_one_row_each_and_one_of_the_center() -> None:
    summary = {"platforms": {"talent": part(targets=JUDGED), "industry": part(submitted=7)}, "center": part()}
    reasons = pl.DataFrame(
        {
            "platform": ["talent", "talent", "industry"],
            "reason": ["fragmentation", "node type", "limit"],
            "share": [0.25, 0.75, 0.0],
        }
    )
    columns = ("platform", "submitted", "targets", "reason")
    found = views.platforms(EN, summary, columns, labels={"talent": "Talent"}, targets=TARGETS, reasons=reasons)
    assert texts(found) == [
        [
            "Talent", "1,000", "✓ p95 wait ≤ 3 min\n? p50 of (wait + run) / run ≤ 2.2 (few jobs)",
            f"{EN('node type reason')} 75 %",
        ],
        ["industry", "7", NOTHING, ""],
        ["center", "1,000", NOTHING, ""],
    ]  # fmt: skip
    assert [found.is_number(place) for place in range(4)] == [False, True, False, False]


@pytest.mark.parametrize("words", [EN, ZH])
def test_every_column_has_a_title_in_each_language(words: Words) -> None:
    columns = ("platform", *views.COUNTS, *views.PERCENTILES, "mean", "slowdown", "use", "hours", "targets", "reason")
    found = views.platforms(words, {"platforms": {}, "center": part()}, columns, center="all")
    assert len(set(found.columns)) == len(columns)
    assert all(found.columns)
    assert texts(found)[0][0] == "all"


def test_judgements_one_row_per_target() -> None:
    one = {"measured_low": 120.0, "measured_high": 120.0, "verdict": "met", "jobs": 40, "within": 0.975}
    none = {"measured_low": None, "measured_high": None, "verdict": "undecided", "jobs": 0, "within": None}
    judged = [("talent", TARGETS["talent"][0], one), ("talent", TARGETS["talent"][1], none)]
    found = views.judgements(EN, judged, {"talent": "Talent"})
    assert texts(found) == [
        ["Talent", "✓ met", "p95 wait", "≤ 3 min", "2 min", "98 %"],
        ["Talent", "? undecided", "p50 of (wait + run) / run", "≤ 2.2", "no jobs", NOTHING],
    ]
    assert [cell.look for cell in found.rows[0]] == ["", "met", "", "number", "number", "number"]


@pytest.mark.parametrize(
    ("accelerators", "name"),
    [(0, "0"), (0.25, "< 1"), (1, "1"), (2, "2"), (3, "3–4"), (4, "3–4"), (5, "5–8"), (8, "5–8"), (9, "9–16")],
)
def test_classes_of_sizes(accelerators: float, name: str) -> None:
    assert size_class(accelerators) == name


def test_sizes_by_hand() -> None:
    log, jobs = small_run()
    fate = fates(log, len(jobs))
    inside = submitted_in(jobs, fate, Window(WARMUP * 1_000, HORIZON * 1_000))
    found = views.sizes(EN, seen(jobs, fate, HORIZON * 1_000).where(inside))
    rows = {row[0]: row[1:] for row in texts(found)}
    # Job 4 asks for twice 0.5, job 2 for one; 3 for four; 1, 5, 6 and 8 for eight; 7, refused, for nine.
    assert {name: row[:2] for name, row in rows.items()} == {
        "1": ["2", "1"], "3–4": ["1", "0"], "5–8": ["4", "1"], "9–16": ["1", "1"],
    }  # fmt: skip
    # Job 3 waited from 15 to 40; the only job of its size.
    assert rows["3–4"][2:] == ["25 s"] * 4
    assert rows["9–16"][3:] == ["never"] * 3
    assert sum(int(row[0]) for row in rows.values()) == int(inside.sum())


def test_sizes_of_no_jobs() -> None:
    empty = workload(submit=[], run=[], walltime=[], accelerators=[])
    log, _ = small_run()
    assert texts(views.sizes(EN, seen(empty, fates(log[:0], 0), 0))) == []


def test_sides_one_row_per_result() -> None:
    targets = [{"verdict": "missed"}, {"verdict": "met"}]
    summary = {
        "center": part(targets=targets),
        "platforms": {"a": part(targets=targets), "b": part(), "c": part(submitted=0, targets=targets)},
    }
    other = {"center": part(), "platforms": {"a": part(targets=[{"verdict": "met"}])}}
    named = {"policy": "easy", "nodes": "4"}
    labels = {"a": "A", "b": "B", "c": "C"}
    found = views.sides(EN, [(named, summary), (named, other)], ("policy", "nodes", "targets_met", "use"), labels)
    assert found.columns[-3:] == ["A p95", "B p95", "C p95"]
    assert texts(found) == [
        ["easy", "4", "1 of 2", "61 %", "60 min ✗", "60 min", NOTHING],
        ["easy", "4", NOTHING, "61 %", "60 min ✓", NOTHING, NOTHING],
    ]
    assert [cell.look for cell in found.rows[0]] == [
        "", "number", "number", "number", "number missed", "number", "number",
    ]  # fmt: skip


def test_the_center_and_its_total() -> None:
    fleet = (NodeType("910b", 20, 8, model="Ascend 910B", tflops=320.0), NodeType("cpu", 3, 0))
    assert texts(views.center(EN, fleet)) == [
        ["910b", "Ascend 910B", "20", "8", "160", "51.2"],
        ["cpu", NOTHING, "3", "0", "0", NOTHING],
        [EN("total"), "", "23", "", "160", "51.2"],
    ]
    assert texts(views.center(EN, FLEET))[-1][-1] == NOTHING


def test_the_offered_load() -> None:
    row = SimpleNamespace(platform=None, node_type="910b", jobs_per_hour=1_234.56, accelerators=7.25, load=0.0123)
    assert texts(views.load(EN, SimpleNamespace(rows=[row]))) == [["all", "910b", "1,234.6", "7.2", "1.2 %"]]


def test_a_table_for_a_notebook_escapes_what_it_is_given() -> None:
    html = View(["<b>"], [[Cell("a & \x1b<i>")]], 'cap"<').html()
    assert "<th>&lt;b&gt;</th>" in html
    assert r"<td>a &amp; \x1b&lt;i&gt;</td>" in html
    assert "<caption>cap&quot;&lt;</caption>" in html
    assert View(["x"], []).is_number(0) is False


def test_a_view_takes_given_titles_and_the_columns_in_their_order() -> None:
    rows = [{"a": Cell("1"), "b": Cell("2"), "unused": Cell("3")}]
    found = views.view(EN, ("b", "a"), rows, "caption", a="Aye", b="Bee")
    assert (found.columns, texts(found), found.caption) == (["Bee", "Aye"], [["2", "1"]], "caption")


def test_numbers_of_numpy_are_written_like_others() -> None:
    assert views.figure(EN, part(submitted=np.int64(5)), "submitted") == "5"

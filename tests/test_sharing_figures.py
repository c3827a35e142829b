"""Figures of sharing, solved by hand, and where they are seen: run, compare, sweep, report, pictures."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from shared_center import HALVES, raw_of

import onecenter as oc
from onecenter import plot
from onecenter.cli.main import main
from onecenter.report.page import page
from onecenter.report.subject import subject_of
from onecenter.results import sharing_views
from onecenter.results.sharing import FATE_HOURS, SUMS
from onecenter.scenario import Scenario, from_dict
from onecenter.scenario.toml import dump
from onecenter.simulation.result import Result
from onecenter.words import Words

#: y lends 2 to A, and may do so until minute 60, from which on it has half of its quota.
JOBS = """
A x 0  60 6
B y 6  30 2
C y 12 6  4
D x 66 30 3
"""

LATER = ', changes = [{ at = "2026-03-02T01:00:00+08:00", nominal = { n = 2 } }]'


def scenario() -> Scenario:
    """Return two hours of two platforms that own half of eight accelerators each."""
    halves = HALVES.replace("y = { quota = { nominal = { n = 4 }", f"y = {{ quota = {{ nominal = {{ n = 4 }}{LATER}")
    return from_dict(raw_of(halves, JOBS))


@pytest.fixture(scope="module")
def result() -> Result:
    """Return a run of it."""
    return oc.run(scenario())


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a file of it."""
    path = tmp_path / "shared.toml"
    path.write_text(dump(scenario().resolved()), encoding="utf-8")
    return str(path)


def test_use_against_quota(result: Result) -> None:
    # x holds 6 for an hour, 3 from minute 66 to 96; y holds 2 for half an hour. C starts at 60: nobody lends then, but
    # it needs 4, of which y has 2 left: it borrows 2 of x for 6 minutes.
    assert result.shares.rows() == [
        ("x", "n", 4.0, 3.75, 6.0, 0.5, 2.0, pytest.approx(0.2), 0.0),
        ("y", "n", 3.0, 0.7, 4.0, 0.05, pytest.approx(0.2), 2.0, 0.0),
    ]
    assert result.sharing is not None
    assert result.sharing["platforms"]["x"]["above_nominal"] == 0.5
    assert result.sharing["center"]["borrowed_hours"] == result.sharing["center"]["lent_hours"] == pytest.approx(2.2)


def test_usage_over_time(result: Result) -> None:
    rows = result.usage.filter(pl.col("platform") == "y").with_columns(pl.col("t_ms") // 60_000)
    assert rows.drop("platform", "node_type").rows() == [(0, 0, 4), (6, 2, 4), (36, 0, 4), (60, 4, 2), (66, 0, 2)]


def test_without_evictions_all_that_is_held_is_useful(result: Result) -> None:
    held = (6 + 1.5 + 1 + 0.4) * 3_600_000_000
    assert result.capacity.rows() == [("n", 8 * 2 * 3_600_000_000, 16 * 3_600_000_000 - held, held, 0, 0, 0)]
    assert result.sharing is not None
    center = result.sharing["center"]
    assert center["useful_hours_of"]["completed"] == center["useful_hours"] == pytest.approx(8.9)
    assert (center["preemptions"], center["restarts"], center["goodput"]) == (0, 0, pytest.approx(8.9 / 16))
    assert center["jain_tenants"] == result.fairness["jain_tenants"]


def test_the_dominant_share_is_the_largest(result: Result) -> None:
    assert result.sharing is not None
    x = result.sharing["platforms"]["x"]
    assert (x["dominant_share"], x["dominant_resource"]) == (pytest.approx(7.5 / 16), "accelerators")


def test_a_plain_run_says_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    plain = oc.run("tiny")
    assert plain.sharing is None and "sharing" not in plain.summary()
    assert plain.usage.is_empty() and plain.shares.is_empty()
    assert plain.capacity["idle_us"].item() + plain.capacity["useful_us"].item() == plain.capacity["capacity_us"].item()
    assert main(["run", "tiny"]) == 0
    assert "borrowed" not in capsys.readouterr().out
    assert "Sharing" not in page([subject_of(plain, "tiny")])
    with pytest.raises(ValueError, match="no quotas"):
        plain.plot.shares(plot.new_axes())


def test_a_run_prints_both_tables(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", file, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "use against quota" in printed and "what became of the accelerator-hours" in printed
    assert (tmp_path / "out" / "shares.png").exists()
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["sharing"]["platforms"]["x"]["node_types"]["n"]["borrowed_hours"] == 2.0
    loaded = Result.load(tmp_path / "out" / "result.parquet")
    assert loaded.sharing == summary["sharing"]


def test_a_condition_may_be_on_a_figure_of_sharing(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", file, "--fail-if", "sharing.platforms.x.borrowed_hours > 1"]) == 1
    assert main(["run", file, "--fail-if", "sharing.center.goodput < 50 %"]) == 0
    assert main(["run", "tiny", "--fail-if", "sharing.center.goodput < 50 %"]) == 2
    assert "there is no 'sharing'" in capsys.readouterr().err


def test_policies_side_by_side(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", file, "--policies", "fifo,easy", "--markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = lines[lines.index("**Sharing and preemption**") + 2 :]
    assert [line.split(" | ")[-3:] for line in table[2:4]] == [["2.2", "2.2", "0 |"]] * 2


def test_a_sweep_has_a_column_for_each_figure() -> None:
    found = oc.sweep(scenario(), {"platforms.x.quota.nominal.n": [4, 6]}, executor=None)
    assert {f"{name}.{key}" for name in ("x", "y", "center") for key in SUMS} < set(found.table.columns)
    assert found.table["x.borrowed_hours"].to_list() == [2.0, 0.0]
    assert found.table["center.goodput"].null_count() == 0
    plain = oc.sweep("tiny", {"center.nodes.small.count": [2, 3]})
    assert not [name for name in plain.table.columns if name.endswith("_hours")]


@pytest.mark.parametrize(("language", "title"), [("en", "Sharing and preemption"), ("zh", "共享与抢占")])
def test_the_report_has_a_section_with_a_picture(result: Result, language: str, title: str) -> None:
    text = page([subject_of(result, "shared")], language=language)
    assert f">{title}<" in text
    assert Words(language)("quota use caption") in text
    for name in FATE_HOURS:
        assert Words(language)(f"column.{name}").split(",")[0] in text


def test_the_picture_has_a_row_for_each_platform_and_type(result: Result) -> None:
    ax = plot.new_axes()
    assert result.plot.shares(ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == ["y\nn · 4", "x\nn · 6"]
    # The dashed line of y falls to half at minute 60, in a row whose highest amount is 4.
    heights = ax.lines[0].get_ydata()
    assert pytest.approx(heights[-1]) == 0.41 and pytest.approx(heights[0]) == 0.82  # type: ignore[index]


def test_means_over_replications_have_intervals() -> None:
    part: dict[str, Any] = {"center": {"goodput": 0.5, "goodput_low": 0.4, "goodput_high": 0.6, "restarts": 2.0}}
    view = sharing_views.sides(Words(), [("easy", part), ("none", None)])
    assert view.rows[0][1].text == "50 % (40 % to 60 %)"
    assert view.rows[0][3].text == "2"
    assert {cell.text for cell in view.rows[1][1:]} == {"–"}

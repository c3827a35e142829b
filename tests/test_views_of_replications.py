"""Tables for people of replications, of pairs of them, and of the fleets that a plan tried; cell by cell."""

from typing import Any

import polars as pl
import pytest

from onecenter.experiments import views
from onecenter.experiments.assessment import Assessment
from onecenter.experiments.contrast import SCHEMA
from onecenter.results.targets import Target
from onecenter.results.views import View
from onecenter.units import NOTHING
from onecenter.words import Words

EN, ZH = Words(), Words("zh")
WAIT, FACTOR = Target("wait", 95.0, 600_000.0), Target("expansion", 90.0, 2.0)


def texts(view: View) -> list[list[str]]:
    """Return the cells of a table."""
    return [[cell.text for cell in row] for row in view.rows]


def estimate(key: str, value: float | None, low: float | None, high: float | None) -> dict[str, float | None]:
    return {key: value, f"{key}_low": low, f"{key}_high": high}


def part(**changes: Any) -> dict[str, Any]:
    """Return what replications say of a platform of 2,000 jobs."""
    known = estimate("p50", 0, 0, 0) | estimate("p95", 3_600, 1_800, 7_200) | estimate("p99", None, 7_200, None)
    counts = {"submitted": 2_000, "refused": 3, "cancelled_waiting": 2, "open": 1}
    return counts | {"wait_s": known, "time_waited_s": estimate("mean", 600, None, None)} | changes


def test_replications_one_row_per_platform_and_one_of_the_center() -> None:
    found = views.replicated(EN, {"platforms": {"a": part(), "b": part(submitted=7)}, "center": part(open=4)})
    first = ["2,000", "3", "2", "1", "10 min (?)", "0 s (0 s to 0 s)", "60 min (30 min to 2 h)", "≥ 2 h"]
    assert texts(found) == [["a", *first], ["b", "7", *first[1:]], ["center", *first[:3], "4", *first[4:]]]
    assert [found.is_number(place) for place in range(3)] == [False, True, True]


def assessment(**changes: Any) -> Assessment:
    """Return a target that 2 % of the jobs miss, of 5 % that may."""
    one: dict[str, Any] = {
        "platform": "a", "target": WAIT, "late": 0.02, "late_low": 0.01, "late_high": 0.03, "value": 300.0,
        "low": 240.0, "high": 480.0, "reason": "", "miss_share": 0.1, "periods": 40, "jobs": 1_000, "verdict": "met",
        "needed": None,
    }  # fmt: skip
    return Assessment(**one | changes)


COLUMNS = ("platform", "verdict", "what", "limit", "value", "within", "needed", "miss_share")


def test_assessments_one_row_per_target() -> None:
    unknown: dict[str, Any] = {"value": None, "low": None, "high": None, "late": None, "late_low": None}
    other = assessment(target=FACTOR, verdict="undecided", platform="b", **unknown, late_high=0.4)
    found = views.assessments(EN, [assessment(), other], COLUMNS, {"a": "Alpha"})
    assert texts(found) == [
        [
            "Alpha", "✓ met", "p95 wait", "≤ 10 min", "5 min (4 min to 8 min)", "98.0 % (97.0 % to 99.0 %)", "95 %",
            "10 %",
        ],
        ["b", "? undecided", "p90 of (wait + run) / run", "≤ 2", NOTHING, "≥ 60.0 %", "90 %", "10 %"],
    ]  # fmt: skip


def test_a_share_in_time_is_one_minus_the_late_one_with_its_limits_turned() -> None:
    assert assessment().in_time == {"in_time": 0.98, "in_time_low": 0.97, "in_time_high": 0.99}
    assert assessment(late=None, late_low=None).in_time == {
        "in_time": None, "in_time_low": 0.97, "in_time_high": None,
    }  # fmt: skip
    assert assessment().pressure == pytest.approx(0.4)
    assert assessment(late=None).pressure == 0


def compared(**changes: Any) -> dict[str, Any]:
    """Return a row of a comparison in which easy waits half as long as fifo."""
    row: dict[str, Any] = dict.fromkeys(SCHEMA) | {
        "platform": "a", "base": "fifo", "other": "easy", "base_s": 120.0, "base_low_s": 120.0, "other_s": 60.0,
        "other_low_s": 60.0, "tested": "ratio", "ratio": 0.5, "ratio_low": 0.4, "ratio_high": 0.625, "p": 0.01,
        "beyond_chance": True, "difference_s": -60.0,
    }  # fmt: skip
    counts = {f"{side}_{name}": 0 for side in ("base", "other") for name in ("refused", "cancelled_waiting", "open")}
    return row | counts | changes


def pairs(*rows: dict[str, Any], words: Words = EN) -> list[list[str]]:
    return texts(views.pairs(words, pl.DataFrame(rows, schema=SCHEMA)))


def test_a_pair_with_a_ratio() -> None:
    assert pairs(compared(base_refused=1_234)) == [
        ["a", "fifo", "2 min", "easy", "60 s", "0.500 (0.400 to 0.625)", "yes", "1,234, 0", "0, 0", "0, 0"]
    ]


@pytest.mark.parametrize(
    ("changes", "tested", "chance"),
    [
        (
            {
                "tested": "difference", "difference_low_s": -90.0, "difference_high_s": 30.0,
                "beyond_chance": False,
            },
            "−60 s (−1.5 min to +30 s)", "no",
        ),
        ({"ratio_low": None, "ratio_high": None}, "0.500 (?)", "yes"),
        ({"tested": None, "ratio": None, "beyond_chance": None}, NOTHING, NOTHING),
    ],
)  # fmt: skip
def test_what_is_tested_of_a_pair(changes: dict[str, Any], tested: str, chance: str) -> None:
    (row,) = pairs(compared(**changes))
    assert row[5:7] == [tested, chance]


def test_a_mean_that_is_known_from_below_or_not_at_all() -> None:
    (row,) = pairs(compared(base_s=None, other_s=None, other_low_s=None))
    assert (row[2], row[4]) == ("≥ 2 min", NOTHING)


def test_pairs_in_chinese_have_chinese_titles() -> None:
    found = views.pairs(ZH, pl.DataFrame([compared()], schema=SCHEMA))
    assert not set(found.columns) & set(views.pairs(EN, pl.DataFrame([compared()], schema=SCHEMA)).columns)
    assert texts(found)[0][2] == "2 分钟"


def fleet(nodes: int, verdict: str, cost: float | None = 1_000.0, value: float | None = 300.0) -> dict[str, Any]:
    """Return a fleet that a plan tried."""
    return {
        "nodes": nodes, "cost": cost, "replications": 20, "verdict": verdict,
        "platforms": {"a": {"refused": 2}, "b": {"refused": 1_000}},
        "targets": [{"platform": "a", "value": value}, {"platform": "b", "value": 1.25}],
    }  # fmt: skip


def test_fleets_that_were_tried() -> None:
    found = views.tried(EN, [fleet(23, "met"), fleet(22, "missed", 99.5, None)], ["A", "B"], "EUR", [WAIT, FACTOR])
    assert found.columns[4:6] == ["a p95 wait", "b p90 of (wait + run) / run"]
    assert texts(found) == [
        ["A", "23", "1,000 EUR", "1,002", "5 min", "1.2", "20", "✓ met"],
        ["B", "22", "99.50 EUR", "1,002", "not reached", "1.2", "20", "✗ missed"],
    ]


def test_without_prices_there_is_no_column_of_costs() -> None:
    free = [fleet(23, "met", None), fleet(22, "missed", None)]
    assert texts(views.tried(EN, free, ["A", "B"], "EUR")) == [
        ["A", "23", "1,002", "20", "✓ met"],
        ["B", "22", "1,002", "20", "✗ missed"],
    ]
    some = [fleet(23, "met", None), fleet(22, "missed")]
    assert [row[2] for row in texts(views.tried(EN, some, ["A", "B"], "CNY"))] == [NOTHING, "1,000 CNY"]


def test_each_fleet_has_a_name() -> None:
    with pytest.raises(ValueError, match="longer"):
        views.tried(EN, [fleet(23, "met"), fleet(22, "met")], ["A"], "EUR")

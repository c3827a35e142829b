"""Conditions of --fail-if: what is read, which figure a path leads to, in which unit it is compared, and mistakes."""

import re
from typing import Any

import pytest

from onecenter.cli.conditions import Condition, figure, holding, parse, status_of_holding
from onecenter.errors import OnecenterError

OPEN = {"p95": None, "p95_low": 10.0, "p95_high": 20.0, "p99": None, "p99_low": 30.0, "p99_high": None}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("wait_s.p95 > 15 s", "null, at most 20.0"),
        ("wait_s.p95 > 20 s", None),
        ("wait_s.p95 >= 20", "null, at most 20.0"),
        ("wait_s.p95 < 21", "null, at most 20.0"),
        ("wait_s.p95_low > 9", "10.0"),
        ("wait_s.p99 > 1 y", "null"),
        ("wait_s.p99 < 1 y", None),
    ],
)
def test_a_figure_known_by_its_bounds_counts_as_the_upper_one(condition: str, found: str | None) -> None:
    held = holding([parse(condition)], {"wait_s": OPEN})
    assert held == ([] if found is None else [f"{condition}  ({condition.split()[0]} = {found})"])


@pytest.mark.parametrize(
    ("text", "path", "sign", "value", "duration"),
    [
        ("a.b > 3", ("a", "b"), ">", 3.0, False),
        (" a >=-1.5e3 ", ("a",), ">=", -1_500.0, False),
        ("a<5%", ("a",), "<", 0.05, False),
        ("a<=3 min", ("a",), "<=", 180_000, True),
        ("a == TRUE", ("a",), "==", True, False),
        ("a != false", ("a",), "!=", False, False),
        ('a == "x > y"', ("a",), "==", "x > y", False),
        ('targets."wait p95".within < 95%', ("targets", "wait p95", "within"), "<", 0.95, False),
        ("platforms.public-compute.wait_s.p95 > 0", ("platforms", "public-compute", "wait_s", "p95"), ">", 0.0, False),
    ],
)
def test_what_a_condition_is_read_as(text: str, path: tuple[str, ...], sign: str, value: Any, duration: bool) -> None:
    assert parse(text) == Condition(text, path, sign, value, duration)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", "'path > value' is expected"),
        ("a", "'path > value' is expected"),
        ("a >", "'path > value' is expected"),
        ("> 3", "'path > value' is expected"),
        ("a = 3", "'path > value' is expected"),
        ("a b > 3", "'path > value' is expected"),
        ("a. > 3", "'path > value' is expected"),
        ("a > many", "many is no value: a number, a percentage, a duration"),
        ("a > 3 parsecs", "3 parsecs is no value"),
        ("a > %", "% is no value"),
        ("a > 1e999", "1e999 is too large for a number"),
        ("a > true", "true is either so or not: == or != is expected, not >"),
        ('a <= "x"', '"x" is either so or not: == or != is expected, not <='),
    ],
)
def test_a_condition_that_is_none(text: str, right: str) -> None:
    with pytest.raises(ValueError, match=re.escape(right)):
        parse(text)


FIGURES: dict[str, Any] = {
    "overloaded": False,
    "scenario": "tiny",
    "window_d": 2.0,
    "center": {"wait_s": {"p95": 120.0}, "utilisation": 0.5, "meets_target": None},
    "pairs": [
        {"platform": "talent", "other": "easy", "ratio": 0.5},
        {"platform": "talent", "other": "sjf", "ratio": 0.7},
        {"platform": "industry", "other": "easy", "ratio": 0.9},
    ],
    "only": [{"verdict": "met", "wait p95": 60.0}],
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("center.wait_s.p95 > 1 min", True),
        ("center.wait_s.p95 > 2 min", False),
        ("center.wait_s.p95 >= 120", True),
        ("center.wait_s.p95 == 2 min", True),
        ("window_d < 49 h", True),
        ("window_d < 48 h", False),
        ("center.utilisation > 50%", False),
        ("center.utilisation != 50%", False),
        ("overloaded == false", True),
        ("overloaded != false", False),
        ('scenario == "tiny"', True),
        ('scenario != "tiny"', False),
        ("center.meets_target == true", False),
        ("center.meets_target != true", True),
        ("pairs.sjf.ratio > 0.6", True),
        ("pairs.easy.industry.ratio > 0.8", True),
        ("pairs.talent.easy.ratio > 0.8", False),
        ('only.verdict == "met"', True),
        ('only."wait p95" > 59 s', True),
    ],
)
def test_whether_a_condition_holds(condition: str, holds: bool) -> None:
    held = holding([parse(condition)], FIGURES)
    assert bool(held) is holds
    assert all(text.startswith(condition) for text in held)


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("centre.wait_s.p95 > 1", "there is no 'centre' in centre.wait_s.p95; did you mean \"center\"?"),
        ("center.wait_s.p50 > 1", "there is no 'p50' in center.wait_s.p50; did you mean \"p95\"?"),
        ("center.zzzz > 1", "known: wait_s, utilisation, meets_target"),
        ("center > 1", "center is no single figure: one of wait_s, utilisation, meets_target is expected below it"),
        ("pairs.easy > 1", "pairs.easy is no single figure: one of talent, industry is expected below it"),
        ("pairs.fifo.ratio > 1", "there is no 'fifo' in pairs.fifo.ratio"),
        ("center.utilisation > 1 h", "center.utilisation is no time, but 1 h is one"),
        ("overloaded == 1", "overloaded is false: true or false is expected"),
        ("scenario == true", 'scenario is "tiny": a text in quotes is expected'),
        ("center.utilisation == true", "center.utilisation is 0.5: a number is expected"),
        ("scenario.name == 1", "there is no 'name' in scenario.name"),
    ],
)
def test_a_condition_on_what_is_no_such_figure(condition: str, wrong: str) -> None:
    with pytest.raises(OnecenterError) as caught:
        holding([parse(condition)], FIGURES)
    assert wrong in str(caught.value)


def test_all_conditions_are_judged_and_all_mistakes_told() -> None:
    conditions = [parse(text) for text in ("window_d > 1", "window_d > 3", "overloaded == false")]
    assert holding(conditions, FIGURES) == [
        "window_d > 1  (window_d = 2.0)",
        "overloaded == false  (overloaded = false)",
    ]
    with pytest.raises(OnecenterError) as caught:
        holding([parse("x > 1"), parse("window_d > 1"), parse("y > 1")], FIGURES)
    assert len(caught.value.mistakes) == 2


def test_below_a_figure_that_is_not_known_nothing_is_known() -> None:
    assert figure(("a", "b", "c"), {"a": None}) is None
    assert holding([parse("a.b > 1")], {"a": None}) == ["a.b > 1  (a.b = null)"]


@pytest.mark.parametrize(("held", "status"), [([], 0), (["a > 1  (a = 2)"], 1), (["a\x1b > 1", "b > 1"], 1)])
def test_the_exit_status_and_what_is_printed(held: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of_holding(held) == status
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(held)
    assert all(line.startswith("onecenter: --fail-if holds: ") and "\x1b" not in line for line in lines)

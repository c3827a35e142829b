"""Checks of single values: what each lets through, as which plain type, and what it says would be right."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from onecenter import checks
from onecenter.checks import Check, Number, OneOf, Whole
from onecenter.errors import OnecenterError, PlanError


@pytest.mark.parametrize("value", [1, 7, np.int32(7), np.uint8(1)])
def test_a_whole_number_comes_out_as_int(value: Any) -> None:
    found = Whole(1, 7)(value)
    assert type(found) is int
    assert found == value


@pytest.mark.parametrize(
    ("value", "right"),
    [
        (0, "at least 1 is expected"),
        (8, "at most 7 is expected"),
        (2**70, "at most 7 is expected"),
        (1.0, "a whole number is expected"),
        (np.float64(1), "a whole number is expected"),
        (True, "a whole number is expected"),
        ("1", "a whole number is expected"),
        (None, "a whole number is expected"),
    ],
)
def test_what_is_no_whole_number_of_the_range(value: Any, right: str) -> None:
    with pytest.raises(ValueError, match=f"^{right}$"):
        Whole(1, 7)(value)


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.5), Fraction(1, 2)])
def test_a_number_comes_out_as_float(value: Any) -> None:
    found = Number(0, 1)(value)
    assert type(found) is float
    assert found == float(value)


@pytest.mark.parametrize(
    ("check", "value", "right"),
    [
        (Number(0, 1), -1e-9, "at least 0 is expected"),
        (Number(0, 1), 1.5, "at most 1 is expected"),
        (Number(0, 1, above=True), 0, "more than 0 is expected"),
        (Number(0, 1, below=True), 1, "less than 1 is expected"),
        (Number(0, 2_000, below=True), 2_000, "less than 2,000 is expected"),
        (Number(0.25, 1), 0.2, "at least 0.25 is expected"),
        (Number(0, 1), math.nan, "a finite number is expected"),
        (Number(0, 1), -math.inf, "a finite number is expected"),
        (Number(0, 1), 10**400, "a finite number is expected"),
        (Number(0, 1), False, "a number is expected"),
        (Number(0, 1), "0.5", "a number is expected"),
        (Number(0, 1), 1j, "a number is expected"),
    ],
)
def test_what_is_no_number_of_the_range(check: Number, value: Any, right: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(right)}$"):
        check(value)


def test_ends_that_belong_to_a_range_are_let_through() -> None:
    assert [Number(0, 1)(0), Number(0, 1)(1), Number(0, 1, below=True)(0), Number(0, 1, above=True)(1)] == [0, 1, 0, 1]


@pytest.mark.parametrize("value", ["c", "", "A", "a,b", 0, None, ("a",)])
def test_a_name_that_is_none_of_them(value: Any) -> None:
    assert OneOf(("a", "b"))("b") == "b"
    with pytest.raises(ValueError, match=r"^one of a, b is expected$"):
        OneOf(("a", "b"))(value)


@pytest.mark.parametrize(
    ("bound", "text"),
    [(2**63 - 1, "9,223,372,036,854,775,807"), (1e6, "1,000,000"), (0.5, "0.5"), (-1e-9, "-1e-09"), (-3.0, "-3")],
)
def test_a_bound_has_all_its_digits(bound: float, text: str) -> None:
    assert checks.exactly(bound) == text


def nested(depth: int) -> list[Any]:
    """Return lists within each other."""
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def test_what_is_shown_of_a_value() -> None:
    assert checks.shown("a'b") == '"a\'b"'
    assert checks.shown("x" * 58) == f"'{'x' * 58}'"
    assert checks.shown("x" * 59) == f"'{'x' * 58}…"
    assert len(checks.shown(list(range(1_000)))) == checks.LONGEST
    assert checks.shown(10**5_000) == "a number of thousands of digits"
    assert checks.shown(nested(100_000)) == "a value that is nested too deeply"


@pytest.mark.parametrize(
    ("word", "near"),
    [("fif", "fifo"), ("FIFO", "fifo"), ("Easy_SJBF", "EASY-sjbf"), ("", None), ("zzzz", None), ("fifo" * 26, None)],
)
def test_the_nearest_word(word: str, near: str | None) -> None:
    assert checks.nearest(word, ["fifo", "EASY-sjbf", "conservative"]) == near


def test_no_word_is_compared_with_more_than_a_thousand() -> None:
    many = [f"{number:04}x" for number in range(checks.MAX_COMPARED)]
    assert checks.nearest("fifo", [*many[1:], "fifo"]) == "fifo"
    assert checks.nearest("fifo", [*many, "fifo"]) is None


def test_a_hint_is_a_question_or_nothing() -> None:
    assert checks.did_you_mean("pubilc", ["public", "talent"]) == 'did you mean "public"? '
    assert checks.did_you_mean("x", ["public", "talent"]) == ""


CHECKS: dict[str, Check] = {"nodes": Whole(1, 9), "share": Number(0, 1), "seed": checks.optional(Whole(0, 9))}


def test_values_are_sorted_out_into_right_and_wrong() -> None:
    found, wrong = checks.sorted_out({"seed": None, "share": 2, "nodes": np.int64(3), "other": "x"}, CHECKS)
    assert found == {"nodes": 3, "seed": None}
    assert wrong == {"share": "at most 1 is expected"}
    # What is wrong comes in the order of the checks, whatever the order of the values.
    _, wrong = checks.sorted_out({"share": 2, "nodes": 0}, CHECKS)
    assert list(wrong) == ["nodes", "share"]
    assert checks.told({"share": 2, "nodes": 0}, wrong) == [
        "nodes = 0: at least 1 is expected",
        "share = 2: at most 1 is expected",
    ]


@dataclass(frozen=True)
class Settled:
    """Has a field of each check."""

    nodes: Any
    share: Any
    seed: Any = None

    def __post_init__(self) -> None:
        checks.settle(self, "settled", CHECKS, PlanError)


def test_a_dataclass_keeps_plain_types() -> None:
    found = Settled(np.int16(2), 1, np.uint64(3))
    assert (found.nodes, found.share, found.seed) == (2, 1.0, 3)
    assert [type(value) for value in (found.nodes, found.share, found.seed)] == [int, float, int]


def test_a_dataclass_tells_all_mistakes_at_once() -> None:
    with pytest.raises(PlanError) as caught:
        Settled("x", -1, 10)
    assert caught.value.source == "settled"
    assert caught.value.mistakes == [
        "nodes = 'x': a whole number is expected",
        "share = -1: at least 0 is expected",
        "seed = 10: at most 9 is expected",
    ]


def test_one_argument_of_a_call() -> None:
    assert checks.one("seed", np.int64(3), checks.SEED) == 3
    with pytest.raises(OnecenterError, match=r"^seed: -1: at least 0 is expected$"):
        checks.one("seed", -1, checks.SEED)
    with pytest.raises(PlanError):
        checks.one("seed", 2**63, checks.SEED, PlanError)


@pytest.mark.parametrize(("text", "value"), [("7", 7), (" -12 ", -12), ("+3", 3), ("007", 7)])
def test_a_text_that_is_a_whole_number(text: str, value: int) -> None:
    assert checks.whole(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("7", 7), (" -1.5e3 ", -1_500), (".5", 0.5), ("5.", 5), ("1e999", math.inf), ("+2E-1", 0.2)]
)
def test_a_text_that_is_a_number(text: str, value: float) -> None:
    assert checks.decimal(text) == value


@pytest.mark.parametrize(("text", "value"), [("5%", 0.05), (" 12.5 % ", 0.125), ("0%", 0), ("1e2%", 1)])
def test_a_text_that_is_a_percentage(text: str, value: float) -> None:
    assert checks.percentage(text) == value


@pytest.mark.parametrize("text", ["", " ", "1_000", "1,5", "x", "١", "1 2", "--1", "nan", "inf", "0x10", "1\n2", "%"])
@pytest.mark.parametrize("read", [checks.whole, checks.decimal, checks.percentage])
def test_a_text_that_is_no_number(read: Callable[[str], float], text: str) -> None:
    with pytest.raises(ValueError, match=r"^a (whole number|number|percentage such as 5%) is expected$"):
        read(text)


@pytest.mark.parametrize("text", ["5", "5%%", "5% 6%", "% 5", "5%x"])
def test_a_text_that_is_no_percentage(text: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        checks.percentage(text)


def test_digits_without_end_are_read_in_no_time_and_are_too_many() -> None:
    with pytest.raises(ValueError, match="at most 1,000,000 is expected"):
        checks.NODES(checks.whole("9" * 100_000))

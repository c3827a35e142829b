"""How each language writes numbers with their units, brackets, money and instants; that every text is used."""

import ast
import math
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from onecenter.units import NOTHING
from onecenter.words import GLUE, MARKS, Words, catalogue

ROOT = Path(__file__).resolve().parents[1]

ENGLISH, CHINESE, GLUED = Words(), Words("zh"), Words("en", GLUE)


def written_in_code() -> tuple[set[str], list[str]]:
    """Return the texts of the sources, and the patterns of those that are put together, what is put in as a group."""
    plain, patterns = set[str](), []
    for path in (*ROOT.glob("simulator/**/*.py"), *ROOT.glob("kernels/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(each.value) if isinstance(each, ast.Constant) else "(.*)" for each in node.values]
                patterns.append("".join(parts))
    page = (ROOT / "simulator/onecenter/report/template.html.j2").read_text(encoding="utf-8")
    return plain | set(re.findall(r"""["']([^"']+)["']""", page)), patterns


def test_every_text_is_used() -> None:
    plain, patterns = written_in_code()
    put_together = [re.compile(each) for each in patterns if each.replace("(.*)", "")]

    def used(key: str) -> bool:
        """Whether a text's key stands in the code, or is put together there of a part and a word or number."""
        found = (each.fullmatch(key) for each in put_together)
        return key in plain or any(
            all(part in plain or re.fullmatch(r"[\d,]+", part) for part in match.groups()) for match in found if match
        )

    assert [key for key in catalogue("en") if not used(key)] == []
    # What is in no catalogue is not found, so the search can fail.
    assert not used("column.zebra")


@pytest.mark.parametrize(("count", "text"), [(1, "1 node"), (2, "2 nodes"), (0, "0 nodes"), ("1,000", "1,000 nodes")])
def test_one_or_many(count: Any, text: str) -> None:
    said = ENGLISH("header", nodes=count, accelerators=1, policy="fifo")
    assert said == f"{text}, 1 accelerator; fifo"


def test_a_key_without_a_text_is_said_as_it_is() -> None:
    assert ENGLISH.known("met") == "met"
    assert CHINESE.known("met") == "达标"
    assert CHINESE.known("gb200") == "gb200"


def test_a_verdict_has_a_mark_that_needs_no_colour() -> None:
    assert [ENGLISH.verdict(one) for one in MARKS] == ["✓ met", "✗ missed", "? undecided"]
    assert CHINESE.verdict("met") == "✓ 达标"


@pytest.mark.parametrize(
    ("low", "high", "english", "chinese"),
    [
        (3_600, 3_600, "60 min", "60 分钟"),
        (7_200, None, "≥ 2 h", "≥ 2 小时"),
        (7_200, 10_800, "2 h to 3 h", "2 小时 至 3 小时"),
        (None, None, "never", "不会启动"),
        (0, 0, "0 s", "0 秒"),
    ],
)
def test_a_figure_by_its_bounds(low: float | None, high: float | None, english: str, chinese: str) -> None:
    assert ENGLISH.between(low, high) == english
    assert CHINESE.between(low, high) == chinese


def test_a_figure_by_its_bounds_in_a_unit_of_its_own() -> None:
    assert ENGLISH.between(1.5, 2.0, ENGLISH.factor) == "1.5 to 2.0"
    assert ENGLISH.estimate(0.5, 0.25, 1.0, ENGLISH.percent) == "50 % (25 % to 100 %)"


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (10_800, 7_200, 18_000, "3 h (2 h to 5 h)"),
        (10_800, None, None, "3 h (?)"),
        (10_800, 7_200, None, "3 h (?)"),
        (None, 7_200, None, "≥ 2 h"),
        (None, None, 18_000, NOTHING),
    ],
)
def test_an_estimate_as_far_as_it_is_known(
    value: float | None, low: float | None, high: float | None, text: str
) -> None:
    assert ENGLISH.estimate(value, low, high) == text


def test_no_line_breaks_between_a_number_and_its_unit_on_a_page() -> None:
    assert GLUED.duration(7_200_000) == f"2{GLUE}h"
    assert GLUED.percent(0.5) == f"50{GLUE}%"
    assert GLUED.money(5, "EUR") == f"5.00{GLUE}EUR"
    assert CHINESE.percent(0.5) == "50%"


def test_a_text_without_a_number_stays() -> None:
    assert ENGLISH.with_unit("never") == "never"
    assert ENGLISH.with_unit("3 parsecs") == "3 parsecs"
    assert CHINESE.with_unit("3 parsecs") == "3 parsecs"
    assert CHINESE.with_unit("1,200 kW") == "1,200 千瓦"


def test_a_limit_has_all_its_digits_and_a_figure_is_rounded() -> None:
    assert ENGLISH.exact(5_430_000) == "5430 s"
    assert ENGLISH.duration(5_430_000) == "1.5 h"
    assert ENGLISH.seconds(5_430) == "1.5 h"
    assert ENGLISH.seconds(None) == NOTHING


@pytest.mark.parametrize(("seconds", "text"), [(60, "+60 s"), (-60, "−60 s"), (0, "+0 s"), (-7_200, "−2 h")])
def test_a_difference_has_a_sign(seconds: float, text: str) -> None:
    assert ENGLISH.signed(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, NOTHING), (0, "0"), (3.0, "3"), (3.14159, "3.14"), (99.96, "100"), (1_234.5, "1,234"), (-250.4, "-250")],
)
def test_a_count(number: float | None, text: str) -> None:
    assert ENGLISH.count(number) == text


@pytest.mark.parametrize(
    ("kilograms", "text"), [(999, "999 kg"), (1_000, "1 t"), (2_345_678, "2,346 t"), (0.5, "0.5 kg"), (-2_000, "-2 t")]
)
def test_a_mass(kilograms: float, text: str) -> None:
    assert ENGLISH.mass(kilograms) == text


def test_power_and_energy() -> None:
    assert ENGLISH.power(5_200) == "5.2 kW"
    assert ENGLISH.energy(12.4e9) == "12 GWh"


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        (None, "CNY", NOTHING, NOTHING),
        (99.994, "CNY", "99.99 CNY", "99.99 元"),
        (100, "CNY", "100 CNY", "100 元"),
        (1_234_567.8, "EUR", "1,234,568 EUR", "1,234,568 EUR"),
    ],
)
def test_money(amount: float | None, currency: str, english: str, chinese: str) -> None:
    assert ENGLISH.money(amount, currency) == english
    assert CHINESE.money(amount, currency) == chinese


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (33_000_000, "33 million yuan", "3,300 万元"),
        (1_234_567, "1.23 million yuan", "123 万元"),
        (1_000_000, "1 million yuan", "100 万元"),
        (999_999, "999,999 yuan", "100 万元"),
        (9_999, "9,999 yuan", "9,999 元"),
        (1_500_000_000, "1.5 billion yuan", "15 亿元"),
        (-2_000_000, "-2 million yuan", "-200 万元"),
    ],
)
def test_money_in_three_digits(amount: float, english: str, chinese: str) -> None:
    assert ENGLISH.rounded_money(amount, "CNY") == english
    assert CHINESE.rounded_money(amount, "CNY") == chinese


@pytest.mark.parametrize("amount", [10.0**power * digit for power in range(2, 13) for digit in (1, 2.345, 9.994)])
def test_money_in_three_digits_is_within_half_a_digit(amount: float) -> None:
    number, _, scale = ENGLISH.rounded_money(amount, "EUR").removesuffix(" EUR").partition(" ")
    value = float(number.replace(",", "")) * {"": 1, "million": 1e6, "billion": 1e9}[scale]
    assert math.isclose(value, amount, rel_tol=0.005)


@pytest.mark.parametrize(("factor", "text"), [(1.0, "1.00"), (1.094, "1.09"), (1.1, "1.1"), (1_234.56, "1,234.6")])
def test_a_factor(factor: float, text: str) -> None:
    assert ENGLISH.factor(factor) == text


def test_an_instant() -> None:
    when = datetime(2026, 3, 2, 8, 5)
    assert ENGLISH.instant(when) == "2 Mar 2026, 08:05"
    assert CHINESE.instant(when) == "2026年3月2日 08:05"


def test_a_percentile() -> None:
    assert [ENGLISH.percentile(p) for p in (95, 99.9, 50.0)] == ["p95", "p99.9", "p50"]
    assert CHINESE.percentile(99.9) == "99.9 分位"


def test_texts_in_a_row() -> None:
    assert ENGLISH.join(["a", "b", "c"]) == "a, b, c"
    assert CHINESE.join(["a", "b"]) == "a、b"
    assert ENGLISH.join([]) == ""

"""Quantities in words."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecenter import units


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("28 d", 28 * 86_400_000),
        ("1.5 h", 5_400_000),
        ("90min", 5_400_000),
        (" 3 s ", 3_000),
        ("0 s", 0),
        ("1 w", 7 * 86_400_000),
        ("1 y", 365 * 86_400_000),
        ("1_000 ms", 1_000),
        ("1e3 ms", 1_000),
        ("0.0001 s", 1),
        ("1000.2 ms", 1_001),
        ("0.1 s", 100),
    ],
)
def test_durations_are_read_and_rounded_up(text: str, ms: int) -> None:
    assert units.parse_duration(text) == ms


@pytest.mark.parametrize(
    ("text", "mib"),
    [("1.5 TiB", 1_572_864), ("64 GiB", 65_536), ("1 MiB", 1), ("1 B", 1), ("1 GB", 954), ("0 GiB", 0)],
)
def test_memory_is_read_and_rounded_up(text: str, mib: int) -> None:
    assert units.parse_memory(text) == mib


def test_powers_and_rates_are_read() -> None:
    assert units.parse_power("5.2 kW") == 5_200.0
    assert units.parse_power("90 W") == 90.0
    assert units.parse_rate("120 / h") == 120 / 3_600_000
    assert units.parse_rate("0.5/s") == 0.0005


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (90, 'write text such as "90 min"'),
        (1.5, 'write text such as "1.5 min"'),
        (10**20, '"90 min"'),
        (True, "text with a number and a unit is expected"),
        (None, "text with a number and a unit is expected"),
        ("90", 'the unit is missing; write text such as "90 min"'),
        ("90 minutes", "units ms, s, min, h, d, w, y"),
        ("1 H", "units ms"),
        ("nan h", "not a number with a unit"),
        ("inf h", "not a number with a unit"),
        ("1 h 30 min", "not a number with a unit"),
        ("", "not a number with a unit"),
        ("-1 h", "must not be negative"),
        ("1e300 d", "at most 1,000 y"),
        ("1e9999 d", "not a number with a unit"),
        ("\u0661 h", "not a number with a unit"),
    ],
)
def test_what_is_no_duration_is_told(text: object, right: str) -> None:
    with pytest.raises(ValueError, match=re.escape(right)):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("read", "text", "right"),
    [
        (units.parse_memory, 64, 'such as "64 GiB"'),
        (units.parse_memory, "64 gib", "KiB"),
        (units.parse_memory, "2000 PiB", "at most 1,024 PiB"),
        (units.parse_power, 90, 'such as "90 kW"'),
        (units.parse_power, "1e10 MW", "at most 1,000,000 MW"),
        (units.parse_rate, 120, 'such as "120 / h"'),
        (units.parse_rate, "120 h", 'write for example "120 / h"'),
        (units.parse_rate, "1e6 / ms", "at most 1,000 / ms"),
    ],
)
def test_what_is_no_quantity_is_told(read: object, text: object, right: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match=re.escape(right)):
        read(text)


@given(st.integers(0, units.MAX_DURATION))
def test_a_duration_written_reads_back(ms: int) -> None:
    assert units.parse_duration(units.duration_text(ms)) == ms


@given(st.integers(0, units.MAX_MEMORY))
def test_an_amount_of_memory_written_reads_back(mib: int) -> None:
    assert units.parse_memory(units.memory_text(mib)) == mib


@given(st.floats(0, units.MAX_POWER))
def test_a_power_written_reads_back(watt: float) -> None:
    assert units.parse_power(units.power_text(watt)) == watt


@given(st.floats(0, 1_000))
def test_a_rate_written_reads_back(rate: float) -> None:
    assert units.parse_rate(units.rate_text(rate)) == rate


def test_rates_and_durations_are_written_in_a_handy_unit() -> None:
    assert units.rate_text(units.parse_rate("120 / h")) == "120 / h"
    assert units.rate_text(units.parse_rate("0.3 / d")) == "0.3 / d"
    assert units.duration_text(5_400_000) == "90 min"
    assert units.duration_text(172_800_000) == "2 d"
    assert units.memory_text(1_572_864) == "1536 GiB"


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0 s"),
        (12, "12 ms"),
        (1_000, "1 s"),
        (12_300, "12 s"),
        (89_999, "90 s"),
        (144_000, "2.4 min"),
        (2_880_000, "48 min"),
        (7_560_000, "2.1 h"),
        (47 * 3_600_000, "47 h"),
        (28 * 86_400_000, "28 d"),
        (10_000 * 86_400_000, "10,000 d"),
        (-7_560_000, "-2.1 h"),
        (math.inf, "never"),
        (math.nan, "\u2013"),
        (None, "\u2013"),
    ],
)
def test_durations_for_people(ms: float | None, text: str) -> None:
    assert units.format_duration(ms) == text


def test_seconds_for_people() -> None:
    assert units.format_seconds(7_560.0) == "2.1 h"
    assert units.format_seconds(None) == "\u2013"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (units.format_power(90), "90 W"),
        (units.format_power(5_200), "5.2 kW"),
        (units.format_power(1.96e6), "2 MW"),
        (units.format_energy(12.4e9), "12 GWh"),
        (units.format_energy(5.2e6), "5.2 MWh"),
        (units.format_bytes(1.5 * 2**40), "1.5 TiB"),
        (units.format_bytes(512), "512 B"),
        (units.format_percent(0.614), "61 %"),
        (units.format_percent(0.0123), "1.2 %"),
        (units.format_percent(0.0), "0 %"),
        (units.format_percent(None), "\u2013"),
        (units.format_count(68_214), "68,214"),
        (units.format_accelerators(8_000), "8"),
        (units.format_accelerators(143), "0.143"),
        (units.format_accelerators(1_250_500), "1,250.5"),
    ],
)
def test_other_quantities_for_people(text: str, expected: str) -> None:
    assert text == expected

"""Quantities in words: reading them with their unit, and writing them for people."""

import math
import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

MS: Final[Mapping[str, int]] = {
    "ms": 1,
    "s": 1_000,
    "min": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 7 * 86_400_000,
    "y": 365 * 86_400_000,
}

HOUR: Final = MS["h"]

#: Amounts are in thousandths.
THOUSAND: Final = 1_000

BYTES: Final[Mapping[str, int]] = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "PB": 10**15,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
    "PiB": 2**50,
}

#: Stands where there is no value.
NOTHING: Final = "\N{EN DASH}"

WATT: Final[Mapping[str, int]] = {"W": 1, "kW": 1_000, "MW": 1_000_000}

#: Bounds that keep sums of a few quantities far inside int64.
MAX_DURATION: Final = 1_000 * MS["y"]
MAX_MEMORY: Final = 2**40
MAX_POWER: Final = 1e12

#: No tier is further from 0.
MAX_TIER: Final = 10**6

#: Characters of a quantity at most.
LONGEST: Final = 100

#: An underscore stands between thousands only: 1_000, but not 1_0.
_NUMBER = r"[+-]?(?:\d{1,3}(?:_\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?"
_UNITLESS = re.compile(rf"\s*{_NUMBER}\s*", re.ASCII)
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*([^\W\d_]+)\s*", re.ASCII)
_RATE = re.compile(rf"\s*({_NUMBER})\s*/\s*([^\W\d_]+)\s*", re.ASCII)


def parse_duration(text: Any) -> int:
    """Return the milliseconds of words such as "28 d" or "1.5 h", rounded up; a ValueError says what would be right.

    Units are ms, s, min, h, d, w (7 d) and y (365 d); at most 1,000 y.
    """
    return _whole(_parse(text, MS, "90 min"), MAX_DURATION, "1,000 y")


def parse_memory(text: Any) -> int:
    """Return the MiB of words such as "1.5 TiB" or "64 GB", rounded up; at most 1 EiB."""
    return _whole(_parse(text, BYTES, "64 GiB") / 2**20, MAX_MEMORY, "1,024 PiB")


def parse_power(text: Any) -> float:
    """Return the watts of words such as "90 W" or "5.2 kW"; at most 1 TW."""
    power = float(_parse(text, WATT, "1.5 kW"))
    if power > MAX_POWER:
        raise ValueError("too large; at most 1,000,000 MW")
    return power


def parse_rate(text: Any) -> float:
    """Return the events per millisecond of words such as "120 / h"; at most 1,000 / ms."""
    if not isinstance(text, str):
        raise ValueError(_bare(text, "120 / h"))
    found = _RATE.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or found[2] not in MS:
        raise ValueError('not a rate; write for example "120 / h" (units ' + ", ".join(MS) + ")")
    rate = float(_number(found[1])) / MS[found[2]]
    if rate > 1_000:
        raise ValueError("too large; at most 1,000 / ms")
    return rate


def _parse(text: Any, units: Mapping[str, int], example: str) -> Decimal:
    if not isinstance(text, str):
        raise ValueError(_bare(text, example))
    if len(text) <= LONGEST and _UNITLESS.fullmatch(text):
        raise ValueError(_unit_missing(text.strip(), example))
    found = _QUANTITY.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or found[2] not in units:
        known = ", ".join(units)
        raise ValueError(f'not a number with a unit; write for example "{example}" (units {known})')
    return _number(found[1]) * units[found[2]]


def _bare(value: Any, example: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        return _unit_missing(str(value), example)
    return f'text with a number and a unit is expected, for example "{example}"'


def _unit_missing(number: str, example: str) -> str:
    unit = example.split(" ", 1)[1]
    return f'the unit is missing; write text such as "{number[:20]} {unit}" or "{example}"'


def _number(digits: str) -> Decimal:
    number = Decimal(digits.replace("_", ""))
    if number < 0:
        raise ValueError("must not be negative")
    return number


def _whole(value: Decimal, most: int, words: str) -> int:
    if value > most:
        raise ValueError(f"too large; at most {words}")
    return int(value.to_integral_value(ROUND_CEILING))


def duration_text(ms: int) -> str:
    """Return a duration exactly, in the largest unit up to days that divides it: "90 min"."""
    if ms == 0:
        return "0 s"
    unit = next(unit for unit in ("d", "h", "min", "s", "ms") if ms % MS[unit] == 0)
    return f"{ms // MS[unit]} {unit}"


def memory_text(mib: int) -> str:
    """Return an amount of memory exactly, in the largest unit that divides it: "1536 GiB"."""
    if mib == 0:
        return "0 MiB"
    unit = next(unit for unit in ("PiB", "TiB", "GiB", "MiB") if mib * 2**20 % BYTES[unit] == 0)
    return f"{mib * 2**20 // BYTES[unit]} {unit}"


def power_text(watt: float) -> str:
    """Return a power so that reading it gives the same number."""
    return f"{plain(watt)} W"


def rate_text(rate: float) -> str:
    """Return a rate (events per ms) so that reading it gives the same number."""
    for unit in ("h", "min", "s", "d"):
        text = f"{plain(float(f'{rate * MS[unit]:.12g}'))} / {unit}"
        if parse_rate(text) == rate:
            return text
    return f"{rate!r} / ms"


def plain(value: float) -> str:
    """Return a number as short as reads back the same: 5200, 0.25, 1e-09."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def format_duration(ms: float | None) -> str:
    """Return a duration for people: "0 s", "48 s", "2.1 h", "28 d"; a dash where there is none."""
    if ms is None or math.isnan(ms):
        return NOTHING
    if math.isinf(ms):
        return "never"
    size = abs(ms)
    if 0 < size < 1_000:
        return f"{_digits(ms)} ms"
    for unit, start in (("d", 2 * MS["d"]), ("h", 1.5 * MS["h"]), ("min", 1.5 * MS["min"])):
        if size >= start:
            return f"{_digits(ms / MS[unit])} {unit}"
    return f"{_digits(ms / 1_000)} s"


def format_instant(ms: int) -> str:
    """Return an instant, exactly, in time since the start: "04:05:06", "2 d 04:05:06.250"."""
    days, rest = divmod(int(ms), MS["d"])
    seconds, rest = divmod(rest, 1_000)
    clock = f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{f'{days} d ' if days else ''}{clock}{f'.{rest:03d}' if rest else ''}"


def format_seconds(seconds: float | None) -> str:
    """Return a duration given in seconds for people."""
    return format_duration(None if seconds is None else seconds * 1_000)


def format_power(watt: float) -> str:
    """Return a power for people: "90 W", "5.2 kW", "1.3 MW"."""
    return _scaled(watt, (("MW", 1e6), ("kW", 1e3)), "W")


def format_energy(watt_hours: float) -> str:
    """Return an energy for people: "850 Wh", "5.2 MWh", "12.4 GWh"."""
    return _scaled(watt_hours, (("GWh", 1e9), ("MWh", 1e6), ("kWh", 1e3)), "Wh")


def format_bytes(count: float) -> str:
    """Return a number of bytes for people, in powers of 1,024: "1.5 TiB"."""
    scales = tuple((unit, BYTES[unit]) for unit in ("PiB", "TiB", "GiB", "MiB", "KiB"))
    return _scaled(count, scales, "B")


def format_percent(share: float | None) -> str:
    """Return a share for people: 0.614 as "61 %", 0.0123 as "1.2 %"."""
    if share is None or math.isnan(share):
        return NOTHING
    percent = 100 * share
    return f"{percent:.0f} %" if abs(percent) >= 9.95 or percent == 0 else f"{percent:.1f} %"


def format_count(number: int) -> str:
    """Return a whole number with separators between thousands: "68,214"."""
    return f"{number:,}"


def format_accelerators(thousandths: int) -> str:
    """Return accelerators given in thousandths: 8000 as "8", 143 as "0.143"."""
    whole, rest = divmod(thousandths, 1_000)
    return f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:03d}".rstrip("0")


def _digits(value: float) -> str:
    rounded = f"{value:.1f}" if abs(value) < 9.95 else f"{value:,.0f}"
    return rounded.removesuffix(".0")


def _scaled(value: float, scales: tuple[tuple[str, float], ...], smallest: str) -> str:
    for unit, scale in scales:
        if abs(value) >= scale:
            return f"{_digits(value / scale)} {unit}"
    return f"{_digits(value)} {smallest}"

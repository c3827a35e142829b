"""The types of the scenario's values: how each is written in the file and what it becomes."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic.types import Strict

from onecenter import units

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: The most accelerators, cpus or tasks that fit the core's int32 thousandths.
MAX_COUNT = 1_000_000

#: The most that an hour of waiting may add to a priority.
MAX_AGEING = 10_000_000

_SLOT = re.compile(r"(\w{3}) ([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,3})?)", re.ASCII)
_NAME = re.compile(r"[\w-]{1,64}")


def _decimal(value: Any, most: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is expected")
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("a finite number is expected")
    if value < 0:
        raise ValueError("must not be negative")
    if value > most:
        raise ValueError(f"too large; at most {most:,}")
    return Decimal(repr(value))


def _thousandths(value: Any) -> int:
    scaled = _decimal(value, MAX_COUNT) * 1_000
    if scaled != int(scaled):
        raise ValueError(f"at most three decimals; write for example {max(0.001, round(value, 3))}")
    return int(scaled)


def _accelerators(value: Any) -> int:
    thousandths = _thousandths(value)
    if thousandths > 1_000 and thousandths % 1_000:
        whole = thousandths // 1_000
        raise ValueError(f"a task takes whole accelerators or a fraction of one; write {whole} or {whole + 1}")
    return thousandths


def _number(thousandths: int) -> float:
    return thousandths // 1_000 if thousandths % 1_000 == 0 else thousandths / 1_000


def _millionths(value: Any) -> int:
    scaled = _decimal(value, MAX_AGEING) * 1_000_000
    if scaled != int(scaled):
        raise ValueError("at most six decimals")
    return int(scaled)


def _slot(value: Any) -> int:
    found = _SLOT.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] not in DAYS:
        days = ", ".join(DAYS)
        raise ValueError(f'not a weekly slot; write for example "mon 08:00" (days {days}; 00:00 to 23:59)')
    return DAYS.index(found[1]) * units.MS["d"] + int(found[2]) * units.MS["h"] + int(found[3]) * units.MS["min"]


def slot_text(slot: int) -> str:
    """Return a weekly slot (ms since Monday 00:00) as the file has it: "mon 08:00"."""
    day, rest = divmod(slot, units.MS["d"])
    return f"{DAYS[day]} {rest // units.MS['h']:02d}:{rest % units.MS['h'] // units.MS['min']:02d}"


def _name(value: str) -> str:
    if _NAME.fullmatch(value) is None:
        raise ValueError("a name is 1 to 64 letters, digits, - or _")
    return value


def _percentile(value: str) -> str:
    found = _PERCENTILE.fullmatch(value)
    if found is None or float(found[1]) == 0:
        raise ValueError('not a percentile; write for example p95 or "p99.9"')
    return value


def _positive(ms: int) -> int:
    if ms == 0:
        raise ValueError("must be longer than 0")
    return ms


#: int ms; in the file "28 d".
Duration = Annotated[
    int,
    BeforeValidator(units.parse_duration),
    PlainSerializer(units.duration_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["90 min", "28 d"]}),
]

#: int ms >= 1; in the file "90 min".
PositiveDuration = Annotated[Duration, AfterValidator(_positive)]

#: int MiB; in the file "1.5 TiB".
Memory = Annotated[
    int,
    BeforeValidator(units.parse_memory),
    PlainSerializer(units.memory_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["64 GiB", "1.5 TiB"]}),
]

#: float W; in the file "5.2 kW".
Power = Annotated[
    float,
    BeforeValidator(units.parse_power),
    PlainSerializer(units.power_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["90 W", "5.2 kW"]}),
]

#: float events a ms; in the file "120 / h".
Rate = Annotated[
    float,
    BeforeValidator(units.parse_rate),
    PlainSerializer(units.rate_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["120 / h"]}),
]

#: int thousandths; in the file a number of at most three decimals.
Thousandths = Annotated[
    int,
    BeforeValidator(_thousandths),
    PlainSerializer(_number, return_type=float | int, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_COUNT}),
]

#: int thousandths of an accelerator: whole thousands, or 1..999, or 0.
Accelerators = Annotated[
    int,
    BeforeValidator(_accelerators),
    PlainSerializer(_number, return_type=float | int, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_COUNT, "examples": [8, 0.5]}),
]

#: int millionths; in the file a number of at most six decimals.
Millionths = Annotated[
    int,
    BeforeValidator(_millionths),
    PlainSerializer(lambda value: value / 1_000_000, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_AGEING}),
]

#: int ms from Monday 00:00, local time; in the file "mon 08:00".
Slot = Annotated[
    int,
    BeforeValidator(_slot),
    PlainSerializer(slot_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["mon 08:00"]}),
]

#: A whole number; no text, no 1.0.
Integer = Annotated[int, Strict()]

#: A finite number; no text.
Real = Annotated[float, Strict(), Field(allow_inf_nan=False)]

#: From 0 to 1.
Share = Annotated[Real, Field(ge=0, le=1)]

#: A name of a node type, platform or stream.
Name = Annotated[str, AfterValidator(_name)]

#: "p95", "p99.9".
Percentile = Annotated[str, AfterValidator(_percentile)]

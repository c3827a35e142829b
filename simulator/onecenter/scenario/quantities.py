"""The types of the scenario's values: how each is written in the file and what it becomes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, cast

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic.types import Strict
from pydantic_core import CoreSchema, core_schema

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


def thousandths(value: Any) -> int:
    """Return a number of at most three decimals in thousandths."""
    scaled = _decimal(value, MAX_COUNT) * 1_000
    if scaled != int(scaled):
        raise ValueError(f"at most three decimals; write for example {max(0.001, round(value, 3))}")
    return int(scaled)


def _accelerators(value: Any) -> int:
    amount = thousandths(value)
    if amount > 1_000 and amount % 1_000:
        whole = amount // 1_000
        raise ValueError(f"a task takes whole accelerators or a fraction of one; write {whole} or {whole + 1}")
    return amount


def thousandths_text(amount: int) -> float:
    """Return thousandths as the file has them."""
    return amount // 1_000 if amount % 1_000 == 0 else amount / 1_000


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


@dataclass(frozen=True, eq=False)
class Written:
    """Annotates a value that the file writes otherwise: how it is read and written, and what editors are told."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read before the type is checked; write in JSON."""
        found: Any = core_schema.no_info_before_validator_function(self.read, handler(source))
        found["serialization"] = core_schema.plain_serializer_function_ser_schema(self.write, when_used="json")
        return cast(CoreSchema, found)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Tell editors what is written."""
        return dict(self.schema)


def text(*examples: str) -> dict[str, Any]:
    """Return what editors are told of a text."""
    return {"type": "string", "examples": list(examples)}


def _up_to(most: int, **more: Any) -> dict[str, Any]:
    return {"type": "number", "minimum": 0, "maximum": most, **more}


#: int ms; in the file "28 d". PositiveDuration: at least 1.
Duration = Annotated[int, Written(units.parse_duration, units.duration_text, text("90 min", "28 d"))]
PositiveDuration = Annotated[Duration, AfterValidator(_positive)]

#: int MiB; in the file "1.5 TiB". float W: "5.2 kW". float events per ms: "120 / h".
Memory = Annotated[int, Written(units.parse_memory, units.memory_text, text("64 GiB", "1.5 TiB"))]
Power = Annotated[float, Written(units.parse_power, units.power_text, text("90 W", "5.2 kW"))]
Rate = Annotated[float, Written(units.parse_rate, units.rate_text, text("120 / h"))]

#: int thousandths; in the file a number of at most three decimals. Of accelerators: whole thousands, or 1..999, or 0.
Thousandths = Annotated[int, Written(thousandths, thousandths_text, _up_to(MAX_COUNT))]
Accelerators = Annotated[int, Written(_accelerators, thousandths_text, _up_to(MAX_COUNT, examples=[8, 0.5]))]

#: int millionths; in the file a number of at most six decimals.
Millionths = Annotated[int, Written(_millionths, lambda value: value / 1_000_000, _up_to(MAX_AGEING))]

#: int ms from Monday 00:00, local time; in the file "mon 08:00".
Slot = Annotated[int, Written(_slot, slot_text, text("mon 08:00"))]

#: A whole number; no text, no 1.0.
Integer = Annotated[int, Strict()]

#: Priorities of jobs; higher goes first.
PRIORITIES: Final = (-1_000_000_000, 1_000_000_000)
Priority = Annotated[Integer, Field(ge=PRIORITIES[0], le=PRIORITIES[1])]

#: A finite number; no text.
Real = Annotated[float, Strict(), Field(allow_inf_nan=False)]

#: From 0 to 1.
Share = Annotated[Real, Field(ge=0, le=1)]

#: A name of a node type, platform or stream.
Name = Annotated[str, AfterValidator(_name)]

#: "p95", "p99.9".
Percentile = Annotated[str, AfterValidator(_percentile)]

"""When a scenario begins, how long it lasts, and in which zone its clocks are."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from onecenter import units
from onecenter.checks import SEED, did_you_mean
from onecenter.scenario.quantities import Duration, PositiveDuration, Written, text
from onecenter.scenario.table import Mistake, Table

#: Keeps calendars inside what datetime can hold, and the horizon's hours countable.
FIRST_YEAR, LAST_YEAR = 1970, 2900
MAX_HORIZON = 100 * units.MS["y"]


def _instant(value: Any) -> datetime:
    right = 'not a date and time; write for example "2026-03-02T00:00:00+08:00"'
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(right) from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"a year from {FIRST_YEAR} to {LAST_YEAR} is expected")
    return instant


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        hint = did_you_mean(value, available_timezones())
        raise ValueError(f'not a known zone; {hint}write for example "Asia/Shanghai"') from None
    return value


Instant = Annotated[datetime, Written(_instant, datetime.isoformat, text("2026-03-02T00:00:00+08:00"))]
Seed = Annotated[
    int, BeforeValidator(SEED), WithJsonSchema({"type": "integer", "minimum": SEED.low, "maximum": SEED.high})
]


class Time(Table):
    """When, how long, and with which random numbers."""

    start: Instant = Field(description="the scenario's start; with an offset, or zone gives it")
    zone: Annotated[str, AfterValidator(_zone)] | None = Field(
        default=None, description='IANA zone of timetables and profiles, such as "Asia/Shanghai"; default the offset'
    )
    horizon: PositiveDuration = Field(
        description="end of the window: figures are about the jobs submitted before it; a run goes on until they have "
        "started"
    )
    warmup: Duration = Field(default=0, description="the start-up that metrics leave out")
    seed: Seed = Field(default=0, description="of all random numbers")

    def check_warmup(self) -> Iterator[Mistake]:
        """Shorter than the whole."""
        if self.warmup >= self.horizon:
            horizon = units.duration_text(self.horizon)
            yield ("warmup",), f"must be shorter than the horizon of {horizon}"

    def check_horizon(self) -> Iterator[Mistake]:
        """Not beyond the calendar."""
        if self.horizon > MAX_HORIZON:
            yield ("horizon",), "at most 100 y is expected"

    def check_zone(self) -> Iterator[Mistake]:
        """The start has a zone, and only one."""
        offset = self.start.utcoffset()
        if self.zone is None and offset is None:
            right = 'the time zone is missing; append an offset such as "+08:00", or add zone = "Asia/Shanghai"'
            yield ("start",), right
        if self.zone is not None and offset not in (None, self.origin.utcoffset()):
            right = f"its offset is not that of {self.zone} then; leave it out, or correct one of them"
            yield ("start",), right

    @property
    def tz(self) -> tzinfo:
        """The zone of timetables and profiles."""
        zone = self.start.tzinfo if self.zone is None else ZoneInfo(self.zone)
        return UTC if zone is None else zone

    @property
    def origin(self) -> datetime:
        """The instant 0, with its zone."""
        return self.start.replace(tzinfo=self.tz) if self.start.tzinfo is None else self.start.astimezone(self.tz)

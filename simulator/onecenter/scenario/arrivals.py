"""Arrivals: when jobs are submitted."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from onecenter.scenario.few import Few
from onecenter.scenario.quantities import MAX_COUNT, Duration, Integer, PositiveDuration, Rate, Real, Share, Slot
from onecenter.scenario.table import Mistake, Table

Weight = Annotated[Real, Field(ge=0, le=1e6)]


def _not_all_zero(weights: tuple[float, ...]) -> tuple[float, ...]:
    if not any(weights):
        raise ValueError("at least one factor must be above 0")
    return weights


def _mean_one(weights: tuple[float, ...] | None) -> tuple[float, ...] | None:
    if weights is None:
        return None
    mean = math.fsum(weights) / len(weights)
    return tuple(weight / mean for weight in weights)


class Burst(Table):
    """Burstiness: the rate is multiplied by a gamma variable of mean 1, drawn anew each `every`.

    Its values follow each other as an AR(1) process through a Gaussian copula.
    """

    shape: Annotated[Real, Field(ge=0.01, le=1e6)] = Field(
        description="shape of the gamma variable; its variance is 1 / shape (1.6: a research cluster)"
    )
    every: PositiveDuration = Field(description="how long one value holds")
    correlation: Annotated[Real, Field(ge=0, lt=1)] = Field(
        default=0.0, description="correlation of the normal variable behind one value with that behind the next"
    )


class Poisson(Table):
    """Arrivals one by one at a rate that may follow the hour, the weekday and bursts."""

    kind: Literal["poisson"] = Field(description="arrivals one by one, independent given the rate")
    rate: Rate = Field(description="mean rate over a whole week without bursts")
    hours: Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24), AfterValidator(_not_all_zero)] | None = (
        Field(default=None, description="24 factors of the rate, from 00:00 to 23:00 local time; normalised to mean 1")
    )
    weekdays: Annotated[tuple[Weight, ...], Field(min_length=7, max_length=7), AfterValidator(_not_all_zero)] | None = (
        Field(default=None, description="7 factors of the rate, Monday to Sunday; normalised to mean 1")
    )
    burst: Burst | None = Field(default=None, description="gamma-modulated rate; without it the rate is known")

    @property
    def hour_factors(self) -> tuple[float, ...] | None:
        """The 24 factors, normalised to mean 1."""
        return _mean_one(self.hours)

    @property
    def weekday_factors(self) -> tuple[float, ...] | None:
        """The seven factors, normalised to mean 1."""
        return _mean_one(self.weekdays)


class Timetable(Table):
    """Classes: at each weekly slot, those of the roster who attend submit a job each."""

    kind: Literal["timetable"] = Field(description="weekly classes")
    slots: Annotated[tuple[Slot, ...], Field(min_length=1), Few(2_016, "slots")] = Field(
        description='weekly starts in local time, such as "mon 08:00"'
    )
    roster: Annotated[Integer, Field(ge=1, le=MAX_COUNT)] = Field(description="people of the class")
    attendance: Share = Field(default=1.0, description="probability that one of them comes")
    jitter: Duration = Field(default=0, description="one comes |z| times this after the start, z standard normal")

    def check_slots(self) -> Iterator[Mistake]:
        """A slot stands once."""
        if len(set(self.slots)) < len(self.slots):
            yield ("slots",), "the same slot stands twice; write each once and raise the roster"


Arrivals = Annotated[Poisson | Timetable, Field(discriminator="kind")]

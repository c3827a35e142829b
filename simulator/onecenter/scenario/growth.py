"""How demand changes from month to month: rates by platform or stream, and a chain of start-ups."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from onecenter.checks import did_you_mean
from onecenter.scenario.demand import Stream
from onecenter.scenario.few import Few
from onecenter.scenario.quantities import Integer, Name, Real, Share
from onecenter.scenario.shape import listed
from onecenter.scenario.table import SHARE_TOLERANCE, Mistake, Table

#: Growth is told for so many months at the most; demand that doubles each month is still a finite number then.
MAX_MONTHS: Final = 600

#: A month takes a twelfth of a yearly rate.
YEAR_MONTHS: Final = 12

First = Annotated[Integer, Field(ge=1, le=MAX_MONTHS)]
Amount = Annotated[Real, Field(ge=0, le=1e6)]
YearlyRate = Annotated[Real, Field(ge=0, le=YEAR_MONTHS)]


class Pace(Table):
    """How the demand of one stream changes; month 0 is the scenario as it stands."""

    refers = True

    monthly: Annotated[Real, Field(gt=-1, le=1)] | None = Field(
        default=None, description="growth per month, compound: 0.02 is 2 %"
    )
    factors: Annotated[tuple[Amount, ...], Field(min_length=1), Few(MAX_MONTHS, "months")] | None = Field(
        default=None, description="demand month by month, over that of month 0; the last factor holds on"
    )
    first: First = Field(default=1, description="first month that differs from month 0")

    def check_one(self) -> Iterator[Mistake]:
        """Exactly one of the two."""
        if (self.monthly is None) == (self.factors is None):
            yield (), "exactly one of monthly and factors is expected"


class PlatformGrowth(Pace):
    """How the demand of a platform changes; month 0 is the scenario as it stands."""

    demand: Annotated[Mapping[Name, Pace], Few(1_000, "streams")] = Field(
        default_factory=dict, description="streams that change otherwise than the platform, by name"
    )

    def check_one(self) -> Iterator[Mistake]:
        """Not both; neither where only streams change."""
        if self.monthly is not None and self.factors is not None:
            yield (), "exactly one of monthly and factors is expected"
        elif self.monthly is None and self.factors is None and not self.demand:
            yield (), "says nothing; write for example monthly = 0.02"


class Stage(Table):
    """A stage of the chain. Rates are per year and tenant of the stock; a month takes a twelfth.

    The defaults balance for an incubator (assumption): turnover of 25 % a year with stays up to 4 y (rule of Yuyao),
    exits somewhat below those of all firms (State Administration for Industry and Commerce, 2013: 1.6, 6.3, 9.5 and
    8.2 % in years 1, 2, 3 and 4 to 7), growth of the stock of 5 to 6 % a year (Hunan, 2022).
    """

    tenants: Amount = Field(description="tenants in month 0")
    demand: Amount = Field(default=1.0, description="demand of a tenant; only ratios to other stages count")
    entries: Amount | None = Field(
        default=None,
        description="tenants per month from outside; default into the first stage 27.5 % per year of all in month 0",
    )
    exit: YearlyRate = Field(default=0.075, description="rate of giving up, per year")
    up: YearlyRate = Field(default=0.135, description="rate of moving up, per year; from the last stage: of graduation")

    def check_rates(self) -> Iterator[Mistake]:
        """No more may leave in a month than are there."""
        if self.exit + self.up > YEAR_MONTHS:
            right = "more than all tenants in a month; at most 12 in all"
            yield (), f"exit and up are {self.exit + self.up:g} a year, {right}"


class Graduates(Table):
    """Graduates who send their work to another platform, where it looks like that platform's."""

    refers = True

    share: Share = Field(description="share of the graduates; those of no platform leave the center")
    demand: Amount = Field(default=1.0, description="demand of a graduate, in the measure of the stages' tenants")
    exit: YearlyRate = Field(
        default=0.082,
        description="rate of leaving, per year; 0.082: firms of 4 to 7 years "
        "(State Administration for Industry and Commerce, 2013)",
    )


class Voucher(Table):
    """Vouchers that lower the price for the tenants of the chain: demand becomes (1 - subsidy) ** -elasticity times it.

    No elasticity of the demand for compute has been published for start-ups: the planner sets it. Rates of subsidy:
    0.3 for domestic accelerators, 0.2 for others (Hangzhou, 2024).
    """

    subsidy: Annotated[Real, Field(ge=0, lt=1)] = Field(description="share of the price that is paid")
    elasticity: Annotated[Real, Field(ge=0, le=10)] = Field(
        description="by how many % demand rises where the price falls by 1 %; 0: not at all"
    )
    first: First = Field(default=1, description="first month with vouchers")


class Chain(Table):
    """Start-ups that enter, grow from stage to stage, give up or graduate: expected numbers, month by month.

    众创空间 → 孵化器 → 加速器 → 科技园区: maker space, incubator, accelerator, science park.
    """

    platform: Name = Field(description="whose demand follows the tenants")
    stages: Annotated[Mapping[Name, Stage], Field(min_length=1), Few(20, "stages")] = Field(
        description="stages by name, in the order in which tenants move up"
    )
    graduates: Annotated[Mapping[Name, Graduates], Few(1_000, "platforms")] = Field(
        default_factory=dict, description="where graduates send their work, by platform"
    )
    voucher: Voucher | None = Field(default=None, description="vouchers for the tenants")

    def check_shares(self) -> Iterator[Mistake]:
        """At most the whole."""
        total = math.fsum(part.share for part in self.graduates.values())
        if total > 1 + SHARE_TOLERANCE:
            yield ("graduates",), f"the shares sum to {total:.6g}; at most 1 is expected"

    def check_start(self) -> Iterator[Mistake]:
        """A factor needs something to multiply."""
        if self.stages and not any(stage.tenants * stage.demand for stage in self.stages.values()):
            yield ("stages",), "no tenant asks for anything in month 0; tenants and demand above 0 are expected"

    def check_graduates(self) -> Iterator[Mistake]:
        """Graduates leave the platform."""
        if self.platform in self.graduates:
            yield ("graduates", self.platform), "graduates leave the chain's own platform; another one is expected"


class Growth(Table):
    """How demand changes from month to month; month 0 is the scenario as it stands."""

    platforms: Annotated[Mapping[Name, PlatformGrowth], Few(1_000, "platforms")] = Field(
        default_factory=dict, description="by platform"
    )
    chain: Chain | None = Field(default=None, description="start-ups; multiplies what is given by platform")


def unknown_names(growth: Growth, demand: Mapping[str, Mapping[str, Stream]]) -> Iterator[Mistake]:
    """Yield where growth names a platform or stream that is not there or cannot grow.

    Parts of the growth that are wrong themselves may be left out.
    """
    parts = growth.__dict__.get("platforms") or {}
    for name, part in parts.items():
        loc = ("growth", "platforms", name)
        streams = part.__dict__.get("demand") or {}
        yield from _unknown_platform(loc, name, demand)
        if name in demand:
            yield from _unknown_streams((*loc, "demand"), streams, demand[name])
            if part.__dict__.get("monthly") is not None or part.__dict__.get("factors") is not None:
                yield from _cannot_grow(loc, {s: demand[name][s] for s in demand[name] if s not in streams})
    chain = growth.__dict__.get("chain")
    own = {} if chain is None else chain.__dict__
    ends: list[tuple[tuple[str, ...], str]] = []
    if "platform" in own:
        ends = [(("growth", "chain", "platform"), own["platform"])]
    ends += [(("growth", "chain", "graduates", name), name) for name in own.get("graduates") or {}]
    for end, name in ends:
        yield from _unknown_platform(end, name, demand)
        if name in demand:
            yield from _cannot_grow(end, demand[name])
            if not demand[name]:
                yield end, f"platform {name} has no demand that could grow"


def _unknown_platform(loc: tuple[str, ...], name: str, known: Mapping[str, object]) -> Iterator[Mistake]:
    if name not in known:
        yield loc, f"no such platform; {did_you_mean(name, known)}the scenario has {listed(known)}"


def _unknown_streams(
    loc: tuple[str, ...], streams: Mapping[str, Pace], known: Mapping[str, Stream]
) -> Iterator[Mistake]:
    there = listed(known) or "none"
    for name in streams:
        if name not in known:
            yield (*loc, name), f"no such stream; {did_you_mean(name, known)}the platform has {there}"
        else:
            yield from _cannot_grow((*loc, name), {name: known[name]})


def _cannot_grow(loc: tuple[str, ...], streams: Mapping[str, Stream]) -> Iterator[Mistake]:
    fixed = [name for name, stream in streams.items() if stream.__dict__.get("jobs") is not None]
    if fixed:
        yield loc, f"listed jobs cannot grow: {listed(fixed)}; give growth to other streams by name"

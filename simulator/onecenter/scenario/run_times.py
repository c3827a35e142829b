"""Run times: how long jobs would run if nothing ended them early."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from onecenter.scenario.few import Few
from onecenter.scenario.quantities import PositiveDuration, Real, Share
from onecenter.scenario.table import Mistake, Table, paired


class RunTime(Table):
    """What all run times have in common."""

    cap: PositiveDuration | None = Field(default=None, description="no run time is longer; longer ones are cut to it")


class Constant(RunTime):
    """Always the same."""

    kind: Literal["constant"] = Field(description="always the same")
    value: PositiveDuration = Field(description="the run time")


class Exponential(RunTime):
    """Exponential."""

    kind: Literal["exponential"] = Field(description="exponential")
    mean: PositiveDuration = Field(description="mean before the cap")


class Hyperexponential(RunTime):
    """A mixture of exponentials."""

    kind: Literal["hyperexponential"] = Field(description="a mixture of exponentials")
    means: Annotated[tuple[PositiveDuration, ...], Field(min_length=1), Few(1_000, "means")] = Field(
        description="means of the parts, before the cap"
    )
    shares: Annotated[tuple[Share, ...], Few(1_000, "shares")] = Field(description="shares of the parts; they sum to 1")

    def check_shares(self) -> Iterator[Mistake]:
        """One share per mean."""
        yield from paired("shares", self.shares, "means", self.means)


class Lognormal(RunTime):
    """Lognormal."""

    kind: Literal["lognormal"] = Field(description="lognormal")
    median: PositiveDuration = Field(description="median")
    sigma: Annotated[Real, Field(ge=0, le=10)] = Field(
        description="standard deviation of the logarithm (GPU clusters: 1.8 to 2.7; give a cap then)"
    )


class Weibull(RunTime):
    """Weibull."""

    kind: Literal["weibull"] = Field(description="Weibull")
    shape: Annotated[Real, Field(ge=0.05, le=1_000)] = Field(description="shape; below 1 the tail is heavy")
    scale: PositiveDuration = Field(description="scale: 63 % are shorter, before the cap")


class Empirical(RunTime):
    """A table of values."""

    kind: Literal["table"] = Field(description="a table of values")
    values: Annotated[tuple[PositiveDuration, ...], Field(min_length=1), Few(100_000, "values")] = Field(
        description="the run times"
    )
    shares: Annotated[tuple[Share, ...], Few(100_000, "shares")] | None = Field(
        default=None, description="their shares, which sum to 1; default equal"
    )

    def check_shares(self) -> Iterator[Mistake]:
        """One share per value."""
        if self.shares is not None:
            yield from paired("shares", self.shares, "values", self.values)


RunTimes = Annotated[
    Constant | Exponential | Hyperexponential | Lognormal | Weibull | Empirical, Field(discriminator="kind")
]

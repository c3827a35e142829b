"""Orders that have parameters of their own, in the table `[policy]`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from onecenter_kernels.schema import FACTORS, FEATURES
from pydantic import Field, Strict

from onecenter import units
from onecenter.policies import FACTOR_WEIGHT, NO_FACTOR, NO_WEIGHT, PERIOD, SHARES, WEIGHT, Linear, Multifactor
from onecenter.policies.multifactor import a_half_life
from onecenter.scenario.few import Few
from onecenter.scenario.quantities import Duration, Integer, Name, PositiveDuration, Real
from onecenter.scenario.table import Mistake, Table

Weight = Annotated[Real, Field(ge=WEIGHT.low, le=WEIGHT.high)]
FactorWeight = Annotated[Integer, Field(ge=FACTOR_WEIGHT.low, le=FACTOR_WEIGHT.high)]
Shares = Annotated[Integer, Field(ge=SHARES.low, le=SHARES.high)]


class LinearOrder(Table):
    """An order by a weighted sum of features of a job, the lowest first."""

    kind: Literal["linear"] = Field(description="`linear`")
    submit: Weight = Field(default=0.0, description="weight of the instant of submission, in s")
    walltime: Weight = Field(default=0.0, description="weight of the walltime, in s")
    wait: Weight = Field(default=0.0, description="weight of the time waited so far, in s")
    accelerators: Weight = Field(default=0.0, description="weight of the accelerators of the whole job")
    tasks: Weight = Field(default=0.0, description="weight of the tasks")
    area: Weight = Field(default=0.0, description="weight of walltime times accelerators")
    cpus: Weight = Field(default=0.0, description="weight of the cpus of the whole job")
    memory: Weight = Field(default=0.0, description="weight of the memory of the whole job, in GiB")
    priority: Weight = Field(default=0.0, description="weight of the priority")

    def check_weights(self) -> Iterator[Mistake]:
        """Something is weighed."""
        yield from _weighed(self, FEATURES, NO_WEIGHT)

    @property
    def order(self) -> Linear:
        """The order as the policy has it."""
        return Linear(**self.model_dump(exclude={"kind"}))


class MultifactorOrder(Table):
    """Slurm's multifactor priority, the highest first: whole weights of factors between 0 and 1."""

    kind: Literal["multifactor"] = Field(description="`multifactor`")
    age: FactorWeight = Field(default=0, description="weight of the wait over max_age")
    fairshare: FactorWeight = Field(default=0, description="weight of the fairshare factor of the tenant")
    size: FactorWeight = Field(
        default=0, description="weight of tasks over the nodes and cpus over the cpus of the center, halved"
    )
    qos: FactorWeight = Field(default=0, description="weight of the platform's priority, taken as it is")
    accelerators: FactorWeight = Field(default=0, description="weight of the accelerators over those of the center")
    cpus: FactorWeight = Field(default=0, description="weight of the cpus over those of the center")
    memory: FactorWeight = Field(default=0, description="weight of the memory over that of the center")
    fair_share: Literal["tree", "classic"] = Field(
        default="tree", description="how the fairshare factor is worked out: Fair Tree or classic"
    )
    half_life: Duration = Field(default=7 * units.MS["d"], description="in which usage halves; 0: never")
    calc_period: PositiveDuration = Field(
        default=5 * units.MS["min"], description="at its multiples usage decays; at most 1 d"
    )
    favor_small: Annotated[bool, Strict()] = Field(default=False, description="the size factor is large for small jobs")
    shares: Annotated[Mapping[Name, Shares], Few(1_000, "platforms")] = Field(
        default={}, description="shares of platforms by name; 1 where nothing is said"
    )
    tenant_shares: Annotated[
        Mapping[Name, Annotated[tuple[Shares, ...], Few(100_000, "tenants")]], Few(1_000, "platforms")
    ] = Field(default={}, description="shares of the tenants of platforms, from tenant 0 on; 1 where nothing is said")

    def check_weights(self) -> Iterator[Mistake]:
        """Something is weighed."""
        yield from _weighed(self, FACTORS, NO_FACTOR)

    def check_times(self) -> Iterator[Mistake]:
        """A half-life of a second or more, a period of a day or less."""
        for name, check, right in (
            ("half_life", a_half_life, "at least 1 s, or 0 s, which is none, is expected"),
            ("calc_period", PERIOD, "at most 1 d is expected"),
        ):
            try:
                check(vars(self).get(name, units.MS["s"]))
            except ValueError:
                yield (name,), right

    @property
    def order(self) -> Multifactor:
        """The order as the policy has it."""
        return Multifactor(**self.model_dump(exclude={"kind"}))


def _weighed(self: Table, names: tuple[str, ...], right: str) -> Iterator[Mistake]:
    weights = [vars(self).get(name) for name in names]  # absent where it is wrong itself
    if None not in weights and not any(weights):
        yield (), right


def table_of(order: Any) -> Any:
    """Return the table of an order that has parameters, and another order as it is."""
    if isinstance(order, Linear):
        return LinearOrder(kind="linear", **order.weights)
    if isinstance(order, Multifactor):
        parts = {name: getattr(order, name) for name in MultifactorOrder.model_fields if name != "kind"}
        given = parts | {"shares": dict(order.shares), "tenant_shares": dict(order.tenant_shares)}
        return MultifactorOrder.model_construct(kind="multifactor", **given)
    return order

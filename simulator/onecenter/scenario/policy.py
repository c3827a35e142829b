"""The table `[policy]`: how jobs are ordered, backfilled and placed."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from onecenter_kernels.schema import FEATURES
from pydantic import Discriminator, Field, Tag, WithJsonSchema

from onecenter import units
from onecenter.errors import PolicyError
from onecenter.policies import DEPTH, NO_WEIGHT, RESERVATIONS, WEIGHT, Code, Linear, Policy, wrong_parts
from onecenter.scenario.quantities import Duration, Integer, Millionths, Real
from onecenter.scenario.table import Mistake, Table

OrderName = Literal[
    "fifo", "sjf", "smallest-first", "largest-first", "priority", "ljf", "smallest-area", "largest-area", "f1", "f2",
    "f3", "f4", "edf", "wfp3", "unicep", "hrrn",
]  # fmt: skip
Weight = Annotated[Real, Field(ge=WEIGHT.low, le=WEIGHT.high)]
Backfill = Literal["none", "easy", "easy-sjbf", "conservative"]
Placement = Literal[
    "first-fit", "best-fit", "worst-fit", "fewest-racks", "random", "dot-product", "gpu-packing", "gpu-clustering",
    "fgd",
]  # fmt: skip
Depth = Annotated[Integer, WithJsonSchema({"type": "integer", "minimum": DEPTH.low, "maximum": DEPTH.high})]
Reservations = Annotated[
    Integer, WithJsonSchema({"type": "integer", "minimum": RESERVATIONS.low, "maximum": RESERVATIONS.high})
]


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
        weights = [vars(self).get(name) for name in FEATURES]  # absent where it is wrong itself
        if None not in weights and not any(weights):
            yield (), NO_WEIGHT

    @property
    def linear(self) -> Linear:
        """The order as the policy has it."""
        return Linear(**self.model_dump(exclude={"kind"}))


def _order_tag(value: Any) -> str:
    return "weights" if isinstance(value, Mapping | LinearOrder) else "name"


Order = Annotated[
    Annotated[OrderName, Tag("name")] | Annotated[LinearOrder, Tag("weights")], Discriminator(_order_tag)
]


class PolicyTable(Table):
    """How jobs are ordered, backfilled and placed."""

    order: Order = Field(default="fifo", description="which job goes first")
    backfill: Backfill = Field(default="easy", description="who may overtake a job that does not fit")
    placement: Placement = Field(default="best-fit", description="which nodes a job gets")
    depth: Depth = Field(default=0, description="so many jobs a pass looks at in order; 0: all")
    backfill_depth: Depth = Field(
        default=0, description="so many jobs behind the blocked one backfill looks at; 0: all"
    )
    reservations: Reservations = Field(
        default=1, description="under easy and easy-sjbf: so many blocked jobs hold a place in each pass"
    )
    age_rate: Millionths = Field(
        default=0, description='under order = "priority": what an hour of waiting adds to the priority'
    )
    max_age: Duration = Field(default=7 * units.MS["d"], description="waiting beyond it adds nothing")

    def check_parts(self) -> Iterator[Mistake]:
        """What holds for every policy, also one made in Python."""
        for name, right in wrong_parts(self._parts()).items():
            yield (name,), right

    def _parts(self) -> dict[str, Any]:
        parts = dict(vars(self))
        if isinstance(parts.get("order"), LinearOrder):
            parts["order"] = parts["order"].linear
        return parts

    @property
    def policy(self) -> Policy:
        """The policy as the core takes it."""
        return Policy(**self._parts())

    @classmethod
    def of(cls, policy: Policy) -> "PolicyTable":
        """Return the table of a policy made in Python."""
        order = policy.order
        if isinstance(order, Code):
            lacks = f"{order.name} is code, which no result holds: run the scenario anew with --policy FILE:NAME"
            raise PolicyError("policy", [lacks])
        weighed = LinearOrder(kind="linear", **order.weights) if isinstance(order, Linear) else order
        return cls.model_construct(**vars(policy) | {"order": weighed})

"""The table `[policy]`: how jobs are ordered, backfilled and placed."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Strict, Tag, WithJsonSchema

from onecenter import units
from onecenter.errors import PolicyError
from onecenter.policies import DEPTH, MAX_THRESHOLDS, RESERVATIONS, Policy, column_of, wrong_parts
from onecenter.scenario.few import Few
from onecenter.scenario.orders import LinearOrder, MultifactorOrder, table_of
from onecenter.scenario.quantities import Duration, Integer, Millionths, PositiveDuration
from onecenter.scenario.table import Mistake, Table

OrderName = Literal[
    "fifo", "sjf", "smallest-first", "largest-first", "priority", "ljf", "smallest-area", "largest-area", "f1", "f2",
    "f3", "f4", "edf", "wfp3", "unicep", "hrrn", "qssf", "srtf", "srsf", "las", "round-robin", "drf",
]  # fmt: skip
Backfill = Literal["none", "easy", "easy-sjbf", "conservative"]
Placement = Literal[
    "first-fit", "best-fit", "worst-fit", "fewest-racks", "random", "dot-product", "gpu-packing", "gpu-clustering",
    "fgd",
]  # fmt: skip
Preemption = Literal["none", "tier", "kueue", "order"]
Queue = Literal["single", "by-platform"]
Victims = Literal["lowest-tier", "least-lost"]
Flavors = Literal["as-listed", "next-before-borrowing"]
Estimate = Literal["walltime", "run time", "recent average"]
Depth = Annotated[Integer, WithJsonSchema({"type": "integer", "minimum": DEPTH.low, "maximum": DEPTH.high})]
Reservations = Annotated[
    Integer, WithJsonSchema({"type": "integer", "minimum": RESERVATIONS.low, "maximum": RESERVATIONS.high})
]


Column = Annotated[str, Field(pattern="^column:.+")]


def _order_tag(value: Any) -> str | None:
    if isinstance(value, LinearOrder | MultifactorOrder):
        return value.kind
    if isinstance(value, Mapping):
        return str(value["kind"]) if "kind" in value else None
    if column_of(value):
        return "a column"
    return "a name"


Order = Annotated[
    Annotated[OrderName, Tag("a name")]
    | Annotated[Column, Tag("a column")]
    | Annotated[LinearOrder, Tag("linear")]
    | Annotated[MultifactorOrder, Tag("multifactor")],
    Discriminator(_order_tag),
]


#: With which option a part is given as code.
OPTIONS = {
    "order": "--policy", "backfill_order": "--backfill-order", "placement": "--placement", "estimate": "--estimate",
    "victims": "--victims",
}  # fmt: skip


class PolicyTable(Table):
    """How jobs are ordered, backfilled and placed."""

    order: Order = Field(default="fifo", description="which job goes first: a name, `column:NAME` or a table")
    backfill: Backfill = Field(default="easy", description="who may overtake a job that does not fit")
    backfill_order: Order | None = Field(
        default=None, description="under easy: in which order those behind are tried; default that of the queue"
    )
    placement: Placement = Field(default="best-fit", description="which nodes a job gets")
    depth: Depth = Field(default=0, description="so many jobs a pass looks at in order; 0: all")
    backfill_depth: Depth = Field(
        default=0, description="so many jobs behind the blocked one backfill looks at; 0: all"
    )
    reservations: Reservations = Field(
        default=1, description="under easy and easy-sjbf: so many blocked jobs hold a place in each pass"
    )
    estimate: Estimate = Field(
        default="walltime", description="what order and backfill take for run times; jobs are killed at their walltimes"
    )
    flavors: Flavors = Field(
        default="as-listed",
        description="under quotas: in which order node types are tried; next-before-borrowing: first those on which "
        "the platform stays within its own quota",
    )
    preemption: Preemption = Field(
        default="none",
        description="whom a job may evict; tier: one that finds no room, jobs of lower tiers; kueue, with queue "
        "by-platform: one without quota, those whom the preemption of its platform allows; order: those who go first "
        "in an order that preempts, the others",
    )
    preempt_after: Duration = Field(default=0, description="a job that has run for less is evicted by nobody")
    victims: Victims = Field(
        default="lowest-tier",
        description="who is evicted first: of the lowest tier (then on the fewest nodes), or who loses the least work; "
        "then who started last",
    )
    queue: Queue = Field(
        default="single",
        description="one queue for all jobs, or one of each platform, by priority and submit, whose first jobs a pass "
        "looks at in turn (Kueue's cycle); needs order priority, age_rate 0 and backfill none",
    )
    fair_sharing: Annotated[bool, Strict()] = Field(
        default=False, description="by platform: heads and victims by the shares of what platforms borrow"
    )
    usage_half_life: Duration = Field(
        default=0,
        description="by platform: the tenant of a platform that has consumed least goes first, smoothed with this "
        "half-life; 0: tenants do not matter",
    )
    time_slice: PositiveDuration = Field(
        default=units.MS["min"], description='under order = "round-robin": how long a round is'
    )
    thresholds: Annotated[tuple[PositiveDuration, ...], Few(MAX_THRESHOLDS, "thresholds")] = Field(
        default=(3_250 * units.MS["s"], 7_200 * units.MS["s"]),
        description='under order = "las": the times of one accelerator with which a job enters the next queue',
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
        for name in ("order", "backfill_order"):
            if isinstance(parts.get(name), LinearOrder | MultifactorOrder):
                parts[name] = parts[name].order
        return parts

    @property
    def policy(self) -> Policy:
        """The policy as the core takes it."""
        return Policy(**self._parts())

    @classmethod
    def of(cls, policy: Policy) -> "PolicyTable":
        """Return the table of a policy made in Python."""
        for name, part in policy.code.items():
            lacks = f"{part.name} is code, which no result holds: run the scenario anew with {OPTIONS[name]} FILE:NAME"
            raise PolicyError("policy", [lacks])
        orders = {name: table_of(getattr(policy, name)) for name in ("order", "backfill_order")}
        return cls.model_construct(**vars(policy) | orders)

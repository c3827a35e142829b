"""A policy: how jobs are ordered, placed and backfilled."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from onecenter_kernels.schema import (
    BACKFILLS,
    ESTIMATES,
    FLAVORS,
    LIVE_ORDERS,
    ORDERS,
    PLACEMENTS,
    PREEMPTIONS,
    QUEUES,
    VICTIMS,
)

from onecenter.checks import settle, shown, told
from onecenter.errors import PolicyError
from onecenter.policies.code import Code
from onecenter.policies.column import BY_COLUMN, column_of
from onecenter.policies.estimate import BY_ESTIMATE, Estimate
from onecenter.policies.key import BY_KEY, Key
from onecenter.policies.linear import BY_WEIGHT, Linear
from onecenter.policies.multifactor import BY_FACTORS, Multifactor
from onecenter.policies.parts import (
    AS_LISTED,
    BY_ITS_SCHEDULER,
    BY_ORDER,
    CHANGING,
    CHECKS,
    KINDS,
    NO_PREEMPTION,
    SINGLE,
    WALLTIME,
    Order,
    wrong_parts,
)
from onecenter.policies.scheduler import BY_SCHEDULER, SchedulerCode
from onecenter.policies.score import BY_SCORE, Score
from onecenter.policies.victims import BY_VICTIMS, VictimKey
from onecenter.units import MS, format_duration, plain

#: ms between two samples of what tenants hold, as in Kueue.
SAMPLING: Final = 5 * MS["min"]


def listed(durations: tuple[int, ...]) -> str:
    """Return durations (ms) for people: "1 h, 2 h and 4 h"; without any, what stands for none."""
    *first, last = [format_duration(each) for each in durations] or ["no time"]
    return f"{', '.join(first)} and {last}" if first else last


def name_of(order: Order) -> str:
    """Return the name of an order, whatever the column, the weights or the code."""
    if isinstance(order, Code):
        return next(kind for kind, code in KINDS.items() if isinstance(order, code))
    if isinstance(order, Multifactor):
        return BY_FACTORS
    if column_of(order) is not None:
        return BY_COLUMN
    return order if isinstance(order, str) else BY_WEIGHT


def _plain(order: Order | None) -> Any:
    """Return an order as plain data."""
    if isinstance(order, Code):
        return {"kind": name_of(order), "name": order.name, "sha256": order.sha256}
    if isinstance(order, Multifactor):
        return {"kind": BY_FACTORS, **order.as_dict()}
    return {"kind": BY_WEIGHT, **order.weights} if isinstance(order, Linear) else order


@dataclass(frozen=True)
class Policy:
    """The parts of a policy and their parameters.

    Attributes
    ----------
    order : str, Linear, Multifactor, Key or SchedulerCode
        One of ORDERS or LIVE_ORDERS, "column:NAME" (numbers that jobs bring along, the lowest first), a weighted sum of
        features, Slurm's priority, a key of the user's own, or a scheduler of the user's own, which does what backfill
        and depths are for, too.
    backfill : str
        One of BACKFILLS.
    backfill_order : str, Linear, Key or callable, optional
        Under backfill "easy": the order in which the jobs behind the blocked ones are tried, by default that of the
        queue; "sjf" makes it "easy-sjbf".
    placement : str or Score
        One of PLACEMENTS, or a score of the user's own, also as a function.
    depth, backfill_depth : int
        How many queued jobs a pass looks at in order, and behind the head; 0: all (Slurm's
        default_queue_depth and bf_max_job_test).
    age_rate : int
        Under order = "priority": what an hour of waiting adds, in millionths of a priority unit.
    max_age : int
        ms; waiting beyond it adds nothing (Slurm's PriorityMaxAge), also under a multifactor order.
    reservations : int
        Under backfill "easy" and "easy-sjbf": how many blocked jobs hold a place in each pass (Maui's
        RESERVATIONDEPTH).
    estimate : str or Estimate
        One of ESTIMATES, or an estimate of the user's own, also as a function: what order and backfill take for a job's
        run time; a job is killed at its walltime all the same.
    flavors : str
        One of FLAVORS: in which order the node types on which a job has quota are tried. "next-before-borrowing": those
        first on which its platform stays within its own quota (Kueue's TryNextFlavor).
    preemption : str
        One of PREEMPTIONS. "tier": the queue is sorted by tier first, and a job that has quota and finds no room may
        evict running jobs of lower tiers (Slurm's PreemptType=preempt/partition_prio). "kueue": with a queue by
        platform, a job without quota may evict those that the preemption of its platform in the scenario allows.
        "order": in each pass all live jobs, running and waiting, are placed anew in the order, which is one of
        LIVE_ORDERS, and those without a place are evicted; backfill is "none". "scheduler": what a scheduler has whose
        class says that it evicts.
    preempt_after : int
        ms; a job that has run for less is evicted by nobody (Slurm's PreemptExemptTime).
    victims : str or VictimKey
        One of VICTIMS: in which order jobs are evicted. "lowest-tier": then those on the fewest nodes, then who started
        last; "least-lost": who loses the least work, then who started last. Under preemption "tier" also a key of the
        user's own, or a function: the lowest number first, then who started last.
    queue : str
        One of QUEUES. "by-platform": each platform has a queue of its own, by priority, submit and id, and a pass
        looks at the first job of each in turn (Kueue's cycle); it needs order "priority" without ageing and backfill
        "none".
    fair_sharing : bool
        By platform: the first jobs of platforms are looked at, and victims chosen, by the shares of what platforms
        borrow over their weights (Kueue's fairSharing).
    usage_half_life : int
        ms; by platform: within a platform the jobs of that tenant go first that has consumed least, smoothed with this
        half-life (Kueue's usageHalfLifeTime); 0: tenants do not matter.
    time_slice : int
        ms; under order = "round-robin": how long a round is.
    thresholds : tuple of int
        ms of one accelerator; under order = "las": the accelerator time at which a job enters the next queue.
    """

    order: Order = "fifo"
    backfill: str = "easy"
    placement: str | Score = "best-fit"
    depth: int = 0
    backfill_depth: int = 0
    age_rate: int = 0
    max_age: int = 7 * 86_400_000
    reservations: int = 1
    estimate: str | Estimate = WALLTIME
    backfill_order: Order | None = None
    flavors: str = AS_LISTED
    preemption: str = NO_PREEMPTION
    preempt_after: int = 0
    victims: str | VictimKey = VICTIMS[0]
    queue: str = SINGLE
    fair_sharing: bool = False
    usage_half_life: int = 0
    time_slice: int = 60_000
    thresholds: tuple[int, ...] = (3_250_000, 7_200_000)

    def __post_init__(self) -> None:
        """Check the parts, as a scenario's `[policy]` is checked; a PolicyError has all mistakes."""
        wrong = wrong_parts(vars(self))
        if wrong:
            raise PolicyError("policy", told(vars(self), wrong))
        settle(self, "policy", CHECKS, PolicyError)
        if isinstance(self.order, SchedulerCode) and self.order.evicts:
            vars(self)["preemption"] = BY_ITS_SCHEDULER

    @property
    def codes(self) -> dict[str, int]:
        """The policy as the core's clock holds it."""
        orders, placements = (*ORDERS, BY_WEIGHT, BY_KEY, BY_FACTORS, *LIVE_ORDERS), (*PLACEMENTS, BY_SCORE)
        choices = {"order": orders, "behind": orders, "backfill": BACKFILLS, "placement": placements}
        choices |= {"estimate": ESTIMATES, "flavors": FLAVORS, "preemption": PREEMPTIONS, "queue": QUEUES}
        choices["victims"] = (*VICTIMS, BY_VICTIMS)
        # A scheduler finds the queue by submit; a deadline is a column, too.
        stands = {BY_SCHEDULER: "fifo", BY_COLUMN: "edf"}
        order, behind = (stands.get(name, name) for name in (self.order_name, self.backfill_order_name or "sjf"))
        backfill = self.backfill if self.backfill_order is None else "easy-sjbf"
        names = {**vars(self), "order": order, "behind": behind, "backfill": backfill}
        # What a user's function gives is known as early as the run time.
        names["placement"], names["estimate"] = self.placement_name, "run time" if self.estimates else self.estimate
        names["victims"] = BY_VICTIMS if isinstance(self.victims, VictimKey) else self.victims
        del names["backfill_order"], names["thresholds"]
        return names | {part: known.index(names[part]) for part, known in choices.items()}

    @property
    def code(self) -> dict[str, Code]:
        """The parts that are code of the user's own, by name."""
        return {name: part for name, part in vars(self).items() if isinstance(part, Code)}

    @property
    def loaded(self) -> "Policy":
        """The policy with its code, which is read from its file where it came from another process."""
        code: dict[str, Any] = {name: part.loaded() for name, part in self.code.items()}
        return replace(self, **code) if code else self

    @property
    def without_code(self) -> "Policy":
        """The policy as a result holds it: of code of the user's own, its name and hash."""
        code: dict[str, Any] = {name: type(part)(part.name, part.sha256) for name, part in self.code.items()}
        return replace(self, **code)

    @property
    def order_name(self) -> str:
        """The name of its order, whatever the weights or the code."""
        return name_of(self.order)

    @property
    def backfill_order_name(self) -> str | None:
        """The same of the order of backfill; None: it has none of its own."""
        return None if self.backfill_order is None else name_of(self.backfill_order)

    @property
    def column(self) -> str | None:
        """The column by which its order goes; None: it goes by none."""
        return column_of(self.order)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of jobs that its orders look at."""
        return tuple(name for each in (self.order, self.backfill_order) if (name := column_of(each)) is not None)

    @property
    def goes_by_past(self) -> bool:
        """Whether the order depends, or may depend, on what has been run before."""
        return self.learns or isinstance(self.order, Multifactor)

    @property
    def by_platform(self) -> bool:
        """Whether each platform has a queue of its own."""
        return self.queue != SINGLE

    @property
    def usage_rest(self) -> int:
        """What the time between two samples leaves of what tenants have consumed, in 2**-32."""
        return round(2**32 * math.pow(0.5, SAMPLING / self.usage_half_life)) if self.usage_half_life else 0

    @property
    def learns(self) -> bool:
        """Whether run times are predicted from those that have ended."""
        return self.order == "qssf" or self.estimate == "recent average"

    @property
    def estimates(self) -> Estimate | None:
        """The estimate of the user's own; None: there is none."""
        return self.estimate if isinstance(self.estimate, Estimate) else None

    @property
    def placement_name(self) -> str:
        """The name of its placement, whatever the score."""
        return BY_SCORE if isinstance(self.placement, Score) else self.placement

    @property
    def changes_with_time(self) -> bool:
        """Whether waiting jobs may change places."""
        if isinstance(self.order, Linear):
            return self.order.wait != 0
        if isinstance(self.order, Key):
            return self.order.changes_with_time
        if isinstance(self.order, Multifactor):
            return True
        return self.order in CHANGING or (self.order == "priority" and self.age_rate > 0)

    @property
    def name(self) -> str | None:
        """The name in `NAMED` of its order and backfill, None where there is none."""
        names = {(each.order, each.backfill): name for name, each in NAMED.items()}
        return names.get((self.order, self.backfill))

    @property
    def text(self) -> str:
        """The policy for people: "easy, best-fit", or "sjf order, conservative backfill, best-fit, depth 100"."""
        ageing = f"ageing {plain(self.age_rate / 1e6)} per hour up to {format_duration(self.max_age)}"
        parts = {
            self.name or self._order_and_backfill: True,
            str(self.placement): True,
            f"backfill by {self.backfill_order}": self.backfill_order is not None,
            f"{self.reservations} reservations": self.reservations > 1,
            f"depth {self.depth}": self.depth > 0,
            f"backfill depth {self.backfill_depth}": self.backfill_depth > 0,
            f"run times by {self.estimate}": self.estimate != WALLTIME,
            f"flavors {self.flavors}": self.flavors != AS_LISTED,
            f"preemption by {self.preemption}": self.preemption != NO_PREEMPTION and self.name not in LIVE_ORDERS,
            "queue by platform": self.by_platform,
            "fair sharing": self.fair_sharing,
            f"usage halved in {format_duration(self.usage_half_life)}": self.usage_half_life > 0,
            f"rounds of {format_duration(self.time_slice)}": self.order == "round-robin",
            f"queues from {listed(self.thresholds)} of one accelerator on": self.order == "las",
            f"evicted after {format_duration(self.preempt_after)}": self.preempt_after > 0,
            f"{self.victims} evicted first": self.victims != VICTIMS[0],
            ageing: self.order == "priority" and self.age_rate > 0,
        }
        return ", ".join(part for part, shown in parts.items() if shown)

    @property
    def _order_and_backfill(self) -> str:
        if isinstance(self.order, SchedulerCode):
            return f"scheduler {self.order}"
        return f"{self.order} order, {self.backfill} backfill"

    def as_dict(self) -> dict[str, Any]:
        """Return its name, if it has one, and its parts, as plain data."""
        orders = {name: _plain(getattr(self, name)) for name in ("order", "backfill_order")}
        coded = {"placement": self._plain_placement(), "victims": self._plain_victims()}
        code = self.estimates
        known = code and {"kind": BY_ESTIMATE, "name": code.name, "sha256": code.sha256}
        parts = {**vars(self), **orders, **coded, "thresholds": list(self.thresholds)}
        return {"name": self.name, **parts, "estimate": known or self.estimate}

    def _plain_victims(self) -> Any:
        if isinstance(self.victims, VictimKey):
            return {"kind": BY_VICTIMS, "name": self.victims.name, "sha256": self.victims.sha256}
        return self.victims

    def _plain_placement(self) -> Any:
        if isinstance(self.placement, Score):
            return {"kind": BY_SCORE, "name": self.placement.name, "sha256": self.placement.sha256}
        return self.placement


#: Placements that `onecenter pack` compares.
PACKED: Final = ("best-fit", *PLACEMENTS[PLACEMENTS.index("random") :])

#: Orders that were proposed for schedulers of clusters, by a float.
OF_THE_LITERATURE: Final = ORDERS[ORDERS.index("ljf") :]

#: Named wholes: what people call a policy in one word.
NAMED = {
    "fifo": Policy(backfill="none"),
    "easy": Policy(backfill="easy"),
    "easy-sjbf": Policy(backfill="easy-sjbf"),
    "conservative": Policy(backfill="conservative"),
    "sjf": Policy(order="sjf", backfill="none"),
    "sjf-easy": Policy(order="sjf", backfill="easy"),
    "smallest-first": Policy(order="smallest-first", backfill="none"),
    "largest-first": Policy(order="largest-first", backfill="none"),
    "priority-easy": Policy(order="priority", backfill="easy"),
    **{order: Policy(order, "none") for order in OF_THE_LITERATURE},
    **{f"{order}-easy": Policy(order, "easy") for order in OF_THE_LITERATURE},
    **{order: Policy(order, "none", preemption=BY_ORDER) for order in LIVE_ORDERS},
}


def checked_policy(policy: Policy) -> Policy:
    """Return what is a policy."""
    if not isinstance(policy, Policy):
        raise PolicyError("policy", [f"{shown(policy)}: a Policy is expected"])
    return policy


def texts_of(policies: Mapping[str, Policy]) -> list[str]:
    """Return policies for people, each under the name that it was given where that is another one."""
    return [each.text if name == each.name else f"{name}: {each.text}" for name, each in policies.items()]

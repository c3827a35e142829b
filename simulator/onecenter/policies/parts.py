"""The parts of a policy: what each may be, and which go together."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from onecenter_kernels.schema import (
    BACKFILLS,
    ESTIMATES,
    FEATURES,
    FLAVORS,
    LIVE_ORDERS,
    ORDERS,
    PLACEMENTS,
    PREEMPTIONS,
    QUEUES,
    VICTIMS,
)

from onecenter.checks import Check, OneOf, Whole, sorted_out
from onecenter.policies.code import Code
from onecenter.policies.column import column_of
from onecenter.policies.estimate import BY_ESTIMATE, Estimate, estimate_of
from onecenter.policies.key import BY_KEY, Key, key_of
from onecenter.policies.linear import BY_WEIGHT, Linear
from onecenter.policies.multifactor import BY_FACTORS, Multifactor
from onecenter.policies.scheduler import BY_SCHEDULER, SchedulerCode, is_scheduler, scheduler_of
from onecenter.policies.score import BY_SCORE, Score, score_of
from onecenter.policies.victims import BY_VICTIMS, VictimKey, victim_key_of
from onecenter.units import MAX_DURATION

DEPTH: Final = Whole(0, 10**9)
RESERVATIONS: Final = Whole(1, 10**9)

MAX_THRESHOLDS: Final = 100

#: An order by its name or by a column of the jobs ("column:NAME"), by weights, by Slurm's priority, or by a key of the
#: user's own; or a scheduler, which makes the whole pass.
Order = str | Linear | Multifactor | Key | SchedulerCode

#: What each kind of code is called as plain data.
KINDS: Final[Mapping[str, type[Key] | type[SchedulerCode]]] = {BY_KEY: Key, BY_SCHEDULER: SchedulerCode}

#: Orders whose keys change while jobs wait.
CHANGING: Final = ("wfp3", "unicep", "hrrn")


def an_order(value: Any) -> Order:
    """Return what is an order: a name, a linear one, or code, also as a function, or as plain data of a result."""
    if isinstance(value, Mapping) and value.get("kind", BY_KEY) in KINDS and {"name", "sha256"} <= set(value):
        return KINDS[value.get("kind", BY_KEY)](str(value["name"]), str(value["sha256"]))
    if isinstance(value, Mapping) and set(value) <= {*FEATURES, "kind"} and value.get("kind", BY_WEIGHT) == BY_WEIGHT:
        return Linear(**{name: weight for name, weight in value.items() if name != "kind"})
    if isinstance(value, Mapping) and value.get("kind") == BY_FACTORS:
        return Multifactor(**{name: part for name, part in value.items() if name != "kind"})
    if isinstance(value, Linear | Multifactor | Key | SchedulerCode) or column_of(value):
        return value  # type: ignore[no-any-return]
    if callable(value):
        return scheduler_of(value) if is_scheduler(value) else key_of(value)
    return OneOf((*ORDERS, *LIVE_ORDERS))(value)


def a_backfill_order(value: Any) -> Order | None:
    """Return what is an order of backfill, also a function: one that looks at each job by itself; None: the queue's."""
    if value is None:
        return None
    found = an_order(value)
    if found in ("qssf", *LIVE_ORDERS) or isinstance(found, Multifactor | SchedulerCode):
        others = ", ".join(("qssf", *LIVE_ORDERS, BY_FACTORS))
        raise ValueError(f"an order that looks at each job by itself is expected: no {others} or scheduler")
    return found


def a_placement(value: Any) -> str | Score:
    """Return what is a placement: a name, or a score, also as a function or as the plain data that a result holds."""
    if isinstance(value, Mapping) and value.get("kind") == BY_SCORE and {"name", "sha256"} <= set(value):
        return Score(str(value["name"]), str(value["sha256"]))
    if isinstance(value, Score):
        return value
    return score_of(value) if callable(value) else OneOf(PLACEMENTS)(value)


def an_estimate(value: Any) -> str | Estimate:
    """Return what is taken for run times: a name, or an estimate, also as a function or as plain data of a result."""
    if isinstance(value, Mapping) and value.get("kind") == BY_ESTIMATE and {"name", "sha256"} <= set(value):
        return Estimate(str(value["name"]), str(value["sha256"]))
    if isinstance(value, Estimate):
        return value
    return estimate_of(value) if callable(value) else OneOf(ESTIMATES)(value)


def an_order_of_victims(value: Any) -> str | VictimKey:
    """Return what says who is evicted first: a name, or a key, also as a function or as plain data of a result."""
    if isinstance(value, Mapping) and value.get("kind") == BY_VICTIMS and {"name", "sha256"} <= set(value):
        return VictimKey(str(value["name"]), str(value["sha256"]))
    if isinstance(value, VictimKey):
        return value
    return victim_key_of(value) if callable(value) else OneOf(VICTIMS)(value)


def a_switch(value: Any) -> bool:
    """Return what is true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")
    return value


def some_thresholds(value: Any) -> tuple[int, ...]:
    """Return what are accelerator times in ms, each longer than the one before."""
    if not isinstance(value, list | tuple) or len(value) > MAX_THRESHOLDS:
        raise ValueError(f"a list of at most {MAX_THRESHOLDS} accelerator times is expected")
    found = tuple(Whole(1, MAX_DURATION)(each) for each in value)
    if any(a >= b for a, b in pairwise(found)):
        raise ValueError("accelerator times are expected, each longer than the one before")
    return found


#: What each part may be, in the units of `Policy`.
CHECKS: Final[Mapping[str, Check]] = {
    "order": an_order,
    "backfill": OneOf(BACKFILLS),
    "backfill_order": a_backfill_order,
    "placement": a_placement,
    "depth": DEPTH,
    "backfill_depth": DEPTH,
    "age_rate": Whole(0, 10**13),
    "max_age": Whole(0, MAX_DURATION),
    "reservations": RESERVATIONS,
    "estimate": an_estimate,
    "flavors": OneOf(FLAVORS),
    "preemption": OneOf(PREEMPTIONS),
    "preempt_after": Whole(0, MAX_DURATION),
    "victims": an_order_of_victims,
    "queue": OneOf(QUEUES),
    "fair_sharing": a_switch,
    "usage_half_life": Whole(0, MAX_DURATION),
    "time_slice": Whole(1, MAX_DURATION),
    "thresholds": some_thresholds,
}

#: What is taken for run times where nothing is said.
WALLTIME: Final = "walltime"

#: How the node types of a job are tried where nothing is said.
AS_LISTED: Final = FLAVORS[0]

#: Nobody is evicted.
NO_PREEMPTION: Final = PREEMPTIONS[0]

#: One queue for the jobs of all platforms, or one of each.
SINGLE, BY_PLATFORM = QUEUES

#: The preemption of Kueue, which belongs to queues by platform.
BY_QUOTA: Final = "kueue"

#: What a policy with queues by platform has.
BY_PLATFORMS: Final[Mapping[str, Any]] = {
    "order": "priority",
    "backfill": "none",
    "backfill_order": None,
    "depth": 0,
    "age_rate": 0,
}

ONE_START: Final = "other than {} needs backfill none, easy or easy-sjbf, one reservation, and no code"

#: The backfills under which blocked jobs hold a place that is chosen anew in each pass.
RESERVING: Final = ("easy", "easy-sjbf")

#: The backfill that may have an order of its own.
BACKFILL: Final = "easy"

#: What a policy has where its order or its scheduler decides on the whole pass.
WHOLE_PASS: Final[Mapping[str, Any]] = {
    "backfill": "none",
    "backfill_order": None,
    "depth": 0,
    "backfill_depth": 0,
    "reservations": 1,
    "estimate": WALLTIME,
    "queue": SINGLE,
    "fair_sharing": False,
    "usage_half_life": 0,
}

#: Under which a scheduler evicts whom it likes.
BY_ITS_SCHEDULER: Final = "scheduler"

#: What a policy has in place of what its scheduler does.
BY_SCHEDULERS: Final[Mapping[str, Any]] = {
    **WHOLE_PASS,
    "flavors": AS_LISTED,
    "preemption": NO_PREEMPTION,
    "victims": VICTIMS[0],
}
SCHEDULES: Final = "not beside a scheduler, which makes the whole pass"
NEEDS_SCHEDULER: Final = "it needs a scheduler whose class says evicts = True"

#: Under which jobs of a higher tier evict others.
BY_TIER: Final = "tier"

#: Under which those evict others who go before them in the order.
BY_ORDER: Final = "order"

#: What a policy has in place of what its order does where that preempts.
BY_LIVE_ORDERS: Final[Mapping[str, Any]] = {**WHOLE_PASS, "preemption": BY_ORDER, "victims": VICTIMS[0]}

#: The key of a waiting job is an int64.
STEEPEST: Final = 2**62


def wrong_parts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what would be right by name of each part that is wrong, in the units of `Policy`."""
    found, wrong = sorted_out(values, CHECKS)
    if found.get("age_rate", 0) * found.get("max_age", 0) > STEEPEST:
        wrong["age_rate"] = "age_rate times max_age is too large for the core; lower one of them"
    if found.get("reservations", 1) > 1 and found.get("backfill", RESERVING[0]) not in RESERVING:
        wrong["reservations"] = f"more than 1 needs backfill {' or '.join(RESERVING)}"
    if found.get("backfill_order") is not None and found.get("backfill", BACKFILL) != BACKFILL:
        wrong["backfill_order"] = f"it needs backfill {BACKFILL}"
    if isinstance(found.get("order"), SchedulerCode):
        return wrong | beside_scheduler(found["order"], found)
    if found.get("preemption") == BY_ITS_SCHEDULER:
        wrong["preemption"] = NEEDS_SCHEDULER
        return wrong
    if found.get("order") in LIVE_ORDERS:
        return wrong | beside_live_order(found)
    if found.get("preemption") == BY_ORDER:
        wrong["preemption"] = f"it needs one of the orders {', '.join(LIVE_ORDERS)}"
        return wrong
    for name, only in (("estimate", WALLTIME), ("preemption", NO_PREEMPTION)):
        if found.get(name, only) != only and not plans_one_start(**found):
            wrong[name] = ONE_START.format(only)
    if isinstance(found.get("victims"), VictimKey) and found.get("preemption", BY_TIER) != BY_TIER:
        wrong["victims"] = f"a key of victims needs preemption {BY_TIER}"
    return wrong | wrong_by_platform(found)


def beside_scheduler(scheduler: SchedulerCode, found: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong beside a scheduler, by name of the part."""
    wrong = {name: SCHEDULES for name, only in BY_SCHEDULERS.items() if found.get(name, only) != only}
    if found.get("preemption") == BY_ITS_SCHEDULER:
        del wrong["preemption"]
        if scheduler.function is not None and not scheduler.evicts:
            wrong["preemption"] = NEEDS_SCHEDULER
    return wrong


def wrong_by_platform(found: Mapping[str, Any]) -> dict[str, str]:
    """Return what would be right of the parts that do not go with how jobs queue."""
    if found.get("queue", SINGLE) == SINGLE:
        needs = {"preemption": BY_QUOTA, "fair_sharing": True}
        wrong = {name: f"it needs queue {BY_PLATFORM}" for name, only in needs.items() if found.get(name) == only}
        return wrong | ({"usage_half_life": f"it needs queue {BY_PLATFORM}"} if found.get("usage_half_life") else {})
    lacks = [f"{name} {only}" for name, only in BY_PLATFORMS.items() if found.get(name, only) != only]
    lacks += ["a placement by name"] if isinstance(found.get("placement"), Code) else []
    wrong = {"queue": f"{BY_PLATFORM} needs {', '.join(lacks)}"} if lacks else {}
    if found.get("preemption", NO_PREEMPTION) not in (NO_PREEMPTION, BY_QUOTA):
        wrong["preemption"] = f"with queue {BY_PLATFORM} {NO_PREEMPTION} or {BY_QUOTA} is expected"
    return wrong


def beside_live_order(found: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong beside an order that preempts, by name of the part."""
    wrong = {}
    for name, only in BY_LIVE_ORDERS.items():
        if found.get(name, only) != only:
            shown = f'"{only}"' if isinstance(only, str) else "none" if only is None else str(only).lower()
            wrong[name] = f"{name} = {shown} is expected beside order {found['order']}"
    if isinstance(found.get("placement"), Code):
        wrong["placement"] = f"no code is expected beside order {found['order']}"
    return wrong


def plans_one_start(
    order: Any = "",
    backfill: str = "",
    placement: Any = "",
    reservations: int = 1,
    backfill_order: Any = None,
    **_: Any,
) -> bool:
    """Tell whether only one blocked job's start is planned, in each pass anew: else no estimates and no preemption."""
    coded = any(isinstance(part, Code) for part in (order, placement, backfill_order))
    return not coded and backfill != "conservative" and reservations == 1

"""A policy from what a user gives for one: a name, a key, a scheduler, or single parts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from onecenter_kernels.schema import LIVE_ORDERS

from onecenter.checks import shown
from onecenter.errors import PolicyError
from onecenter.policies.code import find, is_code
from onecenter.policies.column import column_of
from onecenter.policies.estimate import Estimate, read_estimate
from onecenter.policies.installed import installed, installed_code
from onecenter.policies.key import Key, key_of
from onecenter.policies.parts import (
    BACKFILL,
    BY_ITS_SCHEDULER,
    BY_LIVE_ORDERS,
    BY_ORDER,
    BY_SCHEDULERS,
    NO_PREEMPTION,
    RESERVING,
    WALLTIME,
    Order,
    a_placement,
    plans_one_start,
)
from onecenter.policies.policy import NAMED, Policy
from onecenter.policies.scheduler import SchedulerCode, is_scheduler, scheduler_of
from onecenter.policies.score import Score, read_score
from onecenter.policies.victims import VictimKey, read_victims

#: What is taken for a placement: a name, or a score, also as FILE:NAME.
PlacementLike = str | Score | Callable[..., Any]

#: What is taken for an estimate: a name, or a function, also as FILE:NAME.
EstimateLike = str | Estimate | Callable[..., Any]

#: What is taken for an order of victims: a name, or a key, also as FILE:NAME.
VictimsLike = str | VictimKey | Callable[..., Any]

#: What is taken for a policy: one, the name of one, or a key.
PolicyLike = Policy | str | Key | SchedulerCode | Callable[..., Any]


def code_of(policy: PolicyLike) -> Key | SchedulerCode | None:
    """Return the code that a function, a class, FILE:NAME or the name of an installed policy is; None: it is none."""
    if isinstance(policy, Key | SchedulerCode):
        return policy
    if isinstance(policy, str) and is_code(policy):
        found = find(policy)
        return scheduler_of(*found) if is_scheduler(found.value) else key_of(*found)
    if isinstance(policy, str) and policy not in NAMED:
        entry = installed().get(policy)
        return None if entry is None else installed_code(entry)
    if isinstance(policy, str | Policy) or not (callable(policy) or is_scheduler(policy)):
        return None
    return scheduler_of(policy) if is_scheduler(policy) else key_of(policy)


def placement_of(placement: PlacementLike) -> str | Score:
    """Return a placement; FILE:NAME is read."""
    return read_score(placement) if isinstance(placement, str) and is_code(placement) else a_placement(placement)


def estimate_given(estimate: EstimateLike | None) -> EstimateLike | None:
    """Return what is given as an estimate; FILE:NAME is read."""
    return read_estimate(estimate) if isinstance(estimate, str) and is_code(estimate) else estimate


def victims_given(victims: VictimsLike | None) -> VictimsLike | None:
    """Return what is given as an order of victims; FILE:NAME is read."""
    return read_victims(victims) if isinstance(victims, str) and is_code(victims) else victims


def policy_of(
    policy: PolicyLike | None,
    default: Policy,
    *,
    order: Order | None = None,
    backfill: str | None = None,
    placement: PlacementLike | None = None,
    backfill_order: PolicyLike | None = None,
    estimate: EstimateLike | None = None,
    victims: VictimsLike | None = None,
) -> Policy:
    """Return a policy, looked up if it is a name of `NAMED`; a part that is given replaces that of the policy.

    A name sets order and backfill; everything else stays that of the default, but for reservations where that backfill
    makes none, and for estimates where they cannot be. The name of an order that preempts sets all but placement and
    flavors. A key, also as FILE:NAME, and "column:NAME" set the order alone;
    a scheduler, all but the placement. A placement may be a score, the order of backfill or of victims a key, and
    an estimate a function, also as FILE:NAME.
    """
    chosen = default if policy is None else policy
    code = code_of(chosen)
    if code is not None:
        chosen = default
        if order is not None:
            raise PolicyError("policy", [f"order = {shown(order)}: not beside {code.name}, which is one"])
        order = code
        if isinstance(code, SchedulerCode):
            chosen = replace(default, order=code, **BY_SCHEDULERS)
    if column_of(chosen):
        order = chosen if order is None else order  # type: ignore[assignment]
        chosen = default
    if not isinstance(chosen, Policy):
        if not isinstance(chosen, str) or chosen not in NAMED:
            raise PolicyError("policy", [f"{shown(chosen)}: one of {', '.join(NAMED)} is expected"])
        order = NAMED[chosen].order if order is None else order
        backfill = NAMED[chosen].backfill if backfill is None else backfill
        chosen = default
    order = chosen.order if order is None else order
    if backfill is None:
        backfill = "none" if isinstance(order, str) and order in LIVE_ORDERS else chosen.backfill
    placement = chosen.placement if placement is None else placement_of(placement)
    if isinstance(order, str) and order in LIVE_ORDERS:
        chosen = replace(chosen, order=order, placement=placement, **BY_LIVE_ORDERS)
    elif chosen.preemption in (BY_ORDER, BY_ITS_SCHEDULER) and not isinstance(order, SchedulerCode):
        chosen = replace(chosen, order="fifo", preemption=NO_PREEMPTION)
    reservations = chosen.reservations if backfill in RESERVING else 1
    if backfill_order is not None:
        behind: Any = code_of(backfill_order) or backfill_order
    else:
        behind = chosen.backfill_order if backfill == BACKFILL else None
    estimate = estimate_given(estimate)
    if estimate is None:
        kept = plans_one_start(order, backfill, placement, reservations, behind)
        estimate = chosen.estimate if kept else WALLTIME
    parts = {"order": order, "backfill": backfill, "placement": placement, "backfill_order": behind}
    parts["estimate"] = estimate
    if victims is not None:
        parts["victims"] = victims_given(victims)
    return replace(chosen, **parts, reservations=reservations)

"""A policy, or parts of one, that are given beside a scenario, for all its variants and in all processes."""

from dataclasses import dataclass, fields
from typing import Final

from onecenter.policies.choosing import (
    EstimateLike,
    PlacementLike,
    PolicyLike,
    VictimsLike,
    code_of,
    estimate_given,
    placement_of,
    policy_of,
    victims_given,
)
from onecenter.policies.column import column_of
from onecenter.policies.key import Key
from onecenter.policies.parts import BY_SCHEDULERS
from onecenter.policies.policy import Policy
from onecenter.policies.scheduler import SchedulerCode
from onecenter.policies.score import Score

#: Single parts that are given beside a policy.
PARTS: Final = ("placement", "backfill_order", "estimate", "victims")


@dataclass(frozen=True)
class Given:
    """What is given instead of the policy and of parts of the policy of a scenario; None: nothing is."""

    policy: PolicyLike | None = None
    placement: str | Score | None = None
    backfill_order: PolicyLike | None = None
    estimate: EstimateLike | None = None
    victims: VictimsLike | None = None

    @classmethod
    def of(
        cls,
        policy: "PolicyLike | Given | None" = None,
        placement: PlacementLike | None = None,
        backfill_order: PolicyLike | None = None,
        estimate: EstimateLike | None = None,
        victims: VictimsLike | None = None,
    ) -> "Given":
        """Return what is given; its files are read once, and a PolicyError says what is wrong."""
        if isinstance(policy, Given):
            return policy
        chosen, behind = (None if each is None else code_of(each) or each for each in (policy, backfill_order))
        placed = None if placement is None else placement_of(placement)
        cls(chosen, placed).on(Policy())
        return cls(chosen, placed, behind, estimate_given(estimate), victims_given(victims))

    def on(self, default: Policy) -> Policy:
        """Return the policy of a scenario that itself has another one."""
        parts = {name: getattr(self, name) for name in PARTS}
        return policy_of(self.policy, default, **parts)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of a policy that are as given, whatever a scenario says."""
        placed = tuple(name for name in PARTS if getattr(self, name) is not None)
        if isinstance(self.policy, Policy):
            return tuple(each.name for each in fields(Policy))
        if isinstance(self.policy, SchedulerCode):
            return ("order", *BY_SCHEDULERS, *placed)
        if isinstance(self.policy, Key) or column_of(self.policy):
            return ("order", *placed)
        return placed if self.policy is None else ("order", "backfill", *placed)

    @property
    def can_be_sent(self) -> bool:
        """Whether another process finds its code."""
        return all(code.can_be_sent for code in self.on(Policy()).code.values())

"""A policy and a placement that are given beside a scenario, for all its variants and in all processes."""

from dataclasses import dataclass, fields

from onecenter.policies.choosing import PlacementLike, PolicyLike, code_of, placement_of, policy_of
from onecenter.policies.column import column_of
from onecenter.policies.key import Key
from onecenter.policies.policy import BY_SCHEDULERS, Policy
from onecenter.policies.scheduler import SchedulerCode
from onecenter.policies.score import Score


@dataclass(frozen=True)
class Given:
    """What is given instead of the policy and the placement of a scenario; None: nothing is."""

    policy: PolicyLike | None = None
    placement: str | Score | None = None

    @classmethod
    def of(cls, policy: PolicyLike | None = None, placement: PlacementLike | None = None) -> "Given":
        """Return what is given; its files are read once, and a PolicyError says what is wrong."""
        chosen = None if policy is None else code_of(policy) or policy
        found = cls(chosen, None if placement is None else placement_of(placement))
        found.on(Policy())
        return found

    def on(self, default: Policy) -> Policy:
        """Return the policy of a scenario that itself has another one."""
        return policy_of(self.policy, default, placement=self.placement)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of a policy that are as given, whatever a scenario says."""
        placed = () if self.placement is None else ("placement",)
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

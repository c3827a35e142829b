"""What the suite runs: workloads, policies, and the seeds of its two parts."""

from dataclasses import dataclass
from typing import Final

from onecenter_kernels.schema import PLACEMENTS

from onecenter.policies import NAMED, Multifactor, Policy
from onecenter.policies.parts import NO_PREEMPTION

#: Shipped scenarios: four that follow published statistics, four made to hurt.
WORKLOADS: Final = (
    "philly-like", "helios-like", "pai-like", "acme-like",
    "convoy", "starving-gangs", "fragmentation", "class-burst",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of the suite: how many seeds of each workload it runs, the first ones."""

    name: str
    seeds: int


#: The whole suite, and what CI runs of it.
PARTS: Final = {part.name: part for part in (Part("full", 10), Part("quick", 1))}


def policies() -> dict[str, Policy]:
    """Return the policies by name: the named ones, EASY with each placement that it does not have by itself, and fair
    share: Slurm's multifactor priority with Fair Tree, where all have one share and age breaks ties.

    Those that preempt by an order are left out: no job of the suite has a checkpoint.
    """
    named = {name: policy for name, policy in NAMED.items() if policy.preemption == NO_PREEMPTION}
    easy = NAMED["easy"]
    others = (placement for placement in PLACEMENTS if placement != easy.placement)
    shared = Policy(Multifactor(age=1_000, fairshare=100_000), "easy")
    return named | {f"easy+{placement}": Policy(placement=placement) for placement in others} | {"fair-share": shared}

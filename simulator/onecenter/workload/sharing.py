"""How the platforms share the center, in numbers: the quota tree, what changes in it, and limits."""

from dataclasses import dataclass
from typing import Final

from onecenter_kernels.schema import AMOUNTS, PREEMPTION_POLICIES

from onecenter.units import MAX_TIER

#: No limit.
NONE: Final = -1

#: A threshold of priorities that keeps nobody.
ANY: Final = 2**62


@dataclass(frozen=True)
class Member:
    """A node of the quota tree; the first is the center, and each comes after its parent.

    Attributes
    ----------
    name : str
        Of the cohort or platform; "" for the center.
    parent : int
        Index of its parent; -1 for the center.
    platform : int
        Index of the platform; -1 for the center and for cohorts.
    strict : bool
        Whether no job of the platform overtakes its first that does not start.
    nominal, borrowing_limit, lending_limit : tuple of int
        By node type, in thousandths of an accelerator; -1: no limit.
    weight : int
        In thousandths: under fair sharing its share is divided by it.
    within, reclaim : str
        PREEMPTION_POLICIES: whom jobs of a platform may evict of its own, and of others that borrow.
    while_borrowing : bool
        Whether they may do so while the platform borrows itself, from jobs of lower priority.
    threshold : int
        The highest priority of such a job.
    """

    name: str = ""
    parent: int = -1
    platform: int = -1
    strict: bool = False
    nominal: tuple[int, ...] = ()
    borrowing_limit: tuple[int, ...] = ()
    lending_limit: tuple[int, ...] = ()
    weight: int = 1_000
    within: str = PREEMPTION_POLICIES[0]
    reclaim: str = PREEMPTION_POLICIES[0]
    while_borrowing: bool = False
    threshold: int = ANY


@dataclass(frozen=True)
class Limit:
    """Limits of some jobs together; accelerators in thousandths, the walltime in ms; -1: none."""

    max_running_jobs: int = NONE
    max_accelerators: int = NONE
    max_submitted: int = NONE
    max_per_job: int = NONE
    max_walltime: int = NONE


@dataclass(frozen=True)
class JobClass:
    """What holds for the jobs of a stream where a policy preempts; times in ms.

    Attributes
    ----------
    tier : int
        -1,000,000 to 1,000,000: they may evict jobs of lower tiers.
    grace : int
        How long an evicted job holds its nodes; it does no work then.
    preemptible : bool
        Whether they may be evicted.
    requeue : int
        How often a job waits again after it was evicted; -1: always.
    every, write, restart : int
        Checkpoints: the work between two, how long one takes to write, and to begin from; every = 0: none.
    """

    tier: int = 0
    grace: int = 0
    preemptible: bool = True
    requeue: int = -1
    every: int = 0
    write: int = 0
    restart: int = 0


@dataclass(frozen=True)
class Change:
    """An amount of a member of the tree that becomes another one at an instant (ms)."""

    t: int
    member: int
    type: int
    what: str  # one of AMOUNTS
    value: int


@dataclass(frozen=True)
class Sharing:
    """How the platforms share the center.

    Attributes
    ----------
    members : tuple of Member
        The quota tree.
    changes : tuple of Change
        By time; at one instant in the order of the file.
    platform_limits, tenant_limits : tuple of Limit
        By platform: of all its jobs, and of each of its tenants.
    stream_limits : tuple of Limit
        By stream.
    classes : tuple of JobClass
        By stream.
    tiers : tuple of int
        By platform, of jobs that are of no stream.
    """

    members: tuple[Member, ...]
    changes: tuple[Change, ...] = ()
    platform_limits: tuple[Limit, ...] = ()
    tenant_limits: tuple[Limit, ...] = ()
    stream_limits: tuple[Limit, ...] = ()
    classes: tuple[JobClass, ...] = ()
    tiers: tuple[int, ...] = ()

    @property
    def quotas(self) -> bool:
        """Whether there is a quota at all: else nobody is asked for one."""
        given = any(any(member.nominal) for member in self.members)
        return given or any(change.what == AMOUNTS[0] for change in self.changes)

    @property
    def limits(self) -> bool:
        """Whether there is a limit at all."""
        return any(limit != Limit() for limit in (*self.platform_limits, *self.tenant_limits, *self.stream_limits))

    @property
    def strict(self) -> bool:
        """Whether a platform queues strictly."""
        return any(member.strict for member in self.members)

    @property
    def asks_nothing(self) -> bool:
        """Whether quotas, limits, queueing and tiers are as if nothing were said of them."""
        tiers = {*self.tiers, *(each.tier for each in self.classes)}
        return not (self.quotas or self.limits or self.strict or tiers - {0})

    @property
    def says_nothing(self) -> bool:
        """Whether, beside, all classes are as if nothing were said of them."""
        return self.asks_nothing and {*self.classes} <= {JobClass()}


def asks(sharing: Sharing | None) -> bool:
    """Tell whether jobs are asked for something, under any policy; classes alone count where the order preempts."""
    return sharing is not None and not sharing.asks_nothing


#: No amount of accelerators (1/1000), number of jobs or time (ms) is larger.
MOST: Final = 10**15


def check_sharing(sharing: Sharing, types: int, platforms: int, streams: int) -> None:
    """Raise a ValueError where what a file says of sharing does not belong to so many types, platforms and streams."""
    members = sharing.members
    right = bool(members) and members[0].parent == -1
    right = right and all(0 <= member.parent < place for place, member in enumerate(members) if place)
    right = right and all(-1 <= member.platform < platforms for member in members)
    for member in members:
        for what in AMOUNTS:
            amounts = getattr(member, what)
            right = right and len(amounts) in (0, types) and all(NONE <= amount <= MOST for amount in amounts)
        right = right and {member.within, member.reclaim} <= set(PREEMPTION_POLICIES)
        right = right and 0 <= member.weight <= MOST and abs(member.threshold) <= ANY
    for change in sharing.changes:
        right = right and 0 <= change.member < len(members) and 0 <= change.type < types and change.what in AMOUNTS
        right = right and NONE <= change.value <= MOST and 0 <= change.t <= MOST
    for limits, count in ((sharing.platform_limits, platforms), (sharing.tenant_limits, platforms)):
        right = right and len(limits) in (0, count)
    right = right and len(sharing.stream_limits) in (0, streams) and len(sharing.classes) in (0, streams)
    right = right and len(sharing.tiers) in (0, platforms)
    for each in sharing.classes:
        right = right and all(NONE <= value <= MOST for name, value in vars(each).items() if name != "tier")
    right = right and all(abs(tier) <= MAX_TIER for tier in (*sharing.tiers, *(each.tier for each in sharing.classes)))
    for limit in (*sharing.platform_limits, *sharing.tenant_limits, *sharing.stream_limits):
        right = right and all(NONE <= value <= MOST for value in vars(limit).values())
    if not right:
        raise ValueError("sharing: it does not belong to the center and its platforms")

"""The naive twin's admission: quotas from their definitions, limits by counting, all anew at each question."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from onecenter.workload.sharing import Limit, Member, Sharing

if TYPE_CHECKING:
    from oracle import Center
    from oracle_jobs import Job
    from oracle_room import Claim

NOTHING = Sharing(members=())


def once(method: Callable[[Any, int], int]) -> Callable[[Any, int], int]:
    """Work out once what a tree says of a node: its amounts and what is used of it do not change."""

    @wraps(method)
    def known(tree: Any, n: int) -> int:
        answers = tree.__dict__.setdefault("answers", {})
        if (method.__name__, n) not in answers:
            answers[method.__name__, n] = method(tree, n)
        return int(answers[method.__name__, n])

    return known


def tree_at(sharing: Sharing, t: int) -> list[Member]:
    """Return the members of the tree as they are at an instant (ms)."""
    members = list(sharing.members)
    for change in sharing.changes:
        if change.t <= t:
            member = members[change.member]
            amounts = list(getattr(member, change.what) or ((0 if change.what == "nominal" else -1),) * 16)
            amounts[change.type] = change.value
            members[change.member] = replace(member, **{change.what: tuple(amounts)})
    return members


def amount(given: tuple[int, ...], kind: int, missing: int) -> int:
    """Return an amount of a node type; a tuple without entries says nothing of any."""
    return given[kind] if given else missing


class Tree:
    """The quota of one node type at an instant, by the definitions alone."""

    def __init__(self, members: list[Member], kind: int, used: dict[int, int]) -> None:
        self.members, self.kind, self.used = members, kind, used  # by platform
        self.below: dict[int, list[int]] = {}
        for m, member in enumerate(members):
            self.below.setdefault(member.parent, []).append(m)

    def children(self, n: int) -> list[int]:
        """Return the children of a node."""
        return self.below.get(n, [])

    @once
    def subtree(self, n: int) -> int:
        """Return its own, and what its children lend."""
        own = amount(self.members[n].nominal, self.kind, 0)
        return own + sum(self.subtree(m) - self.local(m) for m in self.children(n))

    @once
    def local(self, n: int) -> int:
        """Return what nobody else may use of it."""
        lending = amount(self.members[n].lending_limit, self.kind, -1)
        return max(0, self.subtree(n) - lending) if lending >= 0 else 0

    @once
    def usage(self, n: int) -> int:
        """Return what is used of it."""
        if self.members[n].platform >= 0:
            return self.used.get(self.members[n].platform, 0)
        return sum(max(0, self.usage(m) - self.local(m)) for m in self.children(n))

    @once
    def available(self, n: int) -> int:
        """Return how much more it may use."""
        parent, borrowing = self.members[n].parent, amount(self.members[n].borrowing_limit, self.kind, -1)
        if parent < 0:
            return self.subtree(n) - self.usage(n)
        more = self.available(parent)
        if borrowing >= 0:
            lent = self.subtree(n) - self.local(n)
            more = min(more, lent - max(0, self.usage(n) - self.local(n)) + borrowing)
        return max(0, self.local(n) - self.usage(n)) + more

    @once
    def potential(self, n: int) -> int:
        """Return the most that it could ever use."""
        parent, borrowing = self.members[n].parent, amount(self.members[n].borrowing_limit, self.kind, -1)
        if parent < 0:
            return self.subtree(n)
        most = self.local(n) + self.potential(parent)
        return min(most, self.subtree(n) + borrowing) if borrowing >= 0 else most


class Admission:
    """Who may start: asked with the jobs that run, and the heads that are taken to run."""

    def __init__(self, center: "Center", sharing: Sharing | None) -> None:
        self.center = center
        self.sharing = sharing or NOTHING
        self.places = {member.platform: n for n, member in enumerate(self.sharing.members) if member.platform >= 0}
        self.heads: list[tuple[Job, int]] = []  # with the node type of its reservation
        self.kept: list[tuple[int, int, int]] = []  # by platform: node of the tree, node type, amount
        self.planned: dict[int, Claim] | None = None  # by order: those that a pass has chosen so far, by job

    def changes_at(self, t: int) -> list[int]:
        """Return the numbers of the changes at an instant (ms)."""
        return [k for k, change in enumerate(self.sharing.changes) if change.t == t]

    def member_of(self, job: "Job") -> int | None:
        """Return the platform of a job in the tree."""
        return self.places.get(job.platform)

    def holding(self) -> list[tuple["Job", int]]:
        """Return the jobs that hold quota, with their node types."""
        if self.planned is not None:
            return [(self.center.jobs[job], self.center.type_of(claim)) for job, claim in self.planned.items()]
        running = [job for job in self.center.jobs if job.held]
        return [(job, self.center.nodes[job.claim.pieces[0].node].type) for job in running] + self.heads

    def tree(self, kind: int, t: int | None = None) -> Tree:
        """Return the quota tree of a node type, now or with the amounts of another instant (ms)."""
        used: dict[int, int] = {}
        for job, on in self.holding():
            if on == kind:
                used[job.platform] = used.get(job.platform, 0) + job.gang
        for n, of, held in self.kept:
            if of == kind:
                platform = self.sharing.members[n].platform
                used[platform] = used.get(platform, 0) + held
        return Tree(tree_at(self.sharing, self.center.now if t is None else t), kind, used)

    def has_quota(self, job: "Job", kind: int) -> bool:
        """Whether its platform may use so much more of a node type."""
        n = self.member_of(job)
        return not self.sharing.quotas or n is None or job.gang == 0 or job.gang <= self.tree(kind).available(n)

    def stays_within(self, job: "Job", kind: int) -> bool:
        """Whether its platform stays within its own nominal with it."""
        n = self.member_of(job)
        if not self.sharing.quotas or n is None or job.gang == 0:
            return True
        tree = self.tree(kind)
        return tree.usage(n) + job.gang <= amount(tree.members[n].nominal, kind, 0)

    def limits_of(self, job: "Job") -> list[tuple[Limit, list["Job"]]]:
        """Return the limits that a job is under, each with all jobs that count in it."""
        found = []
        for limits, index, owner in (
            (self.sharing.platform_limits, job.platform, ("platform",)),
            (self.sharing.tenant_limits, job.platform, ("platform", "tenant")),
            (self.sharing.stream_limits, job.stream, ("stream",)),
        ):
            if 0 <= index < len(limits) and limits[index] != Limit():
                owned = attrgetter(*owner)
                found.append((limits[index], [each for each in self.center.jobs if owned(each) == owned(job)]))
        return found

    def within_limits(self, job: "Job") -> bool:
        """Whether no limit keeps a job from running."""
        holding = [each for each, _ in self.holding()]
        for limit, counted in self.limits_of(job):
            running = [each for each in holding if each in counted]
            if 0 <= limit.max_running_jobs <= len(running):
                return False
            if 0 <= limit.max_accelerators < sum(each.gang for each in running) + job.gang:
                return False
        return True

    def is_refused(self, job: "Job") -> bool:
        """Whether a job that is submitted could never start, or a limit refuses it."""
        if not self.permitted(job):
            return True
        for limit, counted in self.limits_of(job):
            there = [each for each in counted if each.state in ("waiting", "held", "running")]
            if limit.max_running_jobs == 0 or 0 <= limit.max_submitted <= len(there):
                return True
            if 0 <= limit.max_accelerators < job.gang or 0 <= limit.max_per_job < job.gang:
                return True
            if 0 <= limit.max_walltime < job.limit:
                return True
        return False

    def fitting(self, job: "Job") -> list[int]:
        """Return the node types of a job that hold it on the empty center."""
        return [kind for kind in job.types if self.center.fits_empty(job, kind)]

    def permitted(self, job: "Job") -> list[int]:
        """Return those of which it asks no more than it can get, now or after a later change."""
        n, now = self.member_of(job), self.center.now
        if not self.sharing.quotas or n is None:
            return self.fitting(job)
        instants = [now, *(change.t for change in self.sharing.changes if change.t > now)]
        return [
            kind for kind in self.fitting(job)
            if any(self.tree(kind, t).potential(n) >= job.gang for t in instants)
        ]  # fmt: skip

    def admitted(self, job: "Job") -> list[int]:
        """Return the node types on which a job may start now, in the order to be tried."""
        if self.sharing is NOTHING:
            return job.types
        if not self.within_limits(job):
            return []
        found = [kind for kind in self.fitting(job) if self.has_quota(job, kind)]
        if self.center.policy.flavors == "next-before-borrowing":
            found.sort(key=lambda kind: not self.stays_within(job, kind))
        return found

    def is_strict(self, job: "Job") -> bool:
        """Whether its platform queues strictly."""
        n = self.member_of(job)
        return n is not None and self.sharing.members[n].strict

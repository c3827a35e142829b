"""The naive twin's pass by platform, Kueue's cycle: from the rules of the page, everything anew at each look."""

from typing import TYPE_CHECKING

import oracle_cycle
import oracle_victims
from oracle_preempt import class_of, evict, leaving_at
from oracle_room import row_of
from oracle_sharing import amount, tree_at
from oracle_victims import Ask, Classical, Node

if TYPE_CHECKING:
    from oracle import Center
    from oracle_jobs import Job

RUNNING, WAITING = "running", "waiting"

#: Time (ms) between two samples of what tenants hold.
INTERVAL = 300_000


def take_samples(center: "Center", t: int) -> None:
    """Smooth what tenants have consumed, at all multiples of the interval up to t, before anything happens at t."""
    rest = center.policy.usage_rest
    while center.policy.usage_half_life and center.sampled + INTERVAL <= t:
        center.sampled += INTERVAL
        holds: dict[tuple[int, int], int] = {}
        for job in center.jobs:
            if job.held:
                holds[job.platform, job.tenant] = holds.get((job.platform, job.tenant), 0) + job.gang
        for tenant in center.consumed.keys() | holds.keys():
            left = center.consumed.get(tenant, 0) * rest >> 32
            center.consumed[tenant] = left + holds.get(tenant, 0) * (2**32 - rest)


class Pass:
    """One pass: who waits in which queue, what is kept for whom, who has been evicted."""

    def __init__(self, center: "Center") -> None:
        self.center, self.policy, self.admission = center, center.policy, center.admission
        self.aside: set[int] = set()
        self.closed: set[int] = set()
        self.kept: dict[int, tuple[int, int]] = {}  # by node of the tree: node type, amount
        self.evicted: list[Job] = []
        self.tree = self.nodes()
        self.waiting: dict[int, list[Job]] = {}  # by platform; nobody joins a queue in a pass but who is evicted
        for job in center.jobs:
            if job.state == WAITING:
                self.waiting.setdefault(self.node_of(job), []).append(job)

    # ---- queues

    def node_of(self, job: "Job") -> int:
        """Return the node of the tree in whose queue a job is: the center's where it has no platform."""
        return self.admission.member_of(job) or 0

    def consumed(self, job: "Job") -> int:
        """Return what the tenant of a job has consumed, where that matters."""
        if not self.policy.usage_half_life:
            return 0
        return self.center.consumed.get((job.platform, job.tenant), 0) // 1000

    def awaits(self, job: "Job") -> bool:
        """Whether the victims of a job leave, or the last has left at this instant."""
        return job.first_until is not None and self.center.now <= job.first_until

    def rank(self, job: "Job") -> tuple[int, ...]:
        """Return what puts the queue of a platform in order."""
        return not self.awaits(job), self.consumed(job), -job.priority, job.submit, job.id

    def head(self, n: int) -> "Job | None":
        """Return the next job of a platform in this pass."""
        waiting = [job for job in self.waiting.get(n, ()) if job.state == WAITING]
        queue = [job for job in waiting if job.id not in self.aside]
        if n in self.closed or not queue:
            return None
        first = min(queue, key=self.rank)
        evicted = [job for job in self.evicted if self.node_of(job) == n]
        if self.is_strict(n) and any(self.rank(job) < self.rank(first) for job in evicted):
            self.closed.add(n)
            return None
        return first

    def is_strict(self, n: int) -> bool:
        """Whether a platform queues strictly."""
        return self.admission.sharing.members[n].strict

    def put_aside(self, n: int, job: "Job") -> None:
        """Look at a job no more, nor at those behind it in a strict queue."""
        self.aside.add(job.id)
        if self.is_strict(n):
            self.closed.add(n)

    # ---- quota

    def nodes(self) -> list[Node]:
        """Return the quota tree as it is now."""
        kinds = range(max(node.type for node in self.center.nodes) + 1)
        found = []
        for member in tree_at(self.admission.sharing, self.center.now):
            amounts = (
                [amount(getattr(member, what), kind, missing) for kind in kinds]
                for what, missing in (("nominal", 0), ("borrowing_limit", -1), ("lending_limit", -1))
            )
            found.append(Node(
                member.parent, *amounts, platform=member.platform >= 0, weight=member.weight, within=member.within,
                reclaim=member.reclaim, while_borrowing=member.while_borrowing, threshold=member.threshold,
            ))  # fmt: skip
        return found

    def kept_jobs(self) -> list[oracle_victims.Job]:
        """Return what is kept as jobs that nobody may evict."""
        return [oracle_victims.Job(f"kept{n}", n, held, kind=kind, fixed=True) for n, (kind, held) in self.kept.items()]

    def running(self) -> list[oracle_victims.Job]:
        """Return all that use quota now."""
        jobs = [job for job in self.center.jobs if job.held and self.admission.member_of(job)]
        return [self.plain(job, fixed=True) for job in jobs] + self.kept_jobs()

    def plain(self, job: "Job", fixed: bool = False) -> oracle_victims.Job:
        """Return a running job as the choice of victims takes it."""
        return oracle_victims.Job(
            f"{job.id:06d}", self.node_of(job), job.gang, job.priority, self.center.type_of(job.claim), job.submit,
            job.claim.begin, tenant=self.consumed(job), fixed=fixed,
        )  # fmt: skip

    def may_be_evicted(self, job: "Job") -> bool:
        """Whether a running job is not protected."""
        ran = self.center.now - job.claim.begin
        return job.leaves is None and 0 < ran >= self.policy.preempt_after and class_of(self.center, job).preemptible

    def when_left(self, waiting: "Job") -> list[oracle_victims.Job]:
        """Return who would run if those who leave had left and those for whom they leave had started."""
        jobs = [job for job in self.center.jobs if job.held and job.leaves is None and self.admission.member_of(job)]
        found = [self.plain(job, not self.may_be_evicted(job)) for job in jobs]
        for n, (kind, held) in self.kept.items():
            found.append(oracle_victims.Job(f"kept{n}", n, held, kind=kind, fixed=True))
        for job in self.center.jobs:
            if job.state == WAITING and self.awaits(job) and job is not waiting and job.id not in self.aside:
                n = self.node_of(job)
                held = job.gang - self.kept.get(n, (0, 0))[1]
                found.append(oracle_victims.Job(f"next{job.id}", n, held, kind=job.waits_on, fixed=True))
        return found

    def ask(self, job: "Job", kind: int) -> Ask:
        """Return a job as the choice of victims takes it."""
        rule = "final-then-initial-share" if self.policy.fair_sharing else "classical"
        return Ask(self.node_of(job), job.gang, job.priority, kind, job.submit, rule, job.id)

    def may_preempt(self, job: "Job", kind: int) -> bool:
        """Whether quota for a job may be made: it is within the nominal, below the top, or borrowing is allowed to."""
        nodes, n, rest = self.tree, self.node_of(job), job.gang
        fair = self.policy.fair_sharing and nodes[n].reclaim != "never"
        if rest <= nodes[n].nominal[kind] or nodes[n].while_borrowing or fair:
            return True
        quota = Classical(nodes, self.running(), self.ask(job, kind)).quota(kind)
        while n > 0 and (nodes[n].borrowing[kind], nodes[n].lending[kind]) != (0, 0):
            if quota.usage(n) + rest <= quota.subtree(n):
                return True
            rest -= quota.local_available(n)
            n = nodes[n].parent
        return False

    # ---- a look at a job

    def types(self, job: "Job") -> list[int]:
        """Return the node types on which a job may start, with what is kept for others in use."""
        self.admission.kept = [(n, kind, held) for n, (kind, held) in self.kept.items()]
        found = self.admission.admitted(job)
        self.admission.kept = []
        return found

    def starts(self, job: "Job", types: list[int]) -> bool:
        """Start a job on one of some node types, if one has room."""
        view = [self.center.row_now()]
        pieces = self.center.fit_on(job, types, job.demand, view)
        if pieces is None:
            return False
        self.center.start_placed(job, pieces, view)
        if self.policy.usage_half_life:
            tenant = job.platform, job.tenant
            more = job.gang * (2**32 - self.policy.usage_rest)
            self.center.consumed[tenant] = self.center.consumed.get(tenant, 0) + more
        return True

    def keep_freed(self, job: "Job") -> None:
        """Keep for a job what its victims have freed."""
        held = sum(each.gang for each in self.center.jobs if each.leaves is not None and each.leaves_for == job.id)
        self.kept.pop(self.node_of(job), None)
        if job.gang > held:
            self.kept[self.node_of(job)] = job.waits_on, job.gang - held

    def look_at(self, n: int) -> None:
        """Look at the next job of a platform."""
        job = self.head(n)
        if job is None:
            return
        if not self.awaits(job):
            if not self.start_or_evict(n, job) and n not in self.closed:
                self.put_aside(n, job)
            return
        self.kept.pop(n, None)
        if self.starts(job, self.types(job)):
            return
        assert job.first_until is not None
        if self.center.now < job.first_until:
            self.keep_freed(job)
            self.closed.add(n)
        else:
            self.put_aside(n, job)

    def start_or_evict(self, n: int, job: "Job") -> bool:
        """Start a job, if need be in the place of others."""
        types = self.types(job)
        if self.starts(job, types):
            return True
        if not self.admission.sharing.quotas or not n or not job.gang or not self.admission.within_limits(job):
            return False
        lacking = [kind for kind in self.admission.permitted(job) if kind not in types]
        lacking = [kind for kind in lacking if self.may_preempt(job, kind)]
        if self.policy.preemption == "kueue":
            for kind in lacking:
                victims = self.victims(job, kind)
                if victims:
                    return self.evict(n, job, kind, victims)
        if not types and lacking and self.admission.sharing.members[n].reclaim != "any":
            self.keep_own(n, job, lacking[0])
        return False

    def keep_own(self, n: int, job: "Job", kind: int) -> None:
        """Keep the platform's own quota for its first job, or what it may borrow where it must."""
        nodes, running = self.tree, self.running()
        quota = Classical(nodes, running, self.ask(job, kind)).quota(kind)
        most = job.gang
        if oracle_cycle.level(nodes, running, self.ask(job, kind)) == 0:
            most = min(most, nodes[n].nominal[kind] - quota.usage(n))
        elif nodes[n].borrowing[kind] >= 0:
            most = min(most, nodes[n].nominal[kind] + nodes[n].borrowing[kind] - quota.usage(n))
        if most > 0:
            self.kept[n] = kind, most

    def victims(self, job: "Job", kind: int) -> list[tuple["Job", str]]:
        """Return whom a job evicts on a node type, with the right; nobody where that gives it no quota or no room."""
        choice = oracle_victims.Classical(self.tree, self.when_left(job), self.ask(job, kind))
        if choice.fits():
            return []
        found = oracle_victims.victims(self.tree, self.when_left(job), self.ask(job, kind))
        chosen = [(self.center.jobs[int(name)], claim) for name, claim in found.items()]
        left = [each.held for each in self.center.jobs if each.held and each not in [one for one, _ in chosen]]
        view = [row_of(self.center.nodes, left)]
        return chosen if self.center.fit_on(job, [kind], job.demand, view) is not None else []

    def evict(self, n: int, job: "Job", kind: int, victims: list[tuple["Job", str]]) -> bool:
        """Evict others for a job, which starts at once or waits until they have left; tell whether it started."""
        last = max(leaving_at(self.center, each) for each, _ in victims)
        for each, claim in victims:
            each.leaves_for = job.id
            evict(self.center, each, int(claim != "within"))
            if each.state == WAITING:
                self.evicted.append(each)
        if last == self.center.now and kind not in self.types_of_quota(job):
            leaving = [each for each in self.center.jobs if each.leaves is not None]
            last = max(each.leaves or 0 for each in leaving if self.center.type_of(each.claim) == kind)
        if last == self.center.now:
            return self.starts(job, [kind])
        job.first_until, job.waits_on = last, kind
        self.keep_freed(job)
        self.closed.add(n)
        return False

    def types_of_quota(self, job: "Job") -> list[int]:
        """Return the node types on which a job has quota."""
        return self.types(job)

    # ---- the pass

    def order(self, heads: dict[int, "Job"]) -> list[int]:
        """Return the platforms in the order of a cycle without shares, as they are at its beginning."""
        nodes, running = self.tree, self.running()

        def rank(n: int) -> tuple[int, ...]:
            job = heads[n]
            level = 0
            if self.admission.sharing.quotas and job.gang:
                level = oracle_cycle.level(nodes, running, self.ask(job, self.kind_of(job)))
            return level, -job.priority, job.submit, job.id

        return sorted(heads, key=rank)

    def kind_of(self, job: "Job") -> int:
        """Return the node type by which a job is ranked."""
        return [*self.types(job), *self.admission.permitted(job), 0][0]

    def make_cycle(self) -> bool:
        """Look at the first job of each platform; tell whether there was one."""
        heads = {n: job for n in range(len(self.admission.sharing.members)) if (job := self.head(n))}
        kinds = {n: self.kind_of(job) for n, job in heads.items()}
        left = dict(heads)
        order = self.order({n: job for n, job in heads.items() if n})
        if 0 in left:
            del left[0]
            self.look_at(0)
        while left:
            n = order.pop(0)
            if self.policy.fair_sharing and self.admission.sharing.quotas:
                n = self.fairest(left, kinds)
                order = list(left)
            del left[n]
            order = [each for each in order if each in left]
            self.look_at(n)
        for n in [n for n in self.kept if n not in self.closed]:
            del self.kept[n]
        return bool(heads)

    def fairest(self, left: dict[int, "Job"], kinds: dict[int, int]) -> int:
        """Return the platform whose job wins the tournament, with usage as it is now."""
        asks = {n: self.ask(job, kinds[n]) for n, job in left.items()}
        return oracle_cycle.winner(self.tree, self.running(), asks)

    def make(self) -> None:
        """Make cycles until no platform has a job to be looked at."""
        for job in [job for job in self.center.jobs if job.state == WAITING and self.awaits(job)]:
            self.keep_freed(job)
        while self.make_cycle():
            pass

"""The naive twin of the choice of victims: from the rules, each time from all running jobs. It imports no kernel."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from oracle_quota import Quota


class Node(NamedTuple):
    """A node of a quota tree; amounts in thousandths by node type. The center is the first, platforms are the last."""

    parent: int
    nominal: Sequence[int]
    borrowing: Sequence[int]
    lending: Sequence[int]
    platform: bool
    weight: int = 1000
    within: str = "never"
    reclaim: str = "never"
    while_borrowing: bool = False
    threshold: int = 2**62


class Job(NamedTuple):
    """A running job; amount in thousandths, instants in ms."""

    name: str
    node: int
    amount: int
    priority: int = 0
    kind: int = 0
    since: int = 0
    admitted: int = 0
    evicted: bool = False
    tenant: int = 0
    fixed: bool = False  # nobody may evict it


class Ask(NamedTuple):
    """The job that is to be given room."""

    node: int
    amount: int
    priority: int = 0
    kind: int = 0
    since: int = 0
    rule: str = "classical"
    job: int = -1  # by which equals go, else by platform


#: A share: whether it is infinitely large, and how large it is before weights.
Share = tuple[bool, Fraction]


class Choice:
    """Who is evicted for a job that asks: `taken`, by name with the right by which they are."""

    def __init__(self, nodes: Sequence[Node], running: Sequence[Job], ask: Ask) -> None:
        self.nodes, self.ask, self.present = nodes, ask, list(running)
        self.taken: list[tuple[Job, str]] = []
        self.asking = False

    # Quotas, always of those present.

    def quota(self, kind: int) -> Quota:
        used = [0] * len(self.nodes)
        for job in self.present:
            used[job.node] += job.amount * (job.kind == kind)
        if self.asking and kind == self.ask.kind:
            used[self.ask.node] += self.ask.amount
        columns = ([getattr(node, name)[kind] for node in self.nodes] for name in ("nominal", "borrowing", "lending"))
        return Quota([node.parent for node in self.nodes], *columns, used)

    def exceeds(self, n: int) -> bool:
        quota = self.quota(self.ask.kind)
        return quota.usage(n) > quota.subtree(n)

    def fits(self, borrowing: bool = True) -> bool:
        asking, self.asking = self.asking, False
        quota, n = self.quota(self.ask.kind), self.ask.node
        self.asking = asking
        if not borrowing and quota.usage(n) + self.ask.amount > quota.subtree(n):
            return False
        return self.ask.amount <= quota.available(n)

    # The tree.

    def path(self, n: int) -> list[int]:
        return [n] if n == 0 else [n, *self.path(self.nodes[n].parent)]

    def meeting(self, n: int) -> int:
        mine = self.path(self.ask.node)
        return next(above for above in self.path(n) if above in mine)

    def below_meeting(self, n: int, other: int) -> int:
        top = next(above for above in self.path(n) if above in self.path(other))
        return self.path(n)[self.path(n).index(top) - 1]

    # Who may be evicted, and in which order.

    def allowed(self, job: Job) -> bool:
        own = self.nodes[self.ask.node]
        policy = own.within if job.node == self.ask.node else own.reclaim
        newer = job.priority == self.ask.priority and job.since > self.ask.since
        return (
            job.kind == self.ask.kind
            and not job.fixed
            and {
                "never": False,
                "lower-priority": job.priority < self.ask.priority,
                "lower-or-newer-equal-priority": job.priority < self.ask.priority or newer,
                "any": True,
            }[policy]
        )

    def order(self, job: Job, tenant: int = 0) -> tuple[object, ...]:
        return not job.evicted, job.node == self.ask.node, -tenant, job.priority, -job.admitted, job.name

    # What is done.

    def take(self, job: Job, claim: str) -> None:
        self.present.remove(job)
        self.taken.append((job, claim))

    def fill_back(self, borrowing: bool) -> dict[str, str]:
        for job, claim in self.taken[-2::-1]:
            self.present.append(job)
            if self.fits(borrowing):
                self.taken.remove((job, claim))
            else:
                self.present.remove(job)
        return {job.name: claim for job, claim in self.taken}


class Classical(Choice):
    """By quota alone."""

    def advantage(self, top: int) -> bool:
        quota, rest = self.quota(self.ask.kind), self.ask.amount
        for n in self.path(self.ask.node):
            if n == top:
                return False
            if quota.usage(n) + rest <= quota.subtree(n):
                return True
            rest = max(0, rest - quota.local_available(n))
        raise AssertionError

    def over_quota(self, job: Job) -> bool:
        path = self.path(job.node)
        return all(self.exceeds(n) for n in path[: path.index(self.meeting(job.node))])

    def claim(self, job: Job) -> str:
        own = self.nodes[self.ask.node]
        if job.node == self.ask.node:
            return "within"
        if self.advantage(self.meeting(job.node)):
            return "advantage"
        lower = job.priority < self.ask.priority and job.priority <= own.threshold
        return "borrowing" if own.while_borrowing and lower else "nominal"

    def victims(self) -> dict[str, str]:
        groups = {"advantage": 0, "nominal": 1, "borrowing": 1, "within": 2}
        jobs = [job for job in self.present if self.allowed(job)]
        jobs = [job for job in jobs if job.node == self.ask.node or self.over_quota(job)]
        claims = {job.name: self.claim(job) for job in jobs}

        def order(job: Job) -> tuple[object, ...]:
            within = claims[job.name] == "within"
            return not job.evicted, groups[claims[job.name]], *self.order(job, job.tenant if within else 0)

        jobs.sort(key=order)
        for borrowing in self.attempts(set(claims.values())):
            found = self.attempt(jobs, claims, borrowing)
            if found:
                return found
        return {}

    def attempts(self, claims: set[str]) -> list[bool]:
        own, quota = self.nodes[self.ask.node], self.quota(self.ask.kind)
        forbidden = not own.while_borrowing
        full = quota.used[self.ask.node] >= quota.nominal[self.ask.node]
        if claims <= {"within"} or (forbidden and full):
            return [True]
        return [False, True] if forbidden and "advantage" not in claims else [True, False]

    def attempt(self, jobs: list[Job], claims: dict[str, str], borrowing: bool) -> dict[str, str]:
        before, self.taken = list(self.present), []
        for job in jobs:
            claim = claims[job.name]
            if claim != "within" and ((borrowing and claim == "nominal") or not self.over_quota(job)):
                continue
            self.take(job, claim)
            if self.fits(borrowing):
                return self.fill_back(borrowing)
        self.present = before
        return {}


class Fair(Choice):
    """By shares."""

    def borrowed(self, n: int) -> int:
        return sum(self.quota(kind).borrowed(n) for kind in range(len(self.nodes[0].nominal)))

    def share(self, n: int) -> Share:
        above = self.nodes[n].parent
        lendable = sum(self.quota(kind).potential(above) for kind in range(len(self.nodes[0].nominal)))
        part = Fraction(self.borrowed(n), lendable) if lendable else Fraction(0)
        if self.nodes[n].weight:
            return False, part / self.nodes[n].weight
        return part > 0, part

    def eligible(self, n: int) -> bool:
        if n not in self.path(self.ask.node) and not self.borrowed(n):
            return False
        if self.nodes[n].platform:
            return bool(self.left[n])
        return any(self.eligible(child) for child in self.below(n))

    def below(self, n: int) -> list[int]:
        return [child for child, node in enumerate(self.nodes) if node.parent == n]

    def target(self, n: int = 0) -> int:
        children = [child for child in self.below(n) if self.eligible(child)]
        if not children:
            return -1
        shares = {child: self.share(child) for child in children}
        most = [child for child in children if shares[child] == max(shares.values())]
        cohorts = [child for child in most if not self.nodes[child].platform]
        if cohorts:
            return self.target(cohorts[0])
        return min(most, key=lambda child: self.order(self.left[child][0]))

    def shares(self, n: int) -> tuple[Share, Share]:
        mine, other = self.below_meeting(self.ask.node, n), self.below_meeting(n, self.ask.node)
        return self.share(mine), self.share(other)

    def passes(self, job: Job) -> bool:
        if self.ask.rule == "initial-share":
            mine, other = self.shares(job.node)
            return mine < other
        self.present.remove(job)
        mine, other = self.shares(job.node)
        self.present.append(job)
        return mine <= other

    def first_strategy(self) -> bool:
        nominal = not self.exceeds(self.ask.node)
        while (n := self.target()) >= 0:
            if n == self.ask.node or nominal:
                self.take(self.left[n].pop(0), "within" if n == self.ask.node else "nominal")
                if self.fits():
                    return True
                continue
            while self.left[n]:
                job = self.left[n].pop(0)
                if self.passes(job):
                    self.take(job, "share")
                    if self.fits():
                        return True
                    break
                self.kept[n].append(job)
        return False

    def second_strategy(self) -> bool:
        self.left = self.kept
        while (n := self.target()) >= 0:
            job, self.left[n] = self.left[n][0], []
            mine, other = self.shares(n)
            if mine < other:
                self.take(job, "share")
                if self.fits():
                    return True
        return False

    def victims(self) -> dict[str, str]:
        jobs = [job for job in self.present if self.allowed(job)]
        jobs = [job for job in jobs if job.node == self.ask.node or self.exceeds(job.node)]
        jobs.sort(key=lambda job: self.order(job, job.tenant))
        self.left = {n: [job for job in jobs if job.node == n] for n in range(len(self.nodes))}
        self.kept: dict[int, list[Job]] = {n: [] for n in self.left}
        self.asking = True
        done = self.first_strategy()
        if not done and self.ask.rule == "final-then-initial-share":
            done = self.second_strategy()
        self.asking = False
        return self.fill_back(True) if done else {}


def victims(nodes: Sequence[Node], running: Sequence[Job], ask: Ask) -> dict[str, str]:
    """Return the victims by name, each with the right by which it is evicted."""
    return (Classical if ask.rule == "classical" else Fair)(nodes, running, ask).victims()

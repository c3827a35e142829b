"""The naive twin of the figures of sharing: what each job did in each millisecond, and who held whose quota then."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy.typing as npt
from onecenter_kernels import codes

from onecenter.fleet import NodeType
from onecenter.workload.sharing import JobClass, Sharing
from onecenter.workload.table import Workload

Log = npt.NDArray[Any]

#: Of accelerator time, by (what became of it, platform, node type), or of useful time by what became of the job.
Amounts = Counter[tuple[Any, ...]]


@dataclass
class Stay:
    """An attempt of a job, in ms."""

    job: int
    kind: int
    start: int
    deeds: list[str]  # what it would do, ms by ms
    evicted: int | None = None
    end: int | None = None
    kept: int = 0  # of its ms of work
    taken: tuple[int, int] = (0, 0)  # thousandths that were reclaimed, and for how long

    def deed(self, t: int) -> str:
        """Return what it does at t, at which it is on its nodes."""
        return "leaving" if self.evicted is not None and t >= self.evicted else self.deeds[t - self.start]


@dataclass
class Story:
    """What a log tells, read row by row."""

    jobs: Workload
    fleet: Sequence[NodeType]
    preempts: bool
    stays: list[Stay] = field(default_factory=list)
    running: dict[int, Stay] = field(default_factory=dict)
    saved: Counter[int] = field(default_factory=Counter)
    ends: dict[int, str] = field(default_factory=dict)

    def class_of(self, job: int) -> JobClass:
        """Return the class of a job."""
        sharing, stream = self.jobs.sharing, int(self.jobs.stream[job])
        if not self.preempts or sharing is None or not 0 <= stream < len(sharing.classes):
            return JobClass()
        return sharing.classes[stream]

    def deeds_of(self, job: int) -> list[str]:
        """Return what a job would do in an attempt that nothing cuts short, ms by ms."""
        kind, left = self.class_of(job), int(self.jobs.run[job]) - self.saved[job]
        deeds = ["overhead"] * (kind.restart if self.saved[job] else 0)
        for n in range(1, left + 1):
            deeds.append("work")
            if kind.every and n % kind.every == 0 and n < left:
                deeds += ["overhead"] * kind.write
        return deeds

    def kept_of(self, stay: Stay, t: int) -> int:
        """Return how much of its work is saved of a stay that is evicted at t."""
        kind = self.class_of(stay.job)
        worked = stay.deeds[: t - stay.start]
        leaves = min(t + kind.grace, stay.start + int(self.jobs.walltime[stay.job]))
        if kind.every and leaves - t >= kind.write:
            return worked.count("work")
        best, restart = 0, kind.restart if self.saved[stay.job] else 0
        for n in range(kind.every, len(stay.deeds) + 1, kind.every or 1):
            if kind.every and restart + n + n // kind.every * kind.write <= len(worked):
                best = n
        return min(best, worked.count("work")) if kind.every else 0

    def read(self, log: Log) -> "Story":
        """Read the rows of a log."""
        last = [0]
        for kind in self.fleet:
            last.append(last[-1] + kind.count)
        for t, _, what, job, node, _, _, reason in log.tolist():
            if what == codes.E_START and job not in self.running:
                kind = next(k for k in range(len(self.fleet)) if node < last[k + 1])
                self.running[job] = Stay(job, kind, t, self.deeds_of(job))
                self.stays.append(self.running[job])
            elif what == codes.E_EVICT:
                stay = self.running[job]
                stay.taken = self.taken(stay, t)
                stay.evicted, stay.kept = t, self.kept_of(stay, t)
                self.saved[job] += stay.kept
            elif what in (codes.E_END, codes.E_KILL, codes.E_REQUEUE):
                stay = self.running.pop(job)
                stay.end = t
                if what != codes.E_REQUEUE:
                    self.ends[job] = "killed" if what == codes.E_KILL else codes.ENDINGS[reason]
            elif what == codes.E_CANCEL and any(stay.job == job for stay in self.stays):
                self.ends[job] = "cancelled_running"
        return self

    def taken(self, stay: Stay, t: int) -> tuple[int, int]:
        """Return what is reclaimed of a stay that is evicted at t, and for how long."""
        sharing, platform = self.jobs.sharing, int(self.jobs.platform[stay.job])
        if sharing is None or not sharing.quotas:
            return 0, 0
        held = sum(
            int(self.jobs.gang[each.job])
            for each in self.running.values()
            if each.evicted is None and each.kind == stay.kind and self.jobs.platform[each.job] == platform
        )
        over = held - nominal(sharing, member_of(sharing, platform), stay.kind, t)
        planned = min(len(stay.deeds), int(self.jobs.walltime[stay.job]))
        return min(max(over, 0), int(self.jobs.gang[stay.job])), stay.start + planned - t

    def at(self, t: int) -> list[Stay]:
        """Return who is on nodes in [t, t + 1)."""
        return [stay for stay in self.stays if stay.start <= t and (stay.end is None or stay.end > t)]

    def fates(self, first: int, last: int) -> tuple[Amounts, Amounts]:
        """Return what became of the time in [first, last) by (fate, platform, node type), and of useful time by job."""
        found, useful = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
        for t in range(first, last):
            free = [kind.count * kind.accelerators * 1000 for kind in self.fleet]
            for stay in self.at(t):
                gang, fate = int(self.jobs.gang[stay.job]), self.fate(stay, t)
                free[stay.kind] -= gang
                found[fate, int(self.jobs.platform[stay.job]), stay.kind] += gang
                if fate == "useful":
                    useful[(self.ends.get(stay.job, "running"),)] += gang
            for kind, amount in enumerate(free):
                found["idle", None, kind] += amount
        return found, useful

    def fate(self, stay: Stay, t: int) -> str:
        """Return what becomes of the ms of a stay from t on."""
        deed = stay.deed(t)
        if deed != "work":
            return deed
        if self.ends.get(stay.job) == "preempted":
            return "lost"
        before = stay.deeds[: t - stay.start].count("work")
        return "useful" if stay.evicted is None or before < stay.kept else "lost"

    def used(self, t: int, kind: int) -> dict[int, int]:
        """Return what platforms hold of a node type in [t, t + 1)."""
        held: dict[int, int] = defaultdict(int)
        for stay in self.at(t):
            if stay.kind == kind:
                held[int(self.jobs.platform[stay.job])] += int(self.jobs.gang[stay.job])
        return held


def member_of(sharing: Sharing, platform: int) -> int:
    """Return the member of the tree that a platform is."""
    return next(n for n, member in enumerate(sharing.members) if member.platform == platform)


def amount(sharing: Sharing, what: str, n: int, kind: int, t: int) -> int:
    """Return an amount of a member of the tree at t; -1: no limit."""
    given = getattr(sharing.members[n], what)
    found: int = given[kind] if given else 0 if what == "nominal" else -1
    for change in sharing.changes:
        if change.t <= t and (change.member, change.type, change.what) == (n, kind, what):
            found = change.value
    return found


def nominal(sharing: Sharing, n: int, kind: int, t: int) -> int:
    """Return the nominal quota of a member of the tree at t."""
    return amount(sharing, "nominal", n, kind, t)


def lent(sharing: Sharing, used: dict[int, int], kind: int, t: int) -> dict[int, Fraction]:
    """Return what others hold of each platform's nominal quota at t, by platform."""
    found: dict[int, Fraction] = defaultdict(Fraction)

    def meet(n: int) -> tuple[Fraction, dict[int, Fraction]]:
        """Return what a member needs from above, and what it offers there, by whose it is."""
        own, use = nominal(sharing, n, kind, t), used.get(sharing.members[n].platform, 0)
        need, offers = Fraction(max(use - own, 0)), {n: Fraction(max(own - use, 0))}
        for child, member in enumerate(sharing.members):
            if member.parent == n:
                wants, offered = meet(child)
                need += wants
                offers |= offered
        there = sum(offers.values())
        taken = min(need, there)
        for source, offer in offers.items():
            if there:
                found[source] += offer * taken / there
                offers[source] = offer * (1 - taken / there)
        most, left = amount(sharing, "lending_limit", n, kind, t), there - taken
        if most >= 0 and left > most:
            offers = {source: offer * most / left for source, offer in offers.items()}
        return need - taken, offers

    meet(0)
    return {member.platform: found[n] for n, member in enumerate(sharing.members) if member.platform >= 0}

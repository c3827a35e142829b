"""The naive twin's preemption by tier: who is evicted, what is left of its work, and when it waits again."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from onecenter_kernels import codes
from oracle_room import row_of
from oracle_scores import features

from onecenter.policies import Victim, VictimKey
from onecenter.workload.sharing import JobClass

if TYPE_CHECKING:
    from oracle import Center
    from oracle_jobs import Job

RUNNING, WAITING, GONE = "running", "waiting", "gone"


def class_of(center: "Center", job: "Job") -> JobClass:
    """Return the class of a job; one that a process submits has its platform's tier."""
    sharing = center.admission.sharing
    if 0 <= job.stream < len(sharing.classes):
        return sharing.classes[job.stream]
    tiers = sharing.tiers
    return JobClass(tier=tiers[job.platform] if 0 <= job.platform < len(tiers) else 0)


def duration(center: "Center", job: "Job") -> int:
    """Return how long an attempt lasts, piece by piece."""
    if not center.preempts:
        return job.run
    kind, left, total = class_of(center, job), job.left, 0
    if job.saved:
        total += kind.restart
    while kind.every and left > kind.every:
        total += kind.every + kind.write
        left -= kind.every
    return total + left


def work_done(center: "Center", job: "Job", t: int) -> tuple[int, int]:
    """Return what a running job has done by t in its attempt, and what of it is in written checkpoints."""
    kind = class_of(center, job)
    clock = t - job.claim.begin - (kind.restart if job.saved else 0)
    done = saved = 0
    while clock > 0 and done < job.left:
        piece = min(kind.every or job.left, job.left - done, clock)
        done, clock = done + piece, clock - piece
        if kind.every and piece == kind.every and clock >= kind.write:
            clock, saved = clock - kind.write, done
        else:
            break
    return done, saved


def kept(center: "Center", job: "Job", leaves: int) -> int:
    """Return what an evicted job keeps: all, where its grace is long enough to write it."""
    done, saved = work_done(center, job, center.now)
    kind = class_of(center, job)
    return done if kind.every and leaves - center.now >= kind.write else saved


def leaving_at(center: "Center", job: "Job") -> int:
    """Return when it has left if it is evicted now."""
    return min(center.now + class_of(center, job).grace, job.claim.begin + job.limit)


def goes_first(center: "Center", job: "Job") -> tuple[int, int]:
    """Return the part of the queue that a job is in: by tier, first in it while its victims leave."""
    tier = class_of(center, job).tier if center.policy.preemption == "tier" else 0
    return -tier, -int(job.first_until is not None and center.now <= job.first_until)


def evict(center: "Center", job: "Job", reason: int = 0) -> None:
    """Evict a running job for a reason of codes.EVICTIONS."""
    leaves = leaving_at(center, job)
    saves = kept(center, job, leaves)
    center.write(codes.E_EVICT, job, reason=reason)
    job.left, job.saved = job.left - saves, job.saved + saves
    if leaves == center.now:
        leave(center, job)
    else:
        job.leaves = leaves
        job.held = replace(job.claim, end=leaves)


def leave(center: "Center", job: "Job") -> None:
    """Let an evicted job leave: it waits again, or is over."""
    center.freed = True
    job.held, job.leaves = None, None
    allowed = class_of(center, job).requeue
    if 0 <= allowed <= job.requeues:
        job.state = GONE
        center.write(codes.E_END, job, reason=codes.PREEMPTED)
        return
    job.requeues += 1
    job.state = WAITING
    center.write(codes.E_REQUEUE, job)


def candidates(center: "Center", job: "Job", kind: int) -> list["Job"]:
    """Return the jobs on a node type that may be evicted for a job, in the order of victims."""
    tier, after = class_of(center, job).tier, center.policy.preempt_after
    found = [
        each for each in center.jobs
        if each.held and each.leaves is None and center.type_of(each.held) == kind
        and class_of(center, each).tier < tier and class_of(center, each).preemptible
        and each.held.begin < center.now and center.now - each.held.begin >= after
    ]  # fmt: skip

    def order(each: "Job") -> tuple[float, ...]:
        nodes = len({piece.node for piece in each.claim.pieces})
        done, _ = work_done(center, each, center.now)
        lost = done - kept(center, each, leaving_at(center, each))
        if isinstance(center.policy.victims, VictimKey):
            return (own_rank(center, each, nodes, each.saved + done, lost), -each.claim.begin, -each.id)
        rank = (lost,) if center.policy.victims == "least-lost" else (class_of(center, each).tier, nodes)
        return (*rank, -each.claim.begin, -each.id)

    return sorted(found, key=order)


def own_rank(center: "Center", job: "Job", nodes: int, done: int, lost: int) -> float:
    """Return what a user's function gives a candidate; one of a queue is given that candidate alone."""
    key = center.policy.victims
    assert isinstance(key, VictimKey)
    assert key.function is not None
    more = class_of(center, job).tier, job.claim.begin / 1000.0, nodes, done / 1000.0, lost / 1000.0
    seen = Victim(*features(job), *map(float, more))
    given = Victim(*(np.array([each]) for each in seen)) if key.of_queue else seen
    when = (center.now / 1000.0,) if key.changes_with_time else ()
    return float(np.asarray(key.function(given, *when)).ravel()[0])


def fits_without(center: "Center", job: "Job", kind: int, victims: list["Job"]) -> bool:
    """Whether a job has room now on a node type without its victims."""
    left = [each.held for each in center.jobs if each.held and each not in victims]
    return center.fit_on(job, [kind], job.demand, [row_of(center.nodes, left)]) is not None


def victims_of(center: "Center", job: "Job", kind: int) -> list["Job"]:
    """Return whom a job evicts on a node type; nobody where that gives it no room."""
    chosen: list[Job] = []
    for each in candidates(center, job, kind):
        chosen.append(each)
        if fits_without(center, job, kind, chosen):
            break
    else:
        return []
    for each in chosen[-2::-1]:
        others = [other for other in chosen if other is not each]
        if fits_without(center, job, kind, others):
            chosen = others
    return chosen


def preempt(center: "Center", job: "Job", types: list[int]) -> list[int]:
    """Let a job evict others; return the node types on which it can start at once."""
    if job.first_until is not None and center.now <= job.first_until:
        return []
    for kind in types:
        victims = victims_of(center, job, kind)
        if not victims:
            continue
        last = max(leaving_at(center, each) for each in victims)
        if last > center.now and center.shadow_of(job, types)[0] <= last:
            return []
        for each in victims:
            evict(center, each)
        if last == center.now:
            return [kind]
        job.first_until = last
        return []
    return []

"""The naive twin's preemption by order: all live jobs placed anew in turn, who is evicted, and who starts where."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oracle_preempt import class_of, evict, kept, leaving_at, work_done
from oracle_room import DEVICE, NO_DEVICE, Claim, Piece, pieces_of, row_of

if TYPE_CHECKING:
    from oracle import Center
    from oracle_jobs import Job
    from oracle_room import Row

WAITING = "waiting"

Plan = dict[int, Claim]


def is_live(job: "Job") -> bool:
    """Whether a job waits in the queue, or runs and does not leave."""
    return job.state == WAITING or runs(job)


def runs(job: "Job") -> bool:
    """Whether a job runs and does not leave."""
    return job.held is not None and job.leaves is None


def stay(center: "Center", job: "Job") -> int:
    """Return how long a job's attempt is so far."""
    return center.now - job.claim.begin if runs(job) else 0


def is_spared(center: "Center", job: "Job") -> bool:
    """Whether a job runs, and nobody may evict it now."""
    protected = 0 <= stay(center, job) < max(1, center.policy.preempt_after)
    return runs(job) and (protected or not class_of(center, job).preemptible)


# ---- the order


def key(center: "Center", job: "Job") -> tuple[float, ...]:
    """Return the key of a live job, lowest first."""
    if center.policy.order == "las":
        return in_queues(center, job)
    left = job.left - (work_done(center, job, center.now)[0] if runs(job) else 0)
    turn = job.submit if job.turn is None else job.turn + 0.5
    keys = {"srtf": left, "srsf": float(left) * float(job.gang), "round-robin": turn}
    return (keys[str(center.policy.order)],)


def in_queues(center: "Center", job: "Job") -> tuple[float, ...]:
    """Return the queue of a job and its place in it: those that run, then the evicted, then those that joined it."""
    joined = job.joined if job.reached else job.submit
    if runs(job) and joined != center.now:
        return job.reached, 0, max(joined, job.claim.begin)
    if not runs(job) and job.evicted > joined:
        return job.reached, 1, -job.evicted
    return job.reached, 2, joined


def join_queues(center: "Center") -> None:
    """Note which running jobs have reached a threshold."""
    for job in filter(runs, center.jobs):
        if queue_of(center, job) > job.reached:
            job.reached, job.joined = queue_of(center, job), center.now


def queue_of(center: "Center", job: "Job") -> int:
    """Return how many thresholds of accelerator time a job has reached."""
    attained = (job.attained + stay(center, job)) * job.gang
    return sum(attained >= 1000 * threshold for threshold in center.policy.thresholds) if job.gang else 0


def in_turn(center: "Center", jobs: list["Job"], plan: Plan) -> Iterator["Job"]:
    """Give the jobs in the order in which they are placed; under drf that depends on who has been before."""
    if center.policy.order != "drf":
        yield from sorted(jobs, key=lambda job: (*key(center, job), job.submit, job.id))
        return
    rest = list(jobs)
    while rest:
        job = min(rest, key=lambda each: (*shares(center, each, plan), each.submit, each.id))
        rest.remove(job)
        yield job


def shares(center: "Center", job: "Job", plan: Plan) -> tuple[float, float]:
    """Return the dominant shares of a job's platform and tenant, of those that have a place so far."""
    chosen = [each for each in center.jobs if each.id in plan]
    platform = [each for each in chosen if each.platform == job.platform]
    return dominant(center, platform), dominant(center, [each for each in platform if each.tenant == job.tenant])


def dominant(center: "Center", jobs: list["Job"]) -> float:
    """Return the largest share of the center that some jobs ask of something."""
    asked = [
        (sum(job.gang for job in jobs), sum(DEVICE * node.accelerators for node in center.nodes)),
        (sum(job.demand.tasks * job.demand.cpus for job in jobs), sum(node.cpus for node in center.nodes)),
        (sum(job.demand.tasks * job.demand.memory for job in jobs), sum(node.memory for node in center.nodes)),
    ]
    return max((amount / total for amount, total in asked if total), default=0.0)


# ---- what makes a step


def instants(center: "Center", job: "Job") -> list[int]:
    """Return when a running job changes its place in the order by itself."""
    policy = center.policy
    if policy.preemption != "order" or not runs(job):
        return []
    begin = job.claim.begin
    if policy.order == "round-robin" and center.waited:
        return [begin + ((center.now - begin) // policy.time_slice + 1) * policy.time_slice]
    if policy.order == "las" and job.gang:
        return [begin + -(-1000 * threshold // job.gang) - job.attained for threshold in policy.thresholds]
    return []


def is_due(center: "Center") -> bool:
    """Whether some running job changes its place in the order now."""
    now, center.now = center.now, center.now - 1
    found = any(now in instants(center, job) for job in center.jobs)
    center.now = now
    return found


# ---- the pass


def end_rounds(center: "Center") -> None:
    """Send behind those that wait whose round ends, if they keep something of what they have done."""
    if center.policy.order != "round-robin" or not any(job.state == WAITING for job in center.jobs):
        return
    for job in filter(runs, center.jobs):
        time = stay(center, job)
        if time > 0 and time % center.policy.time_slice == 0 and kept(center, job, leaving_at(center, job)):
            job.turn = center.now


def is_free(center: "Center", plan: Plan, claim: Claim) -> bool:
    """Whether what a job holds is free in a plan."""
    try:
        row_of(center.nodes, [*plan.values(), claim])
    except AssertionError:
        return False
    return True


def placed(center: "Center", job: "Job", plan: Plan) -> Claim | None:
    """Return the place of a job in a plan: its own, else where the placement rule puts it; None: it has none."""
    if not runs(job) and job.platform in center.closed:
        return None
    types = center.admission.admitted(job)
    if runs(job) and center.type_of(job.claim) in types and is_free(center, plan, job.claim):
        return job.claim
    pieces = center.fit_on(job, types, job.demand, [row_of(center.nodes, plan.values())])
    if pieces is None:
        center.close(job)
        return None
    return Claim(job.demand, tuple(pieces), center.now, center.now + job.walltime)


def order_pass(center: "Center") -> None:
    """Place all live jobs anew, evict who lost its place, and start who got one."""
    end_rounds(center)
    join_queues(center)
    live, looked = [job for job in center.jobs if is_live(job)], []
    plan = {job.id: job.claim for job in live if is_spared(center, job)}
    center.admission.planned = plan
    for job in in_turn(center, [job for job in live if job.id not in plan], plan):
        looked.append(job)
        claim = placed(center, job, plan)
        if claim is not None:
            plan[job.id] = claim
    center.admission.planned = None
    for job in looked:
        if runs(job) and plan.get(job.id) is not job.held:
            job.attained += stay(center, job)
            job.evicted = center.now
            evict(center, job)
    for job in looked:
        if job.state == WAITING and job.id in plan:
            start(center, job, plan[job.id])
    center.waited = any(job.state == WAITING for job in center.jobs)


def start(center: "Center", job: "Job", claim: Claim) -> None:
    """Start a job on the nodes that the plan has for it, if quota, limits and those nodes are free by now."""
    kind = center.type_of(claim)
    if not (center.admission.within_limits(job) and center.admission.has_quota(job, kind)):
        return
    row, found = center.row_now(), []
    for piece in claim.pieces:
        for _ in range(piece.amount):
            device = task_on(row, piece, job)
            if device is None:
                return
            found.append((piece.node, device))
    center.start_placed(job, pieces_of(found), [center.row_now()])


def task_on(row: "Row", piece: Piece, job: "Job") -> int | None:
    """Take a task off a node, and return its device; the planned one, else the fullest. None: there is no room."""
    node, demand, device = piece.node, job.demand, NO_DEVICE
    if demand.is_fraction:
        able = [
            d for d, free in enumerate(row.devices[node])
            if free >= demand.accelerators and (free < DEVICE or row.free[node] > 0)
        ]  # fmt: skip
        if not able:
            return None
        device = piece.device if piece.device in able else min(able, key=lambda d: (row.devices[node][d], d))
        row.free[node] -= row.devices[node][device] == DEVICE
        row.devices[node][device] -= demand.accelerators
    row.free[node] -= demand.whole
    row.cpus[node] -= demand.cpus
    row.memory[node] -= demand.memory
    enough = min(row.free[node], row.cpus[node], row.memory[node]) >= 0
    return device if enough else None

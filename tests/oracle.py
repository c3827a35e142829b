"""The naive twin of the scheduler core: the same semantics, written from the specification alone.

It imports no kernel, only the numbers of codes and the dtype of the log. It is as slow as it is plain:
every instant, row and key is worked out from scratch, so that it can be checked by reading.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from onecenter_kernels import codes
from onecenter_kernels.schema import LOG, dtype_of
from oracle_jobs import FUTURE, GONE, HELD, RUNNING, WAITING, Job, jobs_of, own_estimate
from oracle_order import instants, is_due, order_pass
from oracle_orders import key
from oracle_past import longer, past_key, recent_average
from oracle_platforms import Pass, take_samples
from oracle_preempt import duration, goes_first, leave, preempt
from oracle_room import (
    DEVICE,
    NO_DEVICE,
    Claim,
    Demand,
    Node,
    Piece,
    Row,
    Rule,
    nodes_of,
    place,
    row_of,
    same_devices,
)
from oracle_scores import OfUser, Scoring
from oracle_sharing import Admission
from oracle_ties import is_tied, release_all, released_at
from oracle_view import View

from onecenter.fleet import NodeType
from onecenter.policies import Estimate, Multifactor, Policy, Scheduler, SchedulerCode, Score
from onecenter.workload.sharing import Member, Sharing
from onecenter.workload.table import Workload, workload

Post = tuple[int, str, dict[str, Any]]

def simulate(
    fleet: Sequence[NodeType],
    policy: Policy,
    jobs: Workload,
    horizon: int | None = None,
    posts: Sequence[Post] = (),
) -> npt.NDArray[Any]:
    """Run the jobs and return the decision log.

    Parameters
    ----------
    fleet : sequence of NodeType
        Node ids run through it in order.
    policy : Policy
        How jobs are ordered, placed and backfilled.
    jobs : Workload
        At most some dozens.
    horizon : int, optional
        ms; nothing at or after it happens.
    posts : sequence of (t, what, arguments)
        What a process posts at t before the step of t: "cancel" with {"job": id} or "submit" with a
        job's columns (all but `submit`). Posted jobs are numbered on by (t, order here).

    Returns
    -------
    structured array
        Fields as `onecenter_kernels.schema.LOG` declares them.
    """
    center = center_of(fleet, policy, jobs, posts)
    instant = center.next_instant()
    while instant is not None and (horizon is None or instant < horizon):
        center.step(instant)
        instant = center.next_instant()
    return np.array(center.log, dtype=dtype_of(LOG, align=False))


def center_of(fleet: Sequence[NodeType], policy: Policy, jobs: Workload, posts: Sequence[Post]) -> "Center":
    """Return the center before its first step, with all that will be posted."""
    posts = sorted(posts, key=lambda post: post[0])
    columns = [str(each).partition("column:")[2] for each in (policy.order, policy.backfill_order)]
    known = jobs_of(jobs, 0, columns)
    for t, what, row in posts:
        if what == "submit":
            own = {name: value for name, value in row.items() if name not in ("after", "after_ok")}
            known += jobs_of(workload(submit=[t], **own | {"tenant": -1}), len(known), columns)
            known[-1].after = [(job, name == "after_ok") for name in ("after", "after_ok") for job in row.get(name, ())]
    if policy.estimate == "run time":
        for job in known:
            job.walltime = min(job.run, job.limit)
    if isinstance(policy.estimate, Estimate):
        for job in known:
            job.walltime = own_estimate(policy.estimate, job)
    for job in known:
        job.left = job.run
    cancels = [(t, int(arguments["job"])) for t, what, arguments in posts if what == "cancel"]
    scheduler = policy.order.made() if isinstance(policy.order, SchedulerCode) else None
    center = Center(nodes_of(fleet), policy, known, cancels, jobs.platforms, scheduler)
    sharing = jobs.sharing
    if policy.by_platform and sharing is None:
        sharing = Sharing((Member(), *(Member(name, 0, place) for place, name in enumerate(jobs.platforms))))
    center.admission = Admission(center, sharing)
    return center


def waits_by_reason(fleet: Sequence[NodeType], policy: Policy, jobs: Workload, until: int) -> list[dict[int, int]]:
    """Run the jobs until an instant (ms); return by job how long (ms) it waited for each reason (code)."""
    center = center_of(fleet, policy, jobs, ())
    waits: list[dict[int, int]] = [{} for _ in center.jobs]
    t, reasons = 0, center.reasons()
    while t < until:
        due = center.next_instant()
        instant = until if due is None else min(due, until)
        for job, reason in reasons.items():
            waits[job][reason] = waits[job].get(reason, 0) + instant - t
        if instant < until:
            center.step(instant)
        t, reasons = instant, center.reasons()
    return waits


@dataclass
class Center:
    """The center at an instant, and the log of what was decided so far."""

    nodes: list[Node]
    policy: Policy
    jobs: list[Job]
    cancels: list[tuple[int, int]]
    platforms: tuple[str, ...]
    scheduler: Scheduler | None = None
    on_hold: set[int] = field(default_factory=set)
    wakes: set[int] = field(default_factory=set)
    now: int = -1
    log: list[tuple[int, ...]] = field(default_factory=list)
    limited: bool = False
    freed: bool = False
    waited: bool = False  # by order: some job waited after the last pass
    keys_of_pass: dict[int, float] = field(default_factory=dict)  # where jobs may join the queue in a pass
    consumed: dict[tuple[int, int], int] = field(default_factory=dict)  # by platform and tenant: smoothed
    sampled: int = 0
    closed: set[int] = field(default_factory=set)  # platforms of which no further job is looked at in this pass

    def __post_init__(self) -> None:
        """Ask nobody for quota, unless it is said later."""
        self.admission = Admission(self, None)

    # ---- time

    def next_instant(self) -> int | None:
        """Return the next instant at which something is due, None if nothing ever is."""
        due = [t for t, _ in self.cancels] + list(self.wakes)
        due += [change.t for change in self.admission.sharing.changes]
        for job in self.jobs:
            if job.state == FUTURE:
                due.append(job.submit)
            elif job.state == RUNNING:
                due += [job.end, job.claim.end, *instants(self, job)]
            elif job.state in (WAITING, HELD):
                due += [released_at(self, job) or 0] if job.state == HELD else []
                due += [job.submit + job.patience] if job.patience >= 0 and not job.requeues else []
                due += [job.promise.begin] if job.promise else []
        return min((t for t in due if t > self.now), default=None)

    def step(self, t: int) -> None:
        """Apply what is due at t, then make one pass; no pass where nothing came of it."""
        take_samples(self, t)
        self.now = t
        happened = t in self.wakes or any(job.promise.begin == t for job in self.jobs if job.promise)
        happened = happened or is_due(self)
        happened = happened or any(job.state == HELD and released_at(self, job) == t for job in self.jobs)
        for job in [job for job in self.jobs if job.state == RUNNING and job.end == t]:
            happened = True
            if job.leaves is not None:
                leave(self, job)
                continue
            killed = job.lasts > job.limit
            self.end(job, codes.E_KILL if killed else codes.E_END, 0 if killed else job.outcome)
            happened = True
        for job in [job for job in self.jobs if job.state == RUNNING and job.claim.end == t and job.leaves is None]:
            job.walltime = longer(job, t)
            job.held = replace(job.claim, end=job.claim.begin + job.walltime)
            happened = True
        for number in self.admission.changes_at(t):
            self.write(codes.E_CHANGE, None, Piece(-1, NO_DEVICE, number))
            happened = self.freed = True
        for job in [job for job in self.jobs if self.is_cancelled(job)]:
            self.cancel(job)
            happened = True
        for job in [job for job in self.jobs if job.state == FUTURE and job.submit == t]:
            self.submit(job)
            happened = True
        for job in [job for job in self.jobs if job.submit == t and self.is_cancelled(job)]:
            self.cancel(job)
        if happened:
            release_all(self)
            self.make_pass()
        self.freed = False

    def is_cancelled(self, job: Job) -> bool:
        """Whether a cancel that is due now finds the job waiting or, if it was posted, running."""
        posted = (self.now, job.id) in self.cancels
        impatient = job.patience >= 0 and job.submit + job.patience == self.now and not job.requeues
        return (job.state in (WAITING, HELD) and (posted or impatient)) or (job.state == RUNNING and posted)

    # ---- what happens to a job; each writes its row

    def write(self, kind: int, job: Job | None, piece: Piece | None = None, reason: int = 0) -> None:
        """Append a row to the log. All posts join the first step of an instant, so round is 0."""
        piece, number = piece or Piece(-1, NO_DEVICE, 0), -1 if job is None else job.id
        self.log.append((self.now, 0, kind, number, piece.node, piece.device, piece.amount, reason))

    def submit(self, job: Job) -> None:
        """Let a job in, or refuse it if it would not fit even on the empty center."""
        fits = not self.admission.is_refused(job)
        job.state = WAITING if fits else GONE
        if fits and self.policy.estimate == "recent average":
            job.walltime = recent_average(self, job)
        held = fits and is_tied(job)
        job.state = HELD if held else job.state
        self.write(codes.E_SUBMIT if fits else codes.E_REFUSE, job, Piece(-1, NO_DEVICE, int(held)))

    def fits_empty(self, job: Job, kind: int) -> bool:
        """Whether a job fits on a node type of the empty center."""
        return self.fit_on(job, [kind], job.demand, [row_of(self.nodes, [])]) is not None

    def end(self, job: Job, kind: int, reason: int) -> None:
        """End a running job."""
        self.freed = self.freed or self.now < job.claim.end
        job.state, job.held = GONE, None
        self.write(kind, job, reason=reason)

    def cancel(self, job: Job) -> None:
        """Cancel a waiting or running job."""
        if job.state == RUNNING:
            self.end(job, codes.E_END, codes.CANCELLED_RUNNING)
            return
        self.freed = self.freed or job.state == WAITING
        job.state, job.promise = GONE, None
        self.write(codes.E_CANCEL, job)

    def start(self, job: Job) -> None:
        """Start a waiting job on what it has been promised from now on, whole devices named."""
        job.state, job.promise, job.held = RUNNING, None, job.promise
        job.lasts, job.first_until = duration(self, job), None
        job.estimate = job.walltime
        assert job.claim.devices is not None
        for piece in job.claim.pieces:
            self.write(codes.E_START, job, piece)

    # ---- room

    def running(self) -> list[Claim]:
        """Return what the running jobs hold."""
        return [job.held for job in self.jobs if job.held]

    def promised(self) -> list[Claim]:
        """Return the reservations of waiting jobs."""
        return [job.promise for job in self.jobs if job.promise]

    def row_now(self) -> Row:
        """Return what is free in fact."""
        return row_of(self.nodes, self.running(), now=True)

    def fit(self, job: Job, view: Sequence[Row]) -> list[Piece] | None:
        """Place the whole job on the first of its node types that holds it."""
        return self.fit_on(job, job.types, job.demand, view)

    def fit_on(self, job: Job, types: Iterable[int], demand: Demand, view: Sequence[Row]) -> list[Piece] | None:
        """Place what a job demands on the first of `types` that holds it."""
        for number in types:
            nodes = [node for node in self.nodes if node.type == number]
            pieces = place(nodes, view, demand, self.rule(job))
            if pieces is not None:
                return pieces
        return None

    def rule(self, job: Job) -> Rule:
        """Return the placement rule for a job: its name or, where it scores nodes, all that it looks at."""
        placement = self.policy.placement
        if isinstance(placement, Score):
            return OfUser(placement, job, self.nodes, [], [])
        if codes.PLACEMENTS.index(placement) < codes.RANDOM:
            return placement
        running = [
            (piece.node, each.demand.accelerators)
            for each in self.jobs if each.held
            for piece in each.held.pieces
        ]  # fmt: skip
        submitted = [
            (tuple(each.types), each.demand.accelerators, each.demand.cpus)
            for each in map(self.jobs.__getitem__, self.submitted())
            for _ in range(each.demand.tasks)
        ]
        return Scoring(placement, job, self.nodes, running, submitted)

    def submitted(self) -> list[int]:
        """Return the jobs that have been submitted, and not refused, in order."""
        return [row[3] for row in self.log if row[2] == codes.E_SUBMIT]

    def name_devices(
        self, job: Job, pieces: Sequence[Piece], view: Sequence[Row]
    ) -> tuple[tuple[int, int], ...] | None:
        """Return the lowest devices that are empty in every row, for every whole accelerator; None: too few."""
        named: list[tuple[int, int]] = []
        for piece in pieces:
            need = piece.amount * job.demand.whole
            empty = same_devices(view, piece.node)
            if len(empty) < need:
                return None
            named += [(piece.node, device) for device in empty[:need]]
        return tuple(named)

    # ---- the pass

    def make_pass(self) -> None:
        """Start what can be started now, then tell whether the depth limit keeps the others waiting."""
        if self.scheduler:
            self.scheduler.schedule(View(self))
            for job in self.jobs:
                job.promise = None
            return
        self.closed.clear()
        if self.policy.by_platform:
            Pass(self).make()
            return
        if self.policy.preemption == "order":
            order_pass(self)
            return
        if self.preempts:
            self.keys_of_pass = {job.id: self.key(job) for job in self.jobs if job.state in (WAITING, RUNNING)}
        queue = self.queue()
        if self.policy.backfill == "conservative":
            self.start_by_book(queue)
        else:
            self.tell_limit(self.start_in_order(queue))

    def queue(self) -> list[Job]:
        """Return the waiting jobs in order."""
        waiting = [job for job in self.jobs if job.state == WAITING]
        if self.preempts:
            keys = self.keys_of_pass
            return sorted(waiting, key=lambda job: (*goes_first(self, job), keys[job.id], job.submit, job.id))
        return sorted(waiting, key=lambda job: (self.key(job), job.submit, job.id))

    @property
    def preempts(self) -> bool:
        """Whether jobs may be evicted: where all are alike nobody is."""
        if self.policy.preemption == "tier":
            return not self.admission.sharing.asks_nothing
        return self.policy.preemption != "none"

    def key(self, job: Job) -> float:
        """Return the order's key of a job now, lowest first."""
        remembers = self.policy.order == "qssf" or isinstance(self.policy.order, Multifactor)
        return past_key(self, job) if remembers else key(self.policy, job, self.now)

    def start_in_order(self, queue: list[Job]) -> bool:
        """Start jobs up to the first that does not fit; tell whether the depth limit came before."""
        looked, seen = 0, 0
        while seen < len(queue):
            job, seen = queue[seen], seen + 1
            if job.platform in self.closed:
                continue
            if self.policy.depth and looked == self.policy.depth:
                return True
            looked += 1
            types = self.admission.admitted(job)
            pieces = self.fit_on(job, types, job.demand, [self.row_now()])
            if pieces is None and self.preempts:
                freed = preempt(self, job, types)
                pieces = self.fit_on(job, freed, job.demand, [self.row_now()])
                queue[seen:] = [each for each in self.queue() if each not in queue[:seen]]
            if pieces is not None:
                self.start_placed(job, pieces, [self.row_now()])
                continue
            self.close(job)
            if types:
                if self.policy.reservations > 1:
                    self.backfill_reserving(job, types, queue[seen:])
                elif self.policy.backfill != "none":
                    self.backfill(job, types, queue[seen:])
                self.admission.heads = []
                return False
        return False

    def close(self, job: Job) -> None:
        """Look at no further job of the platform of one that does not start, if it queues strictly."""
        if self.admission.is_strict(job):
            self.closed.add(job.platform)

    def type_of(self, claim: Claim) -> int:
        """Return the node type of a claim."""
        return self.nodes[claim.pieces[0].node].type

    def start_placed(self, job: Job, pieces: Sequence[Piece], view: Sequence[Row]) -> None:
        """Start a job that has been placed in a view."""
        devices = self.name_devices(job, pieces, view)
        job.promise = Claim(job.demand, tuple(pieces), self.now, self.now + job.walltime, devices)
        self.start(job)

    # ---- EASY

    def backfill(self, head: Job, types: list[int], behind: list[Job]) -> None:
        """Start jobs behind the head that take nothing of what it will need at the shadow time."""
        shadow, head_claim = self.shadow_of(head, types)
        self.admission.heads.append((head, self.type_of(head_claim)))
        at_shadow = [claim for claim in self.running() if claim.end > shadow] + [head_claim]
        looked = 0
        for job in self.in_order_of_backfill(behind):
            if job.platform in self.closed:
                continue
            if self.policy.backfill_depth and looked == self.policy.backfill_depth:
                return
            looked += 1
            is_long = self.now + job.walltime > shadow
            view = [self.row_now()] + ([row_of(self.nodes, at_shadow)] if is_long else [])
            pieces = self.fit_on(job, self.admission.admitted(job), job.demand, view)
            if pieces is None:
                self.close(job)
                continue
            self.start_placed(job, pieces, view)
            if is_long:
                at_shadow.append(job.claim)

    def in_order_of_backfill(self, behind: list[Job]) -> list[Job]:
        """Return the jobs behind the blocked ones in the order in which they are tried."""
        order = "sjf" if self.policy.backfill == "easy-sjbf" else self.policy.backfill_order
        if order is None:
            return behind
        rules = replace(self.policy, order=order)
        return sorted(behind, key=lambda job: (key(rules, job, self.now), job.submit, job.id))

    def shadow_of(self, head: Job, types: list[int]) -> tuple[int, Claim]:
        """Return the first walltime end at which the head can be placed, and its place there."""
        for shadow in sorted({claim.end for claim in self.running()}):
            left = [claim for claim in self.running() if claim.end > shadow]
            pieces = self.fit_on(head, types, head.demand, [row_of(self.nodes, left)])
            if pieces is not None:
                return shadow, Claim(head.demand, tuple(pieces), shadow, shadow + head.walltime)
        raise AssertionError(f"job {head.id} fits nowhere")

    # ---- EASY with several reservations

    def backfill_reserving(self, head: Job, types: list[int], behind: list[Job]) -> None:
        """Start jobs behind the head that take nothing of what the first blocked ones reserve, until the pass ends."""
        self.reserve_blocked(head, types)
        blocked, looked = [head], 0
        while behind and (looked < self.policy.backfill_depth or not self.policy.backfill_depth):
            if len(blocked) == self.policy.reservations:
                behind = self.in_order_of_backfill(behind)
            job, *behind = behind
            if job.platform in self.closed:
                continue
            looked += 1
            view, types = self.view_between(self.now, self.now + job.walltime), self.admission.admitted(job)
            pieces = self.fit_on(job, types, job.demand, view)
            if pieces is not None:
                self.start_placed(job, pieces, view)
                continue
            self.close(job)
            if types and len(blocked) < self.policy.reservations:
                self.reserve_blocked(job, types)
                blocked.append(job)
        for job in blocked:
            job.promise = None

    def reserve_blocked(self, job: Job, types: list[int]) -> None:
        """Reserve for a blocked job, for whose quota it is from now on as if it ran."""
        self.reserve(job, self.now, types)
        assert job.promise
        self.admission.heads.append((job, self.type_of(job.promise)))

    # ---- conservative

    def start_by_book(self, queue: list[Job]) -> None:
        """Compress where room was freed, reserve for new jobs, start those that are due."""
        if self.freed:
            for job in queue:
                self.name_if_due(job)
            self.compress([job for job in queue if job.promise])
        depth = self.policy.backfill_depth or len(queue)
        for job in queue[:depth]:
            if job.promise is None:
                self.reserve(job, self.now)
        for job in queue:
            looked = job.promise
            if looked and looked.begin == self.now and not self.may_start(job, looked):
                self.reserve(job, self.now + 1)
            if self.name_if_due(job):
                self.start(job)
            elif looked:
                self.close(job)

    def may_start(self, job: Job, promise: Claim) -> bool:
        """Whether quota, limits and its platform's queueing let a job start that is due."""
        return job.platform not in self.closed and self.type_of(promise) in self.admission.admitted(job)

    def compress(self, reserved: list[Job]) -> None:
        """Put reservations back at their earliest starts; after each change begin again with the first job."""
        for _ in range(10_000):
            if not any(self.put_back(job) for job in reserved if job.promise):
                return
        raise AssertionError("the compression does not come to rest")

    def put_back(self, job: Job) -> bool:
        """Give a job its earliest start and tell whether that is new; it keeps what it holds where that is earlier."""
        held = job.promise
        self.reserve(job, self.now)
        assert held is not None
        if job.promise is None:
            return True
        if job.promise.begin > held.begin:
            job.promise = held
        self.name_if_due(job)
        return job.promise.begin != held.begin

    def reserve(self, job: Job, not_before: int, types: list[int] | None = None) -> None:
        """Give a job the earliest start, from `not_before` on, at which it fits for its walltime.

        None where it is without quota, with nothing running whose end could be waited for, or for good.
        """
        types = self.admission.permitted(job) if types is None else types
        job.promise = None
        given_back = {claim.end for claim in self.running() + self.promised()}
        for begin in sorted(t for t in {self.now} | given_back if t >= not_before):
            end = begin + job.walltime
            pieces = self.fit_on(job, types, job.demand, self.view_between(begin, end))
            if pieces is not None:
                job.promise = Claim(job.demand, tuple(pieces), begin, end)
                return
        if not_before <= self.now and types:
            raise AssertionError(f"job {job.id} fits nowhere")

    def view_between(self, begin: int, end: int) -> list[Row]:
        """Return a row for every instant of [begin, end) at which the book changes, and for its begin."""
        book = self.running() + self.promised()
        changes = {claim.begin for claim in book} | {claim.end for claim in book}
        instants = [begin, *sorted(t for t in changes if begin < t < end)]
        return [row_of(self.nodes, [c for c in book if c.begin <= t < c.end], t == self.now) for t in instants]

    def name_if_due(self, job: Job) -> bool:
        """Name the devices of a job that is promised room from now on; put it off where too few are left."""
        promise = job.promise
        if promise is None or promise.begin != self.now:
            return False
        if promise.devices is None:
            job.promise = None
            devices = self.name_devices(job, promise.pieces, self.view_between(self.now, promise.end))
            if devices is None:
                self.reserve(job, self.now + 1)
                return False
            job.promise = replace(promise, devices=devices)
        return True

    # ---- why jobs wait

    def waiting(self) -> list[Job]:
        """Return the waiting jobs."""
        return [job for job in self.jobs if job.state == WAITING]

    def tell_limit(self, limited: bool) -> None:
        """Log where the depth limit begins to keep jobs waiting, and where it no longer does."""
        if limited != self.limited:
            self.write(codes.E_LIMIT, None, Piece(-1, NO_DEVICE, int(limited)))
        self.limited = limited

    def reasons(self) -> dict[int, int]:
        """Return by job why it waits now."""
        held = {job.id: codes.R_HELD for job in self.jobs if job.state == HELD}
        return held | {job.id: codes.R_DEPTH if self.limited else self.reason(job) for job in self.waiting()}

    def reason(self, job: Job) -> int:
        """Return why a job is not running on what is free now; the first that applies."""
        now = self.row_now()
        every_type = {node.type for node in self.nodes}
        if not self.admission.within_limits(job):
            return codes.R_LIMIT
        types = self.admission.admitted(job)
        if not types:
            return codes.R_QUOTA
        if self.fit_on(job, types, job.demand, [now]) is not None:
            return codes.R_QUEUE if self.policy.backfill == "none" else codes.R_RESERVATION
        if self.fit_on(job, sorted(every_type - set(job.types)), job.demand, [now]) is not None:
            return codes.R_NODE_TYPE
        if not any(self.is_enough(job.demand, now, number) for number in types):
            return codes.R_NO_FREE
        if self.fit_on(job, types, replace(job.demand, cpus=0, memory=0), [now]) is not None:
            return codes.R_CPU_MEMORY
        return codes.R_FRAGMENTATION

    def is_enough(self, demand: Demand, row: Row, number: int) -> bool:
        """Whether the free accelerators of a node type, wherever they are, add up to the demand."""
        nodes = [node.id for node in self.nodes if node.type == number]
        if demand.is_fraction:
            free = sum(sum(row.devices[node]) for node in nodes)
        else:
            free = DEVICE * sum(row.free[node] for node in nodes)
        return free >= demand.tasks * demand.accelerators

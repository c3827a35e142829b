"""The naive twin's view for a scheduler of the user's own: worked out anew whenever it is looked at."""

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from oracle_preempt import class_of, evict, kept, leaving_at, work_done
from oracle_room import device_for_a_task, pieces_of, row_of, take_a_task, tasks_on_one

if TYPE_CHECKING:
    from oracle import Center
    from oracle_jobs import Job


class Jobs:
    """Some jobs as arrays."""

    def __init__(self, center: "Center", jobs: "Sequence[Job]") -> None:
        self.job = np.array([job.id for job in jobs], np.int64)
        self.submit = np.array([job.submit for job in jobs], np.int64)
        self.walltime = np.array([job.walltime for job in jobs], np.int64)
        self.tier = np.array([class_of(center, job).tier for job in jobs], np.int64)
        works = [work_done(center, job, center.now)[0] if runs_on(job) else 0 for job in jobs]
        self.done = np.array([job.saved + work for job, work in zip(jobs, works, strict=True)], np.int64)
        saves = [kept(center, job, leaving_at(center, job)) if runs_on(job) else 0 for job in jobs]
        self.lost = np.array([work - saved for work, saved in zip(works, saves, strict=True)], np.int64)
        self.leaves = np.array([-1 if job.leaves is None else job.leaves for job in jobs], np.int64)
        self.evictable = np.array([may_be_evicted(center, job) for job in jobs], bool)
        self.tasks = np.array([job.demand.tasks for job in jobs], np.int64)
        self.accelerators = np.array([job.gang / 1000.0 for job in jobs], np.float64)
        self.deadline = np.array([job.deadline for job in jobs], np.int64)
        self.end = np.array([job.held.end if job.held else -1 for job in jobs], np.int64)

    def __len__(self) -> int:
        return len(self.job)


def runs_on(job: "Job") -> bool:
    """Whether a job runs, and does not leave."""
    return job.held is not None and job.leaves is None


def may_be_evicted(center: "Center", job: "Job") -> bool:
    """Whether a scheduler may evict a job now."""
    if not runs_on(job) or not class_of(center, job).preemptible:
        return False
    return 0 < center.now - job.claim.begin >= center.policy.preempt_after


class View:
    """The center in a pass."""

    def __init__(self, center: "Center") -> None:
        self.center = center

    @property
    def now(self) -> int:
        """The instant (ms)."""
        return self.center.now

    @property
    def queue(self) -> Jobs:
        """The waiting jobs by submit, but for those on hold."""
        waiting = [job for job in self.center.waiting() if job.id not in self.center.on_hold]
        return Jobs(self.center, sorted(waiting, key=lambda job: (job.submit, job.id)))

    @property
    def held(self) -> Jobs:
        """The waiting jobs on hold."""
        return Jobs(self.center, [job for job in self.center.waiting() if job.id in self.center.on_hold])

    @property
    def running(self) -> Jobs:
        """The running jobs."""
        return Jobs(self.center, [job for job in self.center.jobs if job.held])

    @property
    def free(self) -> Any:
        """Empty accelerators of each node."""
        return np.array(self.center.row_now().free)

    @property
    def free_cpus(self) -> Any:
        """Free cpus of each node."""
        return np.array(self.center.row_now().cpus) / 1000.0

    @property
    def node_type(self) -> Any:
        """The type of each node."""
        return np.array([node.type for node in self.center.nodes])

    def free_at(self, t: int) -> Any:
        """Return what is free on each node at an instant (ms), without what is reserved."""
        book = self.center.running() + self.center.promised()
        return np.array(row_of(self.center.nodes, [claim for claim in book if claim.begin <= t < claim.end]).free)

    def room(self, job: int) -> Any:
        """Return how many tasks of a job each node has room for."""
        of, row = self.center.jobs[job], self.center.row_now()
        nodes = self.center.nodes
        return np.array(
            [len(tasks_on_one([row], node.id, of.demand)) if node.type in of.types else 0 for node in nodes]
        )

    def earliest_start(self, job: int) -> int:
        """Return the earliest start (ms), or the one that is reserved."""
        of = self.center.jobs[job]
        if of.promise:
            return of.promise.begin
        begin = self.reserve(job)
        of.promise = None
        return begin

    def reserve(self, job: int) -> int:
        """Reserve the earliest start and return it (ms); -1: there is none known."""
        of = self.center.jobs[job]
        self.center.reserve(of, self.now)
        return of.promise.begin if of.promise else -1

    def start(self, job: Any, nodes: Sequence[int] | None = None) -> Any:
        """Start a job, or several in turn, if it fits beside what is reserved for its walltime."""
        if isinstance(job, np.ndarray):
            return np.array([self.start(each) for each in job.tolist()], bool)
        of = self.center.jobs[job]
        of.promise = None
        view = self.center.view_between(self.now, self.now + of.walltime)
        types = self.center.admission.admitted(of)
        pieces = self.center.fit_on(of, types, of.demand, view) if nodes is None else self.on(of, nodes)
        if pieces is None:
            return False
        self.center.start_placed(of, pieces, self.center.view_between(self.now, self.now + of.walltime))
        return True

    def on(self, job: "Job", nodes: Sequence[int]) -> Any:
        """Return the pieces of a job on its nodes, those of one node together.

        None: they take what is reserved, or the job has no quota there.
        """
        if self.center.nodes[nodes[0]].type not in self.center.admission.admitted(job):
            return None
        view = self.center.view_between(self.now, self.now + job.walltime)
        placed = []
        for node in sorted(nodes, key=list(nodes).index):
            if device_for_a_task(view, node, job.demand) is None:
                return None
            placed.append(take_a_task(view, node, job.demand))
        return pieces_of(placed)

    def evict(self, job: int) -> int:
        """Evict a job; return when it has left (ms)."""
        of = self.center.jobs[job]
        assert may_be_evicted(self.center, of)
        leaves = leaving_at(self.center, of)
        evict(self.center, of)
        return leaves

    def nodes(self, job: int) -> Any:
        """Return the nodes of a running job, one for each task."""
        of = self.center.jobs[job]
        return np.array([piece.node for piece in of.claim.pieces for _ in range(piece.amount)] if of.held else [])

    def hold(self, job: int) -> None:
        """Put a job on hold."""
        self.center.on_hold.add(job)

    def release(self, job: int) -> None:
        """Take a job off hold."""
        self.center.on_hold.remove(job)

    def wake(self, t: int) -> None:
        """Have a pass made at an instant (ms)."""
        assert self.now < t < inf
        self.center.wakes.add(t)

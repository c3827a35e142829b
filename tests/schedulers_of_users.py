"""Schedulers as a user writes them."""

from typing import Any

import numpy as np

import onecenter as oc

View = Any


class InOrder(oc.Scheduler):
    """Start jobs in an order until one does not fit."""

    def key(self, view: View) -> Any:
        """Return what the queue is sorted by; ties by submit."""
        raise NotImplementedError

    def queue(self, view: View) -> Any:
        """Return the queue in order."""
        return view.queue.job[np.argsort(self.key(view), kind="stable")]

    def schedule(self, view: View) -> None:
        """Make a pass."""
        for job in self.queue(view):
            if not self.begin(view, job):
                return

    def begin(self, view: View, job: int) -> bool:
        """Start a job; tell whether it did."""
        started: bool = view.start(job)
        return started


class Fifo(InOrder):
    """First come, first served."""

    def key(self, view: View) -> Any:
        """By submit."""
        return view.queue.submit


class Sjf(InOrder):
    """Shortest first."""

    def key(self, view: View) -> Any:
        """By walltime."""
        return view.queue.walltime


class Wfp3(InOrder):
    """WFP3."""

    def key(self, view: View) -> Any:
        """By its formula, in s."""
        queue = view.queue
        x = ((view.now - queue.submit) / 1000.0) / np.maximum(queue.walltime / 1000.0, 1.0)
        return -(x * x * x) * queue.accelerators


class BestFit(Fifo):
    """First come, first served, on nodes of its own choice: the fewest free, then the fewest free cpus."""

    def begin(self, view: View, job: int) -> bool:
        """Start a job of whole accelerators on the first type that holds it."""
        tasks = int(view.queue.tasks[view.queue.job.tolist().index(job)])
        room = view.room(job)
        order = np.lexsort((view.free_cpus, view.free))
        for kind in np.unique(view.node_type):
            nodes = np.repeat(order, np.where(view.node_type == kind, room, 0)[order])
            if len(nodes) >= tasks:
                return bool(view.start(job, nodes[:tasks]))
        return False


class Easy(Fifo):
    """EASY backfill."""

    def schedule(self, view: View) -> None:
        """Make a pass."""
        queue = self.queue(view)
        for place, job in enumerate(queue):
            if not view.start(job):
                view.reserve(job)
                view.start(queue[place + 1 :])
                return


class EasyOneByOne(Fifo):
    """EASY backfill, each job by itself."""

    def schedule(self, view: View) -> None:
        """Make a pass."""
        queue = self.queue(view).tolist()
        while queue and view.start(queue[0]):
            queue.pop(0)
        if queue:
            view.reserve(queue[0])
        for job in queue[1:]:
            view.start(job)


class Whimsical(oc.Scheduler):
    """Does all that can be done, in turn, by what it sees."""

    def __init__(self) -> None:
        self.turn = 0

    def choose(self, count: int) -> int:
        """Return a number below `count` that looks like chance."""
        self.turn += 1
        return (self.turn * self.turn * 7919 + 104729) % 1009 % count

    def schedule(self, view: View) -> None:
        """Make a pass."""
        for job in view.held.job[::2].tolist():
            view.release(job)
        for job in view.queue.job.tolist():
            self.treat(view, job)
        self.turn += int(view.start(view.queue.job[:: 1 + self.choose(3)]).sum())
        waiting = (*view.queue.walltime.tolist(), *view.held.walltime.tolist())
        if waiting:
            view.wake(view.now + 1 + (1 + self.choose(3)) * min(waiting) // 2)

    def treat(self, view: View, job: int) -> None:
        """Do something with a job."""
        what = self.choose(8)
        if what == 0 and len(view.queue) > 1:
            view.hold(job)
        elif what in (1, 2):
            begin = view.reserve(job)
            assert begin == view.earliest_start(job) >= view.now
        elif what == 3:
            later = view.earliest_start(job)
            self.turn += int(view.free_at(later).sum()) + later % 5
        elif what in (4, 5):
            self.place(view, job)
        else:
            view.start(job)

    def place(self, view: View, job: int) -> None:
        """Start a job on the last nodes of a type that hold it, one task each in turn."""
        place = view.queue.job.tolist().index(job)
        tasks, room = int(view.queue.tasks[place]), view.room(job)
        self.turn += int(view.running.end.sum()) % 7 + int(view.queue.submit[place] + view.queue.deadline[place]) % 3
        for kind in np.unique(view.node_type)[::-1]:
            nodes = np.flatnonzero((view.node_type == kind) & (room > 0))[::-1]
            turns = [node for turn in range(tasks) for node in nodes.tolist() if turn < room[node]]
            if len(turns) >= tasks:
                view.start(job, turns[:tasks])
                return

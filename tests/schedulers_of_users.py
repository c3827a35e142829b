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
        self.turn = self.wakes = 0

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
        if waiting and self.wakes < 300:  # where a quota is cut for good, jobs wait for ever
            self.wakes += 1
            view.wake(view.now + 1 + (1 + self.choose(3)) * min(waiting) // 2)

    def treat(self, view: View, job: int) -> None:
        """Do something with a job."""
        what = self.choose(8)
        if what == 0 and len(view.queue) > 1:
            view.hold(job)
        elif what in (1, 2):
            begin = view.reserve(job)
            assert begin == view.earliest_start(job)
            assert begin >= view.now or begin == -1
        elif what == 3:
            later = view.earliest_start(job)
            self.turn += int(view.free_at(max(view.now, later)).sum()) + later % 5
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


class Ruthless(Whimsical):
    """Evicts too, whoever it sees, a dozen times."""

    evicts = True

    def __init__(self) -> None:
        super().__init__()
        self.evictions = 0

    def schedule(self, view: View) -> None:
        """Make a pass."""
        if self.choose(3):
            self.evict(view)
        super().schedule(view)
        if self.choose(4) == 0:
            self.evict(view)

    def evict(self, view: View) -> None:
        """Evict some of those that run."""
        running, queue = view.running, view.queue
        self.turn += int((running.done + 3 * running.lost + 5 * running.tier + 7 * running.leaves).sum())
        self.turn += int(11 * running.evictable.sum() + 13 * queue.done.sum() + (running.end - running.walltime).sum())
        for job in running.job[running.evictable].tolist():
            if self.evictions < 12 and self.choose(2):
                self.evictions += 1
                self.turn += int(view.nodes(job).sum()) + view.evict(job) % 3
                if len(view.queue) and self.choose(2):
                    self.treat(view, view.queue.job.tolist()[-1])


class Srtf(oc.Scheduler):
    """Shortest remaining time first, on one node where jobs ask for accelerators alone."""

    evicts = True

    def schedule(self, view: View) -> None:
        """Choose in order whom there is room for; evict the others, then start the chosen."""
        queue, running = view.queue, view.running
        there = running.leaves < 0
        stays = there & ~running.evictable
        jobs = np.concatenate([running.job[there], queue.job])
        asks = np.concatenate([running.accelerators[there], queue.accelerators])
        left = np.concatenate([(running.walltime - running.done)[there], queue.walltime - queue.done])
        room = view.free.sum() + running.accelerators.sum() - running.accelerators[stays].sum()
        chosen, evicted = list(running.job[stays]), []
        for place in np.lexsort((jobs, left)):
            if jobs[place] in chosen:
                continue
            if asks[place] <= room:
                chosen.append(jobs[place])
                room -= asks[place]
            elif jobs[place] in running.job:
                evicted.append(jobs[place])
        for job in evicted:
            view.evict(job)
        waits = view.queue.job
        for job in chosen:
            if job in waits:
                view.start(job)

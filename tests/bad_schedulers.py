"""Schedulers that do what they must not."""

import time
from typing import Any

import onecenter as oc

View = Any


class Raises(oc.Scheduler):
    """Divide by zero."""

    def schedule(self, view: View) -> None:
        """Raise."""
        print(1 // (view.now - view.now))


class Exits(oc.Scheduler):
    """End the program."""

    def schedule(self, view: View) -> None:
        """Exit."""
        raise SystemExit(3)


class Twice(oc.Scheduler):
    """Start a job twice."""

    def schedule(self, view: View) -> None:
        """Start the first one and start it again."""
        job = view.queue.job[0]
        view.start(job)
        view.start(job)


class TwiceAtOnce(oc.Scheduler):
    """Start a job twice among several."""

    def schedule(self, view: View) -> None:
        """Start the second, and the first one twice."""
        view.start([1, 0, 0, 99])


class AbsentAmongOthers(oc.Scheduler):
    """Start several jobs of which one is not there."""

    def schedule(self, view: View) -> None:
        """Start the first one and job 99."""
        view.start((0, 99))


class NegativeAmongOthers(oc.Scheduler):
    """Start several jobs of which one has no number of a job."""

    def schedule(self, view: View) -> None:
        """Start the first one and job -1."""
        view.start([0, -1])


class HeldAmongOthers(oc.Scheduler):
    """Start several jobs of which one is on hold."""

    def schedule(self, view: View) -> None:
        """Hold the second one and start both."""
        both = view.queue.job
        view.hold(1)
        view.start(both)


class Mask(oc.Scheduler):
    """Give a mask in place of jobs."""

    def schedule(self, view: View) -> None:
        """Start by a mask."""
        view.start(view.queue.walltime > 0)


class Grid(oc.Scheduler):
    """Give a table of jobs."""

    def schedule(self, view: View) -> None:
        """Start two rows."""
        view.start(view.queue.job[:, None])


class NodesOfSeveral(oc.Scheduler):
    """Give nodes for several jobs."""

    def schedule(self, view: View) -> None:
        """Start two on nodes of its choice."""
        view.start(view.queue.job, [0, 1])


class Busy(oc.Scheduler):
    """Place all on one node."""

    def schedule(self, view: View) -> None:
        """Start whatever waits on node 1."""
        for job in view.queue.job:
            view.start(job, [1])


class Absent(oc.Scheduler):
    """Place on a node that is not there."""

    def schedule(self, view: View) -> None:
        """Start the first one on node 7."""
        view.start(view.queue.job[0], [7])


class TooFew(oc.Scheduler):
    """Give no node."""

    def schedule(self, view: View) -> None:
        """Start the first one nowhere."""
        view.start(view.queue.job[0], [])


class NoNumber(oc.Scheduler):
    """Give no number of a job."""

    def schedule(self, view: View) -> None:
        """Start what is no job."""
        view.start(float("nan"))


class NoJob(oc.Scheduler):
    """Start a job that is not there."""

    def schedule(self, view: View) -> None:
        """Start job 99."""
        view.start(99)


class Early(oc.Scheduler):
    """Start a job that has not been submitted."""

    def schedule(self, view: View) -> None:
        """Start the last one."""
        view.start(2)


class Held(oc.Scheduler):
    """Start a job on hold."""

    def schedule(self, view: View) -> None:
        """Hold the first one and start it."""
        job = view.queue.job[0]
        view.hold(job)
        view.start(job)


class Released(oc.Scheduler):
    """Release a job that is not on hold."""

    def schedule(self, view: View) -> None:
        """Release the first one."""
        view.release(view.queue.job[0])


class Past(oc.Scheduler):
    """Wake in the past."""

    def schedule(self, view: View) -> None:
        """Wake now."""
        view.wake(view.now)


class Beyond(oc.Scheduler):
    """Wake at an instant that no clock reaches."""

    def schedule(self, view: View) -> None:
        """Wake then."""
        view.wake(2**70)


class Writes(oc.Scheduler):
    """Write into the view."""

    def schedule(self, view: View) -> None:
        """Make all nodes free."""
        view.free[:] = 4


class WritesTheQueue(oc.Scheduler):
    """Write into the queue."""

    def schedule(self, view: View) -> None:
        """Make all jobs short."""
        view.queue.walltime[:] = 1


class Returns(oc.Scheduler):
    """Return something."""

    def schedule(self, view: View) -> Any:
        """Return the queue."""
        return view.queue.job


class Catches(oc.Scheduler):
    """Go on after a mistake."""

    def schedule(self, view: View) -> None:
        """Start a job that is not there, and say nothing."""
        try:
            view.start(99)
        except Exception:
            view.start(view.queue.job[0])


class Keeps(oc.Scheduler):
    """Keep a view."""

    def __init__(self) -> None:
        kept.append(self)

    def schedule(self, view: View) -> None:
        """Start nobody, for others may."""
        self.view = view


kept: list[Keeps] = []


class Never(oc.Scheduler):
    """Start nobody."""

    def schedule(self, view: View) -> None:
        """Do nothing."""


class Wakes(oc.Scheduler):
    """Start nobody, again and again."""

    def schedule(self, view: View) -> None:
        """Wake a millisecond later."""
        view.wake(view.now + 1)


class Endless(oc.Scheduler):
    """Loop."""

    def schedule(self, view: View) -> None:
        """Never return, whatever is raised."""
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                continue


class WrongArguments(oc.Scheduler):
    """Has a schedule without a view."""

    def schedule(self) -> None:  # type: ignore[override]
        """Do nothing."""


class Nothing(oc.Scheduler):
    """Has no schedule."""


class NoScheduler:
    """Is derived from nothing."""

    def schedule(self, view: View) -> None:
        """Do nothing."""


class CannotBeMade(oc.Scheduler):
    """Wants an argument."""

    def __init__(self, depth: int) -> None:
        self.depth = depth

    def schedule(self, view: View) -> None:
        """Do nothing."""


class EvictsNobody(oc.Scheduler):
    """Evict, though its class does not say so."""

    def schedule(self, view: View) -> None:
        """Start whoever fits, and evict job 0 later."""
        view.start(view.queue.job)
        if view.now > 0:
            view.evict(0)


class LooksAtWork(oc.Scheduler):
    """Look at work, though its class does not say that it evicts."""

    def schedule(self, view: View) -> None:
        """Look."""
        print(view.queue.done)


class Evicts(oc.Scheduler):
    """Start whoever fits; evict at 1 s whom `victims` says, one after another."""

    evicts = True
    victims: tuple[Any, ...] = ()

    def schedule(self, view: View) -> None:
        """Make a pass."""
        view.start(view.queue.job)
        if view.now == 1000:
            for job in self.victims:
                view.evict(job)


class EvictsTheAbsent(Evicts):
    """Evict a job that is not there."""

    victims = (99,)


class EvictsNoNumber(Evicts):
    """Evict half a job."""

    victims = (0.5,)


class EvictsAtItsStart(Evicts):
    """Evict a job that has started in this pass."""

    victims = (2,)


class EvictsTwice(Evicts):
    """Evict a job twice at one instant."""

    victims = (0, 0)


class EvictsAndStartsTwice(oc.Scheduler):
    """Evict a job, start it again, and evict it again at one instant."""

    evicts = True

    def schedule(self, view: View) -> None:
        """Make a pass."""
        view.start(view.queue.job)
        if view.now == 1000:
            view.evict(0)
            view.start(0)
            view.evict(0)


class Churns(oc.Scheduler):
    """Start all, and evict them a millisecond later, again and again."""

    evicts = True

    def schedule(self, view: View) -> None:
        """Make a pass."""
        for job in view.running.job[view.running.evictable]:
            view.evict(job)
        view.start(view.queue.job)
        view.wake(view.now + 1)


class SaysNoBool(oc.Scheduler):
    """Says neither True nor False."""

    evicts = 1  # type: ignore[assignment]

    def schedule(self, view: View) -> None:
        """Do nothing."""

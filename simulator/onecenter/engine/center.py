"""The center as users' own SimPy processes see it: submit, cancel, wait for a job, look around."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy
from onecenter_kernels import codes
from simpy.events import Event

from onecenter.engine.clock import Clock, checked_duration
from onecenter.engine.conductor import Conductor
from onecenter.engine.core import FOREVER, Core
from onecenter.engine.posts import row_of
from onecenter.errors import SimulationError
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import COLUMNS, NARROW, Workload
from onecenter.workload.ties import with_links

ENDED = (codes.S_ENDED, codes.S_CANCELLED, codes.S_REFUSED)


class Center:
    """A center in a SimPy environment.

    Parameters
    ----------
    fleet : sequence of NodeType
        The nodes.
    policy : Policy
        How jobs are ordered, placed and backfilled.
    workload : Workload
        The jobs known at the start; processes may submit more.
    stride : str
        "calendar" or "event"; the decision log is the same.
    horizon : int, str or None
        ms or text such as "28 d"; None: until nothing is left.
    fractions : bool
        Allow processes to submit jobs that ask a fraction of an accelerator though no job known at the start does.

    Raises
    ------
    SimulationError
        If the stride or the horizon is impossible.

    Attributes
    ----------
    env : Clock
        The SimPy environment; its time is int milliseconds since the start.
    policy : Policy
        As given.
    """

    def __init__(
        self,
        fleet: Sequence[NodeType],
        policy: Policy,
        workload: Workload,
        *,
        stride: str = "calendar",
        horizon: float | str | None = None,
        fractions: bool = False,
    ) -> None:
        self.env = Clock()
        self.policy = policy
        self._core = Core(fleet, policy, workload, fractions)
        self._workload = workload
        self._posted: list[dict[str, Any]] = []
        self._links: list[tuple[int, int, int]] = []
        self._waiting_for: dict[tuple[int, bool], list[Event]] = {}
        self._listeners: list[Callable[[Center], None]] = []
        self._conductor = Conductor(self.env, stride, horizon)
        self._conductor.add(self._core, self._react)

    def process(self, generator: Generator[Event, Any, Any]) -> simpy.Process:
        """Start a SimPy process."""
        return self.env.process(generator)

    def after(self, delay: str | float) -> Event:
        """Return an event that happens after `delay` (ms, rounded up, or text such as "2 h").

        Raises
        ------
        SimulationError
            If the delay is negative, or no duration.
        """
        return self.env.timeout(checked_duration("after", "delay", delay))

    def listen(self, listener: Callable[["Center"], None]) -> None:
        """Call `listener(center)` after each instant of the core; event stride only.

        What it raises comes out of `run`; listeners behind it miss that instant, and the next `run` goes on.

        Raises
        ------
        SimulationError
            On the calendar stride, which does not stop at each instant; if the listener cannot be called.
        """
        if not callable(listener):
            raise SimulationError("listen", [f"{listener!r}: a function of the center is expected"])
        if self._conductor.stride != "event":
            raise SimulationError("listen", ["the calendar stride does not stop at each instant: use stride='event'"])
        self._listeners.append(listener)

    @property
    def estimates(self) -> Any:
        """What was taken for the run time of each job at its start (ms), where that may be other than its walltime."""
        return self._core.state.estimates["first"].copy()

    def submit(
        self,
        *,
        accelerators: float,
        run_time: str | float,
        walltime: str | float | None = None,
        tasks: int = 1,
        cpus: float = 0,
        memory: str = "0 MiB",
        spread: str = "tasks",
        node_types: Sequence[str] | None = None,
        platform: str | None = None,
        priority: int = 0,
        patience: str | float | None = None,
        outcome: str = "completed",
        after: Sequence[int] = (),
        after_ok: Sequence[int] = (),
    ) -> int:
        """Submit a job now and return its id; amounts are a task's (spread "any": an accelerator's).

        It is held until the jobs in `after` have ended, in whatever way, and those in `after_ok` have completed; it is
        cancelled if one of these no longer can.

        Raises
        ------
        SimulationError
            If a value is impossible; all mistakes are listed.
        """
        asked = {
            "run_time": run_time,
            "walltime": walltime,
            "accelerators": accelerators,
            "cpus": cpus,
            "memory": memory,
            "tasks": tasks,
            "priority": priority,
            "patience": patience,
        }
        platforms = self._workload.platforms
        names = {"spread": spread, "outcome": outcome, "platform": platforms[0] if platform is None else platform}
        known = {"platform": platforms, "node type": [kind.name for kind in self._core.fleet]}
        row = row_of(asked, names, node_types, known) | {"submit": self.env.now}
        for other in (*after, *after_ok):
            self._check(other)
        ok = [0] * len(after) + [1] * len(after_ok)
        job = self._core.post_submit(row, self.env.now, [*after, *after_ok], ok)
        self._posted.append(row)
        self._links += [(job, other, needed) for other, needed in zip((*after, *after_ok), ok, strict=True)]
        self._conductor.arm(self.env.now)
        return job

    def extend(self, workload: Workload, horizon: int | str | None = None) -> None:
        """Go on with a longer workload; the log becomes what it would be had it been known from the beginning.

        Parameters
        ----------
        workload : Workload
            Its first jobs are the present ones; the others are submitted no earlier than now.
        horizon : int, str or None
            ms or text, not before the present one; None: the present one.

        Raises
        ------
        SimulationError
            If jobs were posted, if the workload does not go on with the present one, or if the horizon is earlier.
        """
        present = self._conductor.horizon
        until = present if horizon is None else checked_duration("extend", "horizon", horizon)
        mistakes = ["processes have submitted jobs: the ids of further ones are taken"] if self._posted else []
        mistakes += _no_extension(self._workload, workload, max(self.env.now, self._core.now + 1))
        if until < present:
            now = "there is none, the run ends when nothing is left" if present == FOREVER else f"it is {present:,} ms"
            mistakes.append(f"horizon = {until:,} ms: {now} already")
        if mistakes:
            raise SimulationError("extend", mistakes)
        self._core.extend(workload)
        self._workload = workload
        self._conductor.extend(until)

    def cancel(self, job: int) -> None:
        """Cancel a job now: a waiting one leaves the queue, a running one ends."""
        self._check(job)
        self._core.post_cancel(job, self.env.now)
        self._conductor.arm(self.env.now)

    def started(self, job: int) -> Event:
        """Return an event that happens when the job starts (or leaves the queue without), with its state."""
        return self._event(job, False)

    def ended(self, job: int) -> Event:
        """Return an event that happens when the job has ended, been cancelled or refused, with its state."""
        return self._event(job, True)

    def state(self, job: int) -> str:
        """Return where a job is in its life, one of STATES."""
        self._check(job)
        return codes.STATES[int(self._core.jobs["state"][job])]

    @property
    def free(self) -> npt.NDArray[np.int64]:
        """Empty accelerators of each node."""
        return np.array(self._core.state.nodes["free"][0])

    @property
    def waiting(self) -> npt.NDArray[np.int64]:
        """Ids of the waiting jobs in the order of the last pass, but for those that are held."""
        clock = self._core.state.clock[0]
        places = np.array(self._core.state.queue["job"][int(clock["head"]) : int(clock["tail"])])
        return places[places >= 0]

    def any_waiting(self, first: int, last: int) -> bool:
        """Whether one of the jobs first .. last - 1 waits, in the queue or held."""
        states = self._core.jobs["state"][first:last]
        return bool(((states == codes.S_WAITING) | (states == codes.S_HELD)).any())

    def run(self, until: float | str | None = None) -> None:
        """Run to instant `until` (ms or text), the horizon, or until nothing is left; it may be called again.

        What a process or listener raises comes out of here; the next call goes on with what comes after.

        Raises
        ------
        SimulationError
            If `until` is no instant, or past.
        """
        with self._core.watching():
            self._conductor.run(until)

    def check_progress(self) -> None:
        """Raise a PolicyError where nothing is left to happen, and a scheduler has left jobs waiting."""
        self._core.check_progress()

    @property
    def log(self) -> npt.NDArray[np.void]:
        """The decision log so far."""
        return self._core.log

    @property
    def work(self) -> dict[str, int]:
        """Exact work counts: steps, node visits, log rows."""
        clock = self._core.state.clock
        return {"steps": int(clock["steps"][0]), "visits": int(clock["visits"][0]), "log_rows": int(clock["log"][0])}

    @property
    def workload(self) -> Workload:
        """The jobs so far, posted ones last; the row is the id."""
        if not self._posted:
            return self._workload
        more: dict[str, Any] = {
            name: np.concatenate(
                [getattr(self._workload, name), np.array([row[name] for row in self._posted], NARROW.get(name, "i8"))]
            )
            for name in COLUMNS
        }
        names = self._workload.names
        more["ties"] = with_links(self._workload.ties, len(self._workload), len(self._posted), self._links)
        return replace(self._workload, **more, names=names and (*names, *("posted",) * len(self._posted)))

    def _check(self, job: int) -> None:
        last = len(self._core.jobs) - 1
        if not isinstance(job, int | np.integer) or not 0 <= job <= last:
            raise SimulationError("job", [f"{job!r}: there is no such job, the ids so far are 0 to {last}"])

    def _event(self, job: int, end: bool) -> Event:
        self._check(job)
        self._core.watch(job)
        event = self.env.event()
        self._waiting_for.setdefault((job, end), []).append(event)
        self._fire(job, end)
        return event

    def _fire(self, job: int, end: bool) -> None:
        state = int(self._core.jobs["state"][job])
        if state in ENDED or (not end and state == codes.S_RUNNING):
            for event in self._waiting_for.pop((job, end), []):
                event.succeed(codes.STATES[state])

    def _react(self) -> None:
        for job, end in list(self._waiting_for):
            self._fire(job, end)
        for listener in self._listeners:
            listener(self)


def _no_extension(known: Workload, longer: Workload, now: int) -> list[str]:
    """Return why a workload does not go on with the one that is known, from now (ms) on."""
    mistakes = [] if known.begins(longer) else ["the workload does not begin with the jobs that are known"]
    further = longer.submit[len(known) :]
    if len(further) and further[0] < now:
        mistakes.append(f"a further job is submitted at {further[0]:,} ms, before now, {now:,} ms")
    return mistakes

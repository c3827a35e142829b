"""The center as users' own SimPy processes see it: submit, cancel, wait for a job, look around."""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy
from onecenter_kernels import codes
from simpy.events import Event

from onecenter.conductor import Clock, Conductor
from onecenter.core import Core
from onecenter.errors import SimulationError
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.units import MAX_DURATION, parse_duration, parse_memory
from onecenter.workload.table import COLUMNS, DEFAULTS, NARROW, Workload, type_code

ENDED = (codes.S_ENDED, codes.S_CANCELLED, codes.S_REFUSED)


#: The largest int32, which holds thousandths of accelerators and cpus, and tasks.
MOST = 2**31 - 1


def _ms(duration: str | float) -> int:
    return parse_duration(duration) if isinstance(duration, str) else math.ceil(duration)


def _thousandths(amount: float) -> int:
    scaled = round(1000 * amount, 6)
    if scaled != int(scaled):
        raise ValueError("at most three decimals are expected")
    return int(scaled)


def _read(what: str, value: Any, reader: Callable[[Any], int], mistakes: list[str]) -> int:
    """Return what `reader` makes of a value; note it, and go on with something possible, where it cannot."""
    try:
        return reader(value)
    except (TypeError, ValueError, OverflowError) as error:
        mistakes.append(f"{what} = {value!r}: {error}")
        return 1000


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
    horizon : int or None
        ms; None: until nothing is left.
    fractions : bool
        Allow processes to submit jobs that ask a fraction of an accelerator though no job known at the start does.

    Attributes
    ----------
    env : Clock
        The SimPy environment; its time is int milliseconds since the start.
    """

    def __init__(
        self,
        fleet: Sequence[NodeType],
        policy: Policy,
        workload: Workload,
        *,
        stride: str = "calendar",
        horizon: int | None = None,
        fractions: bool = False,
    ) -> None:
        self.env = Clock()
        self._core = Core(fleet, policy, workload, fractions)
        self._workload = workload
        self._posted: list[dict[str, Any]] = []
        self._waiting_for: dict[tuple[int, bool], list[Event]] = {}
        self._listeners: list[Callable[[Center], None]] = []
        self._conductor = Conductor(self.env, stride, horizon)
        self._conductor.add(self._core, self._react)

    def process(self, generator: Generator[Event, Any, Any]) -> simpy.Process:
        """Start a SimPy process."""
        return self.env.process(generator)

    def after(self, delay: str | float) -> Event:
        """Return an event that happens after `delay` (ms, rounded up, or text such as "2 h")."""
        return self.env.timeout(_ms(delay))

    def listen(self, listener: Callable[["Center"], None]) -> None:
        """Call `listener(center)` after each instant of the core; event stride only.

        Raises
        ------
        SimulationError
            On the calendar stride, which does not stop at each instant.
        """
        if self._conductor.stride != "event":
            raise SimulationError("listen", ["the calendar stride does not stop at each instant: use stride='event'"])
        self._listeners.append(listener)

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
    ) -> int:
        """Submit a job now and return its id; amounts are a task's (spread "any": an accelerator's).

        Raises
        ------
        SimulationError
            If a value is impossible; all mistakes are listed.
        """
        mistakes: list[str] = []
        run = _read("run_time", run_time, _ms, mistakes)
        row = DEFAULTS | {
            "run": run,
            "walltime": run if walltime is None else _read("walltime", walltime, _ms, mistakes),
            "accelerators": _read("accelerators", accelerators, _thousandths, mistakes),
            "cpus": _read("cpus", cpus, _thousandths, mistakes),
            "memory": _read("memory", memory, parse_memory, mistakes),
            "tasks": _read("tasks", tasks, index, mistakes),
            "priority": _read("priority", priority, index, mistakes),
            "patience": -1 if patience is None else _read("patience", patience, _ms, mistakes),
            "submit": self.env.now,
        }
        names = {"spread": spread, "outcome": outcome, "platform": platform or self._workload.platforms[0]}
        mistakes += _impossible(row, spread, patience is not None)
        row |= self._coded(names, node_types, mistakes)
        job = self._core.post_submit(row, self.env.now)
        self._posted.append(row)
        self._conductor.arm(self.env.now)
        return job

    def _coded(self, names: dict[str, str], node_types: Sequence[str] | None, mistakes: list[str]) -> dict[str, int]:
        """Return the codes of a posted job's names; raise if there are mistakes, here or before."""
        known = [kind.name for kind in self._core.fleet]
        choices = {"spread": codes.SPREADS, "outcome": codes.OUTCOMES, "platform": self._workload.platforms}
        mistakes += [
            f"{what} = {names[what]!r}: one of {', '.join(allowed)} is expected"
            for what, allowed in choices.items()
            if names[what] not in allowed
        ]
        wanted = known if node_types is None else list(node_types)
        unknown = [name for name in wanted if name not in known]
        mistakes += [f"node type {name!r}: one of {', '.join(known)} is expected" for name in unknown]
        if not wanted or len(set(wanted)) < len(wanted):
            mistakes.append(f"node_types = {wanted}: at least one, and each once, is expected")
        if mistakes:
            raise SimulationError("submit", mistakes)
        coded = {what: allowed.index(names[what]) for what, allowed in choices.items()}
        return coded | {"types": type_code([known.index(name) for name in wanted])}

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
        """Ids of the waiting jobs in the order of the last pass."""
        clock = self._core.state.clock[0]
        return np.array(self._core.state.queue["job"][int(clock["head"]) : int(clock["tail"])])

    def any_waiting(self, first: int, last: int) -> bool:
        """Whether one of the jobs first .. last - 1 waits."""
        return bool((self._core.jobs["state"][first:last] == codes.S_WAITING).any())

    def run(self, until: int | None = None) -> None:
        """Run to instant `until` (ms), the horizon, or until nothing is left; it may be called again."""
        self._conductor.run(until)

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
        return replace(self._workload, **more, names=names and (*names, *("posted",) * len(self._posted)))

    def _check(self, job: int) -> None:
        if not 0 <= job < len(self._core.jobs):
            last = len(self._core.jobs) - 1
            raise SimulationError("job", [f"{job}: there is no such job, the ids so far are 0 to {last}"])

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


def _impossible(row: dict[str, int], spread: str, patient: bool) -> list[str]:
    """Return the mistakes in a posted job's amounts."""
    ones = row["accelerators"] / 1000
    ranges = [
        ("run_time", row["run"], 1, MAX_DURATION, " ms"),
        ("walltime", row["walltime"], 1, MAX_DURATION, " ms"),
        ("patience", row["patience"] if patient else 1, 1, MAX_DURATION, " ms"),
        ("accelerators", ones, 0, MOST // 1000, ""),
        ("cpus", row["cpus"] / 1000, 0, MOST // 1000, ""),
        ("tasks", row["tasks"], 1, MOST, ""),
        ("priority", row["priority"], -MOST, MOST, ""),
    ]
    mistakes = [
        f"{what} = {value:g}{unit}: {low:,} to {most:,}{unit} are expected"
        for what, value, low, most, unit in ranges
        if not low <= value <= most
    ]
    if ones > 1 and row["accelerators"] % 1000:
        mistakes.append(f"accelerators = {ones}: a whole number, or less than 1, is expected")
    if spread == "any" and ones != 1:
        mistakes.append(f"accelerators = {ones:g} with spread 'any': 1 a task is expected")
    return mistakes

"""Jobs as a scheduler of the user's own sees them: one array per column."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onecenter_kernels import codes
from onecenter_kernels.scheduled_eviction import WORK
from onecenter_kernels.state import State

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def read_only(values: Any) -> Any:
    """Return an array that cannot be written."""
    values.setflags(write=False)
    return values


def _deadline(s: State, jobs: slice) -> Any:
    known = s.keys["key"][jobs]
    return np.rint(1000 * np.where(np.isinf(known), -0.001, known)).astype(np.int64)


def _asked(s: State, jobs: slice, name: str) -> Any:
    asks = s.asks[s.jobs["ask"][jobs]]
    return asks[name] * asks["tasks"]


def _walltime(s: State, jobs: slice) -> Any:
    walltimes = s.jobs["walltime"][jobs]
    if not s.clock["preemption"][0]:
        return walltimes
    # The kernels shorten it while an evicted job leaves.
    attempts = s.attempts[: len(s.jobs)][jobs]
    return np.where(attempts["leaves"] > 0, attempts["walltime"], walltimes)


def _of_owner(name: str) -> Callable[[State, slice], Any]:
    return lambda s, jobs: s.owners[name][s.jobs["owner"][jobs]]


#: What a job brings along, read from the state for a range of jobs.
READ: Final[Mapping[str, Callable[[State, slice], Any]]] = {
    "submit": lambda s, jobs: s.jobs["submit"][jobs],
    "walltime": _walltime,
    "priority": lambda s, jobs: s.jobs["priority"][jobs].astype(np.int64),
    "deadline": _deadline,
    "accelerators": lambda s, jobs: s.asks["gang"][s.jobs["ask"][jobs]] / 1000.0,
    "tasks": lambda s, jobs: s.asks["tasks"][s.jobs["ask"][jobs]],
    "cpus": lambda s, jobs: _asked(s, jobs, "cpus") / 1000.0,
    "memory": lambda s, jobs: _asked(s, jobs, "memory") / 1024.0,
    "platform": _of_owner("platform"),
    "tenant": _of_owner("tenant"),
    "stream": _of_owner("stream"),
    "tier": _of_owner("tier"),
}


class Columns:
    """What all known jobs bring along, a column each: to pick from one costs far less than from the rows of jobs.

    Parameters
    ----------
    state_of : callable
        Returns the state as it is.
    work_of : callable
        Returns a row of WORK for each of some jobs.
    """

    def __init__(self, state_of: Callable[[], State], work_of: Callable[[Ints], Ints]) -> None:
        self.state_of, self.work_of = state_of, work_of
        self._columns: dict[str, tuple[int, Any]] = {}

    def pick(self, name: str, jobs: Ints) -> Any:
        """Return a column of some jobs."""
        state = self.state_of()
        count = int(state.clock["jobs"][0])
        known, values = self._columns.get(name, (0, None))
        if known < count:
            values = self._longer(values, known, READ[name](state, slice(known, count)))
            self._columns[name] = count, values
        return read_only(values.take(jobs))

    def _longer(self, values: Any, known: int, more: Any) -> Any:
        """Return a column with more jobs; it grows by doubling, as jobs may come one by one."""
        count = known + len(more)
        if values is None or count > len(values):
            larger = np.empty(count if values is None else 2 * count, more.dtype)
            larger[:known] = values[:known] if known else []
            values = larger
        values[known:count] = more
        return values


class Jobs:
    """Some jobs as arrays that cannot be written, one entry per job; by submit, then by job.

    Attributes
    ----------
    job : int array
        Their numbers, by which everything else calls them.
    """

    def __init__(self, job: Ints, columns: Columns) -> None:
        self.job = read_only(job)
        self._columns = columns

    def __len__(self) -> int:
        return len(self.job)

    @cached_property
    def submit(self) -> Ints:
        """Instants of submission (ms)."""
        found: Ints = self._columns.pick("submit", self.job)
        return found

    @cached_property
    def walltime(self) -> Ints:
        """What was asked for (ms)."""
        found: Ints = self._columns.pick("walltime", self.job)
        return found

    @cached_property
    def priority(self) -> Ints:
        """Higher is more urgent."""
        found: Ints = self._columns.pick("priority", self.job)
        return found

    @cached_property
    def start(self) -> Ints:
        """When they started (ms); -1: they wait."""
        jobs = self._columns.state_of().jobs
        running = jobs["state"][self.job] == codes.S_RUNNING
        started: Ints = read_only(np.where(running, jobs["start"][self.job], -1))
        return started

    @cached_property
    def end(self) -> Ints:
        """When they end at the latest, by walltime, or have left where they are evicted (ms); -1: they wait."""
        lasts = self._columns.state_of().jobs["walltime"][self.job]
        ends: Ints = read_only(np.where(self.start < 0, -1, self.start + lasts))
        return ends

    @cached_property
    def deadline(self) -> Ints:
        """Since the start of the scenario (ms); -1: none."""
        found: Ints = self._columns.pick("deadline", self.job)
        return found

    @cached_property
    def accelerators(self) -> Floats:
        """Of the whole job."""
        found: Floats = self._columns.pick("accelerators", self.job)
        return found

    @cached_property
    def tasks(self) -> Ints:
        """Equal tasks, each on one node; of a job that goes anywhere, accelerators."""
        found: Ints = self._columns.pick("tasks", self.job)
        return found

    @cached_property
    def cpus(self) -> Floats:
        """Of the whole job."""
        found: Floats = self._columns.pick("cpus", self.job)
        return found

    @cached_property
    def memory(self) -> Floats:
        """Of the whole job (GiB)."""
        found: Floats = self._columns.pick("memory", self.job)
        return found

    @cached_property
    def platform(self) -> Ints:
        """Places of their platforms among the scenario's."""
        found: Ints = self._columns.pick("platform", self.job)
        return found

    @cached_property
    def tenant(self) -> Ints:
        """Numbers of their tenants within the platform; -1: none."""
        found: Ints = self._columns.pick("tenant", self.job)
        return found

    @cached_property
    def stream(self) -> Ints:
        """Places of their streams among the scenario's; -1: none."""
        found: Ints = self._columns.pick("stream", self.job)
        return found

    @cached_property
    def tier(self) -> Ints:
        """Tiers of their platforms or streams; a scheduler may go by them."""
        found: Ints = self._columns.pick("tier", self.job)
        return found

    @property
    def done(self) -> Ints:
        """What they have done of their work, but for what evictions have lost (ms); of schedulers that evict."""
        return self._of_work("done")

    @property
    def lost(self) -> Ints:
        """What of it would be lost if they were evicted now (ms); 0: they wait, or leave."""
        return self._of_work("lost")

    @property
    def leaves(self) -> Ints:
        """When they have left their nodes, where they are evicted (ms); -1: they are not."""
        return self._of_work("leaves")

    @property
    def evictable(self) -> Flags:
        """Whether they may be evicted now."""
        found: Flags = read_only(self._of_work("evictable") == 1)
        return found

    @cached_property
    def _work(self) -> Ints:
        return self._columns.work_of(self.job)

    def _of_work(self, name: str) -> Ints:
        found: Ints = read_only(self._work[:, WORK.index(name)])
        return found

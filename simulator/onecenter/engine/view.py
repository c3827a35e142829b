"""What a scheduler of the user's own sees of the center, and what it can do."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from onecenter_kernels import codes, scheduling
from onecenter_kernels.state import NOW, State

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def read_only(values: Any) -> Any:
    """Return an array that cannot be written."""
    values.setflags(write=False)
    return values


class Jobs:
    """Some jobs as arrays that cannot be written, one entry per job; by submit, then by job.

    Attributes
    ----------
    job : int array
        Their numbers, by which everything else calls them.
    """

    def __init__(self, job: Ints, state: State) -> None:
        self.job = read_only(job)
        self._state = state

    def __len__(self) -> int:
        return len(self.job)

    @cached_property
    def _rows(self) -> Any:
        return self._state.jobs[self.job]

    @cached_property
    def _asks(self) -> Any:
        return self._state.asks[self._rows["ask"]]

    @cached_property
    def _owners(self) -> Any:
        return self._state.owners[self._rows["owner"]]

    @cached_property
    def submit(self) -> Ints:
        """Instants of submission (ms)."""
        return self._of("submit")

    @cached_property
    def walltime(self) -> Ints:
        """What was asked for (ms)."""
        return self._of("walltime")

    @cached_property
    def priority(self) -> Ints:
        """Higher is more urgent."""
        return self._of("priority")

    @cached_property
    def start(self) -> Ints:
        """When they started (ms); -1: they wait."""
        running = self._rows["state"] == codes.S_RUNNING
        return self._column(np.where(running, self._rows["start"], -1))

    @cached_property
    def end(self) -> Ints:
        """When they end at the latest, by walltime (ms); -1: they wait."""
        return self._column(np.where(self.start < 0, -1, self.start + self.walltime))

    @cached_property
    def deadline(self) -> Ints:
        """Since the start of the scenario (ms); -1: none."""
        known = self._state.keys["key"][self.job]
        return self._column(np.rint(1000 * np.where(np.isinf(known), -0.001, known)))

    @cached_property
    def accelerators(self) -> Floats:
        """Of the whole job."""
        return self._real(self._asks["gang"] / 1000.0)

    @cached_property
    def tasks(self) -> Ints:
        """Equal tasks, each on one node; of a job that goes anywhere, accelerators."""
        return self._column(self._asks["tasks"])

    @cached_property
    def cpus(self) -> Floats:
        """Of the whole job."""
        return self._real(self._asks["cpus"] * self._asks["tasks"] / 1000.0)

    @cached_property
    def memory(self) -> Floats:
        """Of the whole job (GiB)."""
        return self._real(self._asks["memory"] * self._asks["tasks"] / 1024.0)

    @cached_property
    def platform(self) -> Ints:
        """Places of their platforms among the scenario's."""
        return self._column(self._owners["platform"])

    @cached_property
    def tenant(self) -> Ints:
        """Numbers of their tenants within the platform; -1: none."""
        return self._column(self._owners["tenant"])

    @cached_property
    def stream(self) -> Ints:
        """Places of their streams among the scenario's; -1: none."""
        return self._column(self._owners["stream"])

    def _of(self, name: str) -> Ints:
        return self._column(self._rows[name])

    def _column(self, values: Any) -> Ints:
        found: Ints = read_only(np.array(values, np.int64))
        return found

    def _real(self, values: Any) -> Floats:
        found: Floats = read_only(np.array(values, np.float64))
        return found


class Pass(Protocol):
    """The pass that a view is of."""

    state: State
    states: Any  # of the jobs that are known
    held: set[int]
    wakes: list[int]

    def do(self, what: int, job: int, value: int = 0) -> int:
        """Let a kernel do something with a waiting job."""

    def look(self, kernel: Callable[..., None], number: int, found: Ints) -> None:
        """Let a kernel fill something in."""

    def fail(self, what: str, job: int | None = None, node: int | None = None) -> Any:
        """Raise the error that says what was impossible."""

    def running(self) -> Ints:
        """Return the running jobs."""


class View:
    """The center as a scheduler sees it in a pass; all times are whole ms since the start of the scenario.

    Arrays cannot be written. What a scheduler does shows at once.
    """

    def __init__(self, one_pass: Pass) -> None:
        self._pass = one_pass
        self._queue: Jobs | None = None

    @property
    def now(self) -> int:
        """The instant of the pass (ms)."""
        return int(self._pass.state.clock["now"][0])

    @property
    def queue(self) -> Jobs:
        """The jobs that wait, but for those on hold."""
        if self._queue is None:
            state = self._pass.state
            first, last = int(state.clock["head"][0]), int(state.clock["tail"][0])
            jobs = np.array(state.queue["job"][first:last])
            waits = self._pass.states[jobs] == codes.S_WAITING
            if self._pass.held:
                waits &= ~np.isin(jobs, list(self._pass.held))
            self._queue = Jobs(jobs[waits], state)
        return self._queue

    @property
    def running(self) -> Jobs:
        """The jobs that run."""
        return Jobs(self._pass.running(), self._pass.state)

    @property
    def held(self) -> Jobs:
        """The jobs on hold."""
        return Jobs(np.array(sorted(self._pass.held), np.int64), self._pass.state)

    @property
    def free(self) -> Ints:
        """Empty accelerators of each node, whatever is reserved."""
        return self._of_nodes("free")

    @property
    def free_cpus(self) -> Floats:
        """Free cpus of each node."""
        found: Floats = read_only(self._pass.state.nodes["cpus"][NOW] / 1000.0)
        return found

    @property
    def free_memory(self) -> Floats:
        """Free memory of each node (GiB)."""
        found: Floats = read_only(self._pass.state.nodes["memory"][NOW] / 1024.0)
        return found

    @property
    def node_type(self) -> Ints:
        """The place of each node's type among the center's; a gang is on nodes of one type."""
        return self._of_nodes("type")

    @property
    def rack(self) -> Ints:
        """The rack of each node."""
        return self._of_nodes("rack")

    def _of_nodes(self, name: str) -> Ints:
        found: Ints = read_only(np.array(self._pass.state.nodes[name][NOW], np.int64))
        return found

    def free_at(self, t: int) -> Ints:
        """Return how many accelerators of each node will be free at an instant (ms), now or later.

        That is by the walltimes of what runs, and without what is reserved.
        """
        if t < self.now:
            self._pass.fail(f"free_at({t}): that is past")
        found = np.empty(self._pass.state.nodes.shape[1], np.int64)
        self._pass.look(scheduling.free_at, int(t), found)
        shown: Ints = read_only(found)
        return shown

    def room(self, job: int) -> Ints:
        """Return how many tasks of a waiting job each node has room for now, whatever is reserved."""
        found = np.empty(self._pass.state.nodes.shape[1], np.int64)
        self._pass.look(scheduling.room_for, self._waiting(job), found)
        shown: Ints = read_only(found)
        return shown

    def earliest_start(self, job: int) -> int:
        """Return when a waiting job could start at the earliest (ms), beside what runs and what is reserved."""
        return self._pass.do(scheduling.EARLIEST, self._waiting(job))

    def start(self, job: int, nodes: Sequence[int] | Ints | None = None) -> bool:
        """Start a waiting job, if it has room for its walltime beside what is reserved; tell whether it did.

        Parameters
        ----------
        job : int
            It gives up what it has reserved itself, whether it starts or not.
        nodes : sequence of int, optional
            The node of each task, all of one type; without, the policy's placement chooses. A node without room raises
            a PolicyError.
        """
        number = self._waiting(job)
        self._queue = None
        if nodes is None:
            return self._pass.do(scheduling.START, number) == 1
        chosen = self._chosen(number, nodes)
        answer = self._pass.do(scheduling.START_ON, number, chosen)
        if answer == scheduling.BUSY:
            self._tell_busy(number, chosen)
        return answer == 1

    def reserve(self, job: int) -> int:
        """Reserve a waiting job's earliest start for this pass, and return it (ms)."""
        return self._pass.do(scheduling.RESERVE, self._waiting(job))

    def hold(self, job: int) -> None:
        """Put a waiting job on hold: until it is released it is not in the queue, and cannot be started."""
        self._pass.held.add(self._waiting(job))
        self._queue = None

    def release(self, job: int) -> None:
        """Put a job on hold back into the queue."""
        if int(job) not in self._pass.held:
            self._pass.fail("it is not on hold", job=int(job))
        self._pass.held.remove(int(job))
        self._queue = None

    def wake(self, t: int) -> None:
        """Have a pass made at an instant to come (ms), whatever happens until then."""
        if int(t) != t or t <= self.now:
            self._pass.fail(f"wake({t}): a later instant, in whole ms, is expected")
        self._pass.wakes.append(int(t))

    def _waiting(self, job: int) -> int:
        """Return the number of a job that waits and is not on hold."""
        states, number = self._pass.states, int(job)
        if number != job or not 0 <= number < len(states):
            self._pass.fail("there is no such job", job=number)
        state = states[number]
        if state != codes.S_WAITING:
            self._pass.fail(f"it does not wait, it is {codes.STATES[state]}", job=number)
        if self._pass.held and number in self._pass.held:
            self._pass.fail("it is on hold", job=number)
        return number

    def _chosen(self, job: int, nodes: Any) -> int:
        """Write down for the kernel how many tasks go to which node; return the number of nodes."""
        state = self._pass.state
        given = [int(node) for node in nodes]
        tasks = int(state.asks["tasks"][state.jobs["ask"][job]])
        if len(given) != tasks:
            self._pass.fail(f"{len(given)} nodes are given for {tasks} tasks", job=job)
        kinds = {self._kind(job, node) for node in given}
        if len(kinds) > 1:
            self._pass.fail("its nodes are of several types; one is expected", job=job)
        counts = dict.fromkeys(given, 0)
        for node in given:
            counts[node] += 1
        rows = state.reserved
        rows["node"][: len(counts)] = list(counts)
        rows["amount"][: len(counts)] = list(counts.values())
        return len(counts)

    def _kind(self, job: int, node: int) -> int:
        nodes = self._pass.state.nodes
        if not 0 <= node < nodes.shape[1]:
            self._pass.fail(f"there is no such node; there are 0 to {nodes.shape[1] - 1}", job=job, node=node)
        return int(nodes["type"][NOW, node])

    def _tell_busy(self, job: int, chosen: int) -> None:
        """Fail with the first chosen node that lacks room."""
        room, rows = self.room(job), self._pass.state.reserved
        for node, amount in zip(rows["node"][:chosen].tolist(), rows["amount"][:chosen].tolist(), strict=True):
            if room[node] < amount:
                self._pass.fail(f"{amount} of its tasks are to start, and there is room for {room[node]}", job, node)
        self._pass.fail("its nodes have no room for it", job=job)

"""What a scheduler of the user's own sees of the center, and what it can do."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, overload

import numpy as np
from onecenter_kernels import codes, scheduling
from onecenter_kernels.state import NOW, State

from onecenter.engine.job_columns import Columns, Flags, Floats, Ints, Jobs, read_only

#: The last instant (ms) at which a pass can be asked for.
LATEST: Final = 2**62


class Pass(Protocol):
    """The pass that a view is of."""

    state: State
    states: Any  # of the jobs that are known
    columns: Columns
    held: set[int]
    wakes: list[int]

    def do(self, what: int, job: int, value: int = 0) -> int:
        """Let a kernel do something with a waiting job."""

    def do_each(self, jobs: Ints, started: Flags) -> int:
        """Let a kernel start waiting jobs in turn, note which did, and return how many it looked at."""

    def evict(self, job: int) -> int:
        """Evict a running job, and return when it has left (ms)."""

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
        self._started = False

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
            if self._started:  # they leave the queue of the core at the end of the pass
                jobs = jobs[self._pass.states[jobs] == codes.S_WAITING]
            if self._pass.held:
                jobs = jobs[~np.isin(jobs, list(self._pass.held))]
            self._queue = Jobs(jobs, self._pass.columns)
        return self._queue

    @property
    def running(self) -> Jobs:
        """The jobs that run."""
        return Jobs(self._pass.running(), self._pass.columns)

    @property
    def held(self) -> Jobs:
        """The jobs on hold."""
        return Jobs(np.array(sorted(self._pass.held), np.int64), self._pass.columns)

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
        """Return when a waiting job could start at the earliest (ms), beside what runs and what is reserved.

        -1: nothing that ends gives it room, as its quota was cut.
        """
        return self._pass.do(scheduling.EARLIEST, self._waiting(job))

    @overload
    def start(self, job: int, nodes: Sequence[int] | Ints | None = None) -> bool: ...

    @overload
    def start(self, job: Sequence[int] | Ints) -> Flags: ...

    def start(self, job: Any, nodes: Any = None) -> Any:
        """Start a waiting job, if it has room for its walltime beside what is reserved; tell whether it did.

        Parameters
        ----------
        job : int or array of int
            It gives up what it has reserved itself, whether it starts or not. Several are tried in turn, at once: far
            faster than one by one. The answer is then an array, too.
        nodes : sequence of int, optional
            The node of each task, all of one type; without, the policy's placement chooses. A node without room raises
            a PolicyError. Not for several jobs.
        """
        if isinstance(job, np.ndarray | list | tuple) and np.ndim(job) > 0:
            return self._start_each(job, nodes)
        number = self._waiting(job)
        self._queue, self._started = None, True
        if nodes is None:
            return self._pass.do(scheduling.START, number) == 1
        chosen = self._chosen(number, nodes)
        answer = self._pass.do(scheduling.START_ON, number, chosen)
        if answer == scheduling.BUSY:
            self._tell_busy(number, chosen)
        return answer == 1

    def _start_each(self, given: Any, nodes: Any) -> Flags:
        """Start jobs in turn; return which did."""
        jobs = np.asarray(given) if len(given) else np.zeros(0, np.int64)
        if jobs.ndim > 1 or jobs.dtype.kind not in "iu":
            given = f"{jobs.ndim} dimension{'s' * (jobs.ndim > 1)} of {jobs.dtype}"
            self._pass.fail(f"start: numbers of jobs are expected, not {given}")
        if nodes is not None:
            self._pass.fail("start: nodes are given for one job, not for several")
        self._queue, self._started = None, True
        started = np.zeros(len(jobs), np.bool_)
        free = self._before_held(jobs)
        done = self._pass.do_each(free.astype(np.int64), started)
        if done < len(jobs):
            self._waiting(jobs[done])
        return started

    def _before_held(self, jobs: Ints) -> Ints:
        """Return jobs up to the first that is on hold."""
        held = np.isin(jobs, list(self._pass.held)) if self._pass.held else np.zeros(1, np.bool_)
        return jobs[: held.argmax()] if held.any() else jobs

    def evict(self, job: int) -> int:
        """Evict a running job; return when it has left its nodes (ms): now, or when the grace of its class is over.

        It keeps what its class says, and waits again when it has left. Only of schedulers whose class says
        `evicts = True`; jobs that are not `evictable` raise a PolicyError.
        """
        number = self._known(job)
        if self._pass.states[number] != codes.S_RUNNING:
            self._pass.fail(f"it does not run, it is {codes.STATES[self._pass.states[number]]}", job=number)
        leaves = self._pass.evict(number)
        self._queue, self._started = None, True
        return leaves

    def nodes(self, job: int) -> Ints:
        """Return the nodes of a running job, one for each task; none of a job that does not run."""
        state, number = self._pass.state, self._known(job)
        row = state.jobs[number]
        if row["state"] != codes.S_RUNNING:
            return np.zeros(0, np.int64)
        rows = state.log[int(row["first"]) : int(row["first"] + row["rows"])]
        return np.repeat(rows["node"].astype(np.int64), rows["amount"])

    def reserve(self, job: int) -> int:
        """Reserve a waiting job's earliest start for this pass, and return it (ms); -1: there is none known."""
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
        if int(t) != t or not self.now < t <= LATEST:
            self._pass.fail(f"wake({t}): a later instant, in whole ms, is expected")
        self._pass.wakes.append(int(t))

    def _waiting(self, job: int) -> int:
        """Return the number of a job that waits and is not on hold."""
        number = self._known(job)
        state = self._pass.states[number]
        if state != codes.S_WAITING:
            self._pass.fail(f"it does not wait, it is {codes.STATES[state]}", job=number)
        if self._pass.held and number in self._pass.held:
            self._pass.fail("it is on hold", job=number)
        return number

    def _known(self, job: int) -> int:
        """Return the number of a job that there is."""
        number = int(job)
        if number != job or not 0 <= number < len(self._pass.states):
            self._pass.fail("there is no such job", job=number)
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

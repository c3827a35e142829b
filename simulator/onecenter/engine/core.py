"""The compiled core with its arrays: built from a fleet, a policy and a workload, and grown as it runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onecenter_kernels import codes, heap, state
from onecenter_kernels import step as kernel
from onecenter_kernels.commit import most_rows
from onecenter_kernels.state import State, grown, table

from onecenter.errors import SimulationError
from onecenter.fleet import NodeType, checked_fleet
from onecenter.policies import Policy, checked_policy
from onecenter.workload.table import Workload

#: Beyond every instant: a run without a horizon.
FOREVER = state.FOREVER

_INPUTS = [name for name, *_ in state.JOB_INPUT]


def _types(fleet: Sequence[NodeType]) -> state.Array:
    types = table((state.FIRST_ROW, len(fleet)), state.TYPE_DTYPE)
    first = 0
    for row, kind in zip(types[state.NOW], fleet, strict=True):
        row["first"], row["count"] = first, kind.count
        row["accelerators"], row["cpus"], row["memory"] = kind.accelerators, kind.cpus, kind.memory
        first += kind.count
    return types


def _nodes(fleet: Sequence[NodeType], layers: int) -> state.Array:
    nodes = table((layers, sum(kind.count for kind in fleet)), state.NODE_DTYPE)
    first, rack, device = 0, 0, 0
    for index, kind in enumerate(fleet):
        part = nodes[:, first : first + kind.count]
        place = np.arange(kind.count)
        part["free"], part["cpus"], part["memory"] = kind.accelerators, kind.cpus, kind.memory
        part["type"], part["rack"] = index, rack + place // kind.nodes_per_rack
        part["slots"] = device + place * kind.accelerators
        first, device = first + kind.count, device + kind.count * kind.accelerators
        rack += -(-kind.count // kind.nodes_per_rack)
    return nodes


def _devices(fleet: Sequence[NodeType], layers: int, fractions: bool) -> state.Array:
    count = sum(kind.count * kind.accelerators for kind in fleet) if fractions else 0
    devices = table((layers, count), state.DEVICE_DTYPE)
    devices["free"], devices["owner"] = 1000, -1
    return devices


def _jobs(workload: Workload) -> state.Array:
    jobs = table(max(len(workload), 1), state.JOB_DTYPE)
    for name in _INPUTS:
        jobs[name][: len(workload)] = getattr(workload, name)
    return jobs


def _book(policy: Policy) -> state.Array:
    """Return a book whose rows are now and the shadow or, for conservative, the present and unused rows."""
    if policy.backfill != "conservative":
        book = table(2, state.BOOK_DTYPE)
        book["layer"] = state.NOW, state.SHADOW
        book["t"][state.SHADOW] = FOREVER
        return book
    book = table(64, state.BOOK_DTYPE)
    book["layer"] = state.FIRST_ROW + np.arange(len(book))
    return book


class Core:
    """The state of one center and the calls that move it on.

    Parameters
    ----------
    fleet : sequence of NodeType
        The nodes.
    policy : Policy
        How jobs are ordered, placed and backfilled.
    workload : Workload
        The jobs known at the start.
    fractions : bool
        Keep devices even though no job of the workload asks a fraction of one.
    """

    def __init__(self, fleet: Sequence[NodeType], policy: Policy, workload: Workload, fractions: bool = False) -> None:
        parts = (workload.accelerators % 1000).any()
        self.fleet, self.policy = checked_fleet(fleet), checked_policy(policy)
        self.fractions = bool(fractions or parts)
        self.posted = False
        self._next: int | None = None
        self.state = self._state(workload)

    def _state(self, workload: Workload) -> State:
        policy = self.policy
        book = _book(policy)
        layers = int(book["layer"][-1]) + 1 if policy.backfill == "conservative" else state.FIRST_ROW
        nodes = _nodes(self.fleet, layers)
        devices = _devices(self.fleet, layers, self.fractions)
        scratch = max(nodes.shape[1], devices.shape[1]) + 1
        clock = table(1, state.CLOCK_DTYPE)
        for name in ("now", "spare_hold", "wake", "blocked"):
            clock[name] = -1
        for name, code in policy.codes.items():
            clock[name] = code
        clock["fractions"], clock["scratch"], clock["holds"] = self.fractions, scratch, scratch
        clock["cpu_only"] = (workload.accelerators == 0).any()
        clock["jobs"] = clock["known"] = len(workload)
        clock["book"] = 1 if policy.backfill == "conservative" else len(book)
        return State(
            jobs=_jobs(workload),
            types=_types(self.fleet),
            nodes=nodes,
            devices=devices,
            queue=table(1024, state.QUEUE_DTYPE),
            timers=table(1024, state.TIMER_DTYPE),
            holds=table(scratch, state.HOLD_DTYPE),
            book=book,
            log=table(1024 + 4 * len(workload), state.LOG_DTYPE),
            clock=clock,
        )

    @property
    def now(self) -> int:
        """Instant of the last step (ms); -1 before the first."""
        return int(self.state.clock["now"][0])

    @property
    def next(self) -> int:
        """Instant of the next step (ms); -1: nothing is left."""
        if self._next is None:
            self._next = int(heap.next_time(state.handle(self.state)))
        return self._next

    @property
    def log(self) -> state.Array:
        """The decision log so far, a structured array of LOG_DTYPE."""
        return np.asarray(self.state.log[: int(self.state.clock["log"][0])])

    @property
    def jobs(self) -> state.Array:
        """The jobs so far, posted ones included, a structured array of JOB_DTYPE."""
        return np.asarray(self.state.jobs[: int(self.state.clock["jobs"][0])])

    def advance(self, until: int) -> bool:
        """Make all steps before instant `until` (ms); return whether a watched job changed (it stops there)."""
        while True:
            answer = kernel.advance(state.handle(self.state), until)
            self._next = int(self.state.clock["next"][0])
            if answer != kernel.NEED_ROOM:
                return bool(answer == kernel.WATCHED)
            self._grow()

    def _grow(self) -> None:
        """Double the arrays that may be too small for the next step."""
        clock, s = self.state.clock[0], self.state
        at_next = s.jobs["submit"][: int(clock["known"])]
        first, last = np.searchsorted(at_next, (self.next, self.next + 1)) if len(at_next) else (0, 0)
        new = int(last - first) + int(clock["posted"])
        width = max(s.nodes.shape[1], s.devices.shape[1])
        tasks = np.minimum(s.jobs["tasks"][first:last].astype(np.int64), width)
        rows = int(tasks.sum()) + int(clock["posted_rows"]) + int(clock["pending_rows"])
        waiting = int(clock["tail"] - clock["head"]) + new
        need = {
            "log": int(clock["log"] + clock["timers"]) + 2 * new + rows + 1,
            "timers": int(clock["timers"]) + waiting + new + 2,
            "queue": max(int(clock["tail"]) + new, int(clock["running"]) + waiting),
        }
        if clock["backfill"] == codes.CONSERVATIVE:
            need["book"] = int(clock["running"]) + 2 * waiting + 2
            need["holds"] = int(clock["scratch"]) + rows + 1
        larger = {name: grown(getattr(s, name), size) for name, size in need.items() if size > len(getattr(s, name))}
        if "book" in larger:
            larger |= self._more_layers(larger["book"])
        self.state = s._replace(**larger)

    def _more_layers(self, book: state.Array) -> dict[str, state.Array]:
        """Give every unused row of a grown book a layer of its own."""
        old = len(self.state.book)
        layers = state.FIRST_ROW + len(book)
        book["layer"][old:] = np.arange(state.FIRST_ROW + old, layers)
        more = {}
        for name in ("nodes", "devices"):
            rows = getattr(self.state, name)
            more[name] = table((layers, rows.shape[1]), rows.dtype)
            more[name][: len(rows)] = rows
        return more

    def extend(self, workload: Workload) -> None:
        """Know a longer workload, as if from the beginning; its further jobs come after the last step.

        Raises
        ------
        SimulationError
            If a process has submitted or cancelled jobs where the core would have to begin again.
        """
        self._next = None
        if (workload.accelerators % 1000).any() and not self.fractions:
            self._begin_again(workload)
            return
        known, clock = int(self.state.clock["known"][0]), self.state.clock
        if len(workload) > len(self.state.jobs):
            self.state = self.state._replace(jobs=grown(self.state.jobs, len(workload)))
        for name in _INPUTS:
            self.state.jobs[name][known : len(workload)] = getattr(workload, name)[known:]
        clock["cpu_only"] |= (workload.accelerators == 0).any()
        clock["jobs"] = clock["known"] = len(workload)

    def _begin_again(self, workload: Workload) -> None:
        """Make the same steps once more with devices, which the first fractions of a workload need."""
        if self.posted:
            told = "the first fractions come after a process has posted: build the center with fractions=True"
            raise SimulationError("extend", [told])
        made, watched = self.now, self.state.jobs["watched"]
        self.fractions = True
        self.state = self._state(workload)
        self.advance(made + 1)
        self.state.jobs["watched"][: len(watched)] = watched[: len(self.state.jobs)]

    def post_cancel(self, job: int, t: int) -> None:
        """Cancel a job at instant t (ms).

        Raises
        ------
        SimulationError
            If the instant lies before the last step.
        """
        self._prepare_post("cancel", t)
        self.posted = True
        row = self.state.jobs[job]
        coming = row["state"] == codes.S_FUTURE and row["submit"] == t
        heap.push(state.handle(self.state), t, codes.T_WITHDRAW if coming else codes.T_CANCEL, job, heap.POSTED)

    def post_submit(self, columns: Mapping[str, Any], t: int) -> int:
        """Submit a further job at instant t (ms); return its id.

        Raises
        ------
        SimulationError
            If it asks a fraction of an accelerator where the core keeps no devices, or if the instant lies before the
            last step.
        """
        if int(columns["accelerators"]) % 1000 and not self.fractions:
            raise SimulationError("submit", ["the center keeps no devices: build it with fractions=True"])
        self._prepare_post("submit", t)
        clock = self.state.clock
        j = int(clock["jobs"][0])
        if j == len(self.state.jobs):
            self.state = self.state._replace(jobs=grown(self.state.jobs, j + 1))
        row = self.state.jobs[j : j + 1]
        for name in _INPUTS:
            row[name] = columns[name] if name != "submit" else t
        clock["jobs"] += 1
        clock["posted"] += 1
        clock["cpu_only"] |= int(row["accelerators"][0]) == 0
        clock["posted_rows"] += most_rows(state.handle(self.state), j)
        heap.push(state.handle(self.state), t, codes.T_SUBMIT, j, heap.POSTED)
        return j

    def _prepare_post(self, what: str, t: int) -> None:
        if t < self.now:
            raise SimulationError(what, [f"at {t:,} ms: the core has been at {self.now:,} ms already"])
        self._next = None
        timers = self.state.timers
        if int(self.state.clock["timers"][0]) + 2 > len(timers):
            self.state = self.state._replace(timers=grown(timers, len(timers) + 2))

    def watch(self, job: int) -> None:
        """Let `advance` stop after a step that starts or ends this job."""
        self.state.jobs["watched"][job] = 1

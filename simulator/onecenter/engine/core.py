"""The compiled core with its arrays: built from a fleet, a policy and a workload, and grown as it runs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, Final

import numpy as np
from onecenter_kernels import codes, heap, job_fields, state
from onecenter_kernels import needs as room
from onecenter_kernels import step as kernel
from onecenter_kernels.deriving import derive
from onecenter_kernels.handle import handle_of
from onecenter_kernels.state import State, grown, table

from onecenter.engine import initial
from onecenter.engine.keying import ESTIMATE, FIELDS, Keying
from onecenter.engine.numbering import Numbering
from onecenter.engine.past import Past
from onecenter.engine.scheduling import Scheduling
from onecenter.engine.scoring import Scoring
from onecenter.engine.shares import Shares, sharing_under, with_dominants
from onecenter.engine.tying import Tying
from onecenter.engine.victim_keying import VictimKeying
from onecenter.errors import SimulationError
from onecenter.fleet import NodeType, checked_fleet
from onecenter.policies import BY_ORDER, Key, Policy, SchedulerCode, Score, VictimKey, checked_policy, column_of
from onecenter.system.time_limit import TimeLimit
from onecenter.workload.table import COLUMNS, OWN, Workload

#: Beyond every instant: a run without a horizon.
FOREVER = state.FOREVER

#: The largest int32: rows of the log have such numbers, and jobs such priorities.
INT32_MAX = 2**31 - 1

#: How long (s) code of the user's own may take for one pass.
TIMEOUT: Final = 10.0


def kernel_of(policy: Policy, shared: bool = False) -> Callable[..., int]:
    """Return the kernel that makes the steps under a policy; there are eight, as a process compiles what it runs.

    `shared`: quotas or limits may keep a job from starting.
    """
    if isinstance(policy.order, SchedulerCode):
        return kernel.advance_scheduled
    if policy.preemption == BY_ORDER:
        return kernel.advance_by_order
    if policy.backfill == "conservative":
        return kernel.advance_conservative
    if policy.by_platform:
        return kernel.advance_by_platform
    found: Callable[..., int] = kernel.advance_by_quota if shared else kernel.advance
    if initial.is_booked(policy):
        found = kernel.advance_reserving_by_quota if shared else kernel.advance_reserving
    return found


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
        fractional = (workload.accelerators % 1000).any()
        self.fleet, self.policy = checked_fleet(fleet), checked_policy(policy).loaded
        policy = self.policy
        self.fractions = bool(fractions or fractional)
        self.sharing = sharing_under(policy, workload)
        self._advance = kernel_of(policy, self.sharing is not None)
        self.limit = TimeLimit(TIMEOUT)
        order, limit = policy.order, self.limit
        parts = {"key": order, "behind": policy.backfill_order}
        self._keyings = {
            name: Keying(key, lambda: self.state, limit, name) for name, key in parts.items() if isinstance(key, Key)
        }
        if isinstance(policy.victims, VictimKey):
            self._keyings["victims"] = VictimKeying(policy.victims, self._state_and_handle, limit)
        code = policy.estimates
        asked = code and Key(code.name, code.sha256, code.function, code.file)
        self._estimating = Keying(asked, lambda: self.state, limit, ESTIMATE) if asked else None
        placement = policy.placement
        self._scoring = Scoring(placement, lambda: self.state, limit) if isinstance(placement, Score) else None
        held = self._state_and_handle
        self._scheduling = Scheduling(order, held, limit) if isinstance(order, SchedulerCode) else None
        self.posted = False
        self._next: int | None = None
        self._handle_of: State | None = None
        self._handle: Any = None
        self._coming: Any = None
        self._begin(workload)

    def _begin(self, workload: Workload) -> None:
        """Make the state before the first step."""
        workload = replace(workload, sharing=self.sharing)
        self._asks = Numbering(job_fields.ASK_INPUT, state.ASK_DTYPE)
        self._owners = Numbering(job_fields.OWNER_INPUT, state.OWNER_DTYPE)
        self._past = Past(self.policy)
        self._tying = Tying()
        self._shares = Shares(self.sharing) if self.sharing is not None else None
        self._platforms: tuple[str, ...] = ()
        tables = self._asks.rows, self._owners.rows
        self.state = initial.state_of(self.fleet, self.policy, workload, self.fractions, *tables)
        if self._shares is not None:
            self.state = self._shares.begin(self.state)
        for code in (*self._keyings.values(), self._scoring, self._scheduling):
            if code is not None:
                code.begin()
        self._know(workload)

    @property
    def _columns(self) -> dict[str, str]:
        """The columns by which the order and that of backfill go, by what their keys are called in the state."""
        orders = {"key": self.policy.order, "behind": self.policy.backfill_order}
        return {name: column for name, order in orders.items() if (column := column_of(order)) is not None}

    def _state_and_handle(self) -> tuple[State, Any]:
        return self.state, self.handle

    def _know(self, workload: Workload) -> None:
        """Add the jobs of a workload that come after those known; the cursor submits them."""
        known = int(self.state.clock["known"][0])
        self._platforms = workload.platforms
        columns = {name: getattr(workload, name)[known:] for name in COLUMNS}
        self._add(columns | {name: workload.column(of)[known:] for name, of in self._columns.items()})
        self.state = self._tying.know(self.state, workload.ties, known, len(workload))
        self.state.clock["known"] = len(workload)

    def _add(self, columns: Mapping[str, Any]) -> None:
        """Add jobs, given as columns: what they bring along, what they ask and whose they are."""
        first, asked = int(self.state.clock["jobs"][0]), self._asks.count
        last = first + len(columns["submit"])
        if last > len(self.state.jobs):
            self.state = self.state._replace(jobs=grown(self.state.jobs, last))
        jobs = self.state.jobs[first:last]
        for name in job_fields.JOB_INPUT:
            jobs[name] = columns[name]
        if (jobs["priority"] != columns["priority"]).any():
            raise SimulationError("core", [f"a priority: {-INT32_MAX:,} to {INT32_MAX:,} are expected"])
        self._asks.number(columns, jobs["ask"])
        self._owners.number(columns, jobs["owner"])
        self.state.clock["jobs"], self.state.clock["asks"] = last, self._asks.count
        if self.state.asks is not self._asks.rows or self.state.owners is not self._owners.rows:
            self.state = self.state._replace(asks=self._asks.rows, owners=self._owners.rows)
        if self.policy.placement == "fgd" and len(self.state.asks) > len(self.state.kinds):
            self.state = self.state._replace(kinds=grown(self.state.kinds, len(self.state.asks)))
        if self._asks.count > asked:
            derive(self.handle, asked)
        if self.state.clock["preemption"][0]:
            if last > len(self.state.attempts):
                self.state = self.state._replace(attempts=grown(self.state.attempts, last))
            self.state.attempts["left"][first:last] = self.state.jobs["run"][first:last]
        if initial.needs_keys(self.policy):
            self._add_keys(columns, first)
        if self._shares is not None:
            self.state = self._shares.know(self.state, self._owners.count)
        if self.policy.order == "drf":
            self.state = with_dominants(self.state, self._owners.count)
        estimates = None
        if self._estimating is not None:
            estimates = self._estimating.given(first, last, self.state.keys["deadline"][first:last])
        self.state = self._past.know(self.state, first, last, self._owners.count, self._platforms, estimates)

    def _add_keys(self, columns: Mapping[str, Any], first: int) -> None:
        """Add the keys of jobs from a first one on: what they bring along, else their deadlines (s), none last."""
        deadlines = columns["deadline"]
        last = first + len(deadlines)
        if last > len(self.state.keys):
            self.state = self.state._replace(keys=grown(self.state.keys, last))
        due = np.where(deadlines < 0, np.inf, deadlines / 1000.0)
        for name in ("key", "behind"):
            if name in self._keyings:
                self._keyings[name].know(first, last, deadlines)
            else:
                self.state.keys[name][first:last] = columns.get(name, due)
        self.state.keys["deadline"][first:last] = due

    @property
    def handle(self) -> Any:
        """What the kernels take for the state; made anew where an array was replaced."""
        if self._handle_of is not self.state:
            self._handle_of, self._handle = self.state, handle_of(self.state)
            # To look a field up costs more than a step.
            self._coming = self.state.clock["next"]
        return self._handle

    @property
    def now(self) -> int:
        """Instant of the last step (ms); -1 before the first."""
        return int(self.state.clock["now"][0])

    @property
    def next(self) -> int:
        """Instant of the next step (ms); -1: nothing is left."""
        if self._next is None:
            self._next = int(heap.next_time(self.handle))
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
            answer = self._advance(self.handle, until)
            self._next = int(self._coming[0])
            if answer == kernel.FAILED:
                self._raise_failure()
            if answer == kernel.STEP and self._scheduling is not None:
                self._next = None
                self._scheduling.decide()
                continue
            if answer != kernel.NEED_ROOM:
                return bool(answer == kernel.WATCHED)
            self._grow()

    def watching(self) -> AbstractContextManager[None]:
        """Return a block in which code of the user's own is stopped where it takes too long."""
        return self.limit.watching() if self.policy.code else nullcontext()

    def _raise_failure(self) -> None:
        """Raise what was wrong with code of the user's own."""
        if self._scoring is not None:
            self._scoring.raise_failure()
        self._keyings[tuple(FIELDS)[int(self.state.clock["failed_key"][0])]].raise_failure()

    def check_progress(self) -> None:
        """Raise a PolicyError where nothing is left to happen, and a scheduler has left jobs waiting."""
        if self._scheduling is not None and self.next < 0:
            self._scheduling.check_end()

    def _grow(self) -> None:
        """Double the arrays that are too small for the next step."""
        need = room.needs(self.handle)._asdict()
        short = {name: rows for name, rows in need.items() if rows > len(getattr(self.state, name))}
        if not short:
            raise SimulationError("core", [f"no room for the step at {self.next:,} ms, though nothing is too small"])
        if need["log"] > INT32_MAX:
            raise SimulationError("core", [f"the decision log has {INT32_MAX:,} rows, the most that are possible"])
        larger = {name: grown(getattr(self.state, name), rows) for name, rows in short.items()}
        if "book" in larger:
            larger |= self._more_layers(larger["book"])
        if "queue" in larger:
            larger |= initial.queue_of(self.policy, larger["queue"], self.sharing is not None)
            self.state.clock["listed"] = 0
        self.state = self.state._replace(**larger)

    def _more_layers(self, book: state.Array) -> dict[str, state.Array]:
        """Give every unused row of a grown book a layer of its own."""
        layers, first = state.FIRST_ROW + len(book), len(self.state.nodes)
        book["layer"][first - state.FIRST_ROW :] = np.arange(first, layers)
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
        self._know(workload)

    def _begin_again(self, workload: Workload) -> None:
        """Make the same steps once more with devices, which the first fractions of a workload need."""
        if self.posted:
            told = "the first fractions come after a process has posted: build the center with fractions=True"
            raise SimulationError("extend", [told])
        made, watched = self.now, self.state.jobs["watched"]
        self.fractions = True
        self._begin(workload)
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
        heap.push(self.handle, t, codes.T_WITHDRAW if coming else codes.T_CANCEL, job, heap.POSTED)

    def post_submit(self, columns: Mapping[str, Any], t: int, other: Sequence[int] = (), ok: Sequence[int] = ()) -> int:
        """Submit a further job at instant t (ms); return its id.

        It comes after some other jobs, of which those must have completed whose entry in `ok` is 1.

        Raises
        ------
        SimulationError
            If it asks a fraction of an accelerator where the core keeps no devices, or if the instant lies before the
            last step.
        """
        if int(columns["accelerators"]) % 1000 and not self.fractions:
            raise SimulationError("submit", ["the center keeps no devices: build it with fractions=True"])
        self._prepare_post("submit", t)
        j, clock = int(self.state.clock["jobs"][0]), self.state.clock
        # A process submits it, so it is of no tenant and of no stream.
        row = {**columns, "submit": t, "tenant": -1, "stream": -1}
        row |= {name: float(row[column]) if column in OWN else np.inf for name, column in self._columns.items()}
        self._add({name: np.array([value]) for name, value in row.items()})
        if other:
            tied = np.full(len(other), j), np.asarray(other, np.int64), np.asarray(ok, np.int64)
            self.state = self._tying.come_after(self.state, *tied)
        else:
            self.state = self._tying.know(self.state, None, j, j + 1)
        clock["posted"] += 1
        clock["posted_rows"] += self.state.asks["most_rows"][self.state.jobs["ask"][j]]
        heap.push(self.handle, t, codes.T_SUBMIT, j, heap.POSTED)
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

"""The passes of a core whose scheduler is the user's own: what it does is checked, and what it breaks is told."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from onecenter_kernels import codes, scheduling
from onecenter_kernels.state import State

from onecenter.engine import scheduled_eviction
from onecenter.engine.job_columns import Columns, Flags, Ints
from onecenter.engine.policy_faults import policy_error
from onecenter.engine.view import View
from onecenter.errors import PolicyError
from onecenter.policies import SchedulerCode
from onecenter.system.time_limit import TimeLimit, TimeUpError

#: Passes in a row that start nobody though somebody waits and nothing runs, or that only evict jobs in vain.
FRUITLESS: Final = 1_000


class Scheduling:
    """The scheduler of a core's policy.

    Parameters
    ----------
    code : SchedulerCode
        What makes the scheduler.
    handle_of : callable
        Returns the state as it is, and what kernels take for it.
    limit : TimeLimit
        Of one pass.
    """

    def __init__(self, code: SchedulerCode, handle_of: Callable[[], tuple[State, Any]], limit: TimeLimit) -> None:
        self._act: Callable[..., int] = scheduling.act
        self.code, self.handle_of, self.limit = code, handle_of, limit

    def begin(self) -> None:
        """Make a scheduler for a new state; a kernel is compiled here rather than in its first pass."""
        self.scheduler = self.code.made()
        self.held: set[int] = set()
        self.wakes: list[int] = []
        self.failure: BaseException | None = None
        self._open, self._fruitless = False, 0
        self._vain, self._evicted, self._gained, self._seen = 0, False, False, 0
        self._running, self._read = np.zeros(0, np.int64), 0
        self.columns = Columns(lambda: self.state, self._work_of)
        self.state, self._handle = self.handle_of()
        self._act(self._handle, scheduling.PREPARE, 0, 0)
        if self.code.evicts:
            scheduled_eviction.prepare(self._handle)

    def decide(self) -> None:
        """Let the scheduler make the pass of the step that has begun."""
        self.state, self._handle = self.handle_of()
        clock = self.state.clock
        # To look a field up takes longer than an action, so it is done once per pass.
        self.states = self.state.jobs["state"][: int(clock["jobs"][0])]
        before, self._open, self.failure = int(clock["log"][0]), True, None
        if self.held:
            self.held = {job for job in self.held if self.states[job] == codes.S_WAITING}
        try:
            self._schedule()
        finally:
            self._open = False
        if self.failure is not None:  # caught by the scheduler
            raise self.failure
        self._set_wake()
        self._check_progress(before)
        if self.code.evicts:
            self._check_gain(before)

    def _schedule(self) -> None:
        schedule: Callable[[View], Any] = self.scheduler.schedule
        try:
            with self.limit:
                answer = schedule(View(self))
        except TimeUpError:
            self.fail(f"it took more than {self.limit.seconds:g} s for one pass")
        except PolicyError:
            raise
        except (Exception, SystemExit) as error:
            self.fail(f"{type(error).__name__}: {error}", cause=error)
        if answer is not None:
            self.fail(
                f"schedule returned {type(answer).__name__}: None is expected"
            )

    def _set_wake(self) -> None:
        """Set a timer for the earliest instant at which a pass was asked for."""
        if not self.wakes:
            return
        clock = self.state.clock
        now = int(clock["now"][0])
        self.wakes = sorted({t for t in self.wakes if t > now})
        if not self.wakes:
            clock["wake"] = -1
        elif self.wakes[0] != int(clock["wake"][0]):
            self._act(self._handle, scheduling.WAKE, 0, self.wakes[0])

    def _check_progress(self, before: int) -> None:
        fruitless = self._is_idle() and int(self.state.clock["log"][0]) == before
        self._fruitless = self._fruitless + 1 if fruitless else 0
        if self._fruitless == FRUITLESS:
            self.fail(f"no progress: in {FRUITLESS:,} passes it has started nobody, though jobs wait and nothing runs")

    def _check_gain(self, before: int) -> None:
        """Raise an error where jobs are evicted again and again, keep nothing, and nothing else happens."""
        happened = self.state.log["kind"][self._seen : before] != codes.E_REQUEUE
        if self._gained or happened.any():
            self._vain = 0
        self._vain += self._evicted
        self._evicted, self._gained, self._seen = False, False, int(self.state.clock["log"][0])
        if self._vain == FRUITLESS:
            told = f"no progress: in {FRUITLESS:,} passes it has evicted jobs that keep nothing, and nothing has ended"
            self.fail(told)

    def check_end(self) -> None:
        """Raise an error where jobs are left waiting, though nothing runs and nothing is left to happen."""
        self.state, self._handle = self.handle_of()
        if self._is_idle():
            self.fail("no progress: jobs wait, nothing runs, and nothing will happen any more")

    def _is_idle(self) -> bool:
        """Tell whether nothing runs though jobs wait that are not on hold."""
        clock = self.state.clock
        return not int(clock["running"][0]) and int(clock["tail"][0]) - int(clock["head"][0]) > len(self.held)

    def do(self, what: int, job: int, value: int = 0) -> int:
        """Let a kernel do something with a waiting job."""
        if not self._open:
            self._check_open(job)
        return self._act(self._handle, what, job, value)

    def do_each(self, jobs: Ints, started: Flags) -> int:
        """Let a kernel start waiting jobs in turn, note which did, and return how many it looked at."""
        candidates = self.state.queue["candidate"]
        for first in range(0, len(jobs), len(candidates)):
            some = jobs[first : first + len(candidates)]
            candidates[: len(some)] = some
            done = self.do(scheduling.START_EACH, int(some[0]), len(some))
            started[first : first + done] = candidates[:done] < 0
            if done < len(some):
                return first + done
        return len(jobs)

    def evict(self, job: int) -> int:
        """Evict a running job, and return when it has left (ms)."""
        self._check_open(job)
        self._check_evicts(job)
        saved = int(self.state.attempts["saved"][job])
        leaves = scheduled_eviction.evict(self._handle, job)
        if leaves < 0:
            self.fail(scheduled_eviction.refusal(self.state, job, leaves), job)
        self._evicted = True
        self._gained = self._gained or int(self.state.attempts["saved"][job]) > saved
        return leaves

    def _work_of(self, jobs: Ints) -> Ints:
        self._check_open(None)
        self._check_evicts(None)
        return scheduled_eviction.work_of(self._handle, jobs)

    def _check_evicts(self, job: int | None) -> None:
        if not self.code.evicts:
            self.fail(scheduled_eviction.EVICTS_NOBODY, job)

    def look(self, kernel: Callable[..., None], number: int, found: Ints) -> None:
        """Let a kernel fill something in."""
        self._check_open(None)
        kernel(self._handle, number, found)

    def _check_open(self, job: int | None) -> None:
        if not self._open:
            self.fail("nobody acts outside of a pass", job)

    def running(self) -> Ints:
        """Return the running jobs, by submit."""
        last = int(self.state.clock["log"][0])
        rows = self.state.log[self._read : last]
        started = rows["job"][rows["kind"] == codes.E_START].astype(np.int64)
        known = np.unique(np.concatenate([self._running, started]))
        self._running, self._read = known[self.state.jobs["state"][known] == codes.S_RUNNING], last
        return self._running.copy()

    def fail(self, what: str, job: int | None = None, node: int | None = None, cause: Any = None) -> Any:
        """Raise the error that says what was wrong, where and when, and what was free."""
        self.failure = policy_error(self.code.name, what, self.state, job, node)
        raise self.failure from cause

"""A user's key as the kernels call it: compiled by Numba where it compiles, else asked in Python before each pass."""

import ctypes
import dis
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numba
import numpy as np
from onecenter_kernels.jit import JIT
from onecenter_kernels.state import State

from onecenter.engine.policy_faults import policy_error
from onecenter.errors import PolicyError
from onecenter.policies import Job, Key
from onecenter.system.time_limit import TimeLimit, TimeUpError

#: The names of keys, in the order of `clock.failed_key`, and the fields of the state that hold them.
FIELDS: Final = {"key": "key", "behind": "behind", "victims": "victim"}

#: What the function of estimates is called.
ESTIMATE: Final = "estimate"


class Keying:
    """The key of a core's policy.

    Parameters
    ----------
    key : Key
        With a function.
    state_of : callable
        Returns the state as it is.
    limit : TimeLimit
        Of all keys of one pass.
    name : str
        One of FIELDS: of the order, of that of backfill, or of victims; or "estimate", of a function that gives
        estimates, of which the state knows nothing.
    """

    #: What a function is given of a job.
    seen: type[Any] = Job

    #: With which option the code is given, where the name does not say it.
    option = "--estimate"

    def __init__(self, key: Key, state_of: Callable[[], State], limit: TimeLimit, name: str = "key") -> None:
        if key.function is None:
            option = {"key": "--policy", "behind": "--backfill-order"}.get(name, self.option)
            lacks = f"{key.name} is code, which no result holds: give it anew, as {option} FILE:NAME"
            raise PolicyError("policy", [lacks])
        self.key, self.function, self.state_of, self.limit = key, key.function, state_of, limit
        self.name = name
        self.failure: BaseException | None = None
        self._deadlines = np.zeros(0)
        asked = key.of_queue or name == ESTIMATE or not JIT
        self._compiled = None if asked else self._compile()
        self._asked = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_double)(self._ask)

    def _compile(self) -> Any:
        return compiled(self.function, self.key.changes_with_time)

    def begin(self) -> None:
        """Let the clock of a new state know what is called."""
        clock = self.state_of().clock
        if self._compiled is not None:
            clock[f"{self.name}_call"] = self._compiled.address
        elif self.key.changes_with_time:
            clock[f"{self.name}s_call"] = ctypes.cast(self._asked, ctypes.c_void_p).value

    def know(self, first: int, last: int, deadlines: Any) -> None:
        """Give new jobs, first .. last - 1, their deadlines (ms) or, where it does not change, their key."""
        keys = self.state_of().keys[self.name]
        keys[first:last] = np.where(deadlines < 0, np.inf, deadlines / 1000.0)
        if self._compiled is None and self.key.changes_with_time:
            self._deadlines = np.concatenate([self._deadlines[:first], keys[first:last]])
        elif self._compiled is None:
            keys[first:last] = self.given(first, last, keys[first:last].copy())

    def given(self, first: int, last: int, deadlines: Any) -> Any:
        """Return what the function gives new jobs, first .. last - 1, of these deadlines (s)."""
        self._deadlines = np.concatenate([self._deadlines[:first], deadlines])
        with self.limit.watching():
            return self._limited_keys(np.arange(first, last), None)

    def raise_failure(self) -> None:
        """Raise what was wrong with a key."""
        state = self.state_of()
        if self.failure is None:
            j = int(state.clock["failed"][0]) - 1
            now = float(state.clock["now"][0])
            self._deadlines = state.keys["deadline"]
            self._keys(np.array([j]), now)
        raise self.failure or PolicyError("policy", [f"{self.key.name}: NaN is no key"])

    def _ask(self, t: float) -> int:
        state, jobs = self.state_of(), self._waiting()
        try:
            state.keys[FIELDS[self.name]][jobs] = self._limited_keys(jobs, t)
        except BaseException as error:  # Ctrl-C too: compiled code lets nothing through
            self.failure = error
            state.clock["failed"], state.clock["failed_key"] = 1, list(FIELDS).index(self.name)
        return 0

    def _waiting(self) -> Any:
        """Return the jobs whose keys are asked for."""
        state = self.state_of()
        clock = state.clock[0]
        return np.array(state.queue["job"][int(clock["head"]) : int(clock["tail"])])

    def _limited_keys(self, jobs: Any, t: float | None) -> Any:
        try:
            with self.limit:
                return self._keys(jobs, t)
        except TimeUpError:
            self._fail(f"it took more than {self.limit.seconds:g} s", None, t)

    def _keys(self, jobs: Any, t: float | None) -> Any:
        """Return the keys of some jobs at t (ms)."""
        now = () if t is None or not self.key.changes_with_time else (t / 1000.0,)
        seen = self._features(jobs)
        if self.key.of_queue:
            keys = self._called(seen, now, None, t)
            found = np.asarray(keys, np.float64) if _is_numeric(keys) else np.zeros(0)
            if found.shape != jobs.shape:
                self._fail(f"{len(jobs)} numbers are expected, one per job, not {_told(keys)}", None, t)
        else:
            rows = zip(jobs.tolist(), zip(*(column.tolist() for column in seen), strict=True), strict=True)
            found = np.array([self._key(j, self.seen(*row), now, t) for j, row in rows])
        if np.isnan(found).any():
            self._fail(f"NaN is no {ESTIMATE if self.name == ESTIMATE else 'key'}", int(jobs[np.isnan(found)][0]), t)
        return found

    def _key(self, j: int, seen: Any, now: tuple[float, ...], t: float | None) -> float:
        key = self._called(seen, now, j, t)
        if not isinstance(key, int | float | np.integer | np.floating):
            self._fail(f"a number is expected, not {_told(key)}", j, t)
        return float(key)

    def _called(self, seen: Any, now: tuple[float, ...], job: int | None, t: float | None) -> Any:
        try:
            return self.function(seen, *now)
        except (Exception, SystemExit) as error:
            self._fail(f"{type(error).__name__}: {error}", job, t)

    def _features(self, jobs: Any) -> Any:
        """Return what a key sees of some jobs, as arrays that it cannot change the core with."""
        state = self.state_of()
        rows = state.jobs[jobs]
        asks, owners = state.asks[rows["ask"]], state.owners[rows["owner"]]
        tasks = asks["tasks"]
        columns = (
            rows["submit"] / 1000.0, rows["walltime"] / 1000.0, asks["gang"] / 1000.0, tasks,
            asks["cpus"] * tasks / 1000.0, asks["memory"] * tasks / 1024.0, rows["priority"], owners["platform"],
            owners["tenant"], owners["stream"], self._deadlines[jobs],
        )  # fmt: skip
        return Job(*(np.array(column, np.float64) for column in columns))

    def _fail(self, what: str, job: int | None, t: float | None) -> None:
        raise policy_error(self.key.name, what, self.state_of(), job, begun=t is not None)


def _is_numeric(values: Any) -> bool:
    try:
        np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return False
    return True


def _told(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"{type(value).__name__}" + ("" if shape is None else f" of shape {shape}")


def loops(function: Callable[..., Any]) -> bool:
    """Tell whether a function may go on for ever: nothing interrupts compiled code, so it must be asked in Python."""
    code = getattr(function, "__code__", None)
    return code is not None and any("JUMP_BACKWARD" in step.opname for step in dis.get_instructions(code))


@lru_cache(maxsize=64)  # compiling takes a fraction of a second, and replications are many
def compiled(function: Callable[..., Any], changes: bool) -> Any:
    """Return a function of a Job as a compiled one of floats, which gives NaN where it raises; None: it cannot."""
    if loops(function):
        return None

    def at_once(a, b, c, d, e, f, g, h, i, j, k, now):  # type: ignore[no-untyped-def]
        try:
            return float(key(Job(a, b, c, d, e, f, g, h, i, j, k)))
        except Exception:
            return math.nan

    def in_each_pass(a, b, c, d, e, f, g, h, i, j, k, now):  # type: ignore[no-untyped-def]
        try:
            return float(key(Job(a, b, c, d, e, f, g, h, i, j, k), now))
        except Exception:
            return math.nan

    signature = numba.float64(*[numba.float64] * (len(Job._fields) + 1))
    try:
        key = numba.njit(function)
        return numba.cfunc(signature)(in_each_pass if changes else at_once)
    except Exception:  # Numba says in many ways that it cannot compile something
        return None

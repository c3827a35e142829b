"""A user's key of victims as kernels call it: compiled by Numba where it compiles, else asked for all candidates."""

import ctypes
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from onecenter_kernels.state import State

from onecenter.engine.keying import Keying, loops
from onecenter.engine.scheduled_eviction import work_of
from onecenter.policies import Victim, VictimKey
from onecenter.system.time_limit import TimeLimit


class VictimKeying(Keying):
    """The key of victims of a core's policy.

    Parameters
    ----------
    key : VictimKey
        With a function.
    held : callable
        Returns the state as it is, and what kernels take for it.
    limit : TimeLimit
        Of all keys of one pass.
    """

    seen = Victim
    option = "--victims"

    def __init__(self, key: VictimKey, held: Callable[[], tuple[State, Any]], limit: TimeLimit) -> None:
        super().__init__(key, lambda: held()[0], limit, "victims")
        self._held = held

    def _compile(self) -> Any:
        return compiled(self.function, self.key.changes_with_time)

    def begin(self) -> None:
        """Let the clock of a new state know what is called."""
        clock = self.state_of().clock
        if self._compiled is not None:
            clock["victims_call"] = self._compiled.address
        else:
            clock["victims_asked"] = ctypes.cast(self._asked, ctypes.c_void_p).value

    def know(self, first: int, last: int, deadlines: Any) -> None:
        """Know new jobs: their keys are asked for when they may be evicted."""

    def _waiting(self) -> Any:
        """Return the candidates."""
        state = self.state_of()
        return np.array(state.queue["candidate"][: int(state.clock["victims_listed"][0])])

    def _features(self, jobs: Any) -> Victim:
        state, handle = self._held()
        rows, work = state.jobs[jobs], work_of(handle, jobs)
        columns = (
            state.owners[rows["owner"]]["tier"], rows["start"] / 1000.0, state.attempts[jobs]["nodes"],
            work[:, 0] / 1000.0, work[:, 1] / 1000.0,
        )  # fmt: skip
        self._deadlines = state.keys["deadline"]
        return Victim(*super()._features(jobs), *(np.array(column, np.float64) for column in columns))


@lru_cache(maxsize=64)  # as of other keys
def compiled(function: Callable[..., Any], changes: bool) -> Any:
    """Return a function of a Victim as a compiled one of floats, which gives NaN where it raises; None: it cannot."""
    if loops(function):
        return None

    def at_once(a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, now):  # type: ignore[no-untyped-def]
        try:
            return float(key(Victim(a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q)))
        except Exception:
            return math.nan

    def with_time(a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, now):  # type: ignore[no-untyped-def]
        try:
            return float(key(Victim(a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q), now))
        except Exception:
            return math.nan

    signature = numba.float64(*[numba.float64] * (len(Victim._fields) + 1))
    try:
        key = numba.njit(function)
        return numba.cfunc(signature)(with_time if changes else at_once)
    except Exception:  # Numba says in many ways that it cannot compile something
        return None

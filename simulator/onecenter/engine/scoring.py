"""A user's score as the kernels call it: compiled by Numba where it compiles, else asked in Python at each choice."""

import ctypes
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numba
import numpy as np
from numba import carray, cfunc, types  # type: ignore[attr-defined]
from onecenter_kernels.jit import JIT
from onecenter_kernels.state import State

from onecenter.engine.keying import loops
from onecenter.errors import PolicyError
from onecenter.policies import Job, Node, Score
from onecenter.system.time_limit import TimeLimit, TimeUpError
from onecenter.units import format_duration

#: What a score sees of a node, and of a job.
WIDTH: Final = len(Node._fields)


class Scoring:
    """The score of a core's policy.

    Parameters
    ----------
    score : Score
        With a function.
    state_of : callable
        Returns the state as it is.
    limit : TimeLimit
        Of all scores of one choice.
    """

    def __init__(self, score: Score, state_of: Callable[[], State], limit: TimeLimit) -> None:
        if score.function is None:
            lacks = f"{score.name} is code, which no result holds: give it anew, as --placement FILE:NAME"
            raise PolicyError("policy", [lacks])
        self.name, self.function, self.state_of, self.limit = score.name, score.function, state_of, limit
        self.failure: BaseException | None = None
        self._compiled = compiled(self.function) if JIT else None
        self._asked = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(self._ask)

    def begin(self) -> None:
        """Let the clock of a new state know what is called, and with what."""
        state = self.state_of()
        asked = ctypes.cast(self._asked, ctypes.c_void_p).value
        state.clock["score_call"] = asked if self._compiled is None else self._compiled.address
        state.clock["score_rows"] = state.scored.ctypes.data

    def raise_failure(self) -> None:
        """Raise what was wrong with a score; nothing, if no score was."""
        count = int(self.state_of().clock["unscored"][0])
        if count and self.failure is None:
            self._best(count)
        if count:
            raise self.failure or self._error("NaN is no number")

    def _ask(self, rows: int, count: int) -> int:
        try:
            with self.limit:
                return self._best(count)
        except TimeUpError:
            self.failure = self._error(f"it took more than {self.limit.seconds:g} s")
        except BaseException as error:  # Ctrl-C too: compiled code lets nothing through
            self.failure = error
        return 0

    def _best(self, count: int) -> int:
        """Return the row of the node with the highest score; its number is one more than its place."""
        seen, *nodes = self.state_of().scored[: count + 1].tolist()
        job = Job(*seen)
        scores = [self._score(Node(*row), job) for row in nodes]
        return 1 + scores.index(max(scores))

    def _score(self, node: Node, job: Job) -> float:
        try:
            score = self.function(node, job)
        except Exception as error:
            raise self._error(f"{type(error).__name__}: {error}", node) from error
        if not isinstance(score, int | float | np.integer | np.floating):
            raise self._error(f"a number is expected, not {type(score).__name__}", node)
        if math.isnan(score):
            raise self._error("NaN is no number", node)
        return float(score)

    def _error(self, what: str, node: Node | None = None) -> PolicyError:
        clock = self.state_of().clock[0]
        job = int(clock["failed"]) - 1 if clock["failed"] else int(clock["placing"])
        at = format_duration(int(clock["now"]))
        if node is None:
            return PolicyError("policy", [f"{self.name}, job {job} at {at}: {what}"])
        free = f"{node.free:g} accelerators, {node.cpus:g} cpus and {node.memory:g} GiB were free on it"
        return PolicyError("policy", [f"{self.name}, job {job}, node {int(node.id)} at {at}: {what}; {free}"])


@lru_cache(maxsize=64)  # compiling takes a fraction of a second, and replications are many
def compiled(function: Callable[..., Any]) -> Any:
    """Return a function as one that finds the row of the best of all nodes, 0 where it fails; None: Numba cannot."""
    if loops(function):
        return None
    try:
        score = numba.njit(function)
    except TypeError:  # an object that can be called
        return None

    @numba.njit
    def best(rows):  # type: ignore[no-untyped-def]
        a = rows[0]
        job = Job(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10])
        found, most = 0, 0.0
        for i in range(1, len(rows)):
            b = rows[i]
            value = float(score(Node(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10]), job))
            if math.isnan(value):
                return 0
            if found == 0 or value > most:
                found, most = i, value
        return found

    def called(rows, count):  # type: ignore[no-untyped-def]
        try:
            return best(carray(rows, (count + 1, 11)))
        except Exception:
            return 0

    try:
        return cfunc(types.int64(types.CPointer(types.float64), types.int64))(called)
    except Exception:  # Numba says in many ways that it cannot compile something
        return None

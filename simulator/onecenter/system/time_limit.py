"""A limit on how long code of somebody else may take for one call."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

#: How often (s) it is looked whether a call has taken too long.
TICK: Final = 0.5


class TimeUpError(BaseException):
    """Raised in code that has taken too long; no `except Exception` catches it."""


class TimeLimit:
    """Limits each call of code that is watched: `with limit:` around the call, `with limit.watching():` around many.

    Only the main thread of a process can be interrupted. In another one a call that has taken too long ends by itself,
    and the error is raised then.

    Parameters
    ----------
    seconds : float
        For one call.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end: float | None = None

    def __enter__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def __exit__(self, kind: object, *error: object) -> None:
        end, self._end = self._end, None
        if kind is None and end is not None and time.monotonic() > end:
            raise TimeUpError

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Interrupt calls in this block that take too long."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # To set a handler costs more than most calls, so it is set once for all of them.
        handler = signal.signal(signal.SIGALRM, self._look)
        timer = signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, *timer)
            signal.signal(signal.SIGALRM, handler)

    def _look(self, number: int, frame: Any) -> None:
        if self._end is not None and time.monotonic() > self._end:
            raise TimeUpError

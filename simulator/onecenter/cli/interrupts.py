"""Signals that ask the program to end, each the same as Ctrl-C."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")

#: How long an interrupt is put off at a time where it must not come (s).
SOON: Final = 0.02

#: Modules whose `__enter__` and `__exit__` are functions of Python's that take or give back locks.
LOCKS: Final = ("threading", "concurrent.futures._base")


class Interrupted(KeyboardInterrupt):
    """An interrupt by one of the signals.

    Python keeps in mind that a plain KeyboardInterrupt has left a text run by `exec`, as dataclasses and named tuples
    do, and would end itself by SIGINT in the end, whatever the exit status is.
    """


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt on the signals of `NAMES`; give the list of those that came.

    A signal that the caller ignores or handles by itself, as `nohup` or a test does, is left alone.
    """
    came: list[int] = []
    before: dict[int, Any] = {}

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.append(number)
        _raise_or_wait(number, frame)

    if threading.current_thread() is threading.main_thread():
        for name in NAMES:
            number = getattr(signal, name, None)  # SIGHUP is not everywhere
            if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                before[number] = signal.signal(number, interrupt)
        if hasattr(signal, "SIGALRM"):
            before[signal.SIGALRM] = signal.getsignal(signal.SIGALRM)
    try:
        yield came
    finally:
        if came and hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise_or_wait(_: int, frame: FrameType | None) -> None:
    # Compiled modules crash where their import is broken off; a lock that was taken by what is broken off is kept for
    # good, and a pool of processes waits for it when it ends. So the interrupt comes when that is done.
    if _importing_or_locking(frame) and hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _raise_or_wait)
        signal.setitimer(signal.ITIMER_REAL, SOON)
        return
    raise Interrupted


def _importing_or_locking(frame: FrameType | None) -> bool:
    """Whether a module is being imported, or locks are being taken or given back."""
    while frame is not None:
        code, module = frame.f_code, frame.f_globals.get("__name__")
        if code.co_filename.startswith("<frozen importlib"):
            return True
        if module in LOCKS and code.co_name in ("__enter__", "__exit__"):
            return True
        frame = frame.f_back
    return False

"""Where replications run: processes of this machine, or a Dask cluster."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Final

from onecenter.checks import WORKERS, one, optional
from onecenter.compiling import compile_kernels
from onecenter.errors import OnecenterError
from onecenter.machine import processors

#: How long a scheduler may take to answer.
PATIENCE: Final = "5 s"

#: Signals that ask a program to end: they are the parent's to obey, who ends its workers.
ENDING: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class _Worker(SpawnProcess):
    """A process that no signal reaches before it can ignore it: it would print a traceback."""

    def start(self) -> None:
        """Start it; it inherits the signals that are held back."""
        with _held_back():
            super().start()


class _Workers(SpawnContext):
    Process = _Worker


@contextmanager
def local(workers: int | None = None) -> Iterator[Executor]:
    """Give a pool of processes of this machine; by default one a processor that this process may use.

    The processes are spawned, not forked: a fork would copy the threads' locks of libraries. They end at once where the
    block raises, and where this process ends, however it does.

    Raises
    ------
    OnecenterError
        If the number is not 1 to 1,024.
    """
    workers = one("workers", workers, optional(WORKERS))
    _let_waits_be_interrupted()
    compile_kernels(show_progress=True)
    context = _Workers()
    # Nothing is ever sent: the workers read the end of the file when the last copy of `held` is closed, which is here.
    lifeline, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers or processors(), context, initializer=_begin, initargs=(lifeline,))
    try:
        yield pool
    except BaseException:
        held.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        held.close()
        lifeline.close()


def _let_waits_be_interrupted() -> None:
    # polars, once imported, has the system resume a wait for a run after Ctrl-C, which is seen when that run has ended.
    if hasattr(signal, "siginterrupt"):
        signal.siginterrupt(signal.SIGINT, True)


@contextmanager
def _held_back() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(lifeline: Connection) -> None:
    """Begin a worker's life."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    """Wait until the parent has closed its end, or has ended; then end."""
    lifeline.poll(None)
    os._exit(1)


@contextmanager
def dask(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask scheduler.

    Raises
    ------
    OnecenterError
        If Dask is not installed, or no scheduler answers at the address within seconds.
    """
    try:
        from distributed import Client
    except ImportError:
        raise OnecenterError("cluster", ["Dask is not installed: pip install 'onecenter[cluster]'"]) from None
    try:
        client = Client(address, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError, ImportError) as error:
        wrong = f"{address}: no Dask scheduler answers there ({type(error).__name__})"
        raise OnecenterError("cluster", [f"{wrong}; an address such as tcp://10.0.0.1:8786 is expected"]) from None
    _let_waits_be_interrupted()
    try:
        yield client.get_executor()  # type: ignore[no-untyped-call]
    finally:
        client.close()  # type: ignore[no-untyped-call]

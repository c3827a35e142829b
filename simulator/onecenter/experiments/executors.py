"""Where replications run: processes of this machine, or a Dask cluster."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Final

from onecenter.checks import WORKERS, one, optional
from onecenter.engine.kernels import compile_kernels
from onecenter.errors import OnecenterError
from onecenter.policies import Policy
from onecenter.system.machine import processors

#: How long a scheduler may take to answer.
PATIENCE: Final = "5 s"

#: About how long (s) it takes until a pool's processes work.
START: Final = 3.0

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
def local(
    workers: int | None = None, policies: Sequence[Policy] = (Policy(),), shared: bool = False
) -> Iterator[Executor]:
    """Give a pool of processes of this machine; by default one per processor that this process may use.

    The kernels of the policies, `shared` where platforms share by quotas or limits, are compiled before, else each
    process compiles what it needs.

    The processes are spawned, not forked: a fork would copy the threads' locks of libraries. They end at once where the
    block raises, and where this process ends, however it does.
    """
    workers = one("workers", workers, optional(WORKERS))
    _let_waits_be_interrupted()
    compile_kernels(True, policies, shared)
    context = _Workers()
    # Nothing is ever sent: the workers read the end of the file when the last copy of `held` is closed, which is here.
    lifeline, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers or processors(), context, initializer=_begin, initargs=(lifeline,))
    try:
        yield pool
    except BaseException:
        held.close()
        _await_no_answers(pool)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        held.close()
        lifeline.close()


def _await_no_answers(pool: ProcessPoolExecutor) -> None:
    # A worker that ends amid an answer leaves half of it in the pipe. Its reader waits for the rest as long as anyone
    # could still write, and the pool itself holds an end to write to.
    writer = getattr(getattr(pool, "_result_queue", None), "_writer", None)
    if writer is not None:
        writer.close()


@contextmanager
def eventually(workers: int | None = None) -> Iterator[Executor]:
    """Give this process at first, and a pool as of `local` for what is still to do after a few seconds.

    Starting a pool takes as long as many a comparison. With one worker there is no pool.
    """
    with ExitStack() as stack:
        yield _Eventually(stack, workers)


@contextmanager
def alone() -> Iterator[Executor]:
    """Give this process."""
    with eventually(1) as executor:
        yield executor


class _Eventually(Executor):
    def __init__(self, stack: ExitStack, workers: int | None) -> None:
        self._stack, self._workers = stack, workers
        self._pool: Executor | None = None
        self._spent = 0.0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run a call here, or hand it to the pool."""
        if self._pool is None and (self._workers == 1 or self._spent < START):
            return self._run(fn, *args, **kwargs)
        if self._pool is None:
            self._pool = self._stack.enter_context(local(self._workers))
        return self._pool.submit(fn, *args, **kwargs)

    def _run(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        begin = time.monotonic()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        self._spent += time.monotonic() - begin
        return done


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
    """Begin a worker's life; standard output is for the parent's answer, not for what a policy prints."""
    sys.stdout = sys.stderr
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
    """Give the workers of a Dask scheduler; an error within seconds where none answers."""
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

"""Where replications run: processes of this machine, or a Dask cluster."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final

from onecenter.errors import OnecenterError

#: How long a scheduler may take to answer.
PATIENCE: Final = "5 s"


@contextmanager
def local(workers: int | None = None) -> Iterator[Executor]:
    """Give a pool of processes of this machine; by default one a processor that this process may use.

    The processes are spawned, not forked: a fork would copy the threads' locks of libraries.

    Raises
    ------
    OnecenterError
        If the number is not at least 1.
    """
    if workers is not None and workers < 1:
        raise OnecenterError("workers", [f"{workers}: at least 1 is expected"])
    count = workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else workers or os.cpu_count()
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
    try:
        yield client.get_executor()  # type: ignore[no-untyped-call]
    finally:
        client.close()  # type: ignore[no-untyped-call]

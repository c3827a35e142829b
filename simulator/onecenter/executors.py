"""Where replications run: processes of this machine."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from onecenter.errors import OnecenterError


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

"""A forked process has none of the threads that polars has started in its parent, and would wait for them for ever."""

import os
from functools import cache

from onecenter.errors import OnecenterError


def refuse_after_fork() -> None:
    """Remember the process that first comes here, and refuse one that was forked from it later."""
    if os.getpid() != _first_process():
        remedy = "start processes by multiprocessing.get_context('spawn'), or fork before the first run"
        raise OnecenterError("onecenter", [f"this process was forked from one that had used onecenter: {remedy}"])


@cache
def _first_process() -> int:
    return os.getpid()

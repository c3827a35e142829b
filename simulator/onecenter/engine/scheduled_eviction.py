"""Eviction by a scheduler of the user's own: which jobs it may evict, and what it is told of the others."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from onecenter_kernels import scheduled_eviction as kernel
from onecenter_kernels.state import State

from onecenter.engine.job_columns import Ints
from onecenter.units import format_duration

#: Why a scheduler that does not say so evicts nobody, and sees no work.
EVICTS_NOBODY: Final = "a scheduler that evicts, or looks at work, says evicts = True in its class"

#: The kernels, of which mypy knows no types.
EVICT_NOW: Final[Callable[..., int]] = kernel.evict_now
FILL_IN: Final[Callable[..., None]] = kernel.work_of

REMEDY: Final = "evict those that view.running has as evictable"


def prepare(handle: Any) -> None:
    """Have the kernels compiled."""
    EVICT_NOW(handle, -1)
    work_of(handle, np.zeros(0, np.int64))


def work_of(handle: Any, jobs: Ints) -> Ints:
    """Return a row of WORK for each of some jobs that wait or run."""
    found = np.empty((len(jobs), len(kernel.WORK)), np.int64)
    FILL_IN(handle, np.array(jobs, np.int64), found)
    return found


def evict(handle: Any, job: int) -> int:
    """Evict a running job; return when it has left (ms), or below 0 what keeps it."""
    return int(EVICT_NOW(handle, job))


def refusal(state: State, job: int, keeps: int) -> str:
    """Return what is told of a running job that cannot be evicted."""
    if keeps == kernel.LEAVING:
        leaves = format_duration(int(state.attempts["leaves"][job]))
        return f"it is evicted already, and has left at {leaves}; {REMEDY}"
    if keeps == kernel.SPARED:
        return f"its class says preemptible = false; {REMEDY}"
    if keeps == kernel.JUST_STARTED:
        return f"it has started at this very instant; {REMEDY}"
    ran = format_duration(int(state.clock["now"][0] - state.jobs["start"][job]))
    least = format_duration(int(state.clock["preempt_after"][0]))
    return f"it has run for {ran}, and is protected for {least} (preempt_after); {REMEDY}"

"""What a job asks for, widened once."""

from typing import NamedTuple

from .codes import SPREAD_ANY
from .jit import njit


class Ask(NamedTuple):
    """What each task asks: whole devices or a part (1/1000), cpus (1/1000), memory (MiB)."""

    whole: int
    part: int
    cpus: int
    memory: int
    tasks: int
    anywhere: bool


@njit
def ask_of(s, j):
    """Return what job j asks."""
    job = s.jobs[j]
    thousandths = int(job.accelerators)
    whole, part = thousandths // 1000, 0
    if thousandths < 1000:
        part = thousandths
    return Ask(whole, part, int(job.cpus), int(job.memory), int(job.tasks), job.spread == SPREAD_ANY)


@njit
def without_cpu_memory(ask):
    """Return the same ask for accelerators alone."""
    nothing = ask.tasks - ask.tasks  # a constant would make another type of Ask
    return Ask(ask.whole, ask.part, nothing, nothing, ask.tasks, ask.anywhere)


@njit
def allows(types, kind):
    """Tell whether the list of node types holds this one."""
    while types > 0:
        if (types & 15) - 1 == kind:
            return True
        types >>= 4
    return False

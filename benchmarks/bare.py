"""Bare SimPy: what SimPy alone needs for two events a job, with nothing scheduled.

One `simpy.Environment` holds all jobs. A job is two timeouts, each with one callback: its submit, and `run` later its
end. There is no queue, no node and no resource; the only work is to count the ends, so that nothing can be left out
unseen. Callbacks are faster than a generator process a job; there are two natural ways to write them:

at once
    ``env.timeout(submit)`` for every job before ``env.run()``; its callback makes ``env.timeout(run)``. The heap of
    SimPy holds all jobs that have not arrived yet.
one by one
    The callback of each arrival makes the timeout of its own end and that of the next arrival. The heap holds the
    running jobs and one arrival, so this is the faster one on many jobs.

Times are Python ints (ms), taken out of the arrays before the clock of the benchmark starts.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import simpy
from simpy.events import Event

Bare = Callable[[Sequence[int], Sequence[int]], int]


def at_once(submits: Sequence[int], runs: Sequence[int]) -> int:
    """Run the jobs, all arrivals put in before the start; return how many ended."""
    env = simpy.Environment()
    ended = 0

    def end(event: Event) -> None:
        nonlocal ended
        ended += 1

    def arrive(event: Event) -> None:
        run: Any = event.value
        env.timeout(run).callbacks.append(end)

    for submit, run in zip(submits, runs, strict=True):
        env.timeout(submit, run).callbacks.append(arrive)
    env.run()
    return ended


def one_by_one(submits: Sequence[int], runs: Sequence[int]) -> int:
    """Run the jobs (sorted by submit), each arrival putting in the next; return how many ended."""
    env = simpy.Environment()
    ended, count = 0, len(submits)

    def end(event: Event) -> None:
        nonlocal ended
        ended += 1

    def arrive(event: Event) -> None:
        job: Any = event.value
        env.timeout(runs[job]).callbacks.append(end)
        if job + 1 < count:
            env.timeout(submits[job + 1] - submits[job], job + 1).callbacks.append(arrive)

    if count:
        env.timeout(submits[0], 0).callbacks.append(arrive)
    env.run()
    return ended


VARIANTS: Final[dict[str, Bare]] = {"at once": at_once, "one by one": one_by_one}

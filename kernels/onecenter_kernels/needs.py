"""The room that the growing arrays must have for the worst case of the next step: worked out here only."""

from typing import NamedTuple

from .codes import BY_ORDER
from .heap import next_time
from .jit import njit
from .queue import pack


class Needs(NamedTuple):
    """Rows that each growing array must have; in the order of the state's fields of these names."""

    queue: int
    timers: int
    holds: int
    book: int
    log: int
    runs: int
    steps: int
    candidates: int
    plan: int


@njit
def arriving(s, t):
    """Return how many jobs the cursor submits at instant t (ms), and their start rows at most."""
    clock = s.clock[0]
    n, rows = 0, 0
    while clock.cursor + n < clock.known and s.jobs[clock.cursor + n].submit == t:
        rows += s.asks[s.jobs[clock.cursor + n].ask].most_rows
        n += 1
    return n, rows


@njit
def places_needed(s, new):
    """Return the places that the queue needs for so many new jobs, packed where that leaves half of it unused."""
    clock = s.clock[0]
    # Packed more rarely than it grows, so that each job costs the same however long the queue is.
    if clock.tail + new > len(s.queue) and 2 * (clock.waiting + new) <= len(s.queue):
        pack(s)
    return clock.tail + new


@njit
def needs_of(s, t):
    """Return the rows that the growing arrays must have for the step of instant t (ms)."""
    clock = s.clock[0]
    new, rows = arriving(s, t)
    new += clock.posted + clock.held
    rows += clock.posted_rows + clock.pending_rows
    waiting = clock.waiting + new
    evicted = clock.coming_back  # jobs at most, as each has a row; they may start again in the same step
    rows += evicted
    book, holds, runs, steps = 0, 0, 0, 0
    if clock.booked:
        # Two rows per waiting job, or place of one; each node has one of its own, and while it is changed two more.
        if clock.profiled:
            steps = s.nodes.shape[1] + clock.run_rows + 2 * rows + 2
        else:
            book = clock.running + 2 * (waiting + evicted) + 2
        holds = clock.scratch + rows + 1
    else:
        runs = clock.run_rows + rows
    log = clock.log + clock.timers + 2 * new + rows + 2 * evicted + 1
    timers = clock.timers + (2 if clock.estimate else 1) * waiting + new + 2 * evicted + 2
    candidates, plan = clock.queue * clock.running, 0
    if clock.preemption == BY_ORDER:
        plan = rows
        timers += waiting + evicted  # ends of rounds, or thresholds
    return Needs(places_needed(s, new + evicted), timers, holds, book, log, runs, steps, candidates, plan)


@njit
def needs(s):
    """Return the rows that the growing arrays must have for the next step."""
    return needs_of(s, next_time(s))


@njit
def has_room(s, t):
    """Tell whether the growing arrays have room for the worst case of the step of instant t (ms)."""
    need = needs_of(s, t)
    return (
        need.queue <= len(s.queue)
        and need.timers <= len(s.timers)
        and need.holds <= len(s.holds)
        and need.book <= len(s.book)
        and need.log <= len(s.log)
        and need.runs <= len(s.runs)
        and need.steps <= len(s.steps)
        and need.candidates <= len(s.candidates)
        and need.plan <= len(s.plan)
    )

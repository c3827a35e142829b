"""Timers: a heap of four children per place, by (t, kind, id); which of two alike comes first makes no difference."""

from .codes import BY_ORDER, ROUND_ROBIN, S_FUTURE, S_HELD, S_RUNNING, S_WAITING, T_CANCEL, T_CHANGE, T_END, T_WITHDRAW
from .jit import njit

#: The bit of `what` at which the kind begins; below it is the id.
KIND = 48
NUMBER = (1 << KIND) - 1
PATIENCE, POSTED, THINK = -1, -2, -3


@njit
def put_timer(timers, i, timer):
    """Copy a timer to row i of the heap."""
    row = timers[i]
    row.t = timer.t
    row.what = timer.what
    row.epoch = timer.epoch


@njit
def sooner(t, what, timer):
    """Tell whether (t, what) falls due before a timer."""
    return t < timer.t or (t == timer.t and what < timer.what)


@njit
def push(s, t, kind, number, epoch):
    """Set a timer for instant t (ms)."""
    clock, timers = s.clock[0], s.timers
    what, i = (kind << KIND) + number, clock.timers
    clock.timers += 1
    while i > 0 and sooner(t, what, timers[(i - 1) >> 2]):
        put_timer(timers, i, timers[(i - 1) >> 2])
        i = (i - 1) >> 2
    row = timers[i]
    row.t = t
    row.what = what
    row.epoch = epoch


@njit
def first_child(timers, child, n):
    """Return which falls due first of the timers in row `child` and the three behind it, of n in all."""
    t, what = timers[child].t, timers[child].what
    for other in range(child + 1, min(child + 4, n)):
        timer = timers[other]
        if not sooner(t, what, timer):
            child, t, what = other, timer.t, timer.what
    return child


@njit
def pop(s):
    """Drop the timer that falls due first."""
    clock, timers = s.clock[0], s.timers
    clock.timers -= 1
    n, i = clock.timers, 0
    last = timers[n]
    t, what = last.t, last.what
    while 4 * i + 1 < n:
        child = first_child(timers, 4 * i + 1, n)
        if sooner(t, what, timers[child]):
            break
        put_timer(timers, i, timers[child])
        i = child
    put_timer(timers, i, last)


@njit
def waits(job):
    """Tell whether a job waits, in the queue or held."""
    return job.state == S_WAITING or job.state == S_HELD


@njit
def stale(s, timer):
    """Tell whether what the timer was set for has passed already."""
    kind, number = timer.what >> KIND, timer.what & NUMBER
    if timer.epoch == POSTED and kind == T_CHANGE:
        return False
    job = s.jobs[number]
    if kind == T_CHANGE and timer.epoch == THINK:
        return job.state != S_HELD
    if kind == T_CHANGE and s.clock[0].order == ROUND_ROBIN and s.clock[0].waiting == 0:
        return True
    if kind == T_CHANGE and not s.clock[0].estimate and s.clock[0].preemption != BY_ORDER:
        return s.clock[0].wake != timer.t
    if kind == T_END or kind == T_CHANGE:
        return job.state != S_RUNNING or job.epoch != timer.epoch
    if kind == T_CANCEL and timer.epoch == PATIENCE and job.epoch > 0:
        return True  # patience is about the first start
    if kind == T_CANCEL:
        return not waits(job) and not (timer.epoch == POSTED and job.state == S_RUNNING)
    return job.state != S_FUTURE and (kind != T_WITHDRAW or not waits(job))


@njit
def next_time(s):
    """Return the instant (ms) of the next step; -1: never."""
    clock = s.clock[0]
    while clock.timers > 0 and stale(s, s.timers[0]):
        pop(s)
    t = -1
    if clock.timers > 0:
        t = s.timers[0].t
    if clock.cursor < clock.known:
        submit = s.jobs[clock.cursor].submit
        if t < 0 or submit < t:
            t = submit
    return t

"""Timers: a heap of four children a place, by (t, kind, id, order of posting)."""

from .codes import S_FUTURE, S_RUNNING, S_WAITING, T_CANCEL, T_CHANGE, T_END, T_WITHDRAW
from .jit import njit

KIND = 1 << 48
PATIENCE, POSTED = -1, -2


@njit
def sooner(a, b):
    """Tell whether timer a falls due before timer b."""
    if a.t != b.t:
        return a.t < b.t
    if a.what != b.what:
        return a.what < b.what
    return a.seq < b.seq


@njit
def copy_timer(s, source, target):
    """Copy a row of the heap."""
    a, b = s.timers[source], s.timers[target]
    b.t = a.t
    b.what = a.what
    b.seq = a.seq
    b.epoch = a.epoch


@njit
def push(s, t, kind, number, epoch):
    """Set a timer for instant t (ms)."""
    clock = s.clock[0]
    last = len(s.timers) - 1
    new = s.timers[last]
    new.t = t
    new.what = kind * KIND + number
    new.seq = clock.posts
    new.epoch = epoch
    clock.posts += 1
    i = clock.timers
    clock.timers += 1
    while i > 0 and sooner(new, s.timers[(i - 1) >> 2]):
        copy_timer(s, (i - 1) >> 2, i)
        i = (i - 1) >> 2
    copy_timer(s, last, i)


@njit
def pop(s):
    """Drop the timer that falls due first."""
    clock = s.clock[0]
    clock.timers -= 1
    n = clock.timers
    moved = s.timers[n]
    i = 0
    while 4 * i + 1 < n:
        child = 4 * i + 1
        for other in range(child + 1, min(child + 4, n)):
            if sooner(s.timers[other], s.timers[child]):
                child = other
        if not sooner(s.timers[child], moved):
            break
        copy_timer(s, child, i)
        i = child
    copy_timer(s, n, i)


@njit
def stale(s, timer):
    """Tell whether what the timer was set for has passed already."""
    kind = timer.what // KIND
    number = timer.what % KIND
    if kind == T_CHANGE:
        return s.clock[0].wake != timer.t
    job = s.jobs[number]
    if kind == T_END:
        return job.state != S_RUNNING or job.epoch != timer.epoch
    if kind == T_CANCEL:
        return job.state != S_WAITING and not (timer.epoch == POSTED and job.state == S_RUNNING)
    return job.state != S_FUTURE and (kind != T_WITHDRAW or job.state != S_WAITING)


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

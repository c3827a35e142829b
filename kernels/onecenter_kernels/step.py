"""One step: all that falls due or was posted at an instant, one pass, the log."""

from .book import turn_to
from .codes import (
    CONSERVATIVE,
    E_BLOCKED,
    PRIORITY,
    R_LIMIT,
    S_RUNNING,
    T_CANCEL,
    T_CHANGE,
    T_END,
    T_SUBMIT,
    T_WITHDRAW,
)
from .commit import cancel, finish, submit, write
from .conservative import conservative_pass
from .easy import plain_pass
from .heap import KIND, POSTED, next_time, pop, stale
from .jit import inlined, njit
from .needs import has_room
from .queue import reorder
from .reason import reason_of

DONE, PAUSED, NEED_ROOM, WATCHED = 0, 1, 2, 3


@njit
def apply_due(s, t, last_kind):
    """Apply the timers of instant t (ms) up to a kind."""
    while s.clock[0].timers > 0:
        timer = s.timers[0]
        kind = timer.what // KIND
        if timer.t != t or kind > last_kind:
            break
        number, posted, passed = timer.what % KIND, timer.epoch == POSTED, stale(s, timer)
        pop(s)
        if passed:
            continue
        if kind == T_END:
            finish(s, number, t, False)
        elif kind == T_CANCEL and posted and s.jobs[number].state == S_RUNNING:
            finish(s, number, t, True)
        elif kind == T_SUBMIT:
            submit(s, number, t)
        elif kind != T_CHANGE:
            cancel(s, number)


@inlined
def submit_known(s, t):
    """Submit the jobs that the cursor has reached."""
    clock = s.clock[0]
    while clock.cursor < clock.known and s.jobs[clock.cursor].submit == t:
        submit(s, clock.cursor, t)
        clock.cursor += 1


@inlined
def tell_blocked(s, limited):
    """Log the head of the queue and why it waits, when either has changed."""
    clock = s.clock[0]
    if clock.head == clock.tail:
        clock.blocked = -1
        return
    head = s.queue[clock.head].job
    if clock.quiet and head == clock.blocked:
        return
    reason = R_LIMIT if limited else reason_of(s, head)
    if head != clock.blocked or reason != clock.reason:
        write(s, E_BLOCKED, head, -1, -1, 0, reason)
    clock.blocked = head
    clock.reason = reason


@inlined
def step(s, t):
    """Make the step of instant t (ms)."""
    clock = s.clock[0]
    clock.rounds = clock.rounds + 1 if t == clock.now else 0
    clock.now = t
    clock.steps += 1
    conservative = clock.backfill == CONSERVATIVE
    if conservative:
        turn_to(s, t)
    apply_due(s, t, T_CANCEL)
    clock.fresh = clock.tail
    submit_known(s, t)
    apply_due(s, t, T_WITHDRAW)
    clock.posted = 0
    clock.posted_rows = 0
    if clock.order == PRIORITY:
        reorder(s, t)
    limited, before = False, clock.log
    if conservative:
        conservative_pass(s, t)
    else:
        limited = plain_pass(s, t)
    quiet = clock.log == before
    tell_blocked(s, limited)
    clock.quiet = quiet
    if clock.head == clock.tail:
        clock.head = clock.tail = clock.listed = 0


@njit
def advance(s, until):
    """Make all steps before instant `until` (ms); return DONE, PAUSED, NEED_ROOM or WATCHED."""
    clock = s.clock[0]
    while True:
        clock.next = next_time(s)
        if clock.next < 0:
            return DONE
        if clock.next >= until:
            return PAUSED
        if not has_room(s, clock.next):
            return NEED_ROOM
        step(s, clock.next)
        if clock.watched:
            clock.watched = 0
            clock.next = next_time(s)
            return WATCHED

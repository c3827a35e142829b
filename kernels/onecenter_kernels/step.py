"""One step: all that falls due or was posted at an instant, one pass, the log."""

from .book import turn_to
from .codes import (
    E_LIMIT,
    S_RUNNING,
    T_CANCEL,
    T_CHANGE,
    T_END,
    T_SUBMIT,
    T_WITHDRAW,
)
from .commit import cancel, change, finish, submit, write
from .conservative import conservative_pass, give_back
from .easy import plain_pass
from .estimates import correct
from .evict import leave
from .heap import KIND, NUMBER, POSTED, next_time, pop, stale
from .jit import njit
from .needs import has_room
from .order_pass import order_pass
from .platform_pass import platform_pass
from .quota_pass import quota_pass
from .quota_reserving import quota_reserving_pass
from .release import release_due
from .reordering import reorder
from .reserving import reserving_pass
from .samples import bring_up
from .scheduling import close_pass
from .sums import test_again
from .ties import list_due, thought

DONE, PAUSED, NEED_ROOM, WATCHED, FAILED = 0, 1, 2, 3, 4
STEP = 5  # of `advance_scheduled`: the pass is the scheduler's


@njit
def next_due(s, t, last_kind):
    """Take the next timer of instant t (ms) that is up to a kind; return kind, job, whether posted; kind -1: none."""
    while s.clock[0].timers > 0:
        timer = s.timers[0]
        kind = timer.what >> KIND
        if timer.t != t or kind > last_kind:
            break
        number, posted, passed = timer.what & NUMBER, timer.epoch == POSTED, stale(s, timer)
        pop(s)
        if not passed:
            return kind, number, posted
    return -1, -1, False


@njit
def happen(s, t, kind, j, posted):
    """Let happen to job j at t (ms) what a timer says."""
    if kind == T_END:
        if s.clock[0].preemption and s.attempts[j].leaves > 0:
            leave(s, j, t)
        else:
            finish(s, j, False)
    elif kind == T_CANCEL and posted and s.jobs[j].state == S_RUNNING:
        finish(s, j, True)
    elif kind == T_SUBMIT:
        submit(s, j, t)
    elif kind != T_CHANGE:
        cancel(s, j)
    elif posted:
        change(s, j)
    elif s.clock[0].tied and thought(s, j, t):
        list_due(s, j)
    elif s.clock[0].estimate:
        correct(s, j)


@njit
def apply_due(s, t, last_kind):
    """Apply the timers of instant t (ms) up to a kind."""
    kind, j, posted = next_due(s, t, last_kind)
    while kind >= 0:
        happen(s, t, kind, j, posted)
        kind, j, posted = next_due(s, t, last_kind)


@njit
def apply_due_in_book(s, t, last_kind):
    """Apply the timers of instant t (ms) up to a kind, to the book too."""
    kind, j, posted = next_due(s, t, last_kind)
    while kind >= 0:
        give_back(s, t, kind, j)
        happen(s, t, kind, j, posted)
        kind, j, posted = next_due(s, t, last_kind)


@njit
def submit_known(s, t):
    """Submit the jobs that the cursor has reached."""
    clock = s.clock[0]
    while clock.cursor < clock.known and s.jobs[clock.cursor].submit == t:
        submit(s, clock.cursor, t)
        clock.cursor += 1


@njit
def tell_limit(s, limited):
    """Log that passes end at the depth limit from now on, so that all that wait wait for it, or no longer do."""
    clock = s.clock[0]
    if limited != clock.limited:
        clock.limited = limited
        write(s, E_LIMIT, -1, -1, -1, limited, 0)


@njit
def begin_step(s, t):
    """Make t (ms) the instant of the step."""
    clock = s.clock[0]
    clock.rounds = clock.rounds + 1 if t == clock.now else 0
    clock.now = t
    clock.steps += 1
    clock.arrived = -1


@njit
def end_posts(s, t):
    """Forget what was posted, and release what may go, after all that this instant (ms) has submitted and cancelled."""
    clock = s.clock[0]
    clock.posted = 0
    clock.posted_rows = 0
    if clock.tied:
        release_due(s, t)


@njit
def end_submits(s, t):
    """Put the queue in order, after all that this instant (ms) has submitted and cancelled."""
    end_posts(s, t)
    reorder(s, t)


@njit
def end_step(s, before, limited):
    """End a step whose pass began at row `before` of the log, and ended at the depth limit or not."""
    clock = s.clock[0]
    clock.quiet = clock.log == before
    tell_limit(s, limited)
    if clock.head == clock.tail:
        clock.head = clock.tail = clock.listed = 0
        clock.blocked = -1
    else:
        clock.blocked = s.queue[clock.head].job


@njit
def step(s, t):
    """Make the step of instant t (ms), with backfill none or easy."""
    begin_step(s, t)
    apply_due(s, t, T_CANCEL)
    s.clock[0].fresh = s.clock[0].tail
    submit_known(s, t)
    apply_due(s, t, T_WITHDRAW)
    end_submits(s, t)
    before = s.clock[0].log
    end_step(s, before, plain_pass(s, t))


@njit
def begin_step_with_due(s, t):
    """Make t (ms) the instant of the step, and apply what is due."""
    begin_step(s, t)
    apply_due(s, t, T_CANCEL)
    submit_known(s, t)
    apply_due(s, t, T_WITHDRAW)


@njit
def quota_step(s, t):
    """Make the step of instant t (ms), with backfill none or easy, where admission may say no."""
    begin_step_with_due(s, t)
    end_submits(s, t)
    before = s.clock[0].log
    end_step(s, before, quota_pass(s, t))


@njit
def platform_step(s, t):
    """Make the step of instant t (ms), where each platform has a queue of its own."""
    bring_up(s, t)
    begin_step_with_due(s, t)
    end_posts(s, t)
    before = s.clock[0].log
    platform_pass(s, t)
    end_step(s, before, False)


@njit
def order_step(s, t):
    """Make the step of instant t (ms), where all live jobs are placed anew in order."""
    begin_step_with_due(s, t)
    end_submits(s, t)
    before = s.clock[0].log
    order_pass(s, t)
    end_step(s, before, False)


@njit
def begin_step_in_book(s, t):
    """Make t (ms) the instant of the step, in the book too, and apply what is due."""
    begin_step(s, t)
    turn_to(s, t)
    apply_due_in_book(s, t, T_CANCEL)
    submit_known(s, t)
    apply_due_in_book(s, t, T_WITHDRAW)
    end_submits(s, t)


@njit
def conservative_step(s, t):
    """Make the step of instant t (ms), with conservative backfill."""
    begin_step_in_book(s, t)
    before = s.clock[0].log
    conservative_pass(s, t)
    end_step(s, before, False)


@njit
def reserving_step(s, t):
    """Make the step of instant t (ms), with easy and several reservations."""
    begin_step_in_book(s, t)
    before = s.clock[0].log
    end_step(s, before, reserving_pass(s, t))


@njit
def quota_reserving_step(s, t):
    """Make the step of instant t (ms), with easy and several reservations, where admission may say no."""
    begin_step_in_book(s, t)
    before = s.clock[0].log
    end_step(s, before, quota_reserving_pass(s, t))


@njit
def answer(s, until):
    """Return STEP if the next step is before instant `until` (ms) and has room, else why it is not made."""
    clock = s.clock[0]
    clock.next = next_time(s)
    if clock.failed:
        return FAILED
    if clock.watched:
        clock.watched = 0
        return WATCHED
    if clock.next < 0:
        return DONE
    if clock.next >= until:
        return PAUSED
    return STEP if has_room(s, clock.next) else NEED_ROOM


@njit
def advance(s, until):
    """Make all steps before instant `until` (ms), with backfill none or easy; return why it ends there."""
    found = answer(s, until)
    while found == STEP:
        step(s, s.clock[0].next)
        found = answer(s, until)
    return found


@njit
def advance_conservative(s, until):
    """Make all steps before instant `until` (ms), with conservative backfill; return why it ends there."""
    found = answer(s, until)
    while found == STEP:
        conservative_step(s, s.clock[0].next)
        found = answer(s, until)
    return found


@njit
def advance_reserving(s, until):
    """Make all steps before instant `until` (ms), with easy and several reservations; return why it ends there."""
    found = answer(s, until)
    while found == STEP:
        reserving_step(s, s.clock[0].next)
        found = answer(s, until)
    return found


@njit
def advance_by_quota(s, until):
    """Make all steps before instant `until` (ms), where admission may say no; return why it ends there."""
    found = answer(s, until)
    while found == STEP:
        quota_step(s, s.clock[0].next)
        found = answer(s, until)
    return found


@njit
def advance_by_platform(s, until):
    """Make all steps before instant `until` (ms), where each platform has a queue; return why it ends there."""
    found = answer(s, until)
    while found == STEP:
        platform_step(s, s.clock[0].next)
        found = answer(s, until)
    return found


@njit
def advance_reserving_by_quota(s, until):
    """Make all steps before instant `until` (ms), with several reservations; return why it ends there."""
    found = answer(s, until)
    while found == STEP:
        quota_reserving_step(s, s.clock[0].next)
        found = answer(s, until)
    return found


@njit
def advance_by_order(s, until):
    """Make all steps before instant `until` (ms), where jobs evict others by the order; return why it ends there."""
    found = answer(s, until)
    while found == STEP:
        order_step(s, s.clock[0].next)
        found = answer(s, until)
    return found


@njit
def advance_scheduled(s, until):
    """End the step whose pass a scheduler has made, and begin the next one before instant `until` (ms).

    Return STEP where that is so, else why not.
    """
    clock = s.clock[0]
    if clock.open:
        clock.open = 0
        close_pass(s)
        end_step(s, clock.before, False)
    found = answer(s, until)
    if found == STEP:
        begin_step_in_book(s, clock.next)
        test_again(s)
        clock.open = 1
        clock.before = clock.log
        clock.next = next_time(s)
    return found

"""The one place where a submit, a start, an end and a cancel happen and are logged."""

from .admission import hold_quota, permitted
from .asks import ask_of
from .attempts import duration_of
from .codes import (
    CANCELLED_RUNNING,
    COMPLETED,
    E_CANCEL,
    E_CHANGE,
    E_END,
    E_KILL,
    E_REFUSE,
    E_START,
    E_SUBMIT,
    FGD,
    GPU_CLUSTERING,
    MULTIFACTOR,
    QSSF,
    S_CANCELLED,
    S_ENDED,
    S_HELD,
    S_REFUSED,
    S_RUNNING,
    S_WAITING,
    T_CANCEL,
    T_END,
)
from .estimates import estimate, expect_end, limit_of
from .fragments import count_submit
from .groups import ask_again
from .heap import PATIENCE, push
from .jit import njit
from .limits import count_limits, is_forbidden
from .owning import forget_owner, occupy, own, release
from .past import learn, predict
from .queue import enqueue, place_of, remove_at
from .revisions import revise
from .room import take
from .runs import add_running, drop_running
from .scores import count_class
from .sharing import join
from .state import NOW
from .ties import give_place, hold, over
from .usage import charge


@njit
def write(s, kind, j, node, device, amount, reason):
    """Append a row to the decision log."""
    clock = s.clock[0]
    row = s.log[clock.log]
    row.t = clock.now
    row["round"] = clock.rounds
    row.kind = kind
    row.job = j
    row.node = node
    row["device"] = device
    row.amount = amount
    row.reason = reason
    clock.log += 1


@njit
def is_refused(s, j):
    """Tell whether job j, which is submitted, could never start, or a limit refuses it."""
    if not s.clock[0].sharing:
        return s.asks[s.jobs[j].ask].fits == 0
    return permitted(s, j) == 0 or is_forbidden(s, j, limit_of(s, j))


@njit
def share(s, j, running, submitted):
    """Count job j, where jobs share, in its quota and limits as it starts (1, 0), is submitted, ends or leaves."""
    if running != 0:
        hold_quota(s, j, s.nodes[NOW, s.log[s.jobs[j].first].node].type, running)
        ask_again(s)
    count_limits(s, j, running, submitted)


@njit
def submit(s, j, t):
    """Submit job j, or refuse it for good."""
    clock, job = s.clock[0], s.jobs[j]
    job.start = -1
    job.hold = -1
    if is_refused(s, j):
        job.state = S_REFUSED
        write(s, E_REFUSE, j, -1, -1, 0, 0)
        if clock.tied:
            over(s, j, False)
        changed(s, j)
        return
    job.state = S_WAITING
    if clock.sharing:
        share(s, j, 0, 1)
    clock.arrived = j if clock.arrived == -1 else -2
    held = clock.tied == 1 and s.ties[j].tied == 1
    write(s, E_SUBMIT, j, -1, -1, int(held), 0)
    clock.pending_rows += s.asks[job.ask].most_rows
    if clock.estimate:
        estimate(s, j)
    if clock.order == QSSF:
        predict(s, j)
    elif clock.order == MULTIFACTOR:
        join(s, j)
    if held:
        hold(s, j, t)
    else:
        enqueue(s, j, t)
    if clock.placement == FGD:
        count_submit(s, j)
        clock.quiet = 0
    if job.patience >= 0:
        push(s, t + job.patience, T_CANCEL, j, PATIENCE)


@njit
def changed(s, j):
    """Remember that a watched job changed."""
    if s.jobs[j].watched:
        s.clock[0].watched = 1


@njit
def start(s, j, picks, t):
    """Start job j on the picks, whole accelerators on the lowest devices that are empty and not promised."""
    clock, job = s.clock[0], s.jobs[j]
    ask = ask_of(s, j)
    job.first = clock.log
    job.rows = picks
    for i in range(picks):
        pick = s.holds[i]
        if clock.fractions and ask.whole > 0:
            own(s, j, pick.node, pick.amount * ask.whole)
            occupy(s, j, pick.node, NOW)
        take(s, NOW, pick.node, pick.slot, pick.amount, ask)
        write(s, E_START, j, pick.node, pick.slot, pick.amount, 0)
    count_classes(s, j, 1)
    if clock.sharing:
        share(s, j, 1, 0)
    job.state = S_RUNNING
    job.start = t
    job.epoch += 1
    if clock.preemption:
        job.run = duration_of(s, j)
        s.attempts[j].first_until = 0
        clock.coming_back += s.asks[job.ask].most_rows
    clock.quiet = 0
    clock.pending_rows -= s.asks[job.ask].most_rows
    if clock.order == MULTIFACTOR:
        charge(s, j, 1)
    if clock.estimate:
        s.estimates[j].first = job.walltime
        expect_end(s, j)
    push(s, t + min(job.run, limit_of(s, j)), T_END, j, job.epoch)
    add_running(s, j)
    changed(s, j)


@njit
def count_classes(s, j, sign):
    """Count the tasks of job j, which starts or ends, among those that its nodes run of its class."""
    job, ask = s.jobs[j], ask_of(s, j)
    if s.clock[0].placement == GPU_CLUSTERING:
        for i in range(job.first, job.first + job.rows):
            count_class(s, s.log[i].node, ask, sign * s.log[i].amount)


@njit
def vacate(s, j):
    """Take running job j off its nodes."""
    clock, job = s.clock[0], s.jobs[j]
    clock.quiet = 0
    drop_running(s, j)
    release(s, j, NOW)
    count_classes(s, j, -1)
    if clock.preemption:
        clock.coming_back -= s.asks[job.ask].most_rows
    if clock.fractions:
        for i in range(job.first, job.first + job.rows):
            forget_owner(s, j, s.log[i].node)
    if clock.order == MULTIFACTOR:
        charge(s, j, -1)


@njit
def finish(s, j, posted):
    """End running job j: of itself, killed at its walltime, or cancelled by a post."""
    clock, job = s.clock[0], s.jobs[j]
    vacate(s, j)
    if clock.sharing:
        share(s, j, -1, -1)
    if clock.learns:
        learn(s, j)
    job.state = S_ENDED
    job.epoch += 1
    killed = not posted and job.run > limit_of(s, j)
    if posted:
        job.outcome = CANCELLED_RUNNING
    if killed:
        write(s, E_KILL, j, -1, -1, 0, 0)
    else:
        write(s, E_END, j, -1, -1, 0, job.outcome)
    if clock.tied:
        give_place(s, j)
        over(s, j, not killed and job.outcome == COMPLETED)
    changed(s, j)


@njit
def cancel(s, j):
    """Cancel waiting job j."""
    clock, job = s.clock[0], s.jobs[j]
    held = job.state == S_HELD
    if held:
        clock.held -= 1
    else:
        remove_at(s, place_of(s, j))
    job.state = S_CANCELLED
    if clock.sharing:
        share(s, j, 0, -1)
    clock.pending_rows -= s.asks[job.ask].most_rows
    write(s, E_CANCEL, j, -1, -1, 0, 0)
    if clock.tied:
        if not held:
            give_place(s, j)
        over(s, j, False)
    changed(s, j)


@njit
def change(s, k):
    """Let an amount of the quota tree change."""
    clock = s.clock[0]
    revise(s, k)
    ask_again(s)
    clock.quiet = 0
    clock.freed = 1
    write(s, E_CHANGE, -1, -1, -1, k, 0)

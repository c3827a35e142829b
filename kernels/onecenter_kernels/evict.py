"""Eviction: a job stops, holds its nodes and quota until its grace is over, and then waits again or is over."""

from .attempts import keep_work
from .codes import E_END, E_EVICT, E_REQUEUE, PREEMPTED, S_ENDED, S_WAITING, T_END
from .commit import changed, share, vacate, write
from .estimates import limit_of
from .heap import push
from .jit import njit
from .queue import enqueue
from .runs import add_running, drop_running
from .ties import give_place, over


@njit
def leaving_at(s, j, t):
    """Return when job j has left if it is evicted at t (ms): after its grace, at its walltime end at the latest."""
    job = s.jobs[j]
    return min(t + s.owners[job.owner].grace, job.start + limit_of(s, j))


@njit
def evict(s, j, t, reason):
    """Evict running job j at t (ms) for a reason of EVICTIONS; it leaves at once or when its grace is over."""
    job, row, leaves = s.jobs[j], s.attempts[j], leaving_at(s, j, t)
    keep_work(s, j, t, leaves)
    write(s, E_EVICT, j, -1, -1, 0, reason)
    row.walltime = job.walltime
    if leaves == t:
        leave(s, j, t)
        return
    drop_running(s, j)
    job.walltime = leaves - job.start
    add_running(s, j)
    row.leaves = leaves
    job.epoch += 1
    push(s, leaves, T_END, j, job.epoch)
    s.clock[0].quiet = 0


@njit
def leave(s, j, t):
    """Let evicted job j leave its nodes at t (ms): it waits again, or is over where it may not be requeued."""
    clock, job, row = s.clock[0], s.jobs[j], s.attempts[j]
    vacate(s, j)
    job.walltime = row.walltime
    row.leaves = 0
    job.epoch += 1
    most = s.owners[job.owner].requeues
    if 0 <= most <= row.requeues:
        job.state = S_ENDED
        share(s, j, -1, -1)
        write(s, E_END, j, -1, -1, 0, PREEMPTED)
        if clock.tied:
            give_place(s, j)
            over(s, j, False)
    else:
        row.requeues += 1
        job.state = S_WAITING
        share(s, j, -1, 0)
        write(s, E_REQUEUE, j, -1, -1, 0, 0)
        clock.pending_rows += s.asks[job.ask].most_rows
        job.start = -1
        job.hold = -1
        enqueue(s, j, t)
    changed(s, j)

"""What runs on each node, by walltime end, and the numbered changes of what nodes hold (EASY)."""

from .asks import ask_of
from .codes import EASY, EASY_SJBF
from .jit import njit
from .owning import release_row
from .room import copy_node


@njit
def keeps_running(s):
    """Tell whether the policy looks at the running jobs by walltime end, node by node."""
    clock = s.clock[0]
    looked_at = clock.backfill == EASY or clock.backfill == EASY_SJBF or clock.preemption > 0 or clock.queue > 0
    return not clock.booked and looked_at


@njit
def touch(s, n):
    """Number a change of what node n holds."""
    clock = s.clock[0]
    s.changes[clock.changes & (len(s.changes) - 1)].node = n
    s.hosts[n].touch = clock.changes
    clock.changes += 1


@njit
def is_last(s, n, number):
    """Tell whether a change is the last one of node n."""
    return s.hosts[n].touch == number


@njit
def new_run(s):
    """Return an unused row of runs."""
    clock = s.clock[0]
    r = clock.spare_run
    if r >= 0:
        clock.spare_run = s.runs[r].next
        return r
    clock.runs += 1
    return clock.runs - 1


@njit
def add_run(s, j, i, end, ask):
    """Put row i of the log, a start of job j, among those of its node."""
    r, n, amount = new_run(s), s.log[i].node, int(s.log[i].amount)
    run = s.runs[r]
    run.end, run.job, run.row = end, j, i
    run.slot = s.log[i]["device"]
    run.free = amount * ask.whole
    run.cpus = amount * ask.cpus
    run.memory = amount * ask.memory
    before, after = -1, s.hosts[n].run
    while after >= 0 and s.runs[after].end < end:
        before, after = after, s.runs[after].next
    run.next = after
    if before < 0:
        s.hosts[n].run = r
    else:
        s.runs[before].next = r
    touch(s, n)


@njit
def drop_run(s, i):
    """Take row i of the log, a start, from among those of its node."""
    clock, n = s.clock[0], s.log[i].node
    before, r = -1, s.hosts[n].run
    while s.runs[r].row != i:
        before, r = r, s.runs[r].next
    if before < 0:
        s.hosts[n].run = s.runs[r].next
    else:
        s.runs[before].next = s.runs[r].next
    s.runs[r].next = clock.spare_run
    clock.spare_run = r
    touch(s, n)


@njit
def add_running(s, j):
    """Add a started job."""
    s.clock[0].running += 1
    s.clock[0].run_rows += s.jobs[j].rows
    if not keeps_running(s):
        return
    job, ask = s.jobs[j], ask_of(s, j)
    for i in range(job.first, job.first + job.rows):
        add_run(s, j, i, job.start + job.walltime, ask)


@njit
def drop_running(s, j):
    """Drop a job that ends."""
    s.clock[0].running -= 1
    s.clock[0].run_rows -= s.jobs[j].rows
    if keeps_running(s):
        for i in range(s.jobs[j].first, s.jobs[j].first + s.jobs[j].rows):
            drop_run(s, i)


@njit
def give_back(s, layer, n, r):
    """Give back, in a row, what row r of runs holds of node n."""
    run, node = s.runs[r], s.nodes[layer, n]
    if not s.clock[0].fractions:
        node.free += run.free
        node.cpus += run.cpus
        node.memory += run.memory
        return
    ask = ask_of(s, run.job)
    release_row(s, run.job, s.log[run.row], layer, ask, ask.whole > 0)


@njit
def project_node(s, layer, n, t):
    """Make node n in a row what it is now without the jobs with a walltime end up to t (ms); return the next run."""
    copy_node(s, 0, layer, n)
    r = s.hosts[n].run
    while r >= 0 and s.runs[r].end <= t:
        give_back(s, layer, n, r)
        r = s.runs[r].next
    return r

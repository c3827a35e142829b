"""The profile: what is free on each node over time, given running jobs and reservations of whole accelerators.

A node has as many rows as there are instants at which something on it begins or ends, so to look for the earliest
start of a task on it, or to reserve there, costs no more than that.
"""

from .asks import holds_but_parts
from .jit import njit
from .state import FOREVER, VIEW


@njit
def new_step(s, t, before):
    """Return a new row that holds from t (ms) on, linked behind another one and with its amounts."""
    clock = s.clock[0]
    clock.step_rows += 1
    r = clock.spare_step
    if r >= 0:
        clock.spare_step = s.steps[r].next
    else:
        r = clock.steps_end
        clock.steps_end += 1
    row, old = s.steps[r], s.steps[before]
    row.t = t
    row.free = old.free
    row.cpus = old.cpus
    row.memory = old.memory
    row.next = old.next
    old.next = r
    return r


@njit
def return_step(s, r):
    """Return a row that is not linked any more."""
    clock = s.clock[0]
    s.steps[r].next = clock.spare_step
    clock.spare_step = r
    clock.step_rows -= 1


@njit
def present(s, n):
    """Return the first row of node n, which holds now; rows of the past are dropped."""
    now, r = s.clock[0].now, s.hosts[n].step
    after = s.steps[r].next
    while after >= 0 and s.steps[after].t <= now:
        return_step(s, r)
        r = after
        after = s.steps[r].next
    s.hosts[n].step = r
    return r


@njit
def step_from(s, n, t):
    """Return the row of node n that begins at t (ms), made if there is none; the present stands for all before it."""
    r = present(s, n)
    after = s.steps[r].next
    while after >= 0 and s.steps[after].t <= t:
        r = after
        after = s.steps[r].next
    if s.steps[r].t == t or t <= s.clock[0].now:
        return r
    return new_step(s, t, r)


@njit
def merge_steps(s, n):
    """Drop the rows of node n that change nothing."""
    r = s.hosts[n].step
    while s.steps[r].next >= 0:
        after = s.steps[r].next
        a, b = s.steps[r], s.steps[after]
        if a.free == b.free and a.cpus == b.cpus and a.memory == b.memory:
            a.next = b.next
            return_step(s, after)
        else:
            r = after


@njit
def note_change(s, n, begin, end, most, fresh):
    """Number a change of node n from `begin` to `end` (ms), the fields of a note."""
    clock = s.clock[0]
    row = s.notes[clock.notes & (len(s.notes) - 1)]
    row.node = n
    row.begin = begin
    row.end = end
    row.most = most
    row.fresh = fresh
    clock.notes += 1


@njit
def change_profile(s, n, begin, end, tasks, ask):
    """Take so many tasks from node n from `begin` to `end` (ms), which is to come; a negative number gives back."""
    r, last, most = step_from(s, n, begin), step_from(s, n, end), -FOREVER
    while r != last:
        row = s.steps[r]
        row.free -= tasks * ask.whole
        row.cpus -= tasks * ask.cpus
        row.memory -= tasks * ask.memory
        most = max(most, row.free)
        r = row.next
    merge_steps(s, n)
    note_change(s, n, begin, end, most, 0)


@njit
def earliest_start_on(s, n, ask, walltime, latest):
    """Return the earliest start (ms) of a task on node n for its walltime; -1: none up to `latest` (ms)."""
    r, since = present(s, n), -1
    t = s.clock[0].now
    while r >= 0:
        row = s.steps[r]
        if holds_but_parts(row, ask) == 0:
            since = -1
        elif since < 0:
            since = t
        r = row.next
        t = s.steps[r].t if r >= 0 else FOREVER
        if since >= 0 and t - since >= walltime:
            return since
        if since < 0 and t > latest:
            return -1
    return -1


@njit
def view_profile(s, n, begin, end):
    """Make the view of node n: the least of its amounts from `begin` to `end` (ms)."""
    r = present(s, n)
    while s.steps[r].next >= 0 and s.steps[s.steps[r].next].t <= begin:
        r = s.steps[r].next
    view = s.nodes[VIEW, n]
    view.free, view.cpus, view.memory = s.steps[r].free, s.steps[r].cpus, s.steps[r].memory
    r = s.steps[r].next
    while r >= 0 and s.steps[r].t < end:
        row = s.steps[r]
        view.free = min(view.free, row.free)
        view.cpus = min(view.cpus, row.cpus)
        view.memory = min(view.memory, row.memory)
        r = row.next


@njit
def reserves_on(s, j, n):
    """Tell whether job j has reserved on node n."""
    h = int(s.jobs[j].hold)
    while h >= 0:
        if s.holds[h].node == n:
            return True
        h = int(s.holds[h].next)
    return False

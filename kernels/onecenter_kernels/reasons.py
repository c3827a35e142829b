"""Why every job waited, and how long for each reason: one replay of the decision log.

Jobs of one shape (what a task asks, how many tasks, which node types) wait for the same reason at the same
time. So the replay adds up the time by shape and reason, for shapes of which a job waits, and a job's own
times are the differences between its starts and its submit or the requeues before them.
"""

from .codes import (
    E_CANCEL,
    E_CHANGE,
    E_END,
    E_KILL,
    E_LIMIT,
    E_RELEASE,
    E_REQUEUE,
    E_START,
    E_SUBMIT,
    R_CPU_MEMORY,
    R_DEPTH,
    R_FRAGMENTATION,
    R_HELD,
    R_LIMIT,
    R_NO_FREE,
    R_NODE_TYPE,
    R_NONE,
    R_QUOTA,
    REASONS,
)
from .jit import njit
from .reasons_room import holds
from .reasons_sharing import begin_sharing, has_quota_on, is_over_limit, share
from .reasons_state import DEVICE
from .revisions import revise


@njit
def need(s, u):
    """Keep unit u up to date from now on."""
    clock, unit = s.clock[0], s.units[u]
    unit.users += 1
    if unit.users > 1:
        return
    unit.place = clock.units
    s.lists[clock.units].unit = u
    clock.units += 1
    for k in range(len(s.types)):
        s.fits[u, k] = 0
    for n in range(len(s.nodes)):
        s.fits[u, s.nodes[n].type] += holds(s, n, u)


@njit
def release(s, u):
    """Let go of unit u."""
    clock, unit = s.clock[0], s.units[u]
    unit.users -= 1
    if unit.users > 0:
        return
    clock.units -= 1
    last = s.lists[clock.units].unit
    s.lists[unit.place].unit = last
    s.units[last].place = unit.place


@njit
def touch(s, n):
    """Take node n out of what fits, before it changes."""
    clock, node = s.clock[0], s.nodes[n]
    if node.touched:
        return
    node.touched = 1
    s.lists[clock.nodes].node = n
    clock.nodes += 1
    for i in range(clock.units):
        u = s.lists[i].unit
        s.fits[u, node.type] -= holds(s, n, u)


@njit
def put_back(s):
    """Count the touched nodes again."""
    clock = s.clock[0]
    for i in range(clock.nodes):
        n = s.lists[i].node
        s.nodes[n].touched = 0
        for k in range(clock.units):
            u = s.lists[k].unit
            s.fits[u, s.nodes[n].type] += holds(s, n, u)
    clock.nodes = 0


@njit
def take(s, row, sign):
    """Take what a start row holds from its node; sign -1 gives it back."""
    entry = s.log[row]
    unit = s.units[s.shapes[s.jobs[entry.job].form].unit]
    touch(s, entry.node)
    node = s.nodes[entry.node]
    kind, tasks = s.types[node.type], int(entry.amount) * sign
    amount = tasks * unit.accelerators
    node.cpus -= tasks * unit.cpus
    node.memory -= tasks * unit.memory
    kind.left -= amount
    empty = amount // DEVICE
    # With the JIT off a row's `device` is an attribute of numpy's own.
    number = s.log["device"][row]
    if number >= 0:
        part = s.devices[node.first_device + number]
        before = int(part.left == DEVICE)
        part.left -= amount
        empty = before - int(part.left == DEVICE)
    node.free -= empty
    kind.free -= empty


@njit
def account(s, j, sign):
    """Add to a job's times what its shape has gathered; sign -1 takes it away."""
    shape = s.jobs[j].form
    for reason in range(len(REASONS)):
        s.waits[j, reason] += sign * s.time[shape, reason]


@njit
def join(s, j):
    """Let job j wait from now on."""
    clock, job = s.clock[0], s.jobs[j]
    shape = s.shapes[job.form]
    account(s, j, -1)
    job.waits = 1
    clock.waiting += 1
    shape.waiting += 1
    if not shape.listed:
        shape.listed = 1
        s.lists[clock.shapes].form = job.form
        clock.shapes += 1


@njit
def leave(s, j):
    """Let job j wait no longer."""
    account(s, j, 1)
    s.jobs[j].waits = 0
    s.shapes[s.jobs[j].form].waiting -= 1
    s.clock[0].waiting -= 1


@njit
def hold(s, j, t):
    """Let job j be held from t (ms) on."""
    s.jobs[j].held = 1
    s.waits[j, R_HELD] -= t


@njit
def let_go(s, j, t):
    """Let job j be held no longer than to t (ms)."""
    s.jobs[j].held = 0
    s.waits[j, R_HELD] += t


@njit
def apply(s, row):
    """Apply a row of the log."""
    entry, clock = s.log[row], s.clock[0]
    kind, j = entry.kind, entry.job
    if kind == E_SUBMIT and entry.amount == 1:
        hold(s, j, entry.t)
    elif kind == E_SUBMIT:
        join(s, j)
    elif kind == E_RELEASE:
        let_go(s, j, entry.t)
        join(s, j)
    elif kind == E_START:
        if s.jobs[j].waits:
            leave(s, j)
            s.jobs[j].first = row
            s.jobs[j].rows = 0
            share(s, j, 1)
        s.jobs[j].rows += 1
        take(s, row, 1)
    elif kind in (E_END, E_KILL, E_REQUEUE):
        share(s, j, -1)
        for held in range(s.jobs[j].first, s.jobs[j].first + s.jobs[j].rows):
            take(s, held, -1)
        if kind == E_REQUEUE:
            join(s, j)
    elif kind == E_CANCEL and s.jobs[j].held:
        let_go(s, j, entry.t)
    elif kind == E_CANCEL:
        leave(s, j)
    elif kind == E_LIMIT:
        clock.limited = entry.amount
    elif kind == E_CHANGE:
        revise(s, entry.amount)


@njit
def fits_on(s, u, tasks, types, allowed):
    """Tell whether the tasks fit now on a node type that is (or is not) allowed."""
    most = 0
    for k in range(len(s.types)):
        if (types >> k) & 1 == allowed:
            most = max(most, s.fits[u, k])
    return most >= tasks


@njit
def enough(s, unit, tasks, types):
    """Tell whether an allowed node type has enough free accelerators, wherever they are."""
    need = tasks * unit.accelerators
    for k in range(len(s.types)):
        free = s.types[k].left if unit.accelerators < DEVICE else s.types[k].free * DEVICE
        if (types >> k) & 1 and free >= need:
            return True
    return False


@njit
def reason_of(s, shape):
    """Return why jobs of a shape wait, from limits, from quota and from what is free."""
    unit, types = s.units[shape.unit], shape.types
    if s.clock[0].sharing:
        if is_over_limit(s, shape):
            return R_LIMIT
        types = has_quota_on(s, shape)
        if types == 0:
            return R_QUOTA
    if fits_on(s, shape.unit, shape.tasks, types, 1):
        return s.clock[0].overtaken
    if fits_on(s, shape.unit, shape.tasks, shape.types, 0):
        return R_NODE_TYPE
    if not enough(s, unit, shape.tasks, types):
        return R_NO_FREE
    if fits_on(s, unit.bare, shape.tasks, types, 1):
        return R_CPU_MEMORY
    return R_FRAGMENTATION


@njit
def settle(s):
    """Work out, after all rows of an instant, which shapes wait and why."""
    clock = s.clock[0]
    put_back(s)
    i = 0
    while i < clock.shapes:
        number = s.lists[i].form
        shape = s.shapes[number]
        unit = shape.unit
        waits = shape.waiting > 0
        if waits and not shape.live:
            need(s, unit)
            need(s, s.units[unit].bare)
        elif shape.live and not waits:
            release(s, unit)
            release(s, s.units[unit].bare)
        shape.live = shape.listed = int(waits)
        if waits:
            shape.reason = reason_of(s, shape)
            i += 1
        else:
            clock.shapes -= 1
            s.lists[i].form = s.lists[clock.shapes].form


@njit
def reason_now(s, number):
    """Return why the jobs of a shape wait now.

    Where a pass ended at its depth limit it looked at no waiting job, so all wait for that reason.
    """
    return R_DEPTH if s.clock[0].limited else s.shapes[number].reason


@njit
def let_pass(s, t, now):
    """Add the time from t to now (ms) to the reasons of all that waits."""
    clock = s.clock[0]
    for i in range(clock.shapes):
        shape = s.lists[i].form
        s.time[shape, reason_now(s, shape)] += now - t
    if clock.watched >= 0 and now > t:
        note(s, t)


@njit
def note(s, t):
    """Write down from when (ms) the watched shape has another reason."""
    clock = s.clock[0]
    last = clock.spells - 1
    before = s.spells[last, 1] if last >= 0 else R_NONE
    reason = reason_now(s, clock.watched) if s.shapes[clock.watched].waiting > 0 else R_NONE
    if reason != before:
        s.spells[last + 1, 0] = t
        s.spells[last + 1, 1] = reason
        clock.spells += 1


@njit
def replay(s, until):
    """Fill `waits` from the log; jobs that still wait are counted up to `until` (ms)."""
    begin_sharing(s)
    row, t = 0, 0
    while row < len(s.log):
        now = s.log[row].t
        let_pass(s, t, now)
        t = now
        while row < len(s.log) and s.log[row].t == now:
            apply(s, row)
            row += 1
        settle(s)
    let_pass(s, t, until)
    for j in range(len(s.jobs)):
        if s.jobs[j].waits:
            account(s, j, 1)
        elif s.jobs[j].held:
            let_go(s, j, until)

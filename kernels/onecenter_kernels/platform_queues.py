"""The queues of platforms in a pass: which job of each is looked at next, and quota that is kept for it."""

from .admission import member_of
from .codes import BY_QUOTA, P_LOWER_OR_NEWER, RANDOM
from .jit import njit
from .quota import use
from .tenants import weighed


@njit
def queue_of(s, j):
    """Return the node of the tree in whose queue job j is: its platform; the center where it has none."""
    return max(member_of(s, j), 0)


@njit
def waits_for_victims(s, j, t):
    """Tell whether the victims of job j leave, or the last one has left at t (ms)."""
    clock = s.clock[0]
    return clock.preemption == BY_QUOTA and clock.first_until >= t and 0 < s.attempts[j].first_until >= t


@njit
def goes_ahead(s, a, b, t):
    """Tell whether waiting job a goes ahead of job b of its platform: its victims leave, priority, submit, id."""
    one, other = s.jobs[a], s.jobs[b]
    if waits_for_victims(s, a, t) != waits_for_victims(s, b, t):
        return waits_for_victims(s, a, t)
    if one.priority != other.priority:
        return one.priority > other.priority
    if one.submit != other.submit:
        return one.submit < other.submit
    return a < b


@njit
def list_queues(s, t):
    """List the waiting jobs by platform, each in order, among the candidates of the queue.

    So they stand in the queue, too, until the next pass: those that join it are put in order then.
    """
    clock, heads = s.clock[0], s.heads
    clock.runs_listed = 0
    for n in range(len(heads)):
        row = heads[n]
        row.next = row.last = row.closed = row.kept = row.stamp = 0
        row.failed = row.displaced = row.waits_for = -1
    for i in range(clock.head, clock.tail):
        heads[queue_of(s, s.queue[i].job)].last += 1
    place = 0
    for n in range(len(heads)):
        row = heads[n]
        place += row.last
        row.next = row.last = place - row.last
    for i in range(clock.head, clock.tail):
        row = heads[queue_of(s, s.queue[i].job)]
        j, k = s.queue[i].job, row.last
        while k > row.next and goes_ahead(s, j, s.queue[k - 1].candidate, t):
            s.queue[k].candidate = s.queue[k - 1].candidate
            k -= 1
        s.queue[k].candidate = j
        row.last += 1
    for i in range(clock.tail - clock.head):
        row = s.queue[clock.head + i]
        row.job = s.queue[i].candidate
        row.ask = s.jobs[row.job].ask


@njit
def used_by_tenant(s, j):
    """Return what the tenant of job j has used; 0 where that does not matter."""
    u = s.owners[s.jobs[j].owner].user
    return weighed(s, u) if s.clock[0].usage_half_life > 0 else 0


@njit
def pull_first(s, n, t):
    """Let that job of a platform be its next whose tenant has used least, of several the first in order."""
    row = s.heads[n]
    best, least = row.next, used_by_tenant(s, s.queue[row.next].candidate)
    if waits_for_victims(s, s.queue[row.next].candidate, t):
        return
    for i in range(row.next + 1, row.last):
        used = used_by_tenant(s, s.queue[i].candidate)
        if used < least:
            best, least = i, used
    j = s.queue[best].candidate
    for i in range(best, row.next, -1):
        s.queue[i].candidate = s.queue[i - 1].candidate
    s.queue[row.next].candidate = j


@njit
def has_next(s, n, t):
    """Tell whether a platform has a job to be looked at; a strict one closes behind a job that was evicted."""
    row = s.heads[n]
    if row.closed or row.next == row.last:
        return False
    if s.clock[0].usage_half_life > 0:
        pull_first(s, n, t)
    if row.displaced >= 0 and s.tree[n].strict and precedes(s, row.displaced, s.queue[row.next].candidate, t):
        row.closed = 1
    return row.closed == 0


@njit
def precedes(s, a, b, t):
    """Tell whether waiting job a goes before job b of its platform."""
    one, other = used_by_tenant(s, a), used_by_tenant(s, b)
    if one != other and not waits_for_victims(s, b, t):
        return one < other
    return goes_ahead(s, a, b, t)


@njit
def note_evicted(s, j, t):
    """Note that job j, which was evicted, waits again, and takes no part in this pass."""
    row = s.heads[queue_of(s, j)]
    if row.displaced < 0 or precedes(s, j, row.displaced, t):
        row.displaced = j


@njit
def cannot_start(s, n):
    """Tell whether a job like the next of a platform has not started, and nothing has changed since."""
    row = s.heads[n]
    if row.failed < 0 or row.stamp != s.clock[0].stamp:
        return False
    if s.tree[n].within == P_LOWER_OR_NEWER or s.clock[0].placement == RANDOM:
        return False
    one, other = s.jobs[row.failed], s.jobs[s.queue[row.next].candidate]
    return one.ask == other.ask and one.owner == other.owner and one.priority == other.priority


@njit
def put_aside(s, n):
    """Look at the next job of a platform no more in this pass, nor at others of it if it queues strictly."""
    row = s.heads[n]
    row.failed, row.stamp = s.queue[row.next].candidate, s.clock[0].stamp
    row.next += 1
    if s.tree[n].strict:
        row.closed = 1


@njit
def keep_quota(s, n, kind, amount):
    """Keep so much quota of a node type for the first job of a platform: nobody else may use it."""
    if amount > 0:
        row = s.heads[n]
        row.kept, row.kept_kind = amount, kind
        use(s, n, kind, amount)
        s.clock[0].stamp += 1


@njit
def release_quota(s, n):
    """Keep nothing for the first job of a platform any more."""
    row = s.heads[n]
    if row.kept > 0:
        use(s, n, row.kept_kind, -row.kept)
        row.kept = 0
        s.clock[0].stamp += 1

"""The pass by platform, Kueue's: cycles in which the first job of each platform is looked at once."""

from .admission import admitted, member_of, permitted
from .codes import BY_QUOTA, P_ANY, S_WAITING
from .door import start_among
from .heads import borrowing_level, kept_for, next_head
from .jit import njit
from .limits import within_limits
from .platform_queues import (
    cannot_start,
    has_next,
    keep_quota,
    list_queues,
    put_aside,
    release_quota,
    waits_for_victims,
)
from .queue import keep_waiting
from .reclaim import keep_freed, may_preempt, reclaim
from .samples import count_start
from .tournament import next_fair_head


@njit
def keep_for_waiting(s, t):
    """Keep quota for the jobs whose victims leave; each is the first of its platform."""
    for n in range(1, len(s.heads)):
        row = s.heads[n]
        if row.next < row.last and waits_for_victims(s, s.queue[row.next].candidate, t):
            keep_freed(s, n, s.queue[row.next].candidate)


@njit
def kind_for(s, j, n, t):
    """Return the node type by which job j is ranked: the first on which it has quota, else the first it may use."""
    types = admitted(s, j, t)
    if types == 0:
        types = permitted(s, j)
    return max((types & 15) - 1, 0)


@njit
def rank_head(s, n, t):
    """Note what decides when the next job of a platform is looked at in this cycle."""
    row = s.heads[n]
    j = s.queue[row.next].candidate
    job = s.jobs[j]
    row.open, row.job, row.kind = 1, j, kind_for(s, j, n, t)
    row.amount, row.priority, row.since = s.asks[job.ask].gang, job.priority, job.submit
    row.level = borrowing_level(s, n, row.kind, row.amount) if s.clock[0].quotas and row.amount > 0 else 0


@njit
def starts(s, j, types, t):
    """Start job j on one of some node types; tell whether it did."""
    if types == 0 or start_among(s, j, types, t) == 0:
        return False
    s.clock[0].stamp += 1
    count_start(s, j)
    return True


@njit
def keep_own(s, n, j):
    """Keep quota for the first job of a platform, which has nobody to evict, unless it can always take it back."""
    gang, types = s.asks[s.jobs[j].ask].gang, permitted(s, j)
    if s.tree[n].reclaim == P_ANY:
        return
    while types > 0:
        kind = (types & 15) - 1
        if may_preempt(s, n, kind, gang):
            level = borrowing_level(s, n, kind, gang)
            keep_quota(s, n, kind, kept_for(s, n, kind, gang, level))
            return
        types >>= 4


@njit
def start_or_evict(s, n, j, t):
    """Start job j of a platform, if need be in the place of others; tell whether it did."""
    types = admitted(s, j, t)
    if starts(s, j, types, t):
        return True
    if not s.clock[0].quotas or member_of(s, j) < 0 or s.asks[s.jobs[j].ask].gang == 0 or not within_limits(s, j):
        return False
    if s.clock[0].preemption == BY_QUOTA and starts(s, j, reclaim(s, j, n, t), t):
        return True
    if types == 0 and not s.heads[n].closed:
        keep_own(s, n, j)
    return False


@njit
def look_at(s, n, t):
    """Look at the next job of a platform: it starts, or is put aside, or waits for its victims."""
    row = s.heads[n]
    if not has_next(s, n, t):
        return
    j = s.queue[row.next].candidate
    if cannot_start(s, n):
        put_aside(s, n)
    elif waits_for_victims(s, j, t):
        release_quota(s, n)
        row.waits_for = -1
        if starts(s, j, admitted(s, j, t), t):
            row.next += 1
        elif t < s.attempts[j].first_until:
            keep_freed(s, n, j)
            row.closed = 1
        else:
            put_aside(s, n)
            row.failed = -1  # it may not evict anybody, where others may
    elif start_or_evict(s, n, j, t):
        row.next += 1
    elif not row.closed:
        put_aside(s, n)


@njit
def open_heads(s, t):
    """Open the platforms that have a job to be looked at; return how many, and of how many it cannot start."""
    count, failed = 0, 0
    for n in range(len(s.heads)):
        s.heads[n].open = 0
        if has_next(s, n, t):
            s.heads[n].open = 1
            count += 1
            failed += cannot_start(s, n)
    return count, failed


@njit
def make_cycle(s, t):
    """Look at the first job of each platform; tell whether there was one."""
    count, failed = open_heads(s, t)
    for n in range(len(s.heads)):
        if s.heads[n].open:
            if failed == count:
                s.heads[n].open = 0
                put_aside(s, n)
            else:
                rank_head(s, n, t)
    if s.heads[0].open:
        s.heads[0].open = 0
        look_at(s, 0, t)
    n = next_by_rule(s)
    while n >= 0:
        look_at(s, n, t)
        n = next_by_rule(s)
    for n in range(len(s.heads)):
        if not s.heads[n].closed:
            release_quota(s, n)
    return count > 0


@njit
def next_by_rule(s):
    """Return the platform whose job is looked at next in this cycle; -1: none is left."""
    return next_fair_head(s) if s.clock[0].fair_sharing and s.clock[0].quotas else next_head(s)


@njit
def platform_pass(s, t):
    """Make a pass by platform."""
    before = s.clock[0].log
    list_queues(s, t)
    keep_for_waiting(s, t)
    while make_cycle(s, t):
        pass
    for n in range(len(s.heads)):
        release_quota(s, n)
    if s.clock[0].log > before:
        keep_waiting(s, S_WAITING)

"""Preemption by quota, as in Kueue: a job without quota may evict jobs of its platform, and of others that borrow.

Victims are chosen as if those who leave had left, and those for whom they leave ran.
"""

from .admission import has_quota, member_of, permitted
from .codes import C_WITHIN, EVICTED, P_NEVER, RECLAIMED, S_RUNNING, S_WAITING, V_BOTH, V_CLASSICAL
from .evict import evict, leaving_at
from .jit import njit
from .levels import copy_levels
from .platform_queues import keep_quota, note_evicted, release_quota, used_by_tenant
from .preempt import holds, without
from .preempting import choose_victims
from .quota import available, borrows, use
from .room import copy_row
from .state import NOW, PROJECTED


@njit
def list_running(s):
    """List the running jobs by platform, once in a pass; those that are evicted after that are passed over."""
    if s.clock[0].runs_listed:
        return
    s.clock[0].runs_listed = 1
    s.clock[0].leaving = 0
    for n in range(len(s.heads)):
        s.heads[n].running = -1
    for node in range(len(s.hosts)):
        r = s.hosts[node].run
        while r >= 0:
            j = s.runs[r].job
            if s.runs[r].row == s.jobs[j].first and member_of(s, j) >= 0:
                head = s.heads[member_of(s, j)]
                s.attempts[j].next = head.running
                head.running = j
                s.clock[0].leaving += s.attempts[j].leaves > 0
            r = s.runs[r].next


@njit
def type_of(s, j):
    """Return the node type on which running job j is."""
    return s.nodes[NOW, s.log[s.jobs[j].first].node].type


@njit
def leaves(s, j):
    """Tell whether job j, of those listed, is still on nodes that it is to leave."""
    return s.jobs[j].state == S_RUNNING and s.attempts[j].leaves > 0


@njit
def count_leaving(s, sign):
    """Take from usage what those hold who leave, and let those use what they ask for whom they do; -1: undo it."""
    if s.clock[0].leaving == 0:
        return
    for n in range(len(s.heads)):
        head = s.heads[n]
        j = head.running
        while j >= 0:
            if leaves(s, j):
                use(s, n, type_of(s, j), -sign * s.asks[s.jobs[j].ask].gang)
            j = s.attempts[j].next
        if head.waits_for >= 0:
            kind = s.attempts[head.waits_for].kind
            use(s, n, kind, sign * (s.asks[s.jobs[head.waits_for].ask].gang - head.kept))


@njit
def last_left(s, kind, t):
    """Return when the last of those has left who leave a node type; t (ms) where nobody does."""
    last = t
    for n in range(len(s.heads)):
        j = s.heads[n].running
        while j >= 0:
            if leaves(s, j) and type_of(s, j) == kind:
                last = max(last, s.attempts[j].leaves)
            j = s.attempts[j].next
    return last


@njit
def still_held(s, j):
    """Return the accelerators (1/1000) that victims of job j hold until they have left."""
    total = 0
    for n in range(len(s.heads)):
        k = s.heads[n].running
        while k >= 0:
            if leaves(s, k) and s.attempts[k].by == j:
                total += s.asks[s.jobs[k].ask].gang
            k = s.attempts[k].next
    return total


@njit
def keep_freed(s, n, j):
    """Keep for job j of a platform what its victims have freed so far."""
    list_running(s)
    s.heads[n].waits_for = j
    keep_quota(s, n, s.attempts[j].kind, max(0, s.asks[s.jobs[j].ask].gang - still_held(s, j)))


@njit
def may_be_evicted(s, j, kind, t):
    """Tell whether job j, of those listed, runs on a node type, is not protected, and does not leave already."""
    job = s.jobs[j]
    if job.state != S_RUNNING or s.owners[job.owner].spared or s.attempts[j].leaves > 0 or type_of(s, j) != kind:
        return False
    return job.start < t and t - job.start >= s.clock[0].preempt_after


@njit
def list_platform(s, n, count, kind, t):
    """List the jobs of a platform that may be evicted on a node type behind so many candidates; return their number."""
    j = s.heads[n].running
    while j >= 0:
        if may_be_evicted(s, j, kind, t):
            row, job = s.candidates[count], s.jobs[j]
            row.job, row.node, row.amount = j, n, s.asks[job.ask].gang
            row.priority, row.since, row.admitted, row.evicted = job.priority, job.submit, job.start, 0
            row.tenant = used_by_tenant(s, j)
            count += 1
        j = s.attempts[j].next
    return count


@njit
def list_candidates(s, n, kind, t):
    """List whom jobs of a platform may evict on a node type, priorities and shares aside; return their number."""
    count = 0
    if s.tree[n].within != P_NEVER:
        count = list_platform(s, n, count, kind, t)
    if s.tree[n].reclaim != P_NEVER:
        for other in range(1, len(s.tree)):
            if other != n and s.tree[other].platform >= 0 and borrows(s, other, kind, 0):
                count = list_platform(s, other, count, kind, t)
    return count


@njit
def is_alone(s, n, kind):
    """Tell whether a node has nobody above it from whom it borrows, or to whom it lends."""
    quota = s.quotas[kind, n]
    return s.tree[n].parent < 0 or (quota.borrowing == 0 and quota.lending == 0)


@njit
def may_preempt(s, n, kind, amount):
    """Tell whether a platform may preempt for so much: it has it as quota, below the top, or may while it borrows."""
    own, fair = s.tree[n], s.clock[0].fair_sharing
    if amount <= s.quotas[kind, n].nominal or own.while_borrowing or (fair and own.reclaim != P_NEVER):
        return True
    while not is_alone(s, n, kind):
        if not borrows(s, n, kind, amount):
            return True
        amount -= max(0, s.quotas[kind, n].local - s.quotas[kind, n].usage)
        n = s.tree[n].parent
    return False


@njit
def choose(s, j, n, kind, t):
    """Choose whom job j of a platform evicts on a node type; return the number of victims."""
    asks, job = s.preemptor[0], s.jobs[j]
    count_leaving(s, 1)
    found = 0
    if s.asks[job.ask].gang > available(s, n, kind):
        asks.node, asks.kind, asks.amount = n, kind, s.asks[job.ask].gang
        asks.priority, asks.since = job.priority, job.submit
        asks.rule = V_BOTH if s.clock[0].fair_sharing else V_CLASSICAL
        asks.candidates = list_candidates(s, n, kind, t)
        if asks.candidates > 0:
            found = choose_victims(s)
    count_leaving(s, -1)
    return found


@njit
def victim(s, i):
    """Return the row of the victim in place i."""
    return s.candidates[s.candidates[i].victim]


@njit
def gives_room(s, j, kind, count):
    """Tell whether job j has room on a node type when so many victims have left."""
    copy_row(s, NOW, PROJECTED)
    copy_levels(s)
    s.clock[0].projected = -1
    for i in range(count):
        without(s, victim(s, i).job)
    return holds(s, j, kind)


@njit
def evict_victims(s, j, count, t):
    """Evict so many victims for job j; return when the last one has left."""
    last = t
    for i in range(count):
        v, own = victim(s, i).job, victim(s, i).claim == C_WITHIN
        last = max(last, leaving_at(s, v, t))
        s.attempts[v].by = j
        evict(s, v, t, EVICTED if own else RECLAIMED)
        s.clock[0].leaving += s.jobs[v].state == S_RUNNING
        if s.jobs[v].state == S_WAITING:
            note_evicted(s, v, t)
    s.clock[0].stamp += 1
    return last


@njit
def wait_for_victims(s, j, n, kind, last):
    """Let job j of a platform go first in it until its last victim has left, and keep what they free."""
    row, clock = s.attempts[j], s.clock[0]
    row.first_until, row.kind = last, kind
    clock.first_until = max(clock.first_until, last)
    release_quota(s, n)
    keep_freed(s, n, j)
    s.heads[n].closed = 1


@njit
def reclaim(s, j, n, t):
    """Let job j of a platform evict others on the first node type where that gives it quota and room.

    Return the node types on which it can start at once; 0: none, and it waits for its victims or has none.
    """
    rest = permitted(s, j)
    list_running(s)
    while rest > 0:
        kind = (rest & 15) - 1
        if not has_quota(s, j, kind) and may_preempt(s, n, kind, s.asks[s.jobs[j].ask].gang):
            count = choose(s, j, n, kind, t)
            if count > 0 and gives_room(s, j, kind, count):
                last = evict_victims(s, j, count, t)
                if last == t and not has_quota(s, j, kind):
                    last = last_left(s, kind, t)
                if last == t:
                    return rest & 15
                wait_for_victims(s, j, n, kind, last)
                return 0
        rest >>= 4
    return 0

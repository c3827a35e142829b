"""What tenants have consumed, sampled while a run goes on."""

from .jit import njit
from .tenants import admit, sample

#: Time (ms) between two samples, as in Kueue.
INTERVAL = 300_000


@njit
def count_held(s):
    """Count what the jobs of tenants hold."""
    for u in range(len(s.tenants)):
        s.tenants[u].holds = 0
    for node in range(len(s.hosts)):
        r = s.hosts[node].run
        while r >= 0:
            j = s.runs[r].job
            if s.runs[r].row == s.jobs[j].first:
                s.tenants[s.owners[s.jobs[j].owner].user].holds += s.asks[s.jobs[j].ask].gang
            r = s.runs[r].next


@njit
def bring_up(s, t):
    """Take the samples up to t (ms), before anything happens at it."""
    clock = s.clock[0]
    if clock.usage_half_life == 0 or clock.sampled + INTERVAL > t:
        return
    count_held(s)
    while clock.sampled + INTERVAL <= t:
        clock.sampled += INTERVAL
        sample(s, clock.usage_rest)


@njit
def count_start(s, j):
    """Count job j, which starts, at once in what its tenant has consumed."""
    if s.clock[0].usage_half_life > 0:
        admit(s, s.owners[s.jobs[j].owner].user, s.asks[s.jobs[j].ask].gang, s.clock[0].usage_rest)

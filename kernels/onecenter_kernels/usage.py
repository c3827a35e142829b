"""What users have used, in thousandths of an accelerator times ms, decayed at the multiples of a period."""

from .jit import njit

#: No usage is counted beyond this.
MOST = (1 << 62) - 1

MASK = (1 << 16) - 1


@njit
def decayed(usage, factor):
    """Return usage times a factor (2**-32), rounded down, without a product beyond an int64."""
    high, middle, low = usage >> 32, (usage >> 16) & MASK, usage & MASK
    return min(high * factor + ((middle * factor + ((low * factor) >> 16)) >> 16), MOST)


@njit
def count_usage(s, u, t):
    """Count what user u has used up to t (ms)."""
    user, period = s.users[u], s.clock[0].period
    last = t - t % period
    while user.since < last:
        before, spent = user.usage, period - user.since % period
        user.usage = decayed(before + user.part + user.charge * spent, s.clock[0].decay)
        user.part = 0
        user.since += spent
        if spent == period and user.usage == before:
            user.since = last  # nor does any further period change it
    user.part += user.charge * (t - user.since)
    user.since = t


@njit
def charge(s, j, sign):
    """Let the user of job j hold its accelerators from now on (1), or no longer (-1)."""
    job = s.jobs[j]
    u = s.owners[job.owner].user
    count_usage(s, u, s.clock[0].now)
    s.users[u].charge += sign * s.asks[job.ask].gang

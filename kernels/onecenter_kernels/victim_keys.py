"""The keys of candidates in an order of victims of the user's own: the lowest is evicted first."""

import math

from .attempts import progress_of
from .calls import call_key, call_keys
from .jit import njit
from .keys import sortable

#: In `clock.failed_key`: the key of victims is none.
KEY_OF_VICTIMS = 2


@njit
def victim_key(s, j, t):
    """Return the key that a user's compiled function gives candidate j at instant t (ms)."""
    job, ask, owner, row = s.jobs[j], s.asks[s.jobs[j].ask], s.owners[s.jobs[j].owner], s.attempts[j]
    return call_key(
        s.clock[0].victims_call,
        (
            job.submit / 1000.0,
            job.walltime / 1000.0,
            ask.gang / 1000.0,
            float(ask.tasks),
            ask.cpus * ask.tasks / 1000.0,
            ask.memory * ask.tasks / 1024.0,
            float(job.priority),
            float(owner.platform),
            float(owner.tenant),
            float(owner.stream),
            s.keys[j].deadline,
            float(owner.tier),
            job.start / 1000.0,
            float(row.nodes),
            (row.saved + progress_of(s, j, t)[0]) / 1000.0,
            row.lost / 1000.0,
            t / 1000.0,
        ),
    )


@njit
def give_keys(s, count, t):
    """Give the first candidates their keys at t (ms); tell whether all have one."""
    clock = s.clock[0]
    if clock.victims_call == 0:
        clock.victims_listed = count
        call_keys(clock.victims_asked, float(t))
    else:
        for i in range(count):
            j = s.queue[i].candidate
            s.keys[j].victim = victim_key(s, j, t)
            if math.isnan(s.keys[j].victim):
                clock.failed, clock.failed_key = j + 1, KEY_OF_VICTIMS
                return False
    if clock.failed:
        return False
    for i in range(count):
        j = s.queue[i].candidate
        s.attempts[j].place = sortable(s.keys[j].victim)
    return True

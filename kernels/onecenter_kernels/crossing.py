"""Up to when two waiting jobs that follow each other keep their order, where their keys change with time."""

import math

from .codes import BY_TIER, MULTIFACTOR
from .jit import njit
from .multifactor import AGE, HIGHEST, raw_from
from .state import FOREVER

HOUR = 3_600_000

#: What an age adds to a priority by `priority`, in its smallest units, is this times the platform's priority.
PRIORITY_UNIT = 1_000_000

#: Two sums of factors that differ by less may be rounded either way.
NEAR = 1e-5


@njit
def crossing(s, a, b, t):
    """Return an instant (ms) up to which job b stays behind job a, from t (ms) on."""
    if s.clock[0].order == MULTIFACTOR:
        return multifactor_crossing(s, a, b, t)
    return priority_crossing(s, a, b, t)


@njit
def priority_crossing(s, a, b, t):
    """Return that instant (ms) under `priority`.

    All age alike, so only the older one's reaching the highest age lets another of higher priority overtake it. Keys
    are rounded: two that differ by less than one may change places in between, so they are looked at in each step.
    """
    clock, one, other = s.clock[0], s.jobs[a], s.jobs[b]
    gain = abs(min(t - one.submit, clock.max_age) - min(t - other.submit, clock.max_age)) * clock.age_rate // HOUR
    ahead = abs(int(other.priority) - int(one.priority)) * PRIORITY_UNIT
    if one.submit >= other.submit:
        return FOREVER if one.submit == other.submit or gain + 2 <= ahead else t + 1
    if other.priority <= one.priority:
        return FOREVER
    if gain < ahead + 1:
        return t + 1
    return max(t + 1, other.submit + clock.max_age - (ahead + 1) * HOUR // clock.age_rate - 1)


@njit
def multifactor_crossing(s, a, b, t):
    """Return that instant (ms) under multifactor priority, while nobody's factors change.

    Sums that are far enough apart keep their order until one of the jobs reaches the highest age. Of others the whole
    parts count, which decide otherwise only when one of these changes.
    """
    one, other, most = s.jobs[a].submit, s.jobs[b].submit, s.clock[0].max_age
    base, lower = s.keys[a].key, s.keys[b].key
    wins_ties = one < other or (one == other and a < b)
    if wins_ties and base >= lower:
        return FOREVER
    raw, behind = raw_from(s, base, a, t), raw_from(s, lower, b, t)
    if not wins_ties and raw >= behind + 1.0 + NEAR and raw >= 2.0 and raw + s.weights[AGE].weight < HIGHEST:
        return FOREVER
    if wins_ties and raw >= behind + NEAR and t < one + most:
        return one + most
    return min(next_whole(s, raw, t), next_whole(s, behind, t))


@njit
def next_whole(s, raw, t):
    """Return an instant (ms) up to which a sum of factors keeps its whole part, from t (ms) on."""
    growth, most = s.weights[AGE].weight, s.clock[0].max_age
    if growth == 0.0 or most == 0:
        return FOREVER
    left = (math.floor(raw) + 1.0 - raw - NEAR) * most / growth
    return t + max(1, int(min(left, float(most))))


@njit
def look_again(s, i, t):
    """Note when the jobs in places i and i + 1 of the queue, in order at t (ms), may change places."""
    clock, until = s.clock[0], FOREVER
    if i < clock.head:
        return
    if i + 1 < clock.tail:
        a, b = s.queue[i].job, s.queue[i + 1].job
        if clock.preemption != BY_TIER or s.owners[s.jobs[a].owner].tier == s.owners[s.jobs[b].owner].tier:
            until = crossing(s, a, b, t)
    s.queue[i].cross = until
    clock.cross = min(clock.cross, until)


@njit
def may_change(s, i, t):
    """Note that the job in place i of the queue may change places with those beside it from t (ms) on."""
    s.queue[i].cross = t
    if i > s.clock[0].head:
        s.queue[i - 1].cross = t

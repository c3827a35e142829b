"""Admission: who may start, whatever room there is. Every pass asks here before it places a job."""

from .asks import types_of
from .codes import NEXT_BEFORE_BORROWING
from .jit import njit
from .limits import within_limits
from .quota import available, borrows, use


@njit
def member_of(s, j):
    """Return the platform of job j in the quota tree; -1: none."""
    return s.owners[s.jobs[j].owner].member


@njit
def has_quota(s, j, kind):
    """Tell whether the platform of job j may use so much more of a node type."""
    n, gang = member_of(s, j), s.asks[s.jobs[j].ask].gang
    return not s.clock[0].quotas or n < 0 or gang == 0 or gang <= available(s, n, kind)


@njit
def admits(s, j, kind, t):
    """Tell whether job j may start on a node type at t (ms), were there room for it."""
    return not s.clock[0].sharing or (within_limits(s, j) and has_quota(s, j, kind))


@njit
def admitted(s, j, t):
    """Return the node types on which job j may start at t (ms), of those that it allows, in the order to be tried.

    Where jobs share by quotas or limits, only of those on which it fits the empty center.
    """
    if not s.clock[0].sharing:
        return types_of(s, j)
    if not within_limits(s, j):
        return 0
    if s.clock[0].flavors != NEXT_BEFORE_BORROWING:
        return types_with_quota(s, j, 0)
    own = types_with_quota(s, j, 1)
    return own | (types_with_quota(s, j, 2) << width_of(own))


@njit
def width_of(types):
    """Return the bits of a list of node types."""
    bits = 0
    while types >> bits > 0:
        bits += 4
    return bits


@njit
def types_with_quota(s, j, which):
    """Return the node types that hold job j on the empty center and on which it has quota.

    `which`: 0 all; 1 those on which its platform stays within its own nominal, or is not asked; 2 the others.
    """
    n, gang = member_of(s, j), s.asks[s.jobs[j].ask].gang
    types, found, place = s.asks[s.jobs[j].ask].fits, 0, 0
    while types > 0:
        kind = (types & 15) - 1
        borrowed = s.clock[0].quotas and n >= 0 and gang > 0 and borrows(s, n, kind, gang)
        if has_quota(s, j, kind) and (which == 0 or borrowed == (which == 2)):
            found |= (types & 15) << place
            place += 4
        types >>= 4
    return found


@njit
def permitted(s, j):
    """Return the node types on which job j can ever start: they hold it, and it asks no more than it can get."""
    n, gang = member_of(s, j), s.asks[s.jobs[j].ask].gang
    types, found, place = s.asks[s.jobs[j].ask].fits, 0, 0
    while types > 0:
        if not s.clock[0].quotas or n < 0 or gang <= s.quotas[(types & 15) - 1, n].most:
            found |= (types & 15) << place
            place += 4
        types >>= 4
    return found


@njit
def types_to_reserve(s, j):
    """Return the node types on which job j may hold a place, whatever quota is left."""
    return permitted(s, j) if s.clock[0].sharing else types_of(s, j)


@njit
def hold_quota(s, j, kind, sign):
    """Let job j use (1), or no longer use (-1), the quota of a node type."""
    n = member_of(s, j)
    if s.clock[0].quotas and n >= 0:
        use(s, n, kind, sign * s.asks[s.jobs[j].ask].gang)


@njit
def is_closed(s, j):
    """Tell whether the platform of job j queues strictly, and one of its jobs has not started in this step."""
    if not s.clock[0].strict:
        return False
    n = member_of(s, j)
    return n >= 0 and s.tree[n].closed == s.clock[0].steps


@njit
def close(s, j):
    """Let no further job of the platform of job j, which does not start, be looked at in this step, if it is strict."""
    if not s.clock[0].strict:
        return
    n = member_of(s, j)
    if n >= 0 and s.tree[n].strict:
        s.tree[n].closed = s.clock[0].steps

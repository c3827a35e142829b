"""The order in which running jobs are looked at as victims."""

from .jit import njit


@njit
def evicted_before(s, a, b):
    """Tell whether candidate a goes before candidate b: leaving anyway, of others, low priority, started late, job."""
    one, other, own = s.candidates[a], s.candidates[b], s.preemptor[0].node
    if one.evicted != other.evicted:
        return one.evicted > other.evicted
    if (one.node == own) != (other.node == own):
        return other.node == own
    return started_before(one, other)


@njit
def started_before(one, other):
    """Tell whether one candidate goes before another of its kind: low priority, started late, job."""
    if one.priority != other.priority:
        return one.priority < other.priority
    if one.admitted != other.admitted:
        return one.admitted > other.admitted
    return one.job < other.job


@njit
def goes_before(s, a, b):
    """Tell whether candidate a goes before candidate b in the order: by group, then within it."""
    one, other = s.candidates[a], s.candidates[b]
    if one.group != other.group:
        return one.group < other.group
    if one.evicted != other.evicted:
        return one.evicted > other.evicted
    if one.used != other.used:
        return one.used > other.used
    return started_before(one, other)


@njit
def sift(s, i, n):
    """Restore the heap (last first) of the first n places below place i."""
    c = s.candidates[i].order
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and goes_before(s, s.candidates[child].order, s.candidates[child + 1].order):
            child += 1
        if not goes_before(s, c, s.candidates[child].order):
            break
        s.candidates[i].order = s.candidates[child].order
        i = child
    s.candidates[i].order = c


@njit
def sort_candidates(s, n):
    """Sort the candidates in the first n places of the order (heap sort)."""
    for i in range(n // 2 - 1, -1, -1):
        sift(s, i, n)
    for last in range(n - 1, 0, -1):
        first = s.candidates[0].order
        s.candidates[0].order = s.candidates[last].order
        s.candidates[last].order = first
        sift(s, 0, last)

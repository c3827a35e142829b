"""The keys of live jobs, running and waiting, by which orders that preempt go: lowest first, then by submit and id.

SRTF: Schrage and Miller, 1966; LAS: Gu et al. (Tiresias), NSDI 2019; round-robin: Xiao et al. (Gandiva), OSDI 2018.
"""

from .attempts import kept_of, progress_of
from .codes import DRF, LAS, ROUND_ROBIN, S_RUNNING, SRSF, SRTF
from .evict import leaving_at
from .jit import njit
from .keys import sortable

#: Beyond every instant (ms): the width of a group of jobs of a queue in their keys.
GROUP = 2**50


@njit
def work_left(s, j, t):
    """Return what job j has to run yet at t (ms), what it has done in its attempt taken off."""
    left = s.attempts[j].left
    return left - progress_of(s, j, t)[0] if s.jobs[j].state == S_RUNNING else left


@njit
def attained(s, j, t):
    """Return how long the attempts of job j were up to t (ms), together."""
    job = s.jobs[j]
    return s.attempts[j].attained + (t - job.start if job.state == S_RUNNING else 0)


@njit
def time_to(s, j, k):
    """Return how long (ms) the attempts of job j are when it reaches threshold k; -1: it never does."""
    gang = s.asks[s.jobs[j].ask].gang
    return -(-1000 * s.thresholds[k] // gang) if gang > 0 else -1


@njit
def queue_of(s, j, t):
    """Return the queue of job j at t (ms): how many thresholds it has reached."""
    k, time = 0, attained(s, j, t)
    while k < len(s.thresholds) and 0 <= time_to(s, j, k) <= time:
        k += 1
    return k


@njit
def join_queue(s, j, t):
    """Note that running job j has reached a threshold at t (ms)."""
    row, k = s.attempts[j], queue_of(s, j, t)
    if k > row.queue:
        row.queue = k
        row.joined = t


@njit
def place_in_queues(s, j, t):
    """Return the place of job j in the queues at t (ms): in each first who runs, then the evicted, then the others.

    Who runs stands by when it began to, in this queue; it joins a queue behind all others. The last evicted goes first.
    """
    row, job = s.attempts[j], s.jobs[j]
    joined = max(row.joined, job.submit)
    if job.state == S_RUNNING and joined < t:
        return 3 * row.queue * GROUP + max(job.start, joined)
    if job.state != S_RUNNING and row.turn > joined:
        return (3 * row.queue + 1) * GROUP + GROUP - row.turn
    return (3 * row.queue + 2) * GROUP + joined


@njit
def live_key(s, j, t):
    """Return the key of live job j at t (ms)."""
    order = s.clock[0].order
    if order == SRTF:
        return work_left(s, j, t)
    if order == SRSF:
        return sortable(float(work_left(s, j, t)) * float(s.asks[s.jobs[j].ask].gang))
    if order == LAS:
        return place_in_queues(s, j, t)
    if order == DRF:
        return int(s.jobs[j].owner)
    turn = s.attempts[j].turn
    return 2 * turn + 1 if turn > 0 else 2 * int(s.jobs[j].submit)


@njit
def end_round(s, j, t):
    """Let running job j go behind those that wait, if a round of its ends at t (ms) and it would keep some work."""
    stay = t - s.jobs[j].start
    if stay > 0 and stay % s.clock[0].time_slice == 0 and kept_of(s, j, t, leaving_at(s, j, t)) > 0:
        s.attempts[j].turn = t


@njit
def next_change(s, j, t):
    """Return when a round of running job j ends while others wait, or it reaches a threshold (ms); -1: never."""
    clock, job, row = s.clock[0], s.jobs[j], s.attempts[j]
    if clock.order == ROUND_ROBIN and clock.waiting > 0:
        return t + clock.time_slice - (t - job.start) % clock.time_slice
    if clock.order == LAS:
        k = queue_of(s, j, t)
        if k < len(s.thresholds) and time_to(s, j, k) >= 0:
            return job.start + time_to(s, j, k) - row.attained
    return -1

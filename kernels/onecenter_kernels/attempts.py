"""Attempts of jobs that may be evicted: how long one lasts, and what is left of its work when it is cut short.

All times are ms of the node's clock. Checkpoints: `every` of work, then `write`, which blocks; a job that has saved
something begins with `restart`.
"""

from .jit import njit


@njit
def restart_of(s, j):
    """Return how long an attempt of job j restarts before it works."""
    return s.owners[s.jobs[j].owner].restart if s.attempts[j].saved > 0 else 0


@njit
def duration_of(s, j):
    """Return how long an attempt of job j lasts if nothing cuts it short: nothing is written after the last piece."""
    owner, left = s.owners[s.jobs[j].owner], s.attempts[j].left
    written = (left - 1) // owner.every * owner.write if owner.every > 0 else 0
    return restart_of(s, j) + left + written


@njit
def progress_of(s, j, t):
    """Return what job j has done in its attempt up to t (ms), and what of it is in checkpoints that are written."""
    owner, left = s.owners[s.jobs[j].owner], s.attempts[j].left
    worked = max(0, t - s.jobs[j].start - restart_of(s, j))
    if owner.every == 0:
        return min(left, worked), 0
    cycle = owner.every + owner.write
    count = worked // cycle
    return min(left, count * owner.every + min(worked - count * cycle, owner.every)), count * owner.every


@njit
def kept_of(s, j, t, leaves):
    """Return what of the work of job j is kept if it is evicted at t and has left at `leaves` (ms)."""
    owner = s.owners[s.jobs[j].owner]
    done, saved = progress_of(s, j, t)
    return done if owner.every > 0 and leaves - t >= owner.write else saved


@njit
def lost_of(s, j, t, leaves):
    """Return what of the work of job j is lost if it is evicted at t and has left at `leaves` (ms)."""
    return progress_of(s, j, t)[0] - kept_of(s, j, t, leaves)


@njit
def keep_work(s, j, t, leaves):
    """Note what job j keeps, which is evicted at t and has left at `leaves` (ms)."""
    kept, row = kept_of(s, j, t, leaves), s.attempts[j]
    row.left -= kept
    row.saved += kept

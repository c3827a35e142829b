"""Limits of the jobs of a platform, a tenant or a stream, and what runs and waits under them."""

from .jit import njit


@njit
def limits_of(s, j):
    """Return the rows of limits that job j counts in: of its platform, tenant and stream; -1: none."""
    owner = s.owners[s.jobs[j].owner]
    return owner.of_platform, owner.of_tenant, owner.of_stream


@njit
def is_full(s, k, gang):
    """Tell whether limit k keeps a job of so many accelerators (1/1000) from running beside those that run."""
    if k < 0:
        return False
    row = s.limits[k]
    over = row.max_accelerators >= 0 and row.accelerators + gang > row.max_accelerators
    return over or 0 <= row.max_running_jobs <= row.running


@njit
def within_limits(s, j):
    """Tell whether no limit keeps job j from running now."""
    a, b, c = limits_of(s, j)
    gang = s.asks[s.jobs[j].ask].gang
    return not (is_full(s, a, gang) or is_full(s, b, gang) or is_full(s, c, gang))


@njit
def forbids(s, k, gang, walltime):
    """Tell whether limit k refuses a job of so many accelerators (1/1000) and such a walltime (ms)."""
    if k < 0:
        return False
    row = s.limits[k]
    alone = row.max_running_jobs == 0 or 0 <= row.max_accelerators < gang
    large = 0 <= row.max_per_job < gang or 0 <= row.max_walltime < walltime
    return alone or large or 0 <= row.max_submitted <= row.submitted


@njit
def is_forbidden(s, j, walltime):
    """Tell whether a limit refuses job j, which is submitted."""
    a, b, c = limits_of(s, j)
    gang = s.asks[s.jobs[j].ask].gang
    return forbids(s, a, gang, walltime) or forbids(s, b, gang, walltime) or forbids(s, c, gang, walltime)


@njit
def count_one(s, k, gang, running, submitted):
    """Count jobs of so many accelerators (1/1000) that run or are submitted in limit k."""
    if k >= 0:
        row = s.limits[k]
        row.running += running
        row.accelerators += running * gang
        row.submitted += submitted


@njit
def count_limits(s, j, running, submitted):
    """Count job j as one that runs (1; -1: no longer) and one that waits or runs."""
    a, b, c = limits_of(s, j)
    gang = s.asks[s.jobs[j].ask].gang
    count_one(s, a, gang, running, submitted)
    count_one(s, b, gang, running, submitted)
    count_one(s, c, gang, running, submitted)

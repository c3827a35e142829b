"""Run-time estimates in place of walltimes; a job that outlives its estimate is given a longer one.

Averages of the last two jobs: Tsafrir, Etsion and Feitelson, TPDS 2007.
"""

from .codes import BY_RECENT_AVERAGE, T_CHANGE
from .heap import push
from .jit import njit
from .past import LAST
from .runs import add_running, drop_running


@njit
def limit_of(s, j):
    """Return after how long (ms) job j is killed."""
    return s.estimates[j].limit if s.clock[0].estimate else s.jobs[j].walltime


@njit
def estimate(s, j):
    """Give job j, which is submitted, the mean run time of the last two ended jobs of its tenant, up to its limit."""
    if s.clock[0].estimate != BY_RECENT_AVERAGE:
        return
    h = s.habits[s.keys[j].habit].overall
    ended = s.habits[h].ended
    if ended == 0:
        return
    last, before = s.recent[h, (ended - 1) % LAST].run, s.recent[h, max(ended - 2, 0) % LAST].run
    s.jobs[j].walltime = min(max((last + before) // 2, 1), s.estimates[j].limit)


@njit
def expect_end(s, j):
    """Set a timer for when running job j outlives its estimate, if it will."""
    job, estimated = s.jobs[j], s.jobs[j].walltime
    if estimated < min(job.run, s.estimates[j].limit):
        push(s, job.start + estimated, T_CHANGE, j, job.epoch)


@njit
def next_estimate(first, past):
    """Return the first of 2, 5, 10, 20, 50 ... times an estimate (ms) that is above another one."""
    while 10 * first <= past:
        first *= 10
    if 2 * first > past:
        return 2 * first
    return 5 * first if 5 * first > past else 10 * first


@njit
def correct(s, j):
    """Give running job j, which has outlived its estimate, the next one."""
    job, row = s.jobs[j], s.estimates[j]
    drop_running(s, j)
    job.walltime = min(next_estimate(row.first, job.walltime), row.limit)
    add_running(s, j)
    s.clock[0].quiet = 0
    expect_end(s, j)

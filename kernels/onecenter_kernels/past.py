"""Run times predicted from those of earlier jobs of the tenant: QSSF, with means in place of a learned model.

Hu et al., "Characterization and prediction of deep learning workloads in large-scale GPU datacenters", SC 2021.
"""

from .jit import njit

#: So many of the last jobs are looked at.
LAST = 5


@njit
def predict(s, j):
    """Give job j its key: its accelerators times its predicted run time (s)."""
    job, h = s.jobs[j], s.keys[j].habit
    if s.habits[h].ended == 0:
        h = s.habits[h].overall
    count, total = min(s.habits[h].ended, LAST), 0
    for i in range(count):
        total += s.recent[h, i].run
    predicted = total / count if count > 0 else float(job.walltime)
    s.keys[j].key = s.asks[job.ask].gang / 1000.0 * (predicted / 1000.0)


@njit
def remember(s, h, run):
    """Note that a job of a habit has ended, after so many ms."""
    s.recent[h, s.habits[h].ended % LAST].run = run
    s.habits[h].ended += 1


@njit
def learn(s, j):
    """Note how long job j has run, which ends now."""
    run, h = s.clock[0].now - s.jobs[j].start, s.keys[j].habit
    remember(s, h, run)
    remember(s, s.habits[h].overall, run)

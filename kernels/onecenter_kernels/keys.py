"""The order's key of a waiting job: an int64, lowest first. Float keys become the int64 that sorts alike.

Formulas: WFP3 and UNICEP, Tang et al., Cluster 2009; F1 to F4, Carastan-Santos and de Camargo, SC 2017; HRRN, Brinch
Hansen, 1971.
"""

import math

import numpy as np

from .calls import call_key
from .codes import (
    EDF,
    F1,
    F2,
    F3,
    F4,
    FIFO,
    KEY,
    LARGEST_AREA,
    LARGEST_FIRST,
    LINEAR,
    LJF,
    MULTIFACTOR,
    PRIORITY,
    QSSF,
    SJF,
    SMALLEST_AREA,
    SMALLEST_FIRST,
    SRTF,
    UNICEP,
    WFP3,
)
from .crossing import HOUR, PRIORITY_UNIT
from .jit import njit
from .multifactor import multifactor, priority_from

MAGNITUDE = 0x7FFF_FFFF_FFFF_FFFF


@njit
def sortable(key):
    """Return the int64 that sorts as a float64 does; 0.0 and -0.0 are the same."""
    bits = int(np.float64(key + 0.0).view(np.int64))
    return bits if bits >= 0 else bits ^ MAGNITUDE


@njit
def key_of(s, j, t):
    """Return the order's key of job j at instant t (ms), lowest first."""
    return key_by(s, j, t, s.clock[0].order, False)


@njit
def waiting_key(s, j, t):
    """Return the order's key of waiting job j at instant t (ms): of a sum of factors, only the age is looked at."""
    if s.clock[0].order == MULTIFACTOR:
        return -priority_from(s, s.keys[j].key, j, t)
    return key_of(s, j, t)


@njit
def rank_of(s, j, t):
    """Return the key of job j at instant t (ms) in the order in which backfill tries jobs, lowest first."""
    return key_by(s, j, t, s.clock[0].behind, True)


@njit
def key_by(s, j, t, order, behind):
    """Return the key of job j at instant t (ms) by an order; `behind`: that of backfill."""
    clock, job = s.clock[0], s.jobs[j]
    if order == FIFO or order >= SRTF:
        return int(job.submit)
    if order == SJF:
        return int(job.walltime)
    if order == PRIORITY:
        age = min(t - job.submit, clock.max_age)
        return -(int(job.priority) * PRIORITY_UNIT + age * clock.age_rate // HOUR)
    gang = s.asks[job.ask].gang
    if order == SMALLEST_FIRST:
        return int(gang)
    if order == LARGEST_FIRST:
        return -int(gang)
    if order == EDF or order == QSSF:
        return sortable(brought(s, j, behind))
    if order == LINEAR:
        return sortable(weighed(s, j, t, behind))
    if order == MULTIFACTOR:
        return -multifactor(s, j, t)
    if order == KEY:
        return sortable(users_key(s, j, t, behind))
    waited = (t - job.submit) / 1000.0
    return sortable(formula(order, job.walltime / 1000.0, gang / 1000.0, job.submit / 1000.0, waited))


@njit
def keys_at(s, t, keys):
    """Fill in the order's keys of all jobs at instant t (ms)."""
    for j in range(len(keys)):
        keys[j] = key_of(s, j, t)


@njit
def brought(s, j, behind):
    """Return the key that job j brings along, for the order or that of backfill."""
    return s.keys[j].behind if behind else s.keys[j].key


@njit
def users_key(s, j, t, behind):
    """Return the key that a user's function gives job j at instant t (ms), or has given; note where it is none."""
    clock, job = s.clock[0], s.jobs[j]
    key = brought(s, j, behind)
    address = clock.behind_call if behind else clock.key_call
    if address != 0:
        ask, owner = s.asks[job.ask], s.owners[job.owner]
        key = call_key(
            address,
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
                key,
                t / 1000.0,
            ),
        )
    if math.isnan(key):
        clock.failed, clock.failed_key = j + 1, int(behind)
    return key


@njit
def formula(order, r, n, s, w):
    """Return the key of a job of the literature: walltime r (s), n accelerators, submitted at s (s), w (s) ago."""
    at_least_one, late = max(r, 1.0), max(s, 1.0)
    if order == LJF:
        return -r
    if order == SMALLEST_AREA:
        return r * n
    if order == LARGEST_AREA:
        return -(r * n)
    if order == F1:
        return math.log10(at_least_one) * n + 870.0 * math.log10(late)
    if order == F2:
        return math.sqrt(r) * n + 25600.0 * math.log10(late)
    if order == F3:
        return r * n + 6.86e6 * math.log10(late)
    if order == F4:
        return r * math.sqrt(n) + 5.3e5 * math.log10(late)
    if order == WFP3:
        x = w / at_least_one
        return -(x * x * x) * n
    if order == UNICEP:
        return -w / (math.log2(max(n, 2.0)) * at_least_one)
    return -(w + r) / at_least_one


@njit
def weighed(s, j, t, behind):
    """Return the sum of the weights of FEATURES, or those of backfill, times the features of job j at t (ms)."""
    job, ask, total = s.jobs[j], s.asks[s.jobs[j].ask], 0.0
    for i in range(len(s.weights)):
        weight = s.weights[i].behind if behind else s.weights[i].weight
        if weight != 0.0:
            total += weight * feature(job, ask, i, t)
    return total


@njit
def feature(job, ask, i, t):
    """Return a feature of a job with an ask at instant t (ms), by its place in FEATURES."""
    if i == 0:
        return job.submit / 1000.0
    if i == 1:
        return job.walltime / 1000.0
    if i == 2:
        return (t - job.submit) / 1000.0
    if i == 3:
        return ask.gang / 1000.0
    if i == 4:
        return float(ask.tasks)
    if i == 5:
        return job.walltime / 1000.0 * (ask.gang / 1000.0)
    if i == 6:
        return ask.cpus * ask.tasks / 1000.0
    if i == 7:
        return ask.memory * ask.tasks / 1024.0
    return float(job.priority)

"""Slurm's multifactor priority: a weighted sum of factors, as a whole number."""

from .codes import FACTORS
from .jit import njit

#: The highest priority of a job; the lowest of one that may start is 1.
HIGHEST = (1 << 32) - 1

CPUS = FACTORS.index("cpus")


AGE = FACTORS.index("age")


@njit
def multifactor(s, j, t):
    """Return the priority of job j at instant t (ms)."""
    return priority_from(s, base_of(s, j), j, t)


@njit
def base_of(s, j):
    """Return what all factors but the age add to the priority of job j."""
    total = 0.0
    for i in range(len(s.weights)):
        weight = s.weights[i].weight
        if i != AGE and weight != 0.0:
            total += weight * factor(s, j, i)
    return total


@njit
def raw_from(s, base, j, t):
    """Return the priority of job j at instant t (ms) before it is cut; `base`: without its age."""
    weight = s.weights[AGE].weight
    return base + weight * portion(s, float(t - s.jobs[j].submit), AGE) if weight != 0.0 else base


@njit
def priority_from(s, base, j, t):
    """Return the priority of job j at instant t (ms); `base`: without its age."""
    return int(max(min(raw_from(s, base, j, t), float(HIGHEST)), 1.0))


@njit
def portion(s, amount, i):
    """Return an amount as a share of the most that counts of a factor."""
    whole = s.weights[i].whole
    return min(amount / whole, 1.0) if whole > 0.0 else 0.0


@njit
def factor(s, j, i):
    """Return a factor of job j other than its age, by its place in FACTORS."""
    job, ask = s.jobs[j], s.asks[s.jobs[j].ask]
    if i == 1:
        return s.users[s.owners[job.owner].user].factor
    if i == 2:
        size = (portion(s, float(ask.tasks), i) + portion(s, float(ask.cpus * ask.tasks), CPUS)) / 2.0
        return 1.0 - size if s.clock[0].favor_small else size
    if i == 3:
        return float(job.priority)
    if i == 4:
        return portion(s, float(ask.gang), i)
    if i == 5:
        return portion(s, float(ask.cpus * ask.tasks), i)
    return portion(s, float(ask.memory * ask.tasks), i)

"""The naive twin's orders: the key of a waiting job, written from the specification alone, with `math`."""

from math import inf, log2, log10, sqrt
from typing import TYPE_CHECKING

import numpy as np
from oracle_scores import features

from onecenter.policies import Key, Linear, Policy

if TYPE_CHECKING:
    from oracle_jobs import Job


def key(policy: Policy, job: "Job", now: int) -> float:
    """Return the order's key at an instant (ms), lowest first."""
    if isinstance(policy.order, str) and policy.order.startswith("column:"):
        return job.numbers[policy.order.partition(":")[2]]
    if isinstance(policy.order, Key):
        return own_key(policy.order, job, now)
    if isinstance(policy.order, Linear):
        return weighted(policy.order, job, now)
    return (whole_keys(policy, job, now) | literature_keys(job, now))[policy.order]


def own_key(order: Key, job: "Job", now: int) -> float:
    """Return what a user's function gives a job; one of a queue is given a queue of that job alone."""
    assert order.function is not None
    seen = features(job)
    given = type(seen)(*(np.array([each]) for each in seen)) if order.of_queue else seen
    when = (now / 1000.0,) if order.changes_with_time else ()
    return float(np.asarray(order.function(given, *when)).ravel()[0])


def whole_keys(policy: Policy, job: "Job", now: int) -> dict[str, float]:
    """Return the keys that are whole numbers."""
    age = min(now - job.submit, policy.max_age)
    return {
        "fifo": job.submit,
        "sjf": job.walltime,
        "smallest-first": job.gang,
        "largest-first": -job.gang,
        "priority": -(job.priority * 10**6 + age * policy.age_rate // 3_600_000),
    }


def literature_keys(job: "Job", now: int) -> dict[str, float]:
    """Return the keys of the literature: r, s and w in seconds, n in accelerators of the whole job."""
    r, s, w, n = job.walltime / 1000.0, job.submit / 1000.0, (now - job.submit) / 1000.0, job.gang / 1000.0
    R, S = max(r, 1.0), max(s, 1.0)
    x = w / R
    return {
        "ljf": -r,
        "smallest-area": r * n,
        "largest-area": -(r * n),
        "wfp3": -(x * x * x) * n,
        "unicep": -w / (log2(max(n, 2.0)) * R),
        "f1": log10(R) * n + 870.0 * log10(S),
        "f2": sqrt(r) * n + 25600.0 * log10(S),
        "f3": r * n + 6.86e6 * log10(S),
        "f4": r * sqrt(n) + 5.3e5 * log10(S),
        "hrrn": -(w + r) / R,
        "edf": job.deadline / 1000.0 if job.deadline >= 0 else inf,
    }


def weighted(order: Linear, job: "Job", now: int) -> float:
    """Return the sum of weight times feature, in the order of the features, whatever that of the weights is."""
    r, n = job.walltime / 1000.0, job.gang / 1000.0
    features = {
        "submit": job.submit / 1000.0,
        "walltime": r,
        "wait": (now - job.submit) / 1000.0,
        "accelerators": n,
        "tasks": float(job.demand.tasks),
        "area": r * n,
        "cpus": job.demand.tasks * job.demand.cpus / 1000.0,
        "memory": job.demand.tasks * job.demand.memory / 1024.0,
        "priority": float(job.priority),
    }
    total = 0.0
    for name, value in features.items():
        if name in order.weights:
            total += order.weights[name] * value
    return total

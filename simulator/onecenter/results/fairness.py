"""How evenly waits fall on tenants, platforms and sizes of jobs."""

from typing import Any

import numpy as np

from onecenter.results.log import Array
from onecenter.results.seen import Seen
from onecenter.results.sizes import size_classes


def jain(values: Array) -> float | None:
    """Return Jain's index: 1 where all values are equal, 1 / m where one of m has everything; None without values."""
    total = float(values.sum())
    return total * total / (len(values) * float(values @ values)) if len(values) and total > 0 else None


def fairness(jobs: Seen, platform: Array, tenant: Array) -> dict[str, Any]:
    """Return figures of fairness as plain data.

    `jain_tenants` and `jain_platforms`: Jain's index of their mean bounded slowdowns. `longest_wait_s`: by size class
    the longest wait. About all jobs that the center does not refuse; what still waits counts as far as it was seen.
    """
    kept = ~jobs.refused
    counted, platforms = jobs.where(kept), platform[kept].astype(np.int64)
    tenants = platforms << 32 | tenant[kept]
    slowdowns = counted.slowdowns.seen
    names, place = size_classes(counted.gang)
    longest = np.zeros(len(names), np.int64)
    np.maximum.at(longest, place, counted.wait)
    return {
        "jain_tenants": jain(_means(slowdowns, tenants)),
        "jain_platforms": jain(_means(slowdowns, platforms)),
        "longest_wait_s": dict(zip(names, (longest / 1_000).tolist(), strict=True)),
    }


def _means(values: Array, groups: Array) -> Array:
    """Return the mean of each group that has values."""
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(place, values, len(counts)) / counts)

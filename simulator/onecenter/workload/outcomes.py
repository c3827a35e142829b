"""How jobs end by themselves, and how much of their run time they use until then."""

import numpy as np
from onecenter_kernels.schema import CANCELLED_RUNNING, COMPLETED, FAILED

from onecenter.scenario.demand import Outcome
from onecenter.workload.draws import Floats, Ints, Uniforms, choice

#: Code, share of the jobs, lowest and highest share of the run time that they use.
Ending = tuple[int, float, float, float]


def endings(spec: Outcome | None) -> tuple[Ending, ...]:
    """Return the ways in which jobs end; their shares sum to 1."""
    found: list[Ending] = []
    if spec is not None and spec.cancelled is not None:
        found.append((CANCELLED_RUNNING, spec.cancelled.share, *spec.cancelled.used))
    if spec is not None and spec.failed is not None:
        found.append((FAILED, spec.failed.share, *spec.failed.used))
    rest = max(0.0, 1.0 - sum(share for _, share, _, _ in found))
    return (*found, (COMPLETED, rest, 1.0, 1.0))


def outcomes(spec: Outcome | None, uniforms: Uniforms) -> tuple[Ints, Floats]:
    """Return each job's outcome (code) and the share of its run time that it uses.

    Without a spec both are of one value: completed, 1.
    """
    ways = endings(spec)
    codes = np.array([way[0] for way in ways])
    low, high = np.array([way[2] for way in ways]), np.array([way[3] for way in ways])
    if len(ways) == 1:
        return codes[0], low[0]
    way = choice([share for _, share, _, _ in ways], uniforms("outcome"))
    used = low[way] + (high - low)[way] * uniforms("used")
    return codes[way], used

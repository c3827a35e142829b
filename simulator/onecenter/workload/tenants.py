"""Who submits: tenants of a platform, a few of them with most of the jobs."""

import numpy as np

from onecenter.scenario.demand import Tenants
from onecenter.workload.draws import Ints, Uniforms, choice


def tenants(spec: Tenants | None, uniforms: Uniforms) -> Ints:
    """Return each job's tenant, from 0, the one with the largest share first; one value if there is only one.

    The k-th tenant's share is proportional to k ** -zipf (k from 1). Streams of a platform share its tenants.
    """
    if spec is None or spec.count == 1:
        return np.asarray(0)
    weights = np.arange(1, spec.count + 1, dtype=np.float64) ** -spec.zipf
    return choice(tuple(weights), uniforms("tenant"))

"""A log under more or less load: the same jobs, submitted faster or slower."""

from dataclasses import replace

import numpy as np

from .trace import Trace


def with_load(trace: Trace, factor: float) -> Trace:
    """Return a log whose jobs are submitted `factor` times as fast: the gaps between submits are divided by it."""
    if factor == 1:
        return trace
    submit = trace.jobs.submit
    scaled = submit[0] + np.floor((submit - submit[0]) / factor).astype(np.int64)
    return replace(trace, jobs=replace(trace.jobs, submit=scaled))

"""Walltimes: what users ask for."""

import math
from collections.abc import Sequence

import numpy as np

from onecenter import units
from onecenter.scenario.demand import Walltime
from onecenter.workload.draws import Ints, Uniforms, rounded_up


def walltimes(spec: Walltime | None, run_times: Ints, uniforms: Uniforms) -> Ints:
    """Return the walltimes (ms) of jobs that would run for `run_times` (ms) if nothing ended them early.

    The factor is drawn first, log-uniform between its bounds; the product is rounded up to what people type,
    and cut to the limit last, so a job whose run time is above the limit is killed.
    """
    if spec is None:
        return run_times
    low, high = spec.factor
    asked = rounded_up(run_times * low)
    if low < high:
        asked = rounded_up(run_times * low * np.power(high / low, uniforms("walltime")))
    if spec.round is not None:
        asked = rounded_to(asked, spec.round)
    return np.minimum(asked, min(spec.limit or units.MAX_DURATION, units.MAX_DURATION))


def share_too_short(spec: Walltime) -> float:
    """Return the share of jobs that ask for less than they run for, before rounding and limit."""
    low, high = spec.factor
    if low >= 1 or high <= 1:
        return float(low < 1)
    return math.log(1 / low) / math.log(high / low)


def rounded_to(durations: Ints, steps: Sequence[int]) -> Ints:
    """Return durations rounded up to the next of `steps` (rising), beyond the last to a multiple of it."""
    table = np.asarray(steps, dtype=np.int64)
    last = table[-1]
    place = np.minimum(np.searchsorted(table, durations), len(table) - 1)
    rounded: Ints = np.where(durations > last, -(-durations // last) * last, table[place])
    return rounded

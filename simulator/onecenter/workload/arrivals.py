"""When jobs arrive: Poisson processes, by inverting the cumulative rate, with bursts; and timetables."""

from datetime import datetime
from itertools import accumulate

import numpy as np

from onecenter.scenario.arrivals import Burst, Poisson, Timetable
from onecenter.workload.draws import Draws, Floats, Ints, Jobs, exponential, normal
from onecenter.workload.rates import Rate, weekly_rate
from onecenter.workload.timetable import meetings, timetable_arrivals


def arrivals(
    spec: Poisson | Timetable, scale: float, draws: Draws, origin: datetime, horizon: int
) -> tuple[Ints, Jobs]:
    """Return the submits (ms, in [0, horizon)) of a stream's jobs, and which of its draws are theirs."""
    if isinstance(spec, Timetable):
        classes = meetings(origin, horizon, spec.slots)
        return timetable_arrivals(draws, classes, spec.roster * scale, spec.attendance, spec.jitter, horizon)
    rate = mean_rate(spec, origin, horizon)
    if spec.burst is not None:
        count = burst_count(spec.burst, horizon)
        factors = burst_factors(draws, count, spec.burst.shape, spec.burst.correlation)
        rate = rate.modulated(factors, spec.burst.every)
    submits = poisson_arrivals(draws, rate, scale)
    return submits, Jobs(((0, len(submits)),))


def expected_jobs(spec: Poisson | Timetable, scale: float, origin: datetime, horizon: int) -> float:
    """Return the mean number of jobs in [0, horizon)."""
    if isinstance(spec, Timetable):
        return len(meetings(origin, horizon, spec.slots)) * spec.roster * scale * spec.attendance
    return float(mean_rate(spec, origin, horizon).cumulative()[-1]) * scale


def mean_rate(spec: Poisson, origin: datetime, horizon: int) -> Rate:
    """Return the rate by the clock, at scale 1 and without bursts."""
    return weekly_rate(spec.rate, origin, horizon, spec.hour_factors, spec.weekday_factors)


def burst_count(burst: Burst, horizon: int) -> int:
    """Return how many factors of a burst the horizon has."""
    return -(-horizon // burst.every)


def burst_factors(draws: Draws, count: int, shape: float, correlation: float) -> Floats:
    """Return the first `count` factors of a gamma-modulated rate, each of mean 1.

    Parameters
    ----------
    draws : Draws
        The k-th factor uses the first k draws of the purpose "burst", so neither the rate nor the
        scale nor the number of jobs changes it.
    count : int
        How many.
    shape : float
        Of the gamma distribution; the variance is 1 / shape.
    correlation : float
        In [0, 1): of the underlying normal numbers of neighbours (AR(1)). The factors' own is a little
        lower (for shape 1.6: 0.47 where 0.5 is given).
    """
    from scipy.special import gammainccinv, gammaincinv, ndtr

    fresh = normal(draws.uniforms("burst", count))
    spread = (1.0 - correlation**2) ** 0.5
    steps = accumulate(fresh.tolist(), lambda last, new: correlation * last + spread * new)
    levels = np.fromiter(steps, np.float64, count)
    # Each tail by the function that is exact there: ndtr rounds to 1 beyond 8.3.
    low, high = ndtr(np.minimum(levels, 0.0)), ndtr(-np.maximum(levels, 0.0))
    gamma = np.where(levels < 0.0, gammaincinv(shape, low), gammainccinv(shape, high))
    return np.asarray(gamma / shape)


def unit_arrivals(draws: Draws, until: float) -> Floats:
    """Return the arrivals before `until` of a Poisson process of rate 1, drawn in chunks."""
    found: list[Floats] = []
    first, last = 0, 0.0
    while last < until:
        left = until - last
        count = int(left + 4.0 * left**0.5) + 16
        gaps = exponential(draws.uniforms("arrivals", count, first))
        # Summed one after the other from the first on, so that chunks do not show in the last bits.
        gaps[0] += last
        found.append(np.cumsum(gaps, out=gaps))
        first, last = first + count, float(gaps[-1])
    arrivals = found[0] if len(found) == 1 else np.concatenate([*found, np.empty(0)])
    return arrivals[: np.searchsorted(arrivals, until)]


def poisson_arrivals(draws: Draws, rate: Rate, scale: float = 1.0) -> Ints:
    """Return the arrivals (ms, rounded up, before the horizon) of a Poisson process.

    The i-th is where the cumulative rate times `scale` reaches the i-th arrival of the process of
    rate 1, so another scale moves arrivals but changes no draw.
    """
    most = float(rate.cumulative()[-1])
    if most <= 0.0 or scale <= 0.0:
        return np.empty(0, dtype=np.int64)
    expected = unit_arrivals(draws, most * scale) / scale
    times: Ints = np.ceil(rate.times(expected[expected < most])).astype(np.int64)
    return np.asarray(times[times < rate.edges[-1]])

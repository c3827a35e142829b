"""When jobs arrive: Poisson processes whose rate follows the clock and bursts, by inverting it; and timetables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import numpy as np

from onecenter.scenario.arrivals import Burst, Poisson, Timetable
from onecenter.workload.draws import Draws, Floats, Ints, Jobs, exponential, normal
from onecenter.workload.timetable import meetings, timetable_arrivals

HOUR = 3_600_000
MILLISECOND = timedelta(milliseconds=1)

#: Hours of a day, days of a week.
DAY, WEEK = 24, 7


@dataclass(frozen=True)
class Rate:
    """A rate that is constant between edges."""

    edges: Ints  # (n + 1): ms since the start, rising, the first 0, the last the horizon
    rates: Floats  # (n): arrivals per ms from edges[i] to edges[i + 1]

    def cumulative(self) -> Floats:
        """Return the expected arrivals before each edge."""
        return np.concatenate([[0.0], np.cumsum(np.diff(self.edges) * self.rates)])

    def times(self, expected: Floats) -> Floats:
        """Return when (ms) the cumulative rate reaches each value, each in [0, cumulative()[-1])."""
        cumulative = self.cumulative()
        piece = np.searchsorted(cumulative, expected, side="right") - 1
        return self.edges[piece] + (expected - cumulative[piece]) / self.rates[piece]

    def modulated(self, factors: Floats, every: int) -> "Rate":
        """Return this rate with factors[k] on it from k * every to (k + 1) * every ms."""
        horizon = int(self.edges[-1])
        edges = np.union1d(self.edges, np.arange(0, horizon, every, dtype=np.int64))
        left = edges[:-1]
        base = self.rates[np.searchsorted(self.edges, left, side="right") - 1]
        return Rate(edges, base * factors[left // every])


def weekly_rate(
    rate: float,
    start: datetime,
    horizon: int,
    hours: Sequence[float] | None = None,
    weekdays: Sequence[float] | None = None,
) -> Rate:
    """Return a rate (arrivals per ms) with the profile of a day and of a week, factors of mean 1; Monday is first.

    The clock is that of the start, which has its zone; it is read at the start and at each full hour after it (by the
    clock of the start); where summer time shifts the clock by whole hours, that is exact.
    """
    if hours is None and weekdays is None:
        return Rate(np.array([0, horizon]), np.array([rate]))
    edges = _hour_edges(start, horizon)
    hour = _local_hours(start, edges[:-1])
    factors = np.full(len(hour), rate)
    if hours is not None:
        factors *= np.asarray(hours)[hour % DAY]
    if weekdays is not None:
        factors *= np.asarray(weekdays)[hour // DAY % WEEK]
    return Rate(edges, factors)


def _hour_edges(start: datetime, horizon: int) -> Ints:
    into_hour = (start.minute * 60 + start.second) * 1000 + -(-start.microsecond // 1000)
    full = np.arange(HOUR - into_hour, horizon, HOUR, dtype=np.int64)
    return np.concatenate([[0], full[full > 0], [horizon]])


def _local_hours(start: datetime, at: Ints) -> Ints:
    """Return the full hours by the clock of the start, since a Monday 00:00, at instants an hour apart (ms)."""
    utc = start.astimezone(UTC)

    def offset(t: int) -> int:
        found = (utc + timedelta(milliseconds=t)).astimezone(start.tzinfo).utcoffset()
        return 0 if found is None else found // MILLISECOND

    # The offset is looked up once a day, and hour by hour in the days in which it changes.
    daily = np.array([offset(int(t)) for t in (*at[::DAY], at[-1])], dtype=np.int64)
    offsets = np.repeat(daily[:-1], DAY)[: len(at)]
    for day in np.flatnonzero(np.diff(daily)).tolist():
        part = at[day * DAY : (day + 1) * DAY]
        offsets[day * DAY : (day + 1) * DAY] = [offset(int(t)) for t in part]
    monday = datetime(1969, 12, 29, tzinfo=UTC)
    return ((utc - monday) // MILLISECOND + at + offsets) // HOUR


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
    """Return the first `count` factors of a gamma-modulated rate, each of mean 1 and variance 1 / shape.

    The k-th factor uses the first k draws of the purpose "burst", so neither the rate nor the scale nor the number of
    jobs changes it. The correlation, in [0, 1), is that of the underlying normal numbers of neighbours (AR(1)). The
    factors' own is a little lower (for shape 1.6: 0.47 where 0.5 is given).
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

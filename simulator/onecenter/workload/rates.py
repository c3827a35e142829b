"""Arrival rates that change with the local clock and with random bursts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from onecenter.workload.draws import Floats, Ints

HOUR = 3_600_000
MILLISECOND = timedelta(milliseconds=1)

#: Hours of a day, days of a week.
DAY, WEEK = 24, 7


@dataclass(frozen=True)
class Rate:
    """A rate that is constant between edges.

    Attributes
    ----------
    edges : int64 array (n + 1)
        ms since the start, rising, the first 0, the last the horizon.
    rates : float64 array (n)
        Arrivals per ms from edges[i] to edges[i + 1].
    """

    edges: Ints
    rates: Floats

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
    """Return a rate with the profile of a day and of a week.

    Parameters
    ----------
    rate : float
        Arrivals per ms, the mean over a week.
    start : datetime
        When the scenario starts, with its zone, by whose clock the profiles go.
    horizon : int
        ms.
    hours, weekdays : sequence of 24 and of 7 (Monday first) factors
        Of mean 1 each.

    Notes
    -----
    The clock is read at the start and at each full hour after it (by the clock of the start); where
    summer time shifts the clock by whole hours, that is exact.
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

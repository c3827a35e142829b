"""Arrival processes and timetables."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats

from onecenter.scenario.arrivals import Poisson, Timetable
from onecenter.workload.arrivals import (
    Rate,
    arrivals,
    burst_factors,
    expected_jobs,
    poisson_arrivals,
    unit_arrivals,
    weekly_rate,
)
from onecenter.workload.draws import Draws, Jobs
from onecenter.workload.timetable import STRIDE, meetings, timetable_arrivals

HOUR = 3_600_000
DAY = 24 * HOUR
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)
DRAWS = Draws(20260302, "talent", "courses")

#: A test statistic this unlikely at a fixed seed is a defect.
RARE = 1e-4


def local(start: datetime, submits) -> list[datetime]:
    return [(start.astimezone(UTC) + timedelta(milliseconds=int(ms))).astimezone(start.tzinfo) for ms in submits]


# Poisson arrivals


def test_unit_arrivals_have_exponential_gaps_and_a_poisson_count():
    found = unit_arrivals(DRAWS, 50_000.0)
    assert stats.kstest(np.diff(found, prepend=0.0), "expon").pvalue > RARE
    assert abs(len(found) - 50_000) < 4 * 50_000**0.5
    assert found[-1] < 50_000.0


def test_more_unit_arrivals_change_none_to_the_last_bit():
    few, many = unit_arrivals(DRAWS, 1_234.5), unit_arrivals(DRAWS, 300_000.0)
    assert (few == many[: len(few)]).all()
    assert many[len(few)] >= 1_234.5


def test_unit_arrivals_go_on_where_the_first_chunk_was_too_short():
    asked = []

    class Slow(Draws):
        def uniforms(self, purpose: str, count: int, first: int = 0):
            asked.append(first)
            return super().uniforms(purpose, count, first) * 0.3  # gaps far below 1

    found = unit_arrivals(Slow(1, "p", "s"), 1_000.0)
    assert len(asked) > 2
    gaps = -np.log1p(-0.3 * Draws(1, "p", "s").uniforms("arrivals", len(found) + 1))
    assert (found == np.cumsum(gaps)[:-1]).all()
    assert found[-1] < 1_000.0 <= np.cumsum(gaps)[-1]


def test_counts_of_a_constant_rate_are_poisson():
    rate = weekly_rate(30 / HOUR, MONDAY, 4_000 * HOUR)
    counts = np.bincount(poisson_arrivals(DRAWS, rate) // HOUR, minlength=4_000)
    edges = [0, *range(20, 42, 2), 1_000]
    seen = np.histogram(counts, edges)[0]
    expected = np.diff(stats.poisson.cdf(np.array(edges) - 1, 30)) * len(counts)
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > RARE


def test_arrivals_are_whole_ms_in_order_before_the_horizon():
    rate = weekly_rate(20.0, MONDAY, 1_000)
    submits = poisson_arrivals(DRAWS, rate)
    assert submits.dtype == np.int64
    assert (np.diff(submits) >= 0).all()
    assert submits[0] >= 1  # an arrival after 0 is rounded up
    assert submits[-1] == 999


@pytest.mark.parametrize(("rate", "scale"), [(0.0, 1.0), (5.0, 0.0)])
def test_no_rate_or_no_scale_gives_no_arrivals(rate, scale):
    assert len(poisson_arrivals(DRAWS, weekly_rate(rate, MONDAY, 1_000), scale)) == 0


# Rates by the clock


def test_arrivals_follow_hours_and_weekdays():
    hours = np.arange(1, 25) / 12.5
    days = np.array([1.4, 1.3, 1.2, 1.1, 1.0, 0.7, 0.3])
    rate = weekly_rate(60 / HOUR, MONDAY, 12 * 7 * DAY, tuple(hours), tuple(days))
    submits = poisson_arrivals(DRAWS, rate)
    by_hour = np.bincount(submits // HOUR % (24 * 7), minlength=24 * 7)
    expected = 12 * 60 * np.outer(days, hours).ravel()
    # Poisson counts around a known mean: no degree of freedom is lost.
    assert stats.chi2.sf(((by_hour - expected) ** 2 / expected).sum(), len(expected)) > RARE
    assert rate.cumulative()[-1] == pytest.approx(expected.sum())


@pytest.mark.parametrize("clock", ["00:00", "00:30", "17:59:30"])
def test_the_profile_goes_by_the_scenarios_clock(clock):
    start = datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=SHANGHAI)
    hours = tuple(24.0 * (hour == 9) for hour in range(24))
    days = tuple(7.0 * (day == 1) for day in range(7))
    rate = weekly_rate(100 / HOUR, start, 14 * DAY, hours, days)
    seen = local(start, poisson_arrivals(DRAWS, rate))
    assert {(at.weekday(), at.hour) for at in seen if at.minute > 0 or at.second > 0} == {(1, 9)}
    assert len({at.date() for at in seen}) == 2
    assert min(at.minute for at in seen) == 0
    assert max(at.minute for at in seen) == 59


def test_the_profile_follows_summer_time():
    start = datetime(2026, 3, 28, tzinfo=ZoneInfo("Europe/Berlin"))
    hours = tuple(24.0 * (hour == 9) for hour in range(24))
    submits = poisson_arrivals(DRAWS, weekly_rate(100 / HOUR, start, 2 * DAY, hours))
    assert {int(ms) for ms in (submits - 1) // HOUR} == {9, 24 + 8}


def test_the_inverse_skips_pieces_without_arrivals():
    rate = Rate(np.array([0, 10, 20, 30, 40]), np.array([0.0, 1.0, 0.0, 2.0]))
    reached = rate.times(np.array([0.0, 0.5, 9.5, 10.0, 20.0, 29.0]))
    assert reached.tolist() == [10.0, 10.5, 19.5, 30.0, 35.0, 39.5]


# Scale


@pytest.mark.parametrize("scale", [0.25, 1.0, 3.0])
def test_scale_leaves_the_unit_rate_arrivals_as_they_are(scale):
    hours = tuple(np.arange(24) / 11.5)
    rate = weekly_rate(50 / HOUR, MONDAY, 7 * DAY, hours).modulated(burst_factors(DRAWS, 168, 1.6, 0.5), HOUR)
    submits = poisson_arrivals(DRAWS, rate, scale)
    unit = unit_arrivals(DRAWS, 1e5)[: len(submits)]
    cumulative = rate.cumulative()

    def reached(ms):
        return scale * np.interp(ms, rate.edges, cumulative)

    assert (reached(submits) >= unit * (1 - 1e-12)).all()
    assert (reached(submits - 1) <= unit * (1 + 1e-12)).all()
    assert abs(len(submits) - scale * cumulative[-1]) < 4 * (scale * cumulative[-1]) ** 0.5


def test_a_longer_horizon_adds_arrivals_and_changes_none():
    spec = Poisson(
        kind="poisson",
        rate="20 / h",
        hours=tuple(range(24)),
        burst={"shape": 1.6, "every": "7 min", "correlation": 0.8},
    )
    short, _ = arrivals(spec, 1.0, DRAWS, MONDAY, 3 * DAY + 1_000)
    long, _ = arrivals(spec, 1.0, DRAWS, MONDAY, 9 * DAY)
    assert (short == long[: len(short)]).all()
    assert long[len(short)] >= 3 * DAY + 1_000


# Bursts


@pytest.mark.parametrize("shape", [0.3, 1.6, 50.0])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_burst_factors_are_gamma_of_mean_1(shape, correlation):
    factors = burst_factors(DRAWS, 120_000, shape, correlation)
    apart = factors[::30]  # 0.6 ** 30 is nothing
    assert stats.kstest(apart, stats.gamma(shape, scale=1 / shape).cdf).pvalue > RARE
    # The sum of correlated values: effective number n (1 - r) / (1 + r) at least.
    error = (1 / shape * (1 + correlation) / (1 - correlation) / len(factors)) ** 0.5
    assert abs(factors.mean() - 1.0) < 4 * error


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_burst_factors_follow_each_other_as_an_ar1_of_their_normal_scores(correlation):
    shape = 1.6
    factors = burst_factors(DRAWS, 100_000, shape, correlation)
    scores = stats.norm.ppf(stats.gamma(shape, scale=1 / shape).cdf(factors))
    for lag in (1, 2, 3):
        seen = np.corrcoef(scores[lag:], scores[:-lag])[0, 1]
        assert abs(seen - correlation**lag) < 0.02


def test_correlated_factors_of_shape_1_6_correlate_as_documented():
    factors = burst_factors(DRAWS, 200_000, 1.6, 0.5)
    assert np.corrcoef(factors[1:], factors[:-1])[0, 1] == pytest.approx(0.47, abs=0.01)


def test_more_burst_factors_change_none():
    assert (burst_factors(DRAWS, 10, 1.6, 0.5) == burst_factors(DRAWS, 5_000, 1.6, 0.5)[:10]).all()


def test_burstiness_raises_the_variance_of_counts_by_mean_squared_over_shape():
    spec = Poisson(kind="poisson", rate="30 / h", burst={"shape": 1.6, "every": "1 h"})
    counts = np.bincount(arrivals(spec, 1.0, DRAWS, MONDAY, 20_000 * HOUR)[0] // HOUR, minlength=20_000)
    # A gamma mixture of Poisson counts is negative binomial with mean 30 and shape 1.6.
    law = stats.nbinom(1.6, 1.6 / (1.6 + 30))
    edges = [0, 5, 10, 15, 20, 30, 40, 60, 80, 100, 10_000]
    expected = np.diff(law.cdf(np.array(edges) - 1)) * len(counts)
    assert stats.chisquare(np.histogram(counts, edges)[0], expected).pvalue > RARE
    assert counts.var() / counts.mean() == pytest.approx(1 + 30 / 1.6, rel=0.05)


def test_scale_and_rate_change_no_burst_factor():
    def by_interval(rate, scale):
        burst = {"shape": 0.5, "every": "5 h", "correlation": 0.5}
        spec = Poisson(kind="poisson", rate=rate, burst=burst)
        submits, _ = arrivals(spec, scale, DRAWS, MONDAY, 500 * HOUR)
        return np.bincount(submits // (5 * HOUR), minlength=100) / len(submits)

    base = by_interval("2000 / h", 1.0)
    factors = burst_factors(DRAWS, 100, 0.5, 0.5)
    assert base == pytest.approx(factors / factors.sum(), abs=1e-3)
    assert by_interval("2000 / h", 2.0) == pytest.approx(base, abs=1e-3)
    assert by_interval("4000 / h", 1.0) == pytest.approx(base, abs=1e-3)


def test_bursts_divide_the_pieces_of_a_profile_where_they_change():
    base = Rate(np.array([0, 12, 25]), np.array([1.0, 2.0]))
    both = base.modulated(np.array([3.0, 5.0, 7.0]), 10)
    assert both.edges.tolist() == [0, 10, 12, 20, 25]
    assert both.rates.tolist() == [3.0, 5.0, 10.0, 14.0]


# Timetables

MON8, WED14 = 8 * HOUR, 2 * DAY + 14 * HOUR


def test_classes_meet_weekly_on_the_local_clock():
    start = datetime(2026, 3, 3, 12, 0, tzinfo=SHANGHAI)  # a Tuesday
    found = meetings(start, 14 * DAY, (WED14, MON8))
    seen = [(at.weekday(), at.hour, at.day) for at in local(start, [m.start for m in found])]
    assert seen == [(2, 14, 4), (0, 8, 9), (2, 14, 11), (0, 8, 16)]


def test_the_last_week_counts_if_the_first_began_before_the_start():
    start = datetime(2026, 3, 3, 12, 0, tzinfo=SHANGHAI)  # a Tuesday
    assert [at.day for at in local(start, [m.start for m in meetings(start, 13 * DAY, (MON8,))])] == [9, 16]


def test_classes_at_the_start_are_in_and_at_the_horizon_are_out():
    assert [m.start for m in meetings(MONDAY, 7 * DAY, (0,))] == [0]
    assert [m.start for m in meetings(MONDAY, 7 * DAY + 1, (0,))] == [0, 7 * DAY]


def test_classes_follow_summer_time():
    start = datetime(2026, 3, 23, tzinfo=ZoneInfo("Europe/Berlin"))
    assert [m.start for m in meetings(start, 10 * DAY, (MON8,))] == [8 * HOUR, 7 * DAY + 7 * HOUR]


def seats_of(jobs: Jobs) -> list[tuple[int, int]]:
    indices = np.concatenate([np.arange(first, first + count) for first, count in jobs.ranges])
    kept = indices if jobs.kept is None else indices[jobs.kept]
    return [divmod(int(index), STRIDE) for index in kept]


def classes_of(slots=(MON8, WED14), roster=40.0, attendance=1.0, jitter=300_000, weeks=50):
    horizon = weeks * 7 * DAY
    return timetable_arrivals(DRAWS, meetings(MONDAY, horizon, slots), roster, attendance, jitter, horizon)


def test_everyone_comes_and_none_before_the_start():
    submits, jobs = classes_of(weeks=4)
    assert len(submits) == len(jobs) == 4 * 2 * 40
    starts = np.array([minute * 60_000 for minute, _ in seats_of(jobs)])
    assert (submits > starts).all()


def test_delays_are_half_normal():
    submits, jobs = classes_of()
    starts = np.array([minute * 60_000 for minute, _ in seats_of(jobs)])
    assert stats.kstest((submits - starts) / 300_000, "halfnorm").pvalue > RARE


def test_without_jitter_all_come_at_the_start():
    submits, _ = classes_of(jitter=0, weeks=1)
    assert np.unique(submits).tolist() == [MON8, WED14]


def test_attendance_is_a_share_of_the_seats():
    submits, jobs = classes_of(attendance=0.9)
    assert abs(len(submits) - 0.9 * 4_000) < 4 * (4_000 * 0.09) ** 0.5
    by_seat = np.bincount([seat for _, seat in seats_of(jobs)], minlength=40)
    assert stats.chisquare(by_seat).pvalue > RARE


def test_a_larger_roster_and_another_slot_move_no_other_seat():
    def at(**change):
        submits, jobs = classes_of(weeks=4, attendance=0.7, **change)
        sizes = DRAWS.of(jobs)("size")
        return dict(zip(seats_of(jobs), zip(submits.tolist(), sizes.tolist(), strict=True), strict=True))

    base, larger, more = at(), at(roster=55.0), at(slots=(MON8, DAY + MON8, WED14))
    assert {seat: larger[seat] for seat in base} == base
    assert {seat: more[seat] for seat in base} == base
    assert len(larger) > len(base)
    assert len(more) > len(base)


@pytest.mark.parametrize("part", [0.25, 0.5])
def test_a_part_of_a_seat_is_taken_that_much_more_rarely(part):
    submits, jobs = classes_of(roster=1 + part, weeks=500)
    by_seat = np.bincount([seat for _, seat in seats_of(jobs)], minlength=2)
    assert by_seat[0] == 1_000
    assert abs(by_seat[1] - 1_000 * part) < 4 * (1_000 * part * (1 - part)) ** 0.5
    assert len(submits) == by_seat.sum()


def test_a_jitter_beyond_the_horizon_is_never_submitted():
    horizon = MON8 + 300_000
    submits, jobs = timetable_arrivals(DRAWS, meetings(MONDAY, horizon, (MON8,)), 1_000, 1.0, 300_000, horizon)
    assert len(submits) == len(jobs)
    assert abs(len(submits) - 682.7) < 4 * (1_000 * 0.683 * 0.317) ** 0.5
    assert submits.max() < horizon


@pytest.mark.parametrize("spec", [
    Poisson(kind="poisson", rate="100 / h", hours=tuple(range(24)), weekdays=(1, 1, 1, 1, 1, 0, 0)),
    Timetable(kind="timetable", slots=("mon 08:00", "fri 10:30"), roster=300, attendance=0.8, jitter="5 min"),
])  # fmt: skip
def test_expected_jobs_is_the_mean_number(spec):
    expected = expected_jobs(spec, 1.5, MONDAY, 20 * DAY)
    seen = [len(arrivals(spec, 1.5, Draws(s, "p", "s"), MONDAY, 20 * DAY)[0]) for s in range(20)]
    assert abs(np.mean(seen) - expected) < 4 * np.std(seen, ddof=1) / len(seen) ** 0.5 + 0.5

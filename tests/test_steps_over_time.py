"""What waits and runs over time, against a look at every second of logs with several attempts."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hand import FLEET, log_of
from test_attempts import a_log, one_by_one

from onecenter.fleet import NodeType
from onecenter.results.backlog import backlog_slope, queue_grows, waiting_hours, while_waiting
from onecenter.results.segments import changes, fates
from onecenter.results.series import averages, integral, series_table, time_integrals
from onecenter.results.window import Window
from onecenter.workload.table import Workload, type_code, workload

S, HOUR, END = 1_000, 3_600_000, 60
SEEDS = range(12)


def jobs() -> Workload:
    """Return five jobs of two platforms; the rows of a_log are about them."""
    return workload(
        platforms=("a", "b"),
        submit=[0] * 5,
        run=[7 * S, 9 * S, 5 * S, 20 * S, 3 * S],
        walltime=[7 * S, 4 * S, 5 * S, 30 * S, 9 * S],
        accelerators=[1_000, 2_000, 500, 4_000, 1_000],
        tasks=[1, 2, 1, 1, 8],
        platform=[0, 1, 0, 1, 1],
    )


def submitted(seed: int) -> tuple[Any, Workload]:
    """Return a log whose jobs are numbered in the order of their submits, and the jobs with these submits."""
    log = a_log(seed).copy()
    came = {job: times[0][0] for job, times in one_by_one(log)[1].items()}
    numbers = sorted(range(5), key=lambda job: came.get(job, END * S))
    log["job"] = np.argsort(numbers)[log["job"]]
    return log, Workload(**{**vars(jobs()), "submit": np.array([came.get(job, END * S) for job in numbers])})


def spells(log: Any, which: int) -> Iterator[tuple[int, int, int]]:
    """Give (job, from, to) in s of each attempt (0) or wait (1); what goes on is there up to END."""
    for job, times in one_by_one(log)[which].items():
        for begin, end, *_ in times:
            yield job, begin // S, end // S if end >= 0 else END


def by_second(log: Any, which: int, platform: int, amount: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return what waits or runs of a platform in each second."""
    found = np.zeros(END)
    for job, begin, end in spells(log, which):
        if jobs().platform[job] == platform:
            found[begin:end] += amount[job]
    return found


def from_table(table: pl.DataFrame, platform: str, column: str) -> npt.NDArray[np.float64]:
    """Return a column of the series in each second."""
    part = table.filter(pl.col("platform") == platform)
    at = np.searchsorted(part["t_ms"].to_numpy(), np.arange(END) * S, side="right") - 1
    values = part[column].to_numpy().astype(np.float64)
    return np.where(at >= 0, values[np.maximum(at, 0)], 0) if len(values) else np.zeros(END)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_series_is_what_each_second_shows(seed: int) -> None:
    log = a_log(seed)
    table = series_table(jobs(), log)
    gang, one = jobs().gang / 1_000, np.ones(5)
    for place, name in enumerate(("a", "b")):
        for which, column, amount in (
            (0, "running", one),
            (1, "waiting", one),
            (0, "accelerators_running", gang),
            (1, "accelerators_waiting", gang),
        ):
            expected = by_second(log, which, place, amount)
            assert from_table(table, name, column).tolist() == expected.tolist(), (name, column)


@pytest.mark.parametrize("seed", SEEDS)
def test_integrals_over_a_window_are_sums_over_its_seconds(seed: int) -> None:
    log, (start, stop) = a_log(seed), (10, 45)
    found = time_integrals(series_table(jobs(), log), "running", start * S, stop * S)
    for place, name in enumerate(("a", "b")):
        assert found.get(name, 0) == S * by_second(log, 0, place, np.ones(5))[start:stop].sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_changes_add_up_to_who_waits_and_runs_at_the_end(seed: int) -> None:
    log = a_log(seed)
    found = changes(log)
    assert (np.diff(found.t) >= 0).all()
    for which, column in ((0, found.running), (1, found.waiting)):
        assert int(column.sum(dtype=np.int64)) == sum(end == END for _, _, end in spells(log, which))
        # Never fewer than none of a job, never more than one.
        for job in range(5):
            level = np.cumsum(column[found.job == job], dtype=np.int64)
            assert set(level.tolist()) <= {0, 1}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_work_that_waits_is_that_of_the_waiting_jobs(seed: int) -> None:
    log, table = submitted(seed)
    work = table.gang * np.minimum(table.run, table.walltime) / 1_000
    expected = sum(by_second(log, 1, place, work) for place in (0, 1))
    found = waiting_hours(table, fates(log, 5), np.arange(END) * S) * HOUR
    assert found.tolist() == pytest.approx(np.asarray(expected).tolist(), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_used_while_somebody_waits(seed: int) -> None:
    (log, table), window = submitted(seed), Window(5 * S, 50 * S)
    waiting = sum(by_second(log, 1, place, np.ones(5)) for place in (0, 1))[5:50] > 0
    used = sum(by_second(log, 0, place, table.gang / 1_000) for place in (0, 1))[5:50]
    found = while_waiting(table, fates(log, 5), window)
    assert found.hours * 3_600 == pytest.approx(waiting.sum())
    assert found.used * 3_600 == pytest.approx(used[waiting].sum())


def rising(step: int) -> tuple[Workload, Any]:
    """Return jobs of an hour on one accelerator, one every `step` s for an hour; none starts."""
    count = 3_600 // step
    submit = np.arange(count) * step * S
    table = workload(submit=submit, run=[HOUR] * count, walltime=[HOUR] * count, accelerators=[1_000] * count)
    return table, fates(log_of([(int(t) // S, "submit", job) for job, t in enumerate(submit)]), count)


@pytest.mark.parametrize("step", [60, 120])
def test_the_slope_of_a_backlog_that_only_grows(step: int) -> None:
    # 3,600 / step accelerator-hours come an hour.
    table, fate = rising(step)
    assert backlog_slope(table, fate, Window(0, HOUR), None) == pytest.approx(3_600 / step, rel=0.03)


def test_the_slope_over_turns_compares_the_same_phase_only() -> None:
    table, fate = rising(60)
    whole = Window(0, HOUR)
    assert backlog_slope(table, fate, whole, HOUR // 4) == pytest.approx(60, rel=0.03)
    # One turn: the two ends alone.
    assert backlog_slope(table, fate, whole, HOUR) == pytest.approx(60, rel=0.03)


@pytest.mark.parametrize(("run", "grows"), [(2, False), (3, True)])
def test_a_queue_grows_by_more_than_a_twentieth_of_what_could_be_done(run: int, grows: bool) -> None:
    # Eight accelerators for 100 s: a twentieth are 40 s of one. A job of 16 waits: 32 or 48 s of work.
    table = workload(submit=[50 * S], run=[run * S], walltime=[9 * S], accelerators=[4_000], tasks=[4])
    fate = fates(log_of([(50, "submit", 0)]), 1)
    assert queue_grows(table, fate, FLEET, Window(0, 100 * S)) is grows
    # What waited at the beginning as well did not come on top.
    assert queue_grows(table, fate, FLEET, Window(60 * S, 160 * S)) is False


def test_a_queue_for_one_node_type_is_measured_by_that_type() -> None:
    fleet = (*FLEET, NodeType("more", 2, 4))
    table = workload(
        submit=[50 * S], run=[3 * S], walltime=[9 * S], accelerators=[4_000], tasks=[4], types=[type_code([1])]
    )
    fate = fates(log_of([(50, "submit", 0)]), 1)
    assert queue_grows(table, fate, fleet, Window(0, 100 * S))
    both = Workload(**{**vars(table), "types": np.array([type_code([0, 1])])})
    assert not queue_grows(both, fate, fleet, Window(0, 100 * S))


def test_averages_of_bins_weighted_by_their_lengths_are_the_integral() -> None:
    t, value = np.array([0, 3, 10, 11]), np.array([2, 0, 8, 1])
    edges = np.array([-5.0, 1.0, 10.5, 20.0])
    means = averages(t, value, edges)
    assert means.tolist() == pytest.approx([2 / 6, (2 * 2 + 8 * 0.5) / 9.5, (8 * 0.5 + 9) / 9.5])
    assert (means * np.diff(edges)).sum() == pytest.approx(float(integral(t, value, np.array([20]))[0]))

"""Jobs that are evicted and come back: every reader of the log counts each of their attempts, and the waits between."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hand import FLEET, Row, interrupted_run, log_of
from onecenter_kernels import codes

from onecenter import plot
from onecenter.engine.reasons import waits_by_reason
from onecenter.experiments.replication import used_hours
from onecenter.planning.economics import hours_held
from onecenter.policies import Policy
from onecenter.results.backlog import Waiting, waiting_hours, while_waiting
from onecenter.results.figures import figures, platform_figures
from onecenter.results.segments import fates, segments
from onecenter.results.series import series_table
from onecenter.results.tables import jobs_table, nodes_table
from onecenter.results.targets import Target
from onecenter.results.window import Window, whole_run
from onecenter.simulation import provenance
from onecenter.simulation.result import Result
from onecenter.words import GLUE

S = 1_000
WINDOW, UNTIL = Window(0, 20 * S), 20 * S


def result() -> Result:
    log, jobs = interrupted_run()
    return Result(
        decisions=log,
        workload=jobs,
        fleet=FLEET,
        policy=Policy(backfill="none"),
        window=WINDOW,
        until=UNTIL,
        targets={"b": (Target("wait", 60.0, 1 * S),)},
        labels={},
        provenance=provenance.describe("interrupted", 7, None),
        stride="event",
        seconds=0.25,
    )


def test_jobs() -> None:
    table = result().jobs
    columns: dict[str, list[Any]] = {
        "start_ms": [0, 6, 12, 15, 16],
        "wait_ms": [0, 4, 1, 0, 0],
        "requeued_wait_ms": [6, 0, 0, 2, 2],
        "run_ms": [12, 4, 2, 2, None],
        "end_ms": [18, 10, 14, 19, None],
    }
    for name, seconds in columns.items():
        assert table[name].to_list() == [None if s is None else s * S for s in seconds], name
    assert table["restarts"].to_list() == [2, 0, 0, 0, 0]
    assert table["outcome"].to_list() == ["completed", "completed", "completed", "cancelled_running", "requeued"]
    # Job 0 ends at 18, after its deadline; job 4 can still end by 30.
    assert table["on_time"].to_list() == [False, None, None, None, None]
    assert table["node_type"].to_list() == ["gpu"] * 5


def test_segments() -> None:
    table = result().segments
    assert table.filter(pl.col("job") == 0).drop("job").rows() == [
        (0, 0, None, 1, 0, 6 * S, "requeued"),
        (0, 1, None, 1, 0, 6 * S, "requeued"),
        (1, 0, None, 2, 10 * S, 12 * S, "requeued"),
        (2, 1, None, 2, 14 * S, 18 * S, "completed"),
    ]
    assert table.filter(pl.col("job") == 3).rows() == [(3, 0, 0, 0, 1, 15 * S, 17 * S, "requeued")]
    assert table.height == 10
    assert table["start_ms"].is_sorted()


FIGURES: dict[str, dict[str, Any]] = {
    "a": {
        "submitted": 2, "started": 2, "ended": 2, "completed": 1, "cancelled_running": 1, "running": 0,
        "unfinished": 0, "waiting_at_horizon": 0, "in_time": 2, "makespan_s": 19, "on_time": 0,
        "accelerator_hours": (6 * 4 + 2 * 4 + 4 * 4 + 2 * 0.5) / 3_600, "utilisation": 49 / 160,
    },
    "b": {
        "submitted": 3, "started": 3, "ended": 2, "running": 1, "waiting": 0, "unfinished": 1,
        "waiting_at_horizon": 1, "in_time": 2, "late": 1, "open": 0, "makespan_s": None, "makespan_low_s": 18,
        "on_time": None, "on_time_low": 0, "on_time_high": 1, "meets_target": True,
        "accelerator_hours": (4 * 8 + 2 * 8 + 2 * 1) / 3_600, "utilisation": 50 / 160,
    },
}  # fmt: skip


@pytest.mark.parametrize("platform", ["a", "b"])
def test_figures(platform: str) -> None:
    found = result().summary()["platforms"][platform]
    assert {name: found[name] for name in FIGURES[platform]} == pytest.approx(FIGURES[platform])


def test_waits_are_to_the_first_start_and_stays_to_the_last_end() -> None:
    parts = result().summary()["platforms"]
    assert (parts["a"]["wait_s"]["mean"], parts["b"]["wait_s"]["mean"]) == pytest.approx((0, 5 / 3))
    assert parts["a"]["jct_s"]["mean"] == pytest.approx((18 + 4) / 2)
    # Job 4 is 4 s old and waits again; no end bounds its stay.
    assert (parts["b"]["jct_s"]["mean"], parts["b"]["jct_s"]["mean_low"]) == (None, pytest.approx((8 + 3 + 4) / 3))
    assert parts["b"]["jct_s"]["p50_low"] == 4
    # Job 0 took 18 s for a run of 4, which counts as 10.
    assert parts["a"]["bounded_slowdown"]["mean"] == pytest.approx((1.8 + 1) / 2)


@pytest.mark.parametrize(
    ("horizon", "unfinished", "waiting"),
    # Job 0 is requeued at 6 and 12 and starts at 10 and 14; what falls due at the horizon has not happened.
    [(6, 2, 1), (7, 2, 1), (10, 2, 1), (11, 1, 0), (12, 2, 1), (13, 2, 1), (15, 1, 0)],
)
def test_what_was_unfinished_at_an_earlier_horizon(horizon: int, unfinished: int, waiting: int) -> None:
    log, jobs = interrupted_run()
    found = figures(jobs, fates(log, len(jobs)), FLEET, Window(0, horizon * S), UNTIL)
    assert (found["unfinished"], found["waiting_at_horizon"]) == (unfinished, waiting)


def test_series() -> None:
    table = series_table(result().workload, result().decisions)
    a, b = (table.filter(pl.col("platform") == name).drop("platform").rows() for name in ("a", "b"))
    assert a == [
        (0, 0, 1, 4.0, 0.0), (6 * S, 1, 0, 0.0, 4.0), (10 * S, 0, 1, 4.0, 0.0), (12 * S, 1, 0, 0.0, 4.0),
        (14 * S, 0, 1, 4.0, 0.0), (15 * S, 0, 2, 4.5, 0.0), (17 * S, 1, 1, 4.0, 0.5), (18 * S, 1, 0, 0.0, 0.5),
        (19 * S, 0, 0, 0.0, 0.0),
    ]  # fmt: skip
    assert b == [
        (2 * S, 1, 0, 0.0, 8.0), (6 * S, 0, 1, 8.0, 0.0), (10 * S, 0, 0, 0.0, 0.0), (11 * S, 1, 0, 0.0, 8.0),
        (12 * S, 0, 1, 8.0, 0.0), (14 * S, 0, 0, 0.0, 0.0), (16 * S, 0, 1, 1.0, 0.0), (18 * S, 1, 0, 0.0, 1.0),
    ]  # fmt: skip


def test_nodes_and_what_follows_from_their_hours() -> None:
    nodes = result().nodes
    assert (nodes["accelerator_hours"] * 3_600).to_list() == pytest.approx([47, 52])
    assert nodes["starts"].to_list() == [6, 4]
    assert hours_held(nodes) == {"gpu": pytest.approx(99 / 3_600)}
    log, jobs = interrupted_run()
    by_platform, by_type = used_hours(jobs, fates(log, len(jobs)), FLEET, WINDOW)
    assert (by_platform * 3_600).tolist() == pytest.approx([49, 50])
    assert (by_type * 3_600).tolist() == pytest.approx([99])


def test_a_fraction_that_starts_again_on_a_node_is_a_start_of_its_own() -> None:
    rows: list[Row] = [
        (0, "submit", 3), (0, "start", 3, 0, 1, 0), (1, "requeue", 3), (2, "start", 3, 0, 1, 1), (3, "requeue", 3),
    ]  # fmt: skip
    log, jobs = log_of(rows), interrupted_run()[1]
    table = nodes_table(jobs, segments(log, fates(log, len(jobs)).attempts), FLEET, WINDOW)
    assert table["starts"].to_list() == [2, 0]
    assert table["accelerator_hours"].to_list() == pytest.approx([2 * 0.5 / 3_600, 0])


def test_reasons() -> None:
    log, jobs = interrupted_run()
    found = waits_by_reason(log, jobs, FLEET, "none", UNTIL)
    named = [{codes.REASONS[code]: int(ms) // S for code, ms in enumerate(row) if ms} for row in found]
    # Job 2 would need all 8 accelerators, and job 0 has 4 of them. Jobs 3 and 4 would fit from 17 and 18 on.
    assert named == [
        {"no free accelerator": 6},
        {"no free accelerator": 4},
        {"no free accelerator": 1},
        {"queue ahead": 2},
        {"queue ahead": 2},
    ]
    shares = result().reasons.filter(pl.col("reason") == "no free accelerator")
    assert shares.select("platform", "wait_ms").rows() == [("a", 6 * S), ("b", 5 * S)]


def test_backlog() -> None:
    log, jobs = interrupted_run()
    fate = fates(log, len(jobs))
    t = np.array([1, 3, 7, 11, 13, 16, 18, 19]) * S
    # Job 0 has 4 s on 4 accelerators to do, 3 five on half a one, 4 three on one.
    assert (waiting_hours(jobs, fate, t) * 3_600).tolist() == pytest.approx([0, 32, 16, 16, 16, 0, 5.5, 3])
    # Somebody waits from 2 to 10, from 11 to 14 and from 17 on.
    seconds = 16 + 32 + 4 + 16 + (4 + 1)
    assert while_waiting(jobs, fate, WINDOW) == Waiting(pytest.approx(14 / 3_600), pytest.approx(seconds / 3_600))


def test_pictures() -> None:
    bars = plot.gantt(result().jobs, result().segments, result().nodes, WINDOW, ax=plot.new_axes()).collections[0]
    extents = [path.get_extents() for path in bars.get_paths()]
    drawn = {tuple(np.round([*each.intervalx, *each.intervaly], 6).tolist()) for each in extents}
    first, second = range(4), range(4, 8)
    assert drawn == {
        *((0, 6, lane, lane + 1) for lane in (0, 1, 4, 5)),
        *((6, 10, lane, lane + 1) for lane in (*first, *second)),
        *((10, 12, lane, lane + 1) for lane in first),
        *((12, 14, lane, lane + 1) for lane in (*first, *second)),
        *((14, 18, lane, lane + 1) for lane in second),
        (15, 17, 0, 0.5), (16, 18, 1, 2),
    }  # fmt: skip
    queue = result().plot.queue(ax=plot.new_axes()).lines[0]
    steps = dict(zip(np.asarray(queue.get_xdata()), np.asarray(queue.get_ydata()), strict=True))
    assert [steps[t] for t in (0.0, 6.0, 10.0, 12.0, 14.0, 17.0, 19.0)] == [0, 1, 0, 1, 0, 1, 0]
    used = [text.get_text() for text in result().plot.utilisation(ax=plot.new_axes()).texts]
    assert {"a 31 %", "b 31 %"} <= set(used)
    curve = next(line for line in result().plot.waits(ax=plot.new_axes()).lines[1:] if len(line.get_xdata()) > 2)
    x, y = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    assert y[x > 1_000] == pytest.approx(np.where(x[x > 1_000] < 4_000, 1 / 3, 0))


def test_it_is_saved_reported_and_read_again(tmp_path: Path) -> None:
    from onecenter.report.page import page
    from onecenter.report.subject import subject_of

    again = Result.load(result().save(tmp_path / "run.parquet"))
    assert again.decisions.tobytes() == result().decisions.tobytes()
    assert again.segments.equals(result().segments)
    for language, blank in (("en", GLUE), ("zh", "")):
        text = page([subject_of(again, "interrupted")], language=language)
        assert "interrupted" in text
        # Both platforms' attempts, of 160 accelerator-seconds 49 and 50; in all 62 %.
        assert text.count(f"31{blank}%") >= 2
        assert f"62{blank}%" in text


def test_the_tables_count_each_attempt_and_each_wait_once() -> None:
    tables = result()
    attempts = tables.segments.unique(["job", "attempt"]).filter(pl.col("end_ms").is_not_null())
    ran = dict(attempts.group_by("job").agg((pl.col("end_ms") - pl.col("start_ms")).sum()).iter_rows())
    of_jobs = tables.jobs.filter(pl.col("run_ms").is_not_null())
    assert dict(of_jobs.select("job", "run_ms").iter_rows()) == {job: ran[job] for job in of_jobs["job"]}
    assert dict(tables.jobs.select("job", "restarts").iter_rows()) == {
        job: count - 1 for job, count in tables.segments.group_by("job").agg(pl.col("attempt").n_unique()).iter_rows()
    }
    # Each ms that a job waited, before its first attempt or between two, has one reason.
    reasons = tables.job_reasons
    waited = dict(zip(reasons["job"], reasons.drop("job").sum_horizontal(), strict=True))
    every = tables.jobs.select("job", pl.col("wait_ms") + pl.col("requeued_wait_ms")).iter_rows()
    assert waited == {job: ms for job, ms in every if ms}
    shares = tables.reasons.group_by("platform").agg(pl.col("share").sum())["share"].to_list()
    assert shares == pytest.approx([1, 1])
    assert tables.platforms["accelerator_hours"].sum() == pytest.approx(tables.nodes["accelerator_hours"].sum())


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([(0, "submit", 0), (1, "end", 0, "completed")], "different number of times"),
        ([(0, "start", 0, 0, 1), (1, "submit", 1), (2, "start", 0, 0, 1)], "different number of times"),
        ([(0, "start", 0, 0, 1), (1, "kill", 0), (2, "requeue", 0)], "different number of times"),
        ([(0, "end", 0, "failed"), (1, "start", 0, 0, 1)], "ends job 0 before it starts it"),
        ([(0, "start", 1, 0, 1), (1, "submit", 0), (2, "start", 1, 1, 1), (3, "requeue", 1)], "ends job 1 before"),
    ],
)
def test_a_log_that_no_run_can_have_written(rows: list[Row], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        fates(log_of(rows), 2)


def test_a_run_until_its_last_requeue() -> None:
    log = log_of([(5, "submit", 0), (6, "start", 0, 0, 1), (9, "requeue", 0)])
    assert whole_run(log) == Window(5 * S, 9 * S)


def test_figures_and_tables_agree() -> None:
    log, jobs = interrupted_run()
    fate = fates(log, len(jobs))
    parts = platform_figures(jobs, fate, FLEET, WINDOW, UNTIL, {})
    table = jobs_table(jobs, fate, FLEET, WINDOW, UNTIL).filter(pl.col("end_ms").is_not_null())
    whole = pl.col("wait_ms") + pl.col("requeued_wait_ms") + pl.col("run_ms")
    assert table.select(whole == pl.col("end_ms") - pl.col("submit_ms")).to_series().all()
    hours = sum(part["accelerator_hours"] for part in parts.values())
    nodes = nodes_table(jobs, segments(log, fate.attempts), FLEET, WINDOW)
    assert hours == pytest.approx(nodes["accelerator_hours"].sum())

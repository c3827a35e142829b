import json
from typing import Any

import pytest
from hand import FLEET, HORIZON, WARMUP, log_of, small_run

from onecenter.fleet import NodeType
from onecenter.results.figures import COUNTS, center_figures, figures, platform_figures
from onecenter.results.segments import fates, segments
from onecenter.results.series import series_table, time_integrals
from onecenter.results.tables import jobs_table, nodes_table
from onecenter.results.targets import PLACES
from onecenter.results.window import Window, whole_run
from onecenter.workload.table import workload

WINDOW = Window(WARMUP * 1_000, HORIZON * 1_000)
UNTIL = HORIZON * 1_000
CAPACITY = 8 * (HORIZON - WARMUP)

UNBOUNDED = (None, None, None)


def bounds(name: str, value: float | None, low: float | None, high: float | None) -> dict[str, float | None]:
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def exactly(name: str, value: float) -> dict[str, float | None]:
    return bounds(name, value, value, value)


# Of the jobs submitted in the window; see hand.small_run.
EXPECTED: dict[str, dict[str, Any]] = {
    "a": {
        "submitted": 4,
        "in_time": 2,
        "late": 0,
        "refused": 1,
        "cancelled_waiting": 1,
        "open": 0,
        "started": 2,
        "ended": 2,
        "completed": 1,
        "failed": 0,
        "cancelled_running": 1,
        "killed": 0,
        "running": 0,
        "waiting": 0,
        "unfinished": 0,
        "waiting_at_horizon": 0,
        # Waits 0 and 10; one was refused, one left after 18.
        "wait_s": {
            **bounds("mean", None, 28 / 4, None), "mean_started": 5,
            **exactly("p50", 10), **bounds("p95", *UNBOUNDED), **bounds("p99", *UNBOUNDED),
        },
        # Stays 2 and 30.
        "jct_s": {
            **bounds("mean", None, 50 / 4, None), "mean_started": 16,
            **exactly("p50", 30), **bounds("p95", *UNBOUNDED), **bounds("p99", *UNBOUNDED),
        },
        "makespan_s": 36,
        "makespan_low_s": 36,
        "makespan_high_s": 36,
        # Of the started 1 and (10 + 20) / 20; who left would have had (18 + 5) / 10 at least, the refused one 1.
        "bounded_slowdown": {
            **bounds("mean", None, (1.5 + 2.3 + 1 + 1) / 4, None), "mean_started": 1.25, **bounds("p95", *UNBOUNDED),
        },
        # 10 s of job 0 lie behind the warm-up.
        "accelerator_hours": (4 * 10 + 8 * 20 + 1 * 2) / 3_600,
        "utilisation": 202 / CAPACITY,
        # Job 1 ends at its deadline, 2 was given up, 4 was in time; 7 was refused.
        "on_time": 2 / 4,
        "on_time_low": 2 / 4,
        "on_time_high": 2 / 4,
    },
    "b": {
        "submitted": 4,
        "in_time": 3,
        "late": 0,
        "refused": 0,
        "cancelled_waiting": 0,
        "open": 1,
        "started": 3,
        "ended": 2,
        "completed": 0,
        "failed": 1,
        "cancelled_running": 0,
        "killed": 1,
        "running": 1,
        "waiting": 1,
        "unfinished": 2,
        "waiting_at_horizon": 1,
        # Waits 0, 10, 25 and at least 10.
        "wait_s": {
            **bounds("mean", None, 45 / 4, None), "mean_started": 35 / 3,
            **exactly("p50", 10), **bounds("p95", None, 25, None), **bounds("p99", None, 25, None),
        },
        # Stays 20, 29, 70 (job 6 goes on to 130) and at least 10.
        "jct_s": {
            **bounds("mean", None, 129 / 4, None), "mean_started": 119 / 3,
            **bounds("p50", None, 20, 29), **bounds("p95", None, 70, None), **bounds("p99", None, 70, None),
        },
        "makespan_s": None,
        "makespan_low_s": 130 - 15,
        "makespan_high_s": None,
        # Job 8 will have (10 + 8) / 10 at least.
        "bounded_slowdown": {
            **bounds("mean", None, (2.9 + 1 + 7 / 6 + 1.8) / 4, None), "mean_started": (2.9 + 1 + 7 / 6) / 3,
            **bounds("p95", None, 2.9, None),
        },
        "accelerator_hours": (4 * 4 + 8 * 20 + 8 * 30) / 3_600,
        "utilisation": 416 / CAPACITY,
        # Job 5 was killed, 6 ends at 130 and not by 120, 8 still waits at 100 behind its deadline of 99.
        "on_time": 0,
        "on_time_low": 0,
        "on_time_high": 0,
    },
}  # fmt: skip


@pytest.mark.parametrize("platform", ["a", "b"])
@pytest.mark.parametrize("part", list(EXPECTED["a"]))
def test_figures_by_hand(platform: str, part: str) -> None:
    log, jobs = small_run()
    found = platform_figures(jobs, fates(log, len(jobs)), FLEET, WINDOW, UNTIL, {})[platform][part]
    assert found == pytest.approx(EXPECTED[platform][part])


def test_the_center_is_the_sum() -> None:
    log, jobs = small_run()
    fate = fates(log, len(jobs))
    parts = platform_figures(jobs, fate, FLEET, WINDOW, UNTIL, {})
    center = center_figures(jobs, fate, FLEET, WINDOW, UNTIL, parts)
    for name in (*COUNTS, "accelerator_hours"):
        assert center[name] == pytest.approx(sum(part[name] for part in parts.values()))
    assert center["utilisation"] == pytest.approx(618 / CAPACITY)
    assert center["submitted"] == sum(center[name] for name in ("started", "cancelled_waiting", "waiting", "refused"))
    assert center["submitted"] == sum(center[name] for name in PLACES)
    assert center["started"] == center["ended"] + center["running"]
    assert center["meets_target"] is None
    assert json.loads(json.dumps(center)) == center


def test_a_replay_is_seen_from_first_submit_to_last_end() -> None:
    log = log_of([(5, "submit", 0), (6, "start", 0, 0, 1), (9, "end", 0, "completed")])
    jobs = workload(submit=[5_000], run=[3_000], walltime=[3_000], accelerators=[4_000])
    window = whole_run(log)
    assert window == Window(5_000, 9_000)
    found = figures(jobs, fates(log, 1), FLEET, window, window.horizon)
    assert found["utilisation"] == pytest.approx(4 * 3 / (8 * 4))
    assert found["submitted"] == 1


def test_no_jobs_and_no_accelerators() -> None:
    jobs = workload(submit=[], run=[], walltime=[], accelerators=[])
    fleet = (NodeType("cpu", 3, 0, cpus=8_000),)
    found = figures(jobs, fates(log_of([]), 0), fleet, whole_run(log_of([])), 0)
    assert (found["submitted"], found["utilisation"], found["makespan_s"], found["on_time"]) == (0, None, None, None)
    assert found["wait_s"]["p95"] is None
    assert set(found["bounded_slowdown"].values()) == {None}


def test_future_jobs_do_not_count() -> None:
    log, jobs = small_run()
    until_60 = log[log["t"] < 60_000]
    found = figures(jobs, fates(until_60, len(jobs)), FLEET, Window(0, 60_000), 60_000)
    assert found["submitted"] == 6
    assert found["refused"] == 0


def test_a_run_that_went_on_knows_what_was_unfinished_at_the_horizon() -> None:
    log, jobs = small_run()
    fate = fates(log, len(jobs))
    found = figures(jobs, fate, FLEET, Window(0, 30_000), 100_000)
    # At 30 s job 1 runs, 2 leaves and 3 waits; what falls due at the horizon does not happen before it.
    assert (found["submitted"], found["unfinished"], found["waiting_at_horizon"]) == (4, 3, 2)
    assert (found["started"], found["ended"], found["cancelled_waiting"]) == (3, 3, 1)
    assert found["wait_s"]["mean_started"] == pytest.approx((0 + 10 + 25) / 3)


def test_a_replay_ends_behind_a_last_job_that_is_refused() -> None:
    log = log_of([(5, "submit", 0), (5, "start", 0, 0, 1), (9, "end", 0, "completed"), (12, "refuse", 1)])
    jobs = workload(submit=[5_000, 12_000], run=[4_000, 1], walltime=[4_000, 1], accelerators=[4_000, 99_000])
    window = whole_run(log)
    assert window == Window(5_000, 12_001)
    found = figures(jobs, fates(log, 2), FLEET, window, window.horizon)
    assert (found["submitted"], found["refused"], found["unfinished"]) == (2, 1, 0)


def test_jobs_table() -> None:
    log, jobs = small_run()
    table = jobs_table(jobs, fates(log, len(jobs)), FLEET, WINDOW, UNTIL)
    assert table["accelerators"].to_list() == [4, 8, 1, 4, 1, 8, 8, 9, 8]
    assert table["wait_ms"].to_list() == [0, 10_000, None, 25_000, 0, 0, 10_000, None, None]
    assert table["run_ms"].to_list() == [20_000, 20_000, None, 4_000, 2_000, 20_000, None, None, None]
    assert table["end_ms"].to_list() == [20_000, 40_000, 30_000, 44_000, 46_000, 70_000, None, None, None]
    assert table["on_time"].to_list() == [None, True, False, None, True, False, False, False, False]
    assert table["node_type"].to_list() == ["gpu", "gpu", None, "gpu", "gpu", "gpu", "gpu", None, None]
    assert table["in_window"].to_list() == [False, *[True] * 8]
    assert table["deadline_ms"].null_count() == 0 + sum(jobs.deadline < 0)
    assert "name" not in table.columns


def test_node_types_and_names_in_the_jobs_table() -> None:
    fleet = (NodeType("x", 2, 1), NodeType("y", 1, 1))
    rows = [(0, "submit", j) for j in range(3)] + [(0, "start", j, node, 1) for j, node in ((0, 2), (1, 1), (2, 0))]
    jobs = workload(names=("p", "q", "r"), submit=[0] * 3, run=[5] * 3, walltime=[5] * 3, accelerators=[1_000] * 3)
    log = log_of(rows)
    table = jobs_table(jobs, fates(log, 3), fleet, Window(0, 1_000), 1_000)
    assert table.select("name", "node_type").rows() == [("p", "y"), ("q", "x"), ("r", "x")]


def test_nodes_table() -> None:
    log, jobs = small_run()
    table = nodes_table(jobs, segments(log, fates(log, len(jobs)).attempts), FLEET, WINDOW)
    busy = [4 * 10 + 4 * 20 + 4 * 4 + 1 * 2 + 4 * 20 + 4 * 30, 4 * 20 + 4 * 20 + 4 * 30]
    assert table["accelerator_hours"].to_list() == pytest.approx([b / 3_600 for b in busy])
    assert table["utilisation"].to_list() == pytest.approx([b / (4 * 90) for b in busy])
    assert table["starts"].to_list() == [5, 3]
    assert table["rack"].to_list() == [0, 1]


def test_a_start_on_two_devices_of_a_node_is_one_start() -> None:
    log = log_of([(0, "submit", 0), (0, "start", 0, 0, 1, 0), (0, "start", 0, 0, 1, 1), (0, "start", 0, 1, 1, 0)])
    jobs = workload(submit=[0], run=[9_000], walltime=[9_000], accelerators=[750], tasks=[3])
    table = nodes_table(jobs, segments(log, fates(log, 1).attempts), FLEET, Window(0, 1_000))
    assert table["starts"].to_list() == [1, 1]
    assert table["utilisation"].to_list() == pytest.approx([1.5 / 4, 0.75 / 4])


def test_racks_hold_one_type_and_a_node_without_accelerators_has_no_utilisation() -> None:
    fleet = (NodeType("x", 3, 2, nodes_per_rack=2), NodeType("y", 2, 0, nodes_per_rack=2))
    jobs = workload(submit=[], run=[], walltime=[], accelerators=[])
    table = nodes_table(jobs, segments(log_of([]), fates(log_of([]), 0).attempts), fleet, Window(0, 1_000))
    assert table["rack"].to_list() == [0, 0, 1, 2, 2]
    assert table["utilisation"].to_list() == [0, 0, 0, None, None]
    assert table["type"].to_list() == ["x", "x", "x", "y", "y"]


def test_series_by_hand() -> None:
    log, jobs = small_run()
    table = series_table(jobs, log)
    a = table.filter(table["platform"] == "a").drop("platform")
    assert a.rows() == [
        (0, 0, 1, 4.0, 0.0),
        (10_000, 1, 1, 4.0, 8.0),
        (12_000, 2, 1, 4.0, 9.0),
        (20_000, 1, 1, 8.0, 1.0),
        (30_000, 0, 1, 8.0, 0.0),
        (40_000, 0, 0, 0.0, 0.0),
        (44_000, 0, 1, 1.0, 0.0),
        (46_000, 0, 0, 0.0, 0.0),
    ]
    b = table.filter(table["platform"] == "b")
    assert b["t_ms"].to_list() == [15_000, 40_000, 44_000, 50_000, 60_000, 70_000, 90_000]
    assert b["accelerators_waiting"].to_list() == [4, 0, 0, 0, 8, 0, 8]


def test_littles_law() -> None:
    log, jobs = small_run()
    table = series_table(jobs, log)
    seen = jobs_table(jobs, fates(log, len(jobs)), FLEET, WINDOW, UNTIL)
    seen = seen.filter(seen["outcome"] != "refused")
    stay = seen["end_ms"].fill_null(WINDOW.horizon) - seen["submit_ms"].clip(WINDOW.warmup)
    integrals = [time_integrals(table, name, WINDOW.warmup, WINDOW.horizon) for name in ("waiting", "running")]
    for platform in ("a", "b"):
        assert sum(part[platform] for part in integrals) == stay.filter(seen["platform"] == platform).sum()

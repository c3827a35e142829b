import json
from typing import Any

import pytest
from hand import FLEET, HORIZON, WARMUP, log_of, small_run

from onecenter.fleet import NodeType
from onecenter.log import fates
from onecenter.metrics import Window, center_figures, figures, platform_figures, whole_run
from onecenter.series import series_table, time_integrals
from onecenter.tables import jobs_table, nodes_table
from onecenter.workload.table import workload

WINDOW = Window(WARMUP * 1_000, HORIZON * 1_000)
CAPACITY = 8 * (HORIZON - WARMUP)

# Of the jobs submitted in the window; see hand.small_run.
EXPECTED: dict[str, dict[str, Any]] = {
    "a": {
        "submitted": 3,
        "started": 2,
        "ended": 2,
        "completed": 1,
        "failed": 0,
        "cancelled_running": 1,
        "killed": 0,
        "cancelled_waiting": 1,
        "running": 0,
        "waiting": 0,
        "unfinished": 0,
        "refused": 1,
        # Waits 0, 10 and more than 18: S is 2/3 from 0 on, 1/3 from 10 on.
        "wait_s": {"mean": None, "restricted_mean": 28 / 3, "p50": 10, "p95": None, "p99": None, "censored": 1},
        # Stays 2, 30 and more than 18: S is 2/3 from 2 on, 0 from 30 on.
        "jct_s": {"mean": 62 / 3, "restricted_mean": 62 / 3, "p50": 30, "p99": 30, "censored": 1},
        "makespan_s": 36,
        "bounded_slowdown": {"mean": 1.25, "p95": 1.5},
        # 10 s of job 0 lie behind the warm-up.
        "accelerator_hours": (4 * 10 + 8 * 20 + 1 * 2) / 3_600,
        "utilisation": 202 / CAPACITY,
        # Job 1 ends at its deadline, 2 was given up, 4 was in time; 7 was refused.
        "on_time": 2 / 3,
    },
    "b": {
        "submitted": 4,
        "started": 3,
        "ended": 2,
        "completed": 0,
        "failed": 1,
        "cancelled_running": 0,
        "killed": 1,
        "cancelled_waiting": 0,
        "running": 1,
        "waiting": 1,
        "unfinished": 2,
        "refused": 0,
        # Waits 0, 10, 25 and more than 10.
        "wait_s": {"mean": 15, "restricted_mean": 15, "p50": 10, "p95": 25, "p99": 25, "censored": 1},
        # Stays 20, 29, more than 10 and more than 40.
        "jct_s": {"mean": None, "restricted_mean": 20 + 6 + 11 / 3, "p50": 29, "p99": None, "censored": 2},
        "makespan_s": 55,
        "bounded_slowdown": {"mean": (2.9 + 1) / 2, "p95": 2.9},
        "accelerator_hours": (4 * 4 + 8 * 20 + 8 * 30) / 3_600,
        "utilisation": 416 / CAPACITY,
        # Job 5 was killed, 8 still waits at 100 behind its deadline of 99; 6 may still end by 120.
        "on_time": 0,
    },
}


@pytest.mark.parametrize("platform", ["a", "b"])
@pytest.mark.parametrize("part", list(EXPECTED["a"]))
def test_figures_by_hand(platform: str, part: str) -> None:
    log, jobs = small_run()
    found = platform_figures(jobs, fates(log, len(jobs)), FLEET, WINDOW, {})[platform][part]
    assert found == pytest.approx(EXPECTED[platform][part])


def test_the_center_is_the_sum() -> None:
    log, jobs = small_run()
    fate = fates(log, len(jobs))
    parts = platform_figures(jobs, fate, FLEET, WINDOW, {})
    center = center_figures(jobs, fate, FLEET, WINDOW, parts)
    for name in ("submitted", "started", "ended", "cancelled_waiting", "unfinished", "refused", "accelerator_hours"):
        assert center[name] == pytest.approx(sum(part[name] for part in parts.values()))
    assert center["utilisation"] == pytest.approx(618 / CAPACITY)
    assert center["submitted"] == center["started"] + center["cancelled_waiting"] + center["waiting"]
    assert center["started"] == center["ended"] + center["running"]
    assert center["meets_target"] is None
    assert json.loads(json.dumps(center)) == center


def test_a_replay_is_seen_from_first_submit_to_last_end() -> None:
    log = log_of([(5, "submit", 0), (6, "start", 0, 0, 1), (9, "end", 0, "completed")])
    jobs = workload(submit=[5_000], run=[3_000], walltime=[3_000], accelerators=[4_000])
    window = whole_run(log)
    assert window == Window(5_000, 9_000)
    found = figures(jobs, fates(log, 1), FLEET, window)
    assert found["utilisation"] == pytest.approx(4 * 3 / (8 * 4))
    assert found["submitted"] == 1


def test_no_jobs_and_no_accelerators() -> None:
    jobs = workload(submit=[], run=[], walltime=[], accelerators=[])
    fleet = (NodeType("cpu", 3, 0, cpus=8_000),)
    found = figures(jobs, fates(log_of([]), 0), fleet, whole_run(log_of([])))
    assert (found["submitted"], found["utilisation"], found["makespan_s"], found["on_time"]) == (0, None, None, None)
    assert found["wait_s"]["p95"] is None
    assert found["bounded_slowdown"] == {"mean": None, "p95": None}


def test_future_jobs_do_not_count() -> None:
    log, jobs = small_run()
    until_60 = log[log["t"] < 60_000]
    found = figures(jobs, fates(until_60, len(jobs)), FLEET, Window(0, 60_000))
    assert found["submitted"] == 6
    assert found["refused"] == 0


def test_jobs_table() -> None:
    log, jobs = small_run()
    table = jobs_table(jobs, log, fates(log, len(jobs)), FLEET, WINDOW)
    assert table["accelerators"].to_list() == [4, 8, 1, 4, 1, 8, 8, 9, 8]
    assert table["wait_ms"].to_list() == [0, 10_000, None, 25_000, 0, 0, 10_000, None, None]
    assert table["run_ms"].to_list() == [20_000, 20_000, None, 4_000, 2_000, 20_000, None, None, None]
    assert table["end_ms"].to_list() == [20_000, 40_000, 30_000, 44_000, 46_000, 70_000, None, None, None]
    assert table["on_time"].to_list() == [None, True, False, None, True, False, None, None, False]
    assert table["node_type"].to_list() == ["gpu", "gpu", None, "gpu", "gpu", "gpu", "gpu", None, None]
    assert table["deadline_ms"].null_count() == 0 + sum(jobs.deadline < 0)
    assert "name" not in table.columns


def test_node_types_and_names_in_the_jobs_table() -> None:
    fleet = (NodeType("x", 2, 1), NodeType("y", 1, 1))
    rows = [(0, "submit", j) for j in range(3)] + [(0, "start", j, node, 1) for j, node in ((0, 2), (1, 1), (2, 0))]
    jobs = workload(names=("p", "q", "r"), submit=[0] * 3, run=[5] * 3, walltime=[5] * 3, accelerators=[1_000] * 3)
    log = log_of(rows)
    table = jobs_table(jobs, log, fates(log, 3), fleet, Window(0, 1_000))
    assert table.select("name", "node_type").rows() == [("p", "y"), ("q", "x"), ("r", "x")]


def test_nodes_table() -> None:
    log, jobs = small_run()
    table = nodes_table(jobs, log, fates(log, len(jobs)), FLEET, WINDOW)
    busy = [4 * 10 + 4 * 20 + 4 * 4 + 1 * 2 + 4 * 20 + 4 * 30, 4 * 20 + 4 * 20 + 4 * 30]
    assert table["accelerator_hours"].to_list() == pytest.approx([b / 3_600 for b in busy])
    assert table["utilisation"].to_list() == pytest.approx([b / (4 * 90) for b in busy])
    assert table["starts"].to_list() == [5, 3]
    assert table["rack"].to_list() == [0, 1]


def test_a_start_on_two_devices_of_a_node_is_one_start() -> None:
    log = log_of([(0, "submit", 0), (0, "start", 0, 0, 1, 0), (0, "start", 0, 0, 1, 1), (0, "start", 0, 1, 1, 0)])
    jobs = workload(submit=[0], run=[9_000], walltime=[9_000], accelerators=[750], tasks=[3])
    table = nodes_table(jobs, log, fates(log, 1), FLEET, Window(0, 1_000))
    assert table["starts"].to_list() == [1, 1]
    assert table["utilisation"].to_list() == pytest.approx([1.5 / 4, 0.75 / 4])


def test_racks_hold_one_type_and_a_node_without_accelerators_has_no_utilisation() -> None:
    fleet = (NodeType("x", 3, 2, nodes_per_rack=2), NodeType("y", 2, 0, nodes_per_rack=2))
    jobs = workload(submit=[], run=[], walltime=[], accelerators=[])
    table = nodes_table(jobs, log_of([]), fates(log_of([]), 0), fleet, Window(0, 1_000))
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
    seen = jobs_table(jobs, log, fates(log, len(jobs)), FLEET, WINDOW)
    seen = seen.filter(seen["outcome"] != "refused")
    stay = seen["end_ms"].fill_null(WINDOW.horizon) - seen["submit_ms"].clip(WINDOW.warmup)
    integrals = [time_integrals(table, name, WINDOW.warmup, WINDOW.horizon) for name in ("waiting", "running")]
    for platform in ("a", "b"):
        assert sum(part[platform] for part in integrals) == stay.filter(seen["platform"] == platform).sum()

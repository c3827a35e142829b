import numpy as np
import oracle
import pytest
from hand import Row, log_of, small_run
from onecenter_kernels.codes import REASONS
from random_scenarios import random_scenario

from onecenter.engine.reasons import waits_by_reason
from onecenter.fleet import NodeType
from onecenter.results.seen import seen
from onecenter.results.segments import fates
from onecenter.results.tables import job_reasons_table, reasons_table
from onecenter.results.window import Window
from onecenter.workload.table import type_code, workload

#: One node type that all may use, one for the few.
FLEET = (NodeType("x", 2, 2, cpus=4_000, memory=10), NodeType("y", 1, 4, cpus=8_000, memory=10))

ONLY_X = type_code([0])


def told(
    rows: list[Row],
    columns: dict[str, list[int]],
    horizon: int,
    backfill: str = "easy",
    fleet: tuple[NodeType, ...] = FLEET,
) -> list[dict[str, int]]:
    """Return by job the s it waited for each reason; jobs may use type x only, if not said otherwise."""
    n = len(columns["accelerators"])
    jobs = workload(
        **{"submit": [0] * n, "run": [9_000] * n, "walltime": [9_000] * n, "types": [ONLY_X] * n, **columns}
    )
    waits = waits_by_reason(log_of(rows), jobs, fleet, backfill, horizon * 1_000)
    return [{REASONS[code]: int(ms) // 1_000 for code, ms in enumerate(row) if ms} for row in waits]


def test_no_free_accelerator_then_fragmentation() -> None:
    rows: list[Row] = [
        *[(0, "submit", j) for j in range(3)],
        (0, "start", 0, 0, 2), (0, "start", 1, 1, 2),
        (3, "end", 0, "completed"), (3, "submit", 3), (3, "start", 3, 0, 1),
        (5, "end", 1, "completed"), (5, "submit", 4), (5, "start", 4, 1, 1),
        (9, "end", 3, "completed"), (9, "start", 2, 0, 1),
    ]  # fmt: skip
    columns = {"accelerators": [1_000, 1_000, 2_000, 1_000, 1_000], "tasks": [2, 2, 1, 1, 1]}
    assert told(rows, columns, 20, fleet=FLEET[:1]) == [{}, {}, {"no free accelerator": 5, "fragmentation": 4}, {}, {}]


def test_node_type() -> None:
    rows: list[Row] = [
        (0, "submit", 0), (0, "submit", 1), (0, "submit", 2),
        (0, "start", 0, 0, 2), (0, "start", 0, 1, 2),
    ]  # fmt: skip
    # Job 2 asks more than y has left as well, and may use it.
    columns = {"accelerators": [1_000] * 3, "tasks": [4, 4, 5], "types": [ONLY_X, ONLY_X, type_code([1, 0])]}
    assert told(rows, columns, 7) == [{}, {"node type": 7}, {"no free accelerator": 7}]


def test_cpu_or_memory() -> None:
    rows: list[Row] = [*[(0, "submit", j) for j in range(5)], (0, "start", 0, 0, 1), (0, "start", 0, 1, 1)]
    columns = {
        "accelerators": [1_000, 1_000, 1_000, 0, 1_000],
        "tasks": [2, 1, 3, 3, 1],
        "cpus": [3_000, 2_000, 0, 1_000, 0],
        "memory": [0, 0, 0, 0, 11],
        "types": [ONLY_X] * 5,
    }
    assert told(rows, columns, 4) == [
        {},
        # y would do, but it may not go there.
        {"node type": 4},
        {"node type": 4},
        {"node type": 4},
        {"cpu or memory": 4},
    ]
    everywhere = columns | {
        "types": [type_code([0, 1])] * 5,
        "tasks": [2, 1, 5, 9, 1],
        "cpus": [3_000, 9_000, 0, 1_000, 0],
    }
    assert told(rows, everywhere, 4) == [
        {},
        {"cpu or memory": 4},
        {"no free accelerator": 4},
        {"cpu or memory": 4},
        {"cpu or memory": 4},
    ]


@pytest.mark.parametrize(("backfill", "reason"), [("none", "queue ahead"), ("easy", "reservation ahead")])
def test_a_job_that_would_fit_waits_for_those_ahead(backfill: str, reason: str) -> None:
    rows: list[Row] = [
        *[(0, "submit", j) for j in range(3)],
        (0, "start", 0, 0, 1),
        (6, "end", 0, "completed"), (6, "start", 1, 0, 1), (6, "start", 1, 1, 1),
    ]  # fmt: skip
    columns = {"accelerators": [2_000, 2_000, 1_000], "tasks": [1, 2, 1]}
    told_2 = {reason: 6, "no free accelerator": 2}
    assert told(rows, columns, 8, backfill, FLEET[:1]) == [{}, {"no free accelerator": 6}, told_2]


def test_fractions_share_devices() -> None:
    rows: list[Row] = [
        *[(0, "submit", j) for j in range(6)],
        (0, "start", 0, 0, 1, 0), (0, "start", 0, 0, 1, 1), (0, "start", 0, 1, 1, 0),
        (0, "start", 1, 1, 1, 1),
        (3, "end", 1, "completed"),
    ]  # fmt: skip
    # Left are 400 on three devices and 600 on one, then 400 on three and an empty one.
    columns = {"accelerators": [600, 400, 500, 400, 1_000, 1_000], "tasks": [3, 1, 2, 5, 1, 2]}
    columns |= {"types": [ONLY_X] * 6, "memory": [0, 0, 0, 0, 0, 20]}
    fleet = FLEET[:1]
    n = len(columns["accelerators"])
    jobs = workload(submit=[0] * n, run=[9] * n, walltime=[9] * n, **columns)  # type: ignore[arg-type]
    waits = waits_by_reason(log_of(rows), jobs, fleet, "none", 5_000)
    found = [{REASONS[code]: int(ms) // 1_000 for code, ms in enumerate(row) if ms} for row in waits]
    assert found[2] == {"fragmentation": 3, "queue ahead": 2}
    assert found[3] == {"no free accelerator": 3, "queue ahead": 2}
    assert found[4] == {"no free accelerator": 3, "queue ahead": 2}
    assert found[5] == {"no free accelerator": 5}


def test_the_depth_goes_before_all_others_and_holds_for_all() -> None:
    rows: list[Row] = [
        (0, "submit", 0), (0, "submit", 1), (0, "submit", 2), (0, "start", 0, 0, 1), (0, "limit", -1, 1),
        (2, "submit", 3), (2, "start", 1, 0, 1), (2, "limit", -1, 0),
    ]  # fmt: skip
    columns = {"accelerators": [1_000, 1_000, 4_000, 1_000], "submit": [0, 0, 0, 2_000]}
    columns |= {"types": [ONLY_X] * 4}
    assert told(rows, columns, 5, fleet=FLEET[:1])[1:] == [
        {"depth": 2},
        {"depth": 2, "no free accelerator": 3},
        {"reservation ahead": 3},
    ]


def test_cancelled_and_refused_jobs() -> None:
    log, jobs = small_run()
    fleet = (NodeType("gpu", 2, 4),)
    waits = waits_by_reason(log, jobs, fleet, "none", 100_000)
    assert (waits.sum(axis=1) / 1_000).tolist() == [0, 10, 18, 25, 0, 0, 10, 0, 10]
    # Job 2 asks one accelerator: it would have fit until 20, when 1 took all.
    assert {REASONS[i]: waits[2, i] for i in np.flatnonzero(waits[2])} == {
        "queue ahead": 8_000,
        "no free accelerator": 10_000,
    }
    table = reasons_table(waits, jobs, Window(10_000, 100_000))
    rows = table.rows()
    assert rows[0] == ("a", "no free accelerator", 20_000, pytest.approx(20 / 28))
    assert rows[1] == ("a", "queue ahead", 8_000, pytest.approx(8 / 28))
    assert table.filter(table["platform"] == "b")["wait_ms"].sum() == 45_000
    later = reasons_table(waits, jobs, Window(11_000, 100_000))
    assert later.filter(later["platform"] == "a")["wait_ms"].sum() == 18_000
    by_job = job_reasons_table(waits)
    assert by_job["job"].to_list() == [1, 2, 3, 6, 8]
    assert by_job["queue_ahead_ms"].to_list()[1] == 8_000
    assert by_job.drop("job").sum_horizontal().to_list() == [10_000, 18_000, 25_000, 10_000, 10_000]


@pytest.mark.equality
@pytest.mark.parametrize("seed", range(40))
def test_on_random_scenarios_every_job_waits_for_the_reasons_of_the_twin(seed: int) -> None:
    scenario = random_scenario(1_000 + seed)
    log = oracle.simulate(scenario.fleet, scenario.policy, scenario.workload, scenario.horizon)
    end = scenario.horizon or int(log["t"][-1])
    waits = waits_by_reason(log, scenario.workload, scenario.fleet, scenario.policy.backfill, end)
    twin = oracle.waits_by_reason(scenario.fleet, scenario.policy, scenario.workload, end)
    assert [{code: ms for code, ms in enumerate(row) if ms} for row in waits.tolist()] == [
        {code: ms for code, ms in row.items() if ms} for row in twin
    ]
    fate = fates(log, len(scenario.workload))
    assert (waits.sum(axis=1) == seen(scenario.workload, fate, end).wait).all()

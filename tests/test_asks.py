"""What jobs ask and who owns them: each distinct row once, numbered in the order of first sight."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import check_equal, core_of, crowd, horizon_of
from onecenter_kernels import job_fields, state
from onecenter_kernels.numbering import hash_of
from oracle import simulate
from random_scenarios import mixed_scenario, random_scenario

from onecenter.engine.core import FOREVER, Core
from onecenter.engine.numbering import BLOCK, ROWS, Numbering
from onecenter.errors import SimulationError
from onecenter.policies import Policy
from onecenter.scenario import load
from onecenter.traces import read, to_workload
from onecenter.workload.build import build
from onecenter.workload.table import Workload

pytestmark = pytest.mark.equality

ASKED = [name for name, *_ in job_fields.ASK_INPUT]
OWNED = [name for name, *_ in job_fields.OWNER_INPUT]


def distinct(columns: dict[str, Any], names: list[str]) -> tuple[Any, Any]:
    """Return the distinct rows in the order of first sight, and the number of each row, from numpy's `unique`."""
    rows = np.stack([np.asarray(columns[name], np.int64) for name in names], axis=1)
    _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.argsort(order)
    return rows[np.sort(first)], rank[number.reshape(-1)]


def check_numbered(numbering: Numbering, columns: dict[str, Any], numbers: Any) -> None:
    """Fail unless rows are numbered as `unique` does it."""
    rows, expected = distinct(columns, list(numbering.names))
    found = np.stack([numbering.rows[name][: numbering.count] for name in numbering.names], axis=1)
    assert np.array_equal(found, rows)
    assert np.array_equal(numbers, expected)


@pytest.mark.parametrize(("seed", "most"), [(0, 2), (1, 5), (2, 10**6), (3, 2**40)])
def test_rows_are_numbered_as_unique_does(seed: int, most: int) -> None:
    generator, count = np.random.default_rng(seed), BLOCK + 200
    columns = {name: generator.integers(0, most, count) << 10 for name in ASKED}
    columns |= {name: np.broadcast_to(np.int8(7), (count,)) for name in ASKED[:2]}
    numbering = Numbering(job_fields.ASK_INPUT, state.ASK_DTYPE)
    numbers = np.full(count, -1, np.int32)
    for first, last in ((0, 1), (1, 1), (1, 50), (50, count)):
        numbering.number({name: column[first:last] for name, column in columns.items()}, numbers[first:last])
    check_numbered(numbering, columns, numbers)
    assert (numbering.count > ROWS) == (most > 2)


def test_rows_that_differ_in_any_column_are_apart() -> None:
    # -1 and the bits above 2**31 too.
    rows = [[0] * 6, *([0] * place + [value] + [0] * (5 - place) for place in range(6) for value in (-1, 1, 2**59))]
    columns = {name: np.array(column) for name, column in zip(ASKED, zip(*rows, strict=True), strict=True)}
    numbering, numbers = Numbering(job_fields.ASK_INPUT, state.ASK_DTYPE), np.empty(len(rows), np.int32)
    numbering.number(columns, numbers)
    assert numbers.tolist() == list(range(len(rows)))


def test_a_column_that_does_not_vary_gives_the_same_numbers() -> None:
    numbering, numbers = Numbering(job_fields.ASK_INPUT, state.ASK_DTYPE), np.empty(5, np.int32)
    varying = {name: np.array([1, 2, 1, 3, 2]) if name == "tasks" else np.full(5, 7) for name in ASKED}
    for columns, expected in (
        (varying, [0, 1, 0, 2, 1]),
        (varying | {name: np.broadcast_to(7, (5,)) for name in ASKED if name != "tasks"}, [0, 1, 0, 2, 1]),
        ({name: np.broadcast_to(2 if name == "tasks" else 7, (5,)) for name in ASKED}, [1] * 5),
        ({name: np.broadcast_to(9, (5,)) for name in ASKED}, [3] * 5),
    ):
        numbering.number(columns, numbers)
        assert numbers.tolist() == expected


def test_hashes_of_round_amounts_spread() -> None:
    # Thousandths of accelerators and memory in GiB: all their low bits are equal.
    columns = np.array([[1000 * each, 1024 * memory] for each in range(1, 9) for memory in range(1, 65)]).T.copy()
    hashes = [int(hash_of(columns, i, np.ones(2, np.bool_), 0)) for i in range(columns.shape[1])]
    assert 0 <= min(hashes) <= max(hashes) < 2**31
    # As many places as rows: were they thrown at random, 63 % of the places would be hit.
    assert len({h % 512 for h in hashes}) > 280


def check_jobs(core: Core, jobs: Workload) -> None:
    """Fail unless each job of a core has the ask of its row of a workload."""
    columns = {name: getattr(jobs, name) for name in ASKED}
    check_numbered(core._asks, columns, core.jobs["ask"])
    for ask in core.state.asks[: core._asks.count]:
        each, tasks = int(ask["accelerators"]), int(ask["tasks"])
        assert 1000 * int(ask["whole"]) + int(ask["part"]) == each
        assert int(ask["part"]) < 1000
        assert int(ask["gang"]) == each * tasks
        places = core.state.devices.shape[1] or core.state.nodes.shape[1]
        assert int(ask["most_rows"]) == min(tasks, places)


@pytest.mark.parametrize("seed", range(6))
def test_a_job_has_the_ask_of_its_row(seed: int) -> None:
    scenario = mixed_scenario(seed) if seed % 2 else random_scenario(seed)
    core = core_of(scenario)
    check_jobs(core, scenario.workload)
    core.advance(horizon_of(scenario))
    check_equal(core.log, simulate(*scenario))


def test_posts_and_a_longer_workload_add_asks() -> None:
    known = table([job(t, 1, 1, cpus=1000 * (t % 7)) for t in range(40)])
    core = Core((nodes(2, 4, cpus=64),), Policy(backfill="easy"), known.take(np.arange(20)))
    core.advance(10)
    core.extend(known)
    check_jobs(core, known)
    for more in range(3 * ROWS):
        asked = job(0, 1, 1, cpus=500 * (more % (2 * ROWS)))
        assert core.post_submit(asked, 10) == 40 + more
        number = int(core.jobs["ask"][40 + more])
        assert [int(core.state.asks[number][name]) for name in ASKED] == [asked[name] for name in ASKED]
    assert core._asks.count == 2 * ROWS
    assert int(core.state.clock["asks"][0]) == core._asks.count
    core.advance(FOREVER)
    assert (core.jobs["state"] > 2).all()


def test_the_first_fraction_numbers_all_asks_anew() -> None:
    jobs = table([job(0, 9, 2), job(1, 9, 1, tasks=5), job(20, 1, 0.5), job(21, 1, 1, tasks=5)])
    core = Core((nodes(2, 4),), Policy(), jobs.take(np.arange(2)))
    assert core.state.asks["most_rows"][:2].tolist() == [1, 2]
    core.advance(10)
    core.extend(jobs)
    check_jobs(core, jobs)
    assert core.state.asks["most_rows"][:3].tolist() == [1, 5, 1]


@pytest.mark.parametrize("backfill", ["easy", "easy-sjbf"])
@pytest.mark.parametrize("order", ["fifo", "priority"])
def test_more_asks_than_shapes_as_the_twin(order: str, backfill: str) -> None:
    scenario = crowd(5, order, backfill, "best-fit", 150)
    # So many cpus apart that nearly every job asks something of its own.
    cpus = scenario.workload.cpus + np.arange(150, dtype=np.int32) % 120
    scenario = scenario._replace(workload=replace(scenario.workload, cpus=cpus))
    core = core_of(scenario)
    core.advance(horizon_of(scenario))
    shapes = core.state.asks["form"][: core._asks.count]
    assert int(core.state.clock["shapes"][0]) == len(core.state.shapes)
    assert (shapes == 0).any()
    given = np.sort(shapes[shapes > 0])
    assert given.tolist() == list(range(1, len(core.state.shapes)))
    check_equal(core.log, simulate(*scenario))


def owners_of(core: Core) -> list[list[int]]:
    """Return platform, tenant and stream of each job."""
    rows = core.state.owners[core.jobs["owner"]]
    return np.stack([rows[name] for name in OWNED], axis=1).tolist()


def test_jobs_keep_their_owners() -> None:
    drawn = build(load("changsha-eighth"))
    drawn = drawn.take(np.arange(0, len(drawn), 1 + len(drawn) // 2000))
    core = Core(tuple(load("changsha-eighth").fleet), Policy(), drawn, True)
    assert owners_of(core) == np.stack([getattr(drawn, name) for name in OWNED], axis=1).tolist()
    assert len(np.unique(drawn.tenant)) > 1
    assert len({tuple(owner) for owner in owners_of(core)}) == core._owners.count


def test_users_of_a_log_are_tenants(tmp_path: Path) -> None:
    # Number, submit, wait, run, processors, -, -, asked, asked s, -, status, user, group, -, queue, partition, -, -
    rows = [(0, 7, 1), (5, 9, 1), (6, 7, 1), (7, 9, 2)]
    lines = [f"{n} {t} 0 60 1 -1 -1 1 60 -1 1 {user} 1 -1 1 {part} -1 -1" for n, (t, user, part) in enumerate(rows, 1)]
    (tmp_path / "log.swf").write_text("\n".join(lines) + "\n")
    jobs, _ = to_workload(read(tmp_path / "log.swf"), (nodes(1, 4),))
    owners = owners_of(Core((nodes(1, 4),), Policy(), jobs))
    assert [tenant for _, tenant, _ in owners] == [0, 1, 0, 0]
    assert owners[0] == owners[2] != owners[1]
    assert owners[3][0] != owners[1][0]
    assert [platform for platform, _, _ in owners] == [stream for _, _, stream in owners] == jobs.platform.tolist()


def test_what_a_process_submits_is_of_its_platform_alone() -> None:
    core = Core((nodes(1, 1),), Policy(), table([job(0, 1, 1)]))
    for platform in (1, 0, 1):
        core.post_submit(job(0, 1, 1) | {"platform": platform}, 0)
    assert owners_of(core) == [[0, 0, 0], [1, -1, -1], [0, -1, -1], [1, -1, -1]]
    assert core._owners.count == 3


@pytest.mark.parametrize("priority", [2**31, -(2**31) - 1])
def test_a_priority_that_no_row_holds_is_refused(priority: int) -> None:
    with pytest.raises(SimulationError, match="a priority: -2,147,483,647 to 2,147,483,647 are expected"):
        Core((nodes(1, 1),), Policy(), table([job(0, 1, 1) | {"priority": priority}]))


def test_a_log_of_more_rows_than_int32_counts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = crowd(1, "fifo", "none", "best-fit", 30)
    core = core_of(scenario)
    core.state = core.state._replace(log=core.state.log[:20].copy())
    monkeypatch.setattr("onecenter.engine.core.INT32_MAX", 60)
    with pytest.raises(SimulationError, match="the decision log has 60 rows, the most that are possible"):
        core.advance(FOREVER)


def test_rows_of_jobs_have_no_gap() -> None:
    size = sum(np.dtype(kind).itemsize for _, kind, _, _ in job_fields.JOB)
    assert state.JOB_DTYPE.itemsize == 72
    assert state.JOB_DTYPE.itemsize - size < 8

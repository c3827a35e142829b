"""One door: whatever pass starts a job has asked admission about that job, node type and instant."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from by_hand import job, nodes, table
from engines import core_of, crowd, horizon_of
from onecenter_kernels import codes, door, easy, reserving
from onecenter_kernels.asks import types_of
from onecenter_kernels.jit import JIT
from random_scenarios import RandomScenario, mixed_scenario, random_scenario

from onecenter.engine.core import FOREVER, Core
from onecenter.policies import Policy
from onecenter.workload.table import type_code, type_order

pytestmark = pytest.mark.equality

POLICIES = [*((backfill, 1) for backfill in codes.BACKFILLS), ("easy", 3), ("easy-sjbf", 3)]

#: The modules that ask on which node types a job may start, where nothing but room is asked for.
PASSES = (door, easy, reserving)

#: Submit, run time and accelerators: jobs that wait for each other, long and short ones behind a head.
SIZES = [(0, 5, 1), (1, 9, 2), (1, 4, 1), (1, 40, 1), (2, 3, 1), (2, 7, 2)]


def scenarios_of(backfill: str, reservations: int) -> list[RandomScenario]:
    """Return scenarios with gangs, fractions, several node types and a long queue."""
    some = [random_scenario(seed, backfill=backfill) for seed in range(6)]
    some += [mixed_scenario(seed, backfill) for seed in range(6)]
    some.append(crowd(1, "fifo", backfill, "best-fit", 40))
    return [one._replace(policy=replace(one.policy, reservations=reservations)) for one in some]


@pytest.mark.skipif(JIT, reason="what compiled kernels call cannot be watched")
@pytest.mark.parametrize(("backfill", "reservations"), POLICIES)
def test_no_job_starts_without_being_asked_for(
    backfill: str, reservations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[tuple[int, int, int]] = set()

    def admits(_: Any, j: int, kind: int, t: int) -> bool:
        asked.add((int(j), int(kind), int(t)))
        return True

    def admitted(s: Any, j: int, t: int) -> int:
        types = int(types_of(s, j))
        return type_code([kind for kind in type_order(types) if admits(s, j, kind, t)])

    monkeypatch.setattr(door, "admits", admits)
    for module in PASSES:
        monkeypatch.setattr(module, "admitted", admitted)
    for scenario in scenarios_of(backfill, reservations):
        asked.clear()
        core = core_of(scenario)
        core.advance(horizon_of(scenario))
        starts = core.log[core.log["kind"] == codes.E_START]
        kinds = core.state.nodes["type"][0][starts["node"]].tolist()
        assert len(starts) > 0
        assert set(zip(starts["job"].tolist(), kinds, starts["t"].tolist(), strict=True)) <= asked


@pytest.mark.skipif(JIT, reason="what compiled kernels call cannot be replaced")
@pytest.mark.parametrize(("backfill", "reservations"), [one for one in POLICIES if one[0] != "conservative"])
@pytest.mark.parametrize("each", [{}, {"accelerators": 500}, {"tasks": 2}])
def test_a_job_starts_where_it_is_admitted(
    backfill: str, reservations: int, each: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in PASSES:
        monkeypatch.setattr(module, "admitted", lambda *_: type_code([1]))
    both = type_code([0, 1])
    jobs = [job(t, run, size, types=both) | (each if size == 1 else {}) for t, run, size in SIZES]
    fleet = (nodes(1, 2), replace(nodes(1, 2), name="other"))
    core = Core(fleet, Policy(backfill=backfill, reservations=reservations), table(jobs), fractions=True)
    core.advance(FOREVER)
    starts = core.log[core.log["kind"] == codes.E_START]
    assert set(starts["job"].tolist()) == set(range(len(SIZES)))
    assert set(starts["node"].tolist()) == {1}


def test_only_the_door_commits_a_start() -> None:
    importers = {path.name for path in Path(door.__file__).parent.glob("*.py") if "start" in _from_commit(path)}
    assert importers == {"door.py"}


def _from_commit(path: Path) -> set[str]:
    """Return what a module imports from `commit`."""
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return {name.name for node in found if node.module == "commit" for name in node.names}

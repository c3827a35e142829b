"""A center filled with tasks that never leave: fragmentation, the six rules, the lists, and the published results."""

import csv
import json
import math
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_hand import job, nodes, table
from frag_tasks import MIXED, ONE, WITH_CPUS_ALONE
from onecenter_kernels import fragments
from onecenter_kernels.state import NOW
from oracle_jobs import jobs_of
from oracle_room import Demand, Node, Row, device_for_a_task, nodes_of, row_of, take_a_task, usable
from oracle_scores import Kind, Scoring, drawn, seen

from onecenter.cli.main import main
from onecenter.engine.core import Core
from onecenter.engine.packing import fill, with_typical
from onecenter.experiments.packing import arrivals, pack
from onecenter.fleet import NodeType
from onecenter.policies import PACKED, Policy
from onecenter.traces.openb import read_nodes, read_pods
from onecenter.workload.table import Workload, type_code

Task = tuple[int, int, int, str, int]

MODELS = ("1080", "2080", "T4", "P100", "V100M16")
FREE = {"200": [200, 1000, 1000, 500], "4": [1000] * 4, "8": [1000] * 8, "half": [1000] * 4 + [0] * 4}


def tasks_of(listed: Sequence[Task], models: Sequence[str]) -> Workload:
    """Return tasks as jobs, each as often as it is frequent."""
    rows = []
    for cpus, share, devices, model, count in listed:
        types = type_code([at for at, each in enumerate(models) if model in ("", each)])
        rows += [job(0, 1, share * devices / 1000, cpus=cpus, types=types)] * count
    return table(rows)


def fragmented(listed: Sequence[Task], model: str, cpus: int, left: list[int]) -> float:
    """Return F of one node, in thousandths of a device, by the frequencies as they stand."""
    models = [model, *(each for each in MODELS if each != model)]
    fleet = [NodeType(each, 1, len(left), 128_000, 0) for each in models]
    tasks = tasks_of(listed, models)
    core = Core(fleet, Policy(backfill="none", placement="fgd"), tasks, fractions=True)
    state = with_typical(core, tasks)
    clock = state.clock
    clock["typical"], clock["typical_tasks"] = clock["kinds"], clock["all_tasks"]
    node = state.nodes[NOW]
    node["cpus"][0], node["free"][0] = cpus, left.count(1000)
    state.devices[NOW]["free"][: len(left)] = left
    broken = fragments.look(core.handle, NOW, 0)
    return float(fragments.fragments(core.handle, 0, left.count(1000), cpus, broken)) / 10_000


@pytest.mark.equality
@pytest.mark.parametrize(
    ("listed", "model", "cpus", "left", "expected"),
    [
        (MIXED, "1080", 1000, "200", 2566.62),
        (MIXED, "1080", 1000, "4", 3802.40),
        (MIXED, "1080", 1000, "8", 7604.80),
        (ONE, "1080", 1000, "200", 251.91),
        (WITH_CPUS_ALONE, "P100", 64_000, "8", 887.20),
        (WITH_CPUS_ALONE, "P100", 32_000, "half", 554.40),
        (WITH_CPUS_ALONE, "P100", 0, "half", 4000.00),
    ],
)
def test_fragmentation_is_that_of_the_paper_s_simulator(
    listed: list[Task], model: str, cpus: int, left: str, expected: float
) -> None:
    assert fragmented(listed, model, cpus, FREE[left]) == pytest.approx(expected, abs=0.006)


@pytest.mark.equality
def test_fgd_takes_the_device_that_leaves_less_unusable() -> None:
    """By hand: F is 500 before, 550 behind a half on the empty device, 300 on the one with 600 left."""
    typical = tasks_of([(1000, 500, 1, "", 5), (2000, 1000, 1, "", 3), (4000, 1000, 2, "", 2)], [""])
    core = Core([NodeType("", 1, 2, 8000)], Policy(backfill="none", placement="fgd"), typical, fractions=True)
    state = with_typical(core, typical)
    state.clock["typical"], state.clock["typical_tasks"] = 3, 10
    state.nodes[NOW]["free"], state.devices[NOW]["free"] = 1, [1000, 600]
    broken = fragments.look(core.handle, NOW, 0)
    assert fragments.fragments(core.handle, 0, 1, 8000, broken) == 500 * 10
    half = asks(1000, 500)
    assert tuple(fragments.fgd_score(core.handle, NOW, 0, half, broken)) == (54, 1)
    state.devices[NOW]["free"] = [1000, 0]
    assert tuple(fragments.fgd_score(core.handle, NOW, 0, half, 0))[1] == 0


def asks(cpus: int, part: int) -> Any:
    """Return what a task asks that takes a part of a device."""
    from onecenter_kernels.asks import Ask

    return Ask(0, part, cpus, 0, 1, False)


# ---- the six rules, against a plain loop


class Typical(Scoring):
    """Scores of a center whose typical tasks are those of a whole list, the larger first of equals."""

    def typical(self) -> dict[Kind, int]:
        """Return the most frequent kinds that together are 95 % of the list."""
        found: dict[Kind, int] = {}
        counted = Counter(self.submitted).items()
        for kind, count in sorted(counted, key=lambda each: (each[1], size(each[0])), reverse=True):
            if 100 * sum(found.values()) < 95 * len(self.submitted):
                found[kind] = count
        return found


def size(kind: Kind) -> tuple[int, int, int]:
    """Return what makes a kind the larger."""
    types, accelerators, cpus = kind
    return accelerators, cpus, type_code(types)


def plainly(fleet: Sequence[NodeType], tasks: Workload, rule: str, ranks: Sequence[int], seed: int) -> list[int]:
    """Return what is allocated after each task, from a look at every node each time."""
    every = nodes_of(fleet)
    row = row_of(every, [], now=True)
    running: list[tuple[int, int]] = []
    found, total = [], 0
    listed = jobs_of(tasks, 0)
    kinds = [(tuple(each.types), each.demand.accelerators, each.demand.cpus) for each in listed]
    for each in listed:
        each.submit = seed
        scoring = Typical(rule, each, every, running, kinds)
        able = [n for n in every if n.type in each.types and device_for_a_task([row], n.id, each.demand) is not None]
        if able:
            best = min(able, key=partial(preference, scoring, row, each.demand, ranks))
            device = None
            if each.demand.is_fraction and rule in ("random", "fgd"):
                fitting = usable([row], best.id, each.demand)
                device = min(fitting, key=lambda d: (scoring.device_key([row], best.id, d, each.demand, 1), d))
            take_a_task([row], best.id, each.demand, device)
            running.append((best.id, each.demand.accelerators))
            total += each.demand.accelerators
        found.append(total)
    return found


def preference(scoring: Scoring, row: Row, demand: Demand, ranks: Sequence[int], node: Node) -> tuple[float, int]:
    """Return the key of a node; the lowest is taken."""
    if scoring.rule == "random":
        return drawn(scoring.job, 1, node.id, -1), ranks[node.id]
    if scoring.rule == "best-fit":
        at, (cpus, left) = seen([row], node.id), scoring.largest()
        behind = 0.5 * (at.cpus - demand.cpus) / cpus, 0.5 * (at.left - demand.accelerators) / left
        return -int(100.0 * (1.0 - behind[0] - behind[1])), ranks[node.id]
    return scoring.preference([row], node.id, demand, 1)[0], ranks[node.id]


def some_tasks(generator: np.random.Generator) -> Workload:
    """Return some tasks, of a few kinds, for two node types."""
    kinds = [
        job(0, 1, accelerators, cpus=int(generator.choice([0, 500, 1000])), types=type_code(types), memory=1)
        for accelerators in (0, 0.3, 0.5, 0.7, 1, 1, 2)
        for types in ([0, 1], [0], [1])
    ]
    return table([kinds[int(at)] for at in generator.integers(len(kinds), size=40)])


@pytest.mark.equality
@pytest.mark.parametrize("rule", PACKED)
def test_a_rule_fills_a_center_as_a_plain_loop_does(rule: str) -> None:
    fleet = [NodeType("a", 3, 4, 5000, 64), NodeType("b", 2, 2, 8000, 64)]
    for seed in range(6):
        generator = np.random.default_rng(seed)
        tasks, ranks = some_tasks(generator), generator.permutation(5)
        found = fill(fleet, tasks, tasks, rule, ranks, seed)
        assert (1000 * found.allocated).round().astype(int).tolist() == plainly(fleet, tasks, rule, ranks, seed)
        assert found.arrived[-1] == tasks.gang.sum() / 1000
        assert (found.fragmented <= 16 - found.allocated + 1e-9).all()


# An empty node of two devices goes before one of four, 31 against 29, so that a task of four still finds room.
@pytest.mark.equality
def test_gpu_packing_breaks_the_smaller_of_two_empty_nodes() -> None:
    fleet = [NodeType("a", 1, 4, 8000, 64), NodeType("b", 1, 2, 8000, 64)]
    tasks = table([job(0, 1, 1, types=type_code([0, 1])), job(0, 1, 4, types=type_code([0]))])
    assert fill(fleet, tasks, tasks, "gpu-packing", np.array([0, 1]), 1).allocated.tolist() == [1, 5]


# ---- arrivals and figures


def test_tasks_are_drawn_until_the_next_would_be_too_many() -> None:
    tasks = table([job(0, 1, 1), job(0, 1, 2), job(0, 1, 0)])
    found = arrivals(tasks, 10.0, *map(np.random.default_rng, (1, 2)))
    assert sorted(found.accelerators[:3].tolist()) == [0, 1000, 2000]
    assert 8000 < found.gang.sum() <= 10_000
    fewer = arrivals(tasks, 2.0, *map(np.random.default_rng, (1, 2)))
    assert fewer.gang.sum() <= 2000
    assert len(fewer) < 3


@pytest.mark.parametrize("rule", PACKED)
def test_a_kind_of_task_may_be_left_out_where_few_arrive(rule: str) -> None:
    tasks = table([job(0, 1, 1), job(0, 1, 1), job(0, 1, 2), job(0, 1, 4)])
    found = fill([nodes(1, 4)], tasks.take(np.array([0])), tasks, rule, np.array([0]), 1)
    assert (found.arrived.tolist(), found.allocated.tolist()) == ([1], [1])
    assert found.fragmented.tolist() == [0.75]  # three are left, of no use to one task of four
    assert pack([nodes(1, 4)], tasks, rule, 0.25, range(3), lambda: None).allocation.max() == 25


def test_figures_are_means_over_the_tasks_of_a_percent() -> None:
    found = pack([nodes(1, 4)], table([job(0, 1, 1)]), "best-fit", 1.5, range(3), lambda: None)
    plain = found.as_dict()
    assert found.percent.tolist() == list(range(1, 151))
    assert [plain["allocation"][key]["mean"] for key in ("20", "25", "60", "100", "150")] == [0, 25, 50, 100, 100]
    assert plain["allocation"]["100"]["sd"] == 0
    assert plain["fragmentation"]["50"]["mean"] == 0


# ---- lists

HEAD = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"
NODES = "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,64,2,A\nn1,8000,64,2,A\nn2,8000,64,4,B\nn3,8000,64,0,\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return where a list of nodes is, and where one of tasks is to be written."""
    (tmp_path / "nodes.csv").write_text(NODES)
    return tmp_path / "nodes.csv", tmp_path / "tasks.csv"


def test_lists_are_read(files: tuple[Path, Path]) -> None:
    fleet = read_nodes(files[0])
    assert [(kind.model, kind.count, kind.accelerators) for kind in fleet] == [("A", 2, 2), ("B", 1, 4)]
    files[1].write_text(HEAD + "z,1000,8,1,500,B\ny,2000,8,2,1000,A|B\nx,500,8,0,0,\nw,1,1,1,1000,C\n")
    tasks = read_pods(files[1], fleet)
    assert tasks.accelerators.tolist() == [1000, 0, 2000, 500]
    assert tasks.types.tolist() == [0, type_code([0, 1]), type_code([0, 1]), type_code([1])]


WRONG = [
    ("a,1,1,1,1001,\n", "line 2, num_gpu = 1 and gpu_milli = 1001: 1,000 at most"),
    ("a,1,1,2,500,\n", "line 2, num_gpu = 2 and gpu_milli = 500"),
    ("a,1,1,1,0,\n", "line 2, gpu_milli = 0: 1 to 1,000 thousandths"),
    ("a,-1,1,1,1,\n", "line 2, cpu_milli = -1: 0 to"),
    ("a,x,1,1,1,\n", "line 2, cpu_milli = 'x' is no number"),
    ("a,1,1,1\n", "line 2 has 4 fields: 6 are expected"),
    (",1,1,1,1,\n", "line 2, name is empty"),
    ("", "has no rows below its header"),
    ("a,1,1,0,0,\n", "accelerators are expected, in the nodes and in what tasks ask"),
]


@pytest.mark.parametrize(("row", "told"), WRONG)
def test_what_is_wrong_with_a_list_is_told(
    row: str, told: str, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files[1].write_text(HEAD + row)
    assert main(["pack", "--nodes", str(files[0]), "--tasks", str(files[1])]) == 2
    assert told in capsys.readouterr().err


def test_a_list_without_its_columns_is_told(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "--nodes", str(files[0]), "--tasks", str(files[0])]) == 2
    assert "line 1: the columns name, cpu_milli, memory_mib, num_gpu, gpu_milli are" in capsys.readouterr().err


def test_the_command_prints_a_table_or_one_object(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files[1].write_text(HEAD + "a,1,1,1,500,\nb,1,1,1,1000,\n")
    words = ["pack", "--nodes", str(files[0]), "--tasks", str(files[1]), "--seeds", "1..2"]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "3 nodes · 8 accelerators · 2 tasks · fgd · seeds 1 to 2" in printed
    assert "130 %" in printed
    assert main([*words, "--json", "--demand", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["allocation"]["100"]["mean"] == pytest.approx(100, abs=7)
    assert math.isfinite(found["seconds_per_seed"])


# ---- the published experiment

RULES = {
    "Random": "random", "DotProd": "dot-product", "GpuClustering": "gpu-clustering", "GpuPacking": "gpu-packing",
    "BestFit": "best-fit", "FGD": "fgd",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("pods", ["default", "cpu250", "gpushare40", "gpuspec10", "multigpu20"])
def test_openb_is_filled_as_published(pods: str, traces: Path) -> None:
    folder = traces / "openb"
    fleet = read_nodes(folder / "openb_node_list_gpu_node.csv")
    tasks = read_pods(folder / "pods" / f"openb_pod_list_{pods}.csv.gz", fleet)
    with (folder / "expected_allocation.csv").open() as listed:
        expected = {RULES[row["policy"]]: row for row in csv.DictReader(listed) if row["workload"].endswith(pods)}
    assert set(expected) == set(PACKED)
    found = {rule: pack(fleet, tasks, rule, 1.3, range(42, 52), lambda: None).as_dict() for rule in PACKED}
    for at in ("100", "130"):
        published = {rule: float(row[f"alloc_mean_{at}"]) for rule, row in expected.items()}
        ours = {rule: found[rule]["allocation"][at]["mean"] for rule in PACKED}
        for rule, row in expected.items():
            limit = max(0.5, 3 * float(row[f"alloc_std_{at}"]) * math.sqrt(0.2))
            assert abs(ours[rule] - published[rule]) <= limit, (rule, at)
        for one in PACKED:
            for other in PACKED:
                assert published[one] - published[other] <= 0.7 or ours[one] > ours[other], (one, other, at)

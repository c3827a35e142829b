"""SRTF, SRSF and Tiresias-L on traces derived from Philly's, against what Muri's simulator gave (SIGCOMM 2022)."""

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from onecenter.engine.core import FOREVER, Core
from onecenter.fleet import NodeType
from onecenter.policies import NAMED
from onecenter.results.segments import fates
from onecenter.workload.sharing import JobClass, Member, Sharing
from onecenter.workload.table import Workload, workload

#: What a start takes (s), by model, on 1, 2, 4, 8, 16 and 32 accelerators; 10 for all others.
START_UP = {
    "vgg16": (7, 7, 8, 9, 9, 10),
    "vgg19": (7, 7, 8, 9, 10, 10),
    "resnet18": (4, 5, 5, 7, 7, 7),
    "shufflenet_v2_x1_0": (4, 4, 5, 5, 7, 8),
    "a2c": (38, 39, 39, 46, 46, 46),
    "dqn": (5, 5, 6, 6, 8, 8),
}

#: A node has as many accelerators; there are as many nodes.
NODE = 8

TRACES = ("trace3", "trace3_pr", "trace4", "trace4_pr")


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file, jobs by submit."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted(rows, key=lambda row: (int(row.get("submit_time", 0)), int(row.get("job_id", 0))))


def start_up(row: dict[str, str]) -> int:
    """Return what a start of a job takes (ms)."""
    return 1000 * START_UP.get(row["model_name"], (10,) * 6)[int(row["num_gpu"]).bit_length() - 1]


def jobs_of(path: Path, anywhere: bool) -> Workload:
    """Return the jobs of a trace, on one node, or whole nodes; `anywhere`: wherever accelerators are free.

    A start takes its time at the first one, too; what a job has done is kept. Jobs that take as long are a class.
    """
    rows = rows_of(path)
    size = np.array([int(row["num_gpu"]) for row in rows])
    takes = np.array([start_up(row) for row in rows])
    run = np.array([-(-int(row["iterations"]) * int(row["iteration_time"]) * 1015 // 1000) for row in rows])
    kinds = np.unique(takes)
    sharing = Sharing((Member(),), classes=tuple(JobClass(every=2**40, restart=int(each)) for each in kinds))
    return workload(
        ("all",), tuple(f"all.{each}" for each in kinds), sharing=sharing,
        submit=[int(row["submit_time"]) for row in rows], run=run + takes, walltime=2**42,
        tasks=size if anywhere else np.maximum(1, size // NODE),
        accelerators=np.full(len(size), 1000) if anywhere else 1000 * np.minimum(size, NODE),
        spread=int(anywhere), platform=0, stream=np.searchsorted(kinds, takes),
    )  # fmt: skip


@cache
def mean_response(path: Path, order: str) -> float:
    """Return the mean time (s) from submit to end under an order."""
    jobs = jobs_of(path, anywhere=order == "las")
    core = Core((NodeType("node", NODE, NODE),), replace(NAMED[order], placement="first-fit"), jobs)
    core.advance(FOREVER)
    return float((fates(core.log, len(jobs)).end - jobs.submit).mean()) / 1000


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize(
    ("order", "policy", "within"), [("srtf", "SRTF", 0.02), ("srsf", "SRSF", 0.02), ("las", "Tiresias-L", 0.04)]
)
def test_the_published_mean_response(
    trace: str, order: str, policy: str, within: float, trace_file: Callable[[str], Path]
) -> None:
    published = {(row["trace"], row["policy"]): row for row in rows_of(trace_file("published_results.csv"))}
    expected = float(published[trace, policy]["avg_jct_s"])
    assert mean_response(trace_file(f"{trace}.csv"), order) == pytest.approx(expected, rel=within)

"""Real logs on one flat pool, against schedules of simulators that are independent of this project."""

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from plain_orders import starts_of
from trim import pyss_figures

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.policies import NAMED, Policy
from onecenter.results.segments import fates
from onecenter.traces import flat_pool, read, to_workload
from onecenter.workload.table import Workload

KTH, NASA = "KTH-SP2-1996-2.1-cln.swf.gz", "NASA-iPSC-1993-3.1-cln.swf.gz"
SECOND = 1_000

#: Of schedules that an independent simulator made: mean wait (s), mean bounded slowdown, first submit to last end (s).
FIGURES = {
    "fcfs": (354175.9504, 6821.93534, 28781494),
    "easy": (6890.5771, 92.83056, 28763776),
    "easy-sjbf": (5934.2029, 67.98673, 28763776),
}

#: What pyss prints for conservative: minutes, bounded slowdown.
PYSS_CONSERVATIVE = (122.318539, 88.663488)

#: Other simulators' names of ours.
OURS = {"fcfs": "fifo"}

Ints = npt.NDArray[np.int64]


class Schedule(NamedTuple):
    """When each job came, started and ended (ms), and what it asked."""

    jobs: Workload
    start: Ints
    end: Ints

    @property
    def wait_seconds(self) -> Ints:
        """Each job's wait, exact: the logs have whole seconds."""
        wait: Ints = self.start - self.jobs.submit
        assert not (wait % SECOND).any()
        return wait // SECOND

    @property
    def bounded_slowdown(self) -> float:
        """The mean; run times below 10 s count as 10 s."""
        run = (self.end - self.start) / SECOND
        return float(np.maximum(1, (self.wait_seconds + run) / np.maximum(run, 10)).mean())


@cache
def replayed(path: Path, processors: int, policy: str | Policy, stride: str) -> Schedule:
    """Return the schedule of a log on one flat pool."""
    fleet = flat_pool(processors)
    jobs, _ = to_workload(read(path), fleet)
    chosen = policy if isinstance(policy, Policy) else NAMED[OURS.get(policy, policy)]
    center = Center(fleet, chosen, jobs, stride=stride)
    center.run()
    start, end, *_ = fates(center.log, len(jobs))
    assert start.min() >= 0
    return Schedule(jobs, start, end)


@pytest.fixture(scope="session", params=FIGURES)
def policy(request: pytest.FixtureRequest) -> str:
    """Return the name of a policy whose schedule is known."""
    return str(request.param)


@pytest.fixture(scope="session", params=STRIDES)
def kth(request: pytest.FixtureRequest, trace_file: Callable[[str], Path], policy: str) -> Schedule:
    """Return the schedule of KTH-SP2 under the policy, on each stride."""
    return replayed(trace_file(KTH), 100, policy, request.param)


def test_kth_has_the_starts_of_the_digest(kth: Schedule, policy: str) -> None:
    page = (Path(__file__).parents[1] / "docs" / "traces.md").read_text(encoding="utf-8")
    digests = dict(re.findall(r"^\| (\S+) \| `([0-9a-f]{64})` \| [\d.]+ \|$", page, re.MULTILINE))
    assert set(digests) == set(FIGURES)
    starts = (kth.start // SECOND).astype("<i8").tobytes()
    assert hashlib.sha256(starts).hexdigest() == digests[policy]


def test_kth_job_for_job(kth: Schedule, policy: str, traces: Path) -> None:
    found = sorted(traces.rglob(f"KTH-SP2_{policy}.csv.gz"))
    if not found:
        pytest.skip(f"KTH-SP2_{policy}.csv.gz is not below {traces}; the starts' digest is tested without it")
    with gzip.open(found[0], "rt") as file:
        expected = np.loadtxt(file, dtype=np.int64, delimiter=",", skiprows=1)
    assert kth.jobs.names is not None
    names = np.array(kth.jobs.names, dtype=np.int64)
    times = np.column_stack([names, *(t // SECOND for t in (kth.jobs.submit, kth.start, kth.end))])
    assert len(expected) == 28_467
    assert not np.flatnonzero((times != expected).any(axis=1)).size


def test_kth_figures(kth: Schedule, policy: str) -> None:
    wait, slowdown, makespan = FIGURES[policy]
    assert round(float(kth.wait_seconds.mean()), 4) == wait
    assert round(kth.bounded_slowdown, 5) == slowdown
    assert (kth.end.max() - kth.jobs.submit.min()) // SECOND == makespan


def test_conservative_is_near_pyss(trace_file: Callable[[str], Path]) -> None:
    jobs, start, end = replayed(trace_file(KTH), 100, "conservative", "calendar")
    found = pyss_figures(jobs.submit, start, end, jobs.walltime, jobs.gang // 1000)
    # pyss repairs 9 records that are left out here.
    assert 28_188 - 9 <= found.jobs <= 28_188
    assert found.wait_minutes == pytest.approx(PYSS_CONSERVATIVE[0], rel=0.015)
    assert found.bounded_slowdown == pytest.approx(PYSS_CONSERVATIVE[1], rel=0.015)


@pytest.mark.parametrize(
    ("order", "backfill"), [("fifo", "easy"), *product(("smallest-area", "f1", "wfp3"), ("none", "easy"))]
)
def test_kth_in_an_order_job_for_job(trace_file: Callable[[str], Path], order: str, backfill: str) -> None:
    schedule = replayed(trace_file(KTH), 100, Policy(order, backfill), "calendar")
    assert schedule.jobs.names is not None
    found = dict(zip(map(int, schedule.jobs.names), (schedule.start // SECOND).tolist(), strict=True))
    assert found == starts_of(trace_file(KTH), 100, order, backfill)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize(("rule", "mean"), [("fcfs", 8.0813), ("easy", 4.0666)])
def test_nasa_mean_waits(trace_file: Callable[[str], Path], rule: str, mean: float, stride: str) -> None:
    schedule = replayed(trace_file(NASA), 128, rule, stride)
    assert len(schedule.jobs) == 18_066
    assert round(float(schedule.wait_seconds.mean()), 4) == mean

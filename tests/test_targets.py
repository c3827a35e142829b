from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand import FLEET, log_of

from onecenter.log import fates
from onecenter.metrics import Window, center_figures, figures, platform_figures
from onecenter.targets import Judgement, Target, judge, meets, targets_of
from onecenter.workload.table import workload


def judged(target: Target, waits: list[int], cancelled: int = 0, waiting: int = 0, age: int = 0) -> Judgement:
    """Judge jobs that waited so long, were cancelled waiting, or still wait after `age`."""
    wait = np.array(waits + [0] * cancelled + [age] * waiting)
    started = np.arange(len(wait)) < len(waits)
    still = np.arange(len(wait)) >= len(waits) + cancelled
    return judge(target, np.full(len(wait), 1_000), wait, np.full(len(wait), 100), started, still)


MINUTE = Target("wait", 95.0, 60_000)


@pytest.mark.parametrize(
    ("waits", "cancelled", "waiting", "age", "verdict"),
    [
        ([60_000] * 380 + [60_001] * 20, 0, 0, 0, "met"),
        ([60_000] * 379 + [60_001] * 21, 0, 0, 0, "missed"),
        ([0] * 380, 20, 0, 0, "met"),
        ([0] * 379, 21, 0, 0, "missed"),
        ([0] * 379 + [70_000] * 20, 0, 1, 60_000, "undecided"),
        ([0] * 379 + [70_000] * 20, 0, 1, 60_001, "missed"),
        ([0] * 378 + [70_000] * 21, 0, 1, 5, "missed"),
        ([0] * 380 + [70_000] * 19, 0, 1, 5, "met"),
        ([0] * 399, 0, 0, 0, "undecided"),
        ([], 0, 0, 0, "undecided"),
    ],
)  # fmt: skip
def test_verdicts(waits: list[int], cancelled: int, waiting: int, age: int, verdict: str) -> None:
    judgement = judged(MINUTE, waits, cancelled, waiting, age)
    assert judgement.verdict == verdict
    assert bool(judgement.reason) == (verdict == "undecided")


def test_an_undecided_target_says_why() -> None:
    assert judged(MINUTE, [0] * 100).reason == "100 jobs: 5.0 expected beyond the percentile, 20 are needed"
    assert "1 jobs still waiting" in judged(MINUTE, [0] * 379 + [70_000] * 20, 0, 1, 5).reason


def test_measured_counts_a_cancelled_job_as_never_started() -> None:
    waits = list(range(1_000, 401_000, 1_000))
    assert judged(MINUTE, waits).measured == 380
    assert judged(MINUTE, waits[:380], cancelled=20).measured == 380
    assert judged(MINUTE, waits[:379], cancelled=21).measured is None
    assert judged(MINUTE, waits[:379], cancelled=21).within == 60 / 400
    assert judged(MINUTE, []).within is None


def test_size_classes_and_expansion() -> None:
    gang = np.array([1_000, 8_000, 8_001, 64_000])
    assert Target("wait", 95, 1, None, 8_000).covers(gang).tolist() == [True, True, False, False]
    assert Target("wait", 95, 1, 8_000, 64_000).covers(gang).tolist() == [False, False, True, True]
    assert Target("wait", 95, 1, 8_000, 64_000).name == "wait p95 (> 8, <= 64 accelerators)"
    assert Target("expansion", 99.5, 2.2).name == "expansion p99.5"
    assert (Target("expansion", 95, 2.2).limit_text, MINUTE.limit_text) == ("2.2", "1 min")
    # Runs of 100 ms: a wait of 120 ms expands them by 2.2.
    stretched = Target("expansion", 95.0, 2.2)
    assert judged(stretched, [120] * 380 + [121] * 20).verdict == "met"
    assert judged(stretched, [120] * 379 + [121] * 21).verdict == "missed"
    assert judged(stretched, [120] * 400).measured == pytest.approx(2.2)
    assert judged(stretched, [120] * 400).target == 2.2


def test_verdicts_together() -> None:
    assert meets(["met", "met"]) is True
    assert meets(["met", "undecided"]) is None
    assert meets(["undecided", "missed"]) is False
    assert meets([]) is None


def test_targets_of_a_platform() -> None:
    sizes = (
        SimpleNamespace(max_accelerators=1_000, wait={"p95": 60_000}, expansion=None),
        SimpleNamespace(max_accelerators=8_000, wait=None, expansion={"p90": 3.0}),
    )
    platform = SimpleNamespace(wait={"p95": 180_000, "p99.5": 600_000}, expansion={"p95": 2.2}, sizes=sizes)
    assert targets_of(platform) == (
        Target("wait", 95.0, 180_000),
        Target("wait", 99.5, 600_000),
        Target("expansion", 95.0, 2.2),
        Target("wait", 95.0, 60_000, None, 1_000),
        Target("expansion", 90.0, 3.0, 1_000, 8_000),
    )
    assert targets_of(SimpleNamespace(wait=None, expansion=None, sizes=None)) == ()


def many_jobs(waits: list[int]) -> Any:
    n = len(waits)
    rows = [(0, "submit", j) for j in range(n)]
    rows += sorted([(wait, "start", j, 0, 1) for j, wait in enumerate(waits)])
    log = log_of(rows, unit=1)
    jobs = workload(submit=[0] * n, run=[10**6] * n, walltime=[100] * n, accelerators=[0] * n)
    return jobs, fates(log, n)


def test_targets_in_the_figures() -> None:
    jobs, fate = many_jobs([60_000] * 380 + [60_001] * 20)
    targets = {"all": (MINUTE, Target("expansion", 95.0, 601.0), Target("wait", 99.0, 1))}
    parts = platform_figures(jobs, fate, FLEET, Window(0, 100_000), targets)
    assert [one["verdict"] for one in parts["all"]["targets"]] == ["met", "met", "undecided"]
    assert parts["all"]["meets_target"] is None
    center = center_figures(jobs, fate, FLEET, Window(0, 100_000), parts)
    assert center["targets"][0] == {
        "platform": "all",
        "what": "wait p95",
        "target": 60.0,
        "measured": 60.0,
        "jobs": 400,
        "within": 0.95,
        "verdict": "met",
        "reason": "",
    }
    assert center["meets_target"] is None


def test_a_run_that_goes_on_counts_with_what_it_will_run() -> None:
    # They run until their walltime of 100 ms: a wait of 60 s expands that by 601.
    jobs, fate = many_jobs([60_000] * 400)
    found = figures(jobs, fate, FLEET, Window(0, 60_001), [Target("expansion", 95.0, 600.0)])
    assert found["targets"][0]["measured"] == 601
    assert found["meets_target"] is False

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand import FLEET, log_of
from onecenter_kernels import codes

from onecenter.results.figures import center_figures, figures, platform_figures
from onecenter.results.log import CANCELLED_WAITING, REFUSED, WAITING
from onecenter.results.seen import Seen
from onecenter.results.segments import fates
from onecenter.results.targets import PLACES, Judgement, Target, counted, exceeded, judge, meets, places, targets_of
from onecenter.results.window import Window
from onecenter.words import Words
from onecenter.workload.table import workload


def jobs_seen(waits: list[int], cancelled: int = 0, waiting: int = 0, age: int = 0, refused: int = 0) -> Seen:
    """Return jobs of 100 ms that waited for these times, were cancelled, still wait after `age`, or were refused."""
    wait = np.array(waits + [0] * cancelled + [age] * waiting + [0] * refused)
    fate = [codes.COMPLETED] * len(waits) + [CANCELLED_WAITING] * cancelled + [WAITING] * waiting + [REFUSED] * refused
    n = len(wait)
    full = {"submit": 0, "held": 0, "run": 100, "interrupted": 0, "gang": 1_000, "deadline": -1, "killed": False}
    columns: Any = {name: np.full(n, value) for name, value in full.items()}
    return Seen(wait=wait, outcome=np.array(fate, np.int8), until=0, **columns)


def judged(target: Target, *jobs: Any, **more: int) -> Judgement:
    return judge(target, jobs_seen(*jobs, **more))


MINUTE = Target("wait", 95.0, 60_000)


@pytest.mark.parametrize(
    ("waits", "cancelled", "waiting", "age", "refused", "verdict"),
    [
        ([60_000] * 380 + [60_001] * 20, 0, 0, 0, 0, "met"),
        ([60_000] * 379 + [60_001] * 21, 0, 0, 0, 0, "missed"),
        ([0] * 380, 20, 0, 0, 0, "met"),
        ([0] * 379, 21, 0, 0, 0, "missed"),
        ([0] * 380, 0, 0, 0, 20, "met"),
        ([0] * 379, 0, 0, 0, 21, "missed"),
        ([0] * 379 + [70_000] * 20, 0, 1, 60_000, 0, "undecided"),
        ([0] * 379 + [70_000] * 20, 0, 1, 60_001, 0, "missed"),
        ([0] * 378 + [70_000] * 21, 0, 1, 5, 0, "missed"),
        ([0] * 380 + [70_000] * 19, 0, 1, 5, 0, "met"),
        ([0] * 19 + [70_000], 0, 0, 0, 0, "met"),
        ([0] * 15 + [70_000] * 6, 0, 0, 0, 0, "missed"),
        ([], 0, 0, 0, 0, "undecided"),
    ],
)  # fmt: skip
def test_verdicts(waits: list[int], cancelled: int, waiting: int, age: int, refused: int, verdict: str) -> None:
    judgement = judged(MINUTE, waits, cancelled, waiting, age, refused)
    assert judgement.verdict == verdict
    assert bool(judgement.reason) == (verdict != "met")
    assert judgement.jobs == len(waits) + cancelled + waiting + refused
    assert judgement.jobs == sum(getattr(judgement, name) for name in PLACES)


def test_a_target_that_is_not_met_says_why() -> None:
    assert judged(MINUTE, []).reason == "no jobs"
    found = judged(MINUTE, [0] * 3 + [70_000] * 4, 1, 0, 0, 7_000)
    assert found.reason == (
        "3 of 7,008 jobs in time (0.0 %), 6,658 are needed: 4 late, 7,000 can never run on this center, "
        "1 left while they waited"
    )
    found = judged(MINUTE, [0] * 379 + [70_000] * 20, 0, 1, 5)
    assert found.reason == (
        "379 of 400 jobs in time (95 %), 380 are needed: 20 late, 1 still waiting, for less than the limit"
    )


def test_few_jobs_beyond_the_percentile_are_said_and_change_no_verdict() -> None:
    assert judged(MINUTE, [0] * 399).few
    assert not judged(MINUTE, [0] * 400).few
    assert judged(MINUTE, [0] * 399).verdict == "met"


def test_measured_counts_a_job_that_never_starts_as_longer_than_any() -> None:
    waits = list(range(1_000, 401_000, 1_000))
    assert judged(MINUTE, waits).measured == 380
    assert judged(MINUTE, waits[:380], cancelled=20).measured == 380
    assert judged(MINUTE, waits[:380], cancelled=10, refused=10).measured == 380
    never = judged(MINUTE, waits[:379], cancelled=20, refused=1)
    assert (never.measured, never.measured_low, never.measured_high) == (None, None, None)
    assert never.within == 60 / 400
    still = judged(MINUTE, waits[:379], waiting=21, age=5_000)
    assert (still.measured, still.measured_low, still.measured_high) == (None, 359, None)
    assert judged(MINUTE, []).within is None


def test_size_classes_and_expansion() -> None:
    gang = np.array([1_000, 8_000, 8_001, 64_000])
    assert Target("wait", 95, 1, None, 8_000).covers(gang).tolist() == [True, True, False, False]
    assert Target("wait", 95, 1, 8_000, 64_000).covers(gang).tolist() == [False, False, True, True]
    assert Target("wait", 95, 1, 8_000, 64_000).name == "wait p95 (> 8, <= 64 accelerators)"
    assert Target("expansion", 99.5, 2.2).name == "expansion p99.5"
    assert [one.limit_said(Words()) for one in (Target("expansion", 95, 2.2), MINUTE)] == ["2.2", "1 min"]
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
    parts = platform_figures(jobs, fate, FLEET, Window(0, 100_000), 100_000, targets)
    assert [one["verdict"] for one in parts["all"]["targets"]] == ["met", "met", "missed"]
    # All have waited longer than a millisecond.
    assert {name: parts["all"][name] for name in PLACES} == dict.fromkeys(PLACES, 0) | {"late": 400}
    assert parts["all"]["meets_target"] is False
    center = center_figures(jobs, fate, FLEET, Window(0, 100_000), 100_000, parts)
    assert center["late"] == 400
    assert center["targets"][0] == {
        "platform": "all",
        "what": "wait p95",
        "target": 60.0,
        "measured": 60.0,
        "measured_low": 60.0,
        "measured_high": 60.0,
        "jobs": 400,
        "in_time": 380,
        "late": 20,
        "refused": 0,
        "cancelled_waiting": 0,
        "open": 0,
        "within": 0.95,
        "verdict": "met",
        "few": False,
        "reason": "",
    }


def test_a_job_is_in_time_if_each_target_that_covers_it_is_kept() -> None:
    # Gangs of 1, 1 and 8; waits of 5, 70 and 70 s. Only the small ones have the second target.
    jobs = replace(jobs_seen([5_000, 70_000, 70_000]), gang=np.array([1_000, 1_000, 8_000]))
    long, short = Target("wait", 95, 80_000), Target("wait", 95, 60_000, None, 1_000)
    over = exceeded(long, jobs) | exceeded(short, jobs)
    assert counted(places(jobs, over)) == dict.fromkeys(PLACES, 0) | {"in_time": 2, "late": 1}


def test_a_run_that_goes_on_counts_with_what_it_will_run() -> None:
    # They run until their walltime of 100 ms: a wait of 60 s expands that by 601.
    jobs, fate = many_jobs([60_000] * 400)
    found = figures(jobs, fate, FLEET, Window(0, 60_001), 60_001, [Target("expansion", 95.0, 600.0)])
    assert found["targets"][0]["measured"] == 601
    assert found["meets_target"] is False

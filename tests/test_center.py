"""The center as users' own processes see it: submit and cancel."""

from typing import Any

import pytest
from by_hand import job, named, nodes, starts
from engines import Steps, center_of
from onecenter_kernels import codes

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import DEFAULTS, workload

LONE: dict[str, Any] = {"run_time": 5, "accelerators": 1}


@pytest.fixture(params=STRIDES)
def stride(request: pytest.FixtureRequest) -> str:
    """Return each stride's name."""
    return str(request.param)


# ---- submit and cancel


def test_submit_numbers_on_and_starts_at_once(stride: str) -> None:
    center = center_of(job(0, 5, 1), job(9, 1, 1), stride=stride)
    ids: list[int] = []

    def script() -> Steps:
        yield center.after(3)
        ids.append(center.submit(run_time="4 ms", accelerators=1))
        ids.append(center.submit(run_time=2, accelerators=2, walltime=1, priority=7, patience="1 min"))

    center.process(script())
    center.run()
    assert ids == [2, 3]
    assert starts(center.log) == {0: 0, 2: 3, 3: 7, 1: 9}
    assert (8, "kill", 3) in named(center.log)


def test_submit_before_the_run_comes_after_the_known_jobs_of_that_instant(stride: str) -> None:
    center = center_of(job(0, 5, 2), stride=stride)
    assert center.submit(run_time=1, accelerators=1) == 1
    center.run()
    assert starts(center.log) == {0: 0, 1: 5}


def test_a_center_without_jobs_of_its_own(stride: str) -> None:
    none = workload(submit=[], run=[], walltime=[], accelerators=[])
    center = Center([nodes(1, 2)], Policy(), none, stride=stride)
    center.run()
    assert len(center.log) == 0
    center = Center([nodes(1, 2)], Policy(), none, stride=stride)
    center.submit(run_time=1, accelerators=2)
    center.run()
    assert named(center.log) == [(0, "submit", 0), (0, "start", 0, 0, -1, 1), (1, "end", 0, "completed")]


def test_submit_with_everything_it_can_say(stride: str) -> None:
    fleet = [NodeType("small", 1, 1, 4000, 8), NodeType("large", 2, 4, 16000, 64)]
    start = workload(platforms=["a", "b"], submit=[0], run=[1], walltime=[1], accelerators=[1000])
    center = Center(fleet, Policy(backfill="none"), start, stride=stride)
    center.submit(
        accelerators=1,
        run_time="2 min",
        walltime="1 h",
        tasks=6,
        cpus=1.5,
        memory="2 MiB",
        spread="any",
        node_types=["large", "small"],
        platform="b",
        priority=-3,
        patience="1 d",
        outcome="failed",
    )
    center.run()
    assert named(center.log)[-1] == (120_000, "end", 1, "failed")
    assert [row[3:] for row in named(center.log) if row[1:3] == ("start", 1)] == [(1, -1, 4), (2, -1, 2)]
    last = {name: int(getattr(center.workload, name)[-1]) for name in DEFAULTS | {"run": 0, "walltime": 0, "submit": 0}}
    assert last == DEFAULTS | {
        "run": 120_000,
        "walltime": 3_600_000,
        "submit": 0,
        "tasks": 6,
        "cpus": 1500,
        "memory": 2,
        "spread": 1,
        "types": 0x12,
        "platform": 1,
        "priority": -3,
        "patience": 86_400_000,
        "outcome": codes.FAILED,
    }


def test_the_workload_grows_with_its_names() -> None:
    given = workload(names=["x"], submit=[0], run=[1], walltime=[1], accelerators=[1000])
    center = Center([nodes(1, 2)], Policy(), given)
    assert center.workload is given
    center.submit(**LONE)
    assert center.workload.names == ("x", "posted")
    assert len(center.workload) == 2


def test_cancel_a_waiting_a_running_a_future_and_a_gone_job(stride: str) -> None:
    center = center_of(job(0, 9, 2), job(0, 5, 1), job(6, 1, 1), job(0, 2, 1), stride=stride)

    def script() -> Steps:
        yield center.after(2)
        center.cancel(1)
        center.cancel(3)
        yield center.after(2)
        center.cancel(0)
        center.cancel(1)
        yield center.after(1)
        center.cancel(0)

    center.process(script())
    center.run()
    assert named(center.log) == [
        (0, "submit", 0),
        (0, "submit", 1),
        (0, "submit", 2),
        (0, "start", 0, 0, -1, 1),
        (2, "cancel", 1),
        (4, "end", 0, "cancelled_running"),
        (4, "start", 2, 0, -1, 1),
        (6, "end", 2, "completed"),
        (6, "submit", 3),
        (6, "start", 3, 0, -1, 1),
        (7, "end", 3, "completed"),
    ]


def test_cancelling_what_is_no_longer_there_makes_no_step(stride: str) -> None:
    center = center_of(job(0, 3, 1), job(20, 1, 1), stride=stride)

    def script() -> Steps:
        for _ in range(9):
            yield center.after(2)
            center.cancel(0 if center.env.now > 3 else 1)

    center.process(script())
    center.run()
    assert center.work["steps"] == 4
    assert center.work["log_rows"] == len(center.log) == 6
    assert center.work["visits"] > 0


def test_fractions_can_be_posted_where_devices_are_kept(stride: str) -> None:
    center = center_of(stride=stride, fractions=True)
    center.submit(run_time=3, accelerators=0.25, tasks=3)
    center.submit(run_time=3, accelerators=0.334)
    center.run()
    assert [row for row in named(center.log) if row[1] == "start"] == [
        (0, "start", 0, 0, -1, 1),
        (0, "start", 1, 0, 1, 3),
        (1, "start", 2, 0, 0, 1),
    ]


def test_fractions_are_kept_where_a_known_job_has_one() -> None:
    center = center_of(job(0, 1, 0.5))
    assert center.submit(run_time=1, accelerators=0.5) == 1

"""The center as users' own processes see it, and several cores on one conductor."""

from typing import Any

import numpy as np
import pytest
from by_hand import job, named, nodes, starts, table
from engines import Steps
from onecenter_kernels import codes

from onecenter.center import Center
from onecenter.conductor import STRIDES
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import DEFAULTS, workload

LONE: dict[str, Any] = {"run_time": 5, "accelerators": 1}


@pytest.fixture(params=STRIDES)
def stride(request: pytest.FixtureRequest) -> str:
    """Return each stride's name."""
    return str(request.param)


def center_of(*jobs: dict[str, int], stride: str = "calendar", **more: Any) -> Center:
    """Return one node of two accelerators with these jobs, first come, first served."""
    return Center([nodes(1, 2)], Policy(backfill="none"), table(jobs or [job(0, 1, 1)]), stride=stride, **more)


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
        (0, "blocked", 1, "no free accelerator"),
        (2, "cancel", 1),
        (2, "blocked", 2, "no free accelerator"),
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


# ---- waiting for a job, and for time


def test_started_and_ended_happen_at_their_instant_with_the_state(stride: str) -> None:
    jobs = [job(1, 4, 2), job(2, 3, 1, walltime=2), job(2, 9, 2, patience=1), job(3, 1, 3)]
    center = center_of(*jobs, stride=stride)
    seen: list[tuple[int, str, int, str]] = []

    def script(what: str, number: int) -> Steps:
        state = yield getattr(center, what)(number)
        assert state == center.state(number)
        seen.append((center.env.now, what, number, state))

    for number in range(4):
        assert center.state(number) == "future"
        for what in ("ended", "started"):
            center.process(script(what, number))
    center.run()
    assert sorted(seen) == [
        (1, "started", 0, "running"),
        (3, "ended", 2, "cancelled"),
        (3, "ended", 3, "refused"),
        (3, "started", 2, "cancelled"),
        (3, "started", 3, "refused"),
        (5, "ended", 0, "ended"),
        (5, "started", 1, "running"),
        (7, "ended", 1, "ended"),
    ]


def test_what_has_happened_already_happens_at_once(stride: str) -> None:
    center = center_of(job(0, 2, 1), stride=stride)
    seen: list[int] = []

    def script() -> Steps:
        yield center.after(7)
        yield center.started(0)
        yield center.ended(0) & center.ended(0)
        seen.append(center.env.now)

    center.process(script())
    center.run()
    assert seen == [7]


def test_several_wait_for_one_job(stride: str) -> None:
    center = center_of(job(0, 4, 1), stride=stride)
    seen: list[tuple[int, str]] = []

    def script(name: str, delay: int) -> Steps:
        yield center.after(delay)
        yield center.ended(0)
        seen.append((center.env.now, name))

    for name, delay in (("a", 0), ("b", 3), ("c", 4), ("d", 6)):
        center.process(script(name, delay))
    center.run()
    assert seen == [(4, "a"), (4, "b"), (4, "c"), (6, "d")]


def test_what_a_reaction_submits_starts_at_the_same_instant(stride: str) -> None:
    center = center_of(job(0, 4, 2), stride=stride)

    def script() -> Steps:
        yield center.ended(0)
        yield center.started(center.submit(run_time=2, accelerators=1))
        yield center.started(center.submit(run_time=1, accelerators=1))
        center.submit(run_time=1, accelerators=1)

    center.process(script())
    center.run()
    assert [(int(t), int(again), codes.EVENTS[kind], int(j)) for t, again, kind, j, *_ in center.log] == [
        (0, 0, "submit", 0),
        (0, 0, "start", 0),
        (4, 0, "end", 0),
        (4, 1, "submit", 1),
        (4, 1, "start", 1),
        (4, 2, "submit", 2),
        (4, 2, "start", 2),
        (4, 3, "submit", 3),
        (4, 3, "blocked", 3),
        (5, 0, "end", 2),
        (5, 0, "start", 3),
        (6, 0, "end", 1),
        (6, 0, "end", 3),
    ]


@pytest.mark.parametrize(
    ("delay", "expected"),
    [("2 h", 7_200_000), ("1.5 ms", 2), (0, 0), (3, 3), (2.1, 3), (np.int64(4), 4), (np.float64(4.5), 5)],
)
def test_after(delay: Any, expected: int, stride: str) -> None:
    center = center_of(stride=stride)
    seen: list[int] = []

    def script() -> Steps:
        yield center.after(delay)
        seen.append(center.env.now)

    center.process(script())
    center.run()
    assert seen == [expected]
    assert type(seen[0]) is int


def test_a_run_that_is_over_stays_over(stride: str) -> None:
    center = center_of(job(0, 4, 1), job(1, 9, 1), stride=stride, horizon=6)
    center.run()
    before = center.log.tobytes()
    center.run()
    assert center.env.now == 6
    assert center.state(1) == "running"
    assert center.log.tobytes() == before


# ---- looking around


def test_listeners_see_each_instant_of_the_core() -> None:
    center = center_of(job(0, 4, 2), job(2, 3, 1), job(2, 1, 2), job(2, 1, 1), stride="event")
    seen: list[tuple[int, list[int], list[int]]] = []
    center.listen(lambda it: seen.append((it.env.now, it.free.tolist(), it.waiting.tolist())))
    center.run()
    assert seen == [
        (0, [0], []),
        (2, [0], [1, 2, 3]),
        (4, [1], [2, 3]),
        (7, [0], [3]),
        (8, [1], []),
        (9, [2], []),
    ]


def test_a_listener_may_act() -> None:
    center = center_of(job(0, 4, 2), stride="event")

    def add_one(it: Center) -> None:
        if it.env.now == 4 and len(it.workload) == 1:
            it.submit(run_time=1, accelerators=1)

    center.listen(add_one)
    center.run()
    assert [row["t"] for row in center.log if row["round"] == 1] == [4, 4]
    assert starts(center.log) == {0: 0, 1: 4}


def test_what_is_handed_out_is_a_copy() -> None:
    center = center_of(job(0, 4, 2), job(0, 4, 2))
    center.run()
    center.free[:] = 99
    assert center.free.tolist() == [2]

"""The center as users' own processes see it: waiting for a job or for time, and looking around."""

from typing import Any

import numpy as np
import pytest
from by_hand import job, starts
from engines import Steps, center_of
from onecenter_kernels import codes

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES


@pytest.fixture(params=STRIDES)
def stride(request: pytest.FixtureRequest) -> str:
    """Return each stride's name."""
    return str(request.param)


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

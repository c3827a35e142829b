"""The center as users' own processes see it, and several cores on one conductor."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from by_hand import job, named, nodes, starts, table
from engines import Steps, by_core, check_equal
from onecenter_kernels import codes
from random_scenarios import random_scenario

from onecenter.center import Center
from onecenter.conductor import STRIDES, Clock, Conductor
from onecenter.core import Core
from onecenter.errors import SimulationError
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


# ---- mistakes

MISTAKES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no run time": ({"run_time": 0}, ["run_time = 0 ms", "walltime = 0 ms"]),
    "run time below 0": ({"run_time": -5, "walltime": 1}, ["run_time = -5 ms"]),
    "run time without a unit": ({"run_time": "5"}, ["run_time = '5'", "unit"]),
    "run time no number": ({"run_time": float("nan")}, ["run_time = nan"]),
    "run time without end": ({"run_time": float("inf")}, ["run_time = inf"]),
    "run time of no kind": ({"run_time": None}, ["run_time = None"]),
    "run time of ages": ({"run_time": 10**17}, ["run_time = 1e+17 ms", "walltime"]),
    "no walltime": ({"walltime": 0}, ["walltime = 0 ms"]),
    "no patience": ({"patience": 0}, ["patience = 0 ms"]),
    "patience below 0": ({"patience": -1}, ["patience = -1 ms"]),
    "no tasks": ({"tasks": 0}, ["tasks = 0"]),
    "half a task": ({"tasks": 1.5}, ["tasks = 1.5"]),
    "too many tasks": ({"tasks": 2**31}, ["tasks = 2.14748e+09"]),
    "accelerators below 0": ({"accelerators": -1}, ["accelerators = -1"]),
    "one and a half accelerators": ({"accelerators": 1.5}, ["accelerators = 1.5", "a whole number, or less than 1"]),
    "a third": ({"accelerators": 1 / 3}, ["accelerators = 0.333", "three decimals"]),
    "accelerators no number": ({"accelerators": float("nan")}, ["accelerators = nan"]),
    "too many accelerators": ({"accelerators": 2**31}, ["accelerators = 2.14748e+09"]),
    "cpus below 0": ({"cpus": -0.5}, ["cpus = -0.5"]),
    "memory without a unit": ({"memory": "5"}, ["memory = '5'"]),
    "memory as a number": ({"memory": 5}, ["memory = 5"]),
    "unknown spread": ({"spread": "some"}, ["spread = 'some'", "tasks, any"]),
    "two accelerators anywhere": ({"spread": "any", "accelerators": 2}, ["accelerators = 2 with spread 'any'"]),
    "unknown outcome": ({"outcome": "lost"}, ["outcome = 'lost'", "completed, failed, cancelled_running"]),
    "unknown platform": ({"platform": "b"}, ["platform = 'b'", "all"]),
    "unknown node type": ({"node_types": ["type", "910c"]}, ["node type '910c'", "type is expected"]),
    "no node type": ({"node_types": []}, ["node_types = []"]),
    "a node type twice": ({"node_types": ["type", "type"]}, ["node_types = ['type', 'type']"]),
    "priority no number": ({"priority": "high"}, ["priority = 'high'"]),
    "priority too high": ({"priority": 2**40}, ["priority = 1.09951e+12"]),
    "fraction without devices": ({"accelerators": 0.5}, ["fractions=True"]),
    "all at once": (
        {"run_time": "x", "tasks": 0, "cpus": -1, "memory": "x", "spread": "x", "node_types": ["x"]},
        ["6 mistakes", "run_time = 'x'", "tasks = 0", "cpus = -1", "memory = 'x'", "spread = 'x'", "node type 'x'"],
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_submit_tells_all_mistakes_and_submits_nothing(case: str) -> None:
    wrong, told = MISTAKES[case]
    center = center_of(job(0, 1, 1))
    with pytest.raises(SimulationError) as raised:
        center.submit(**LONE | wrong)
    text = str(raised.value)
    assert text.startswith("submit: ")
    assert [part for part in told if part not in text] == []
    center.run()
    assert len(center.log) == 3
    assert len(center.workload) == 1


@pytest.mark.parametrize("number", [-1, 1, 10**6])
@pytest.mark.parametrize("call", ["cancel", "started", "ended", "state"])
def test_a_job_that_is_not_there(call: str, number: int) -> None:
    center = center_of(job(0, 1, 1))
    with pytest.raises(SimulationError, match=f"{number}: there is no such job, the ids so far are 0 to 0"):
        getattr(center, call)(number)


def test_a_stride_that_is_not_there() -> None:
    with pytest.raises(SimulationError, match="'daily': one of calendar, event is expected"):
        center_of(stride="daily")


def test_the_clock_counts_whole_milliseconds() -> None:
    with pytest.raises(SimulationError, match=r"its time is 0\.5: an int \(ms\) is expected"):
        Conductor(Clock(0.5))


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


def test_the_calendar_stride_has_no_listeners() -> None:
    with pytest.raises(SimulationError, match="use stride='event'"):
        center_of().listen(print)


def test_what_is_handed_out_is_a_copy() -> None:
    center = center_of(job(0, 4, 2), job(0, 4, 2))
    center.run()
    center.free[:] = 99
    assert center.free.tolist() == [2]


# ---- several cores


def cores_together(seeds: range, stride: str) -> tuple[Conductor, list[Core]]:
    """Return a conductor with the cores of these seeds."""
    conductor = Conductor(Clock(), stride)
    cores = []
    for seed in seeds:
        scenario = random_scenario(seed)
        cores.append(Core(scenario.fleet, scenario.policy, scenario.workload))
        conductor.add(cores[-1], lambda: None)
    return conductor, cores


@pytest.mark.parametrize("first", range(0, 30, 3))
def test_cores_side_by_side_do_as_each_alone(first: int, stride: str) -> None:
    seeds = range(first, first + 3)
    conductor, cores = cores_together(seeds, stride)
    conductor.run()
    for seed, core in zip(seeds, cores, strict=True):
        check_equal(core.log, by_core(random_scenario(seed)._replace(horizon=None)))


def handed_on(seeds: range, stride: str) -> list[bytes]:
    """Return the logs of cores of which each gets, at once, the jobs that the one before has ended."""
    conductor, cores = cores_together(seeds, stride)
    handed: set[tuple[int, int]] = set()

    def hand_on() -> None:
        for place, (here, there) in enumerate(pairwise(cores)):
            for number in np.flatnonzero(here.jobs["state"] == codes.S_ENDED).tolist():
                if (place, number) not in handed:
                    handed.add((place, number))
                    there.watch(there.post_submit(DEFAULTS | {"run": 1, "walltime": 2, "accelerators": 1000}, now()))
                    conductor.arm(now())

    def now() -> int:
        return conductor.env.now

    for core in cores:
        for number in range(len(core.jobs)):
            core.watch(number)
    conductor.reactions[-1] = hand_on
    conductor.run()
    assert len(handed) > len(cores[0].jobs) / 2
    return [core.log.tobytes() for core in cores]


@pytest.mark.parametrize("first", range(0, 30, 3))
def test_cores_that_hand_jobs_on_do_the_same_on_both_strides(first: int) -> None:
    seeds = range(first, first + 3)
    assert handed_on(seeds, "calendar") == handed_on(seeds, "event")

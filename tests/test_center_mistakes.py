"""What the center answers to impossible calls: one error that tells all mistakes."""

from typing import Any

import pytest
from engines import center_of

from onecenter.engine.clock import Clock
from onecenter.engine.conductor import Conductor
from onecenter.errors import SimulationError

LONE: dict[str, Any] = {"run_time": 5, "accelerators": 1}


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
    "platform without a name": ({"platform": ""}, ["platform = ''", "all is expected"]),
    "a truth value": ({"accelerators": True}, ["accelerators = True", "no truth value"]),
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
    center = center_of()
    with pytest.raises(SimulationError) as raised:
        center.submit(**LONE | wrong)
    text = str(raised.value)
    assert text.startswith("submit: ")
    assert [part for part in told if part not in text] == []
    center.run()
    assert len(center.log) == 3
    assert len(center.workload) == 1


@pytest.mark.parametrize("number", [-1, 1, 10**6, 0.5, "0", None])
@pytest.mark.parametrize("call", ["cancel", "started", "ended", "state"])
def test_a_job_that_is_not_there(call: str, number: object) -> None:
    center = center_of()
    with pytest.raises(SimulationError, match=f"{number!r}: there is no such job, the ids so far are 0 to 0"):
        getattr(center, call)(number)


def test_a_stride_that_is_not_there() -> None:
    with pytest.raises(SimulationError, match="'daily': one of calendar, event is expected"):
        center_of(stride="daily")


def test_the_clock_counts_whole_milliseconds() -> None:
    with pytest.raises(SimulationError, match=r"its time is 0\.5: an int \(ms\) is expected"):
        Conductor(Clock(0.5))


def test_a_listener_is_a_function() -> None:
    with pytest.raises(SimulationError, match="None: a function of the center is expected"):
        center_of(stride="event").listen(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("delay", [float("nan"), float("inf")])
def test_a_delay_of_simpy_is_finite(delay: float) -> None:
    with pytest.raises(SimulationError, match="a number of ms is expected"):
        center_of().env.timeout(delay)


@pytest.mark.parametrize(("until", "told"), [(-1, "until = -1"), ("soon", "until = 'soon'"), (3, "it is 9 ms already")])
def test_the_clock_runs_to_no_past_instant(until: float | str, told: str) -> None:
    center = center_of(horizon=9)
    center.run()
    with pytest.raises(SimulationError, match=told):
        center.env.run(until)


def test_the_calendar_stride_has_no_listeners() -> None:
    with pytest.raises(SimulationError, match="use stride='event'"):
        center_of().listen(print)

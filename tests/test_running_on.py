"""Runs that go on past their window, and the jobs that they draw for it."""

import numpy as np
import pytest
from by_hand import job, nodes, table
from demand_cases import one_stream
from onecenter_kernels.codes import E_SUBMIT
from random_centers import random_center

import onecenter as oc
from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.policies import Policy
from onecenter.results.log import WAITING
from onecenter.results.segments import fates
from onecenter.results.window import Window
from onecenter.scenario import Scenario, load
from onecenter.simulation import running_on
from onecenter.simulation.running_on import CAP, arrivals_of, cap_of, run_on
from onecenter.workload.build import build
from onecenter.workload.table import Workload

HOUR = 3_600_000


def window_of(scenario: Scenario) -> Window:
    return Window(scenario.time.warmup, scenario.time.horizon)


def check_prefix(scenario: Scenario, *longer: int) -> None:
    jobs, before = build(scenario), arrivals_of(scenario)
    for instant in longer:
        more = before(instant)
        assert more is not None
        assert jobs.begins(more)
        assert (more.submit[len(jobs) :] >= scenario.time.horizon).all()
        jobs = more if instant > scenario.time.horizon else jobs


@pytest.mark.parametrize("number", range(40))
def test_jobs_of_a_longer_time_begin_with_those_of_the_shorter(number: int) -> None:
    scenario = random_center(number)
    horizon = scenario.time.horizon
    check_prefix(scenario, horizon, horizon + 1, horizon + 59 * 60_000, 2 * horizon + 7, 5 * horizon)


@pytest.mark.parametrize("name", ["changsha", "changsha-eighth", "mm-c", "tiny"])
def test_shipped_scenarios_go_on_with_the_same_jobs(name: str) -> None:
    scenario = load(name)
    check_prefix(scenario, scenario.time.horizon + scenario.time.horizon // 8)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 13])
def test_the_log_is_that_of_a_run_that_was_planned_to_last_so_long(number: int, stride: str) -> None:
    scenario = random_center(number)
    window, before = window_of(scenario), arrivals_of(scenario)
    center = Center(scenario.fleet, scenario.policy_, build(scenario), stride=stride, horizon=window.horizon)
    until = run_on(center, window, before)
    jobs = before(until)
    assert jobs is not None
    planned = Center(scenario.fleet, scenario.policy_, jobs, horizon=until)
    planned.run()
    assert center.log.tobytes() == planned.log.tobytes()
    waiting = fates(center.log, len(center.workload)).outcome == WAITING
    inside = (center.workload.submit >= window.warmup) & (center.workload.submit < window.horizon)
    assert until == cap_of(window) or not (waiting & inside).any()


@pytest.mark.parametrize("number", [21, 34, 54])
def test_both_strides_go_on_equally_long(number: int) -> None:
    one, other = (oc.run(random_center(number), stride=stride) for stride in STRIDES)
    assert one.until == other.until > one.window.horizon
    assert one.decisions.tobytes() == other.decisions.tobytes()


def test_a_run_that_nobody_waits_in_ends_with_its_window() -> None:
    center = Center([nodes(1, 2)], Policy(), table([job(0, 50, 1), job(3, 50, 1)]), horizon=10)
    assert run_on(center, Window(0, 10), lambda instant: pytest.fail(f"jobs until {instant} are not needed")) == 10


def test_a_window_without_its_waiting_jobs_is_answered() -> None:
    # A waits since before the warm-up, B of the window has started.
    jobs = table([job(0, 900, 1), job(1, 9, 2), job(20, 5, 1)])
    center = Center([nodes(1, 2)], Policy(), jobs, horizon=30)
    assert run_on(center, Window(10, 30)) == 30


def test_a_job_that_never_starts_is_waited_for_to_the_cap() -> None:
    # Whoever comes goes before B.
    jobs = table([job(t, 10, 1, priority=9) for t in range(0, 2000, 10)] + [job(5, 10, 1)])

    def before(instant: int) -> Workload:
        return jobs.take(np.flatnonzero(jobs.submit < instant))

    center = Center([nodes(1, 1)], Policy(order="priority"), before(100), horizon=100)
    assert run_on(center, Window(0, 100), before) == 100 * (1 + CAP)
    assert int(center.log["t"][center.log["kind"] == E_SUBMIT].max()) == 1090


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize(("backfill", "low", "high"), [("easy", 200, 260), ("conservative", 170, 220)])
def test_a_queue_that_grows_is_followed_as_long_as_it_costs_little(
    backfill: str, low: int, high: int, stride: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # B waits for ever behind jobs that come twice as fast as they run: at t the queue has t / 10 jobs. Looks at the
    # queue at every job cost t^2 / 100 up to t, so five times what the window cost is reached at 100 * sqrt(5); looks
    # at every pair of jobs that wait cost t^3 / 1500: at 100 * cbrt(5).
    jobs = table([job(t, 10, 1, priority=9) for t in range(0, 2000, 5)] + [job(6, 10, 1)])
    monkeypatch.setattr(running_on, "FREE", 0)
    first = jobs.take(np.flatnonzero(jobs.submit < 100))
    policy = Policy(order="priority", backfill=backfill)
    center = Center([nodes(1, 1)], policy, first, stride=stride, horizon=100)
    assert low < run_on(center, Window(0, 100), lambda t: jobs.take(np.flatnonzero(jobs.submit < t))) < high


def test_no_more_jobs_than_can_be_drawn() -> None:
    # 99.9 million jobs in the window, and more than a hundred million with the next stretch.
    scenario = one_stream("10 d", arrivals={"kind": "poisson", "rate": f"{99_900_000 // 240} / h"})
    assert arrivals_of(scenario)(11 * 24 * HOUR) is None
    center = Center([nodes(1, 1)], Policy(), table([job(0, 500, 1), job(1, 500, 1)]), horizon=100)
    assert run_on(center, Window(0, 100), lambda instant: None) == 100


def test_the_cap_lies_inside_the_clock() -> None:
    century = 100 * 365 * 24 * HOUR
    assert cap_of(Window(0, century)) == 10 * century
    assert cap_of(Window(0, 20 * century)) == 20 * century

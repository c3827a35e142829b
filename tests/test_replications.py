"""Replications: alone or together the same, run on past the window, common random numbers, overload."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hand import log_of

import onecenter as oc
from onecenter.errors import OnecenterError, ScenarioError
from onecenter.experiments.measurement import WEEK, Measurement, measurement_of
from onecenter.experiments.replication import nothing_drawn, one_run, seed_of
from onecenter.experiments.replications import Replications, replicate, task_of
from onecenter.policies import Policy
from onecenter.results.backlog import Waiting, backlog_slope, waiting_hours, while_waiting
from onecenter.results.seen import joined, seen, submitted_in
from onecenter.results.segments import fates
from onecenter.results.targets import Target, late
from onecenter.results.window import Window
from onecenter.scenario import Scenario, load, with_set
from onecenter.workload.table import workload

HOUR = 3_600_000


def mmc(servers: int, load_: float, days: str, **more: Any) -> Scenario:
    """Return M/M/c with a mean service time of 1,000 s."""
    rate = f"{3.6 * servers * load_} / h"
    values = {"time.horizon": days, "center.nodes.server.count": servers} | more
    return with_set(load("mm-c"), values | {"platforms.queue.demand.customers.arrivals.rate": rate})


#: One accelerator. Job 0 comes at 0 and runs two hours, 1 at 1 h waits one, 2 at 1 h waits for 1 to end at 4 h.
JOBS = workload(submit=[0, HOUR, HOUR], run=[2 * HOUR, 2 * HOUR, HOUR], walltime=[9 * HOUR] * 3, accelerators=1000)
FATE = fates(
    log_of(
        [
            (0, "submit", 0), (0, "start", 0, 0, 1), (1, "submit", 1), (1, "submit", 2), (2, "end", 0, "completed"),
            (2, "start", 1, 0, 1),
        ],
        HOUR,
    ),
    3,
)  # fmt: skip


def test_jobs_of_several_platforms_together() -> None:
    everyone = seen(JOBS, FATE, 3 * HOUR)
    parts = [everyone.where(np.array(mask)) for mask in ([True, False, True], [False, True, False])]
    assert joined(parts).wait.tolist() == [0, 2 * HOUR, HOUR]
    assert joined(parts).until == 3 * HOUR


def test_late_jobs_by_hand() -> None:
    everyone = seen(JOBS, FATE, 3 * HOUR)
    # Certain, possible, all: after half an hour both late ones are known; after three the last may still make it.
    assert late(Target("wait", 95, HOUR // 2), everyone) == (2, 2, 3)
    assert late(Target("wait", 95, 3 * HOUR), everyone) == (0, 1, 3)
    assert late(Target("wait", 95, HOUR, max_accelerators=500), everyone) == (0, 0, 0)
    assert submitted_in(JOBS, FATE, Window(HOUR, 2 * HOUR)).sum() == 2


def test_what_is_used_while_a_job_waits_by_hand() -> None:
    # Jobs wait from 1 h on; the accelerator is used all the time.
    assert while_waiting(JOBS, FATE, Window(0, 2 * HOUR)) == Waiting(1.0, 1.0)
    assert while_waiting(JOBS, FATE, Window(0, HOUR)) == Waiting(0.0, 0.0)
    # Two accelerators: job 0 runs 0 to 2 on one, job 1 waits from 1 to 3 for two; nothing waits from 3 on.
    gangs = workload(
        submit=[0, HOUR, 4 * HOUR], run=[2 * HOUR] * 3, walltime=[9 * HOUR] * 3, accelerators=[1000, 2000, 0]
    )
    rows: list[tuple[int | str, ...]] = [
        (0, "submit", 0), (0, "start", 0, 0, 1), (1, "submit", 1), (2, "end", 0, "completed"), (3, "start", 1, 0, 1),
        (4, "submit", 2), (4, "start", 2, 0, 1), (5, "end", 1, "completed"), (6, "end", 2, "completed"),
    ]  # fmt: skip
    done = fates(log_of(rows, HOUR), 3)
    assert while_waiting(gangs, done, Window(0, 4 * HOUR)) == Waiting(2.0, 1.0)


def test_waiting_hours_by_hand() -> None:
    # At 1 h the jobs 1 and 2 wait (3 accelerator-hours), from 2 h on job 2 (1).
    t = np.array([0, HOUR, 2 * HOUR - 1, 2 * HOUR, 5 * HOUR])
    assert waiting_hours(JOBS, FATE, t).tolist() == [0, 3, 3, 1, 1]
    assert backlog_slope(JOBS, FATE, Window(0, HOUR + 1), HOUR + 1) == pytest.approx(3)


def test_each_replication_is_repeatable_alone() -> None:
    together = replicate("changsha-eighth", 3)
    assert [each.log_digest for each in together][2] == task_of("changsha-eighth").run(2).log_digest
    assert len({each.log_digest for each in together}) == 3


def test_a_replication_sees_the_jobs_of_a_run_with_its_seed() -> None:
    scenario = mmc(2, 0.7, "10 d")
    one = task_of(scenario).run(1)
    jobs = oc.run(scenario, seed=one.seed).jobs
    assert one.seed == seed_of(scenario.time.seed, 1)
    assert one.everyone.submit.tolist() == [t for t in jobs["submit_ms"] if t >= scenario.time.warmup]


def test_they_run_when_asked_for() -> None:
    runs = replicate(mmc(1, 0.5, "5 d"), 5)
    assert runs._done == {}
    assert runs[-1].index == 4
    assert set(runs._done) == {4}
    assert [each.index for each in runs[1:3]] == [1, 2]


def test_an_executor_changes_nothing() -> None:
    scenario = mmc(2, 0.7, "5 d")
    with ThreadPoolExecutor(2) as executor:
        assert replicate(scenario, 4, executor=executor).figures().equals(replicate(scenario, 4).figures())


def test_a_run_goes_on_until_the_window_has_started() -> None:
    scenario = mmc(1, 0.95, "3 d", **{"time.warmup": "1 d"})
    cut = [
        one_run(scenario, i, Policy(backfill="none"), Window(86_400_000, 3 * 86_400_000), tail=False) for i in range(8)
    ]
    full = list(replicate(scenario, 8))
    assert sum(int(each.everyone.waiting.sum()) for each in cut) > 0
    assert sum(int(each.everyone.waiting.sum()) for each in full) == 0
    for a, b in zip(cut, full, strict=True):
        assert a.log_digest == b.log_digest
        known = a.everyone.started
        assert (a.everyone.submit == b.everyone.submit).all()
        assert (a.everyone.wait[known] == b.everyone.wait[known]).all()


def test_an_overloaded_center_has_exact_waits_of_its_window_and_says_so() -> None:
    runs = replicate(mmc(1, 3, "6 d"), 3)
    assert not any(each.everyone.waiting.any() for each in runs)
    figures = {row["figure"]: row for row in runs.figures().filter(platform="queue").to_dicts()}
    # Work comes three times as fast as it is served: who comes after t days waits about two t.
    assert figures["wait mean"]["value"] == pytest.approx(2 * 4 * 86_400, rel=0.1)
    assert runs.overloaded
    assert "waits grow with the time simulated" in runs.text()
    assert "the first 2 d are cut" in runs._repr_html_()


def test_what_the_cap_leaves_open_is_bounded() -> None:
    # Jobs that run twelve windows: the second of a pair does not start before the cap.
    more = {"time.warmup": "0 d", "platforms.queue.demand.customers.run_time.mean": "30 d"}
    runs = replicate(mmc(1, 0.1, "1 d", **more), 4, measurement=Measurement(Window(0, 86_400_000), None, "all"))
    assert any(each.everyone.waiting.any() for each in runs)
    mean, p99 = runs.wait("queue"), runs.wait("queue", 99)
    assert (mean.value, mean.high, p99.value) == (None, None, None)
    assert mean.low is not None
    assert "still waited" in mean.reason


FIXED = {
    "arrivals": {"kind": "timetable", "slots": ["mon 08:00", "thu 13:00"], "roster": 5},
    "sizes": [{"accelerators": 1}],
    "run_time": {"kind": "constant", "value": "1 h"},
}


@pytest.mark.parametrize(
    ("change", "drawn"),
    [
        ({}, False),
        ({"tenants": {"count": 3}}, False),
        ({"run_time": {"kind": "exponential", "mean": "1 h"}}, True),
        ({"arrivals": {**FIXED["arrivals"], "attendance": 0.5}}, True),  # type: ignore[dict-item]
    ],
)
def test_replications_of_what_leaves_nothing_to_chance(change: dict[str, Any], drawn: bool) -> None:
    scenario = with_set(mmc(4, 0.5, "8 d"), {"platforms.queue.demand.customers": FIXED | change})
    assert nothing_drawn(scenario) is not drawn
    assert len(replicate(scenario, 1)) == 1
    if not drawn:
        with pytest.raises(OnecenterError, match="nothing in it is drawn at random, so all are the same"):
            replicate(scenario, 2)


@pytest.mark.parametrize(
    ("values", "window", "rhythm"),
    [
        ({}, (WEEK, 4 * WEEK), WEEK),
        ({"time.warmup": "8 d"}, (2 * WEEK, 4 * WEEK), WEEK),
        ({"time.horizon": "33 d"}, (WEEK, 4 * WEEK), WEEK),
        ({"time.horizon": "9 d"}, (4 * 86_400_000, 9 * 86_400_000), None),
    ],
)
def test_whole_weeks_where_demand_has_a_rhythm(
    values: dict[str, Any], window: tuple[int, int], rhythm: int | None
) -> None:
    scenario = with_set(load("changsha-eighth"), values) if values else load("changsha-eighth")
    found = measurement_of(scenario, scenario.policy_)
    assert (found.window.warmup, found.window.horizon, found.rhythm) == (*window, rhythm)


def test_mser5_where_demand_is_stationary() -> None:
    scenario = mmc(8, 0.95, "20 d", **{"time.warmup": "0 d"})
    found = measurement_of(scenario, scenario.policy_)
    assert 0 < found.window.warmup <= scenario.time.horizon // 2
    assert "MSER-5" in found.how


def test_precision_stops_when_it_is_reached() -> None:
    runs = replicate(mmc(2, 0.6, "20 d"), precision="5 %")
    assert runs.wait("center").relative_half_width <= 0.05
    fewer = Replications(runs.task, len(runs) - 5)
    assert len(fewer) < 10 or fewer.wait("center").relative_half_width > 0.05


def test_precision_does_not_wait_for_what_more_replications_cannot_tell() -> None:
    # Nobody ever waits.
    assert len(replicate(mmc(40, 0.01, "5 d"), precision="5 %")) == 10


@pytest.mark.parametrize(
    "arguments", [{"n": 0}, {"n": 3, "precision": 0.1}, {"precision": "2"}, {"precision": "much"}, {"precision": "0 %"}]
)
def test_impossible_numbers(arguments: dict[str, Any]) -> None:
    with pytest.raises(OnecenterError, match="expected"):
        replicate("mm-c", **arguments)


def test_unknown_scenario() -> None:
    with pytest.raises(ScenarioError):
        replicate("no-such-scenario", 2)


# ---- common random numbers

CHANGES = {
    "policy": {"policy.order": "sjf", "policy.backfill": "conservative"},
    "nodes": {"center.nodes.910b.count": 40},
    "another platform's scale": {"platforms.industry.demand.pretraining.scale": 0.4},
}


@pytest.mark.parametrize("change", CHANGES)
def test_common_random_numbers(change: str) -> None:
    from onecenter.workload.build import build

    scenario = load("changsha-eighth")
    base, other = build(scenario), build(with_set(scenario, CHANGES[change]))
    for name in ("public-compute", "incubation", "talent"):
        a, b = (jobs.platform == jobs.platforms.index(name) for jobs in (base, other))
        for column in ("submit", "accelerators", "tasks", "run", "walltime"):
            assert (getattr(base, column)[a] == getattr(other, column)[b]).all()
    same = (base.platform == base.platforms.index("industry")).sum()
    assert (same != (other.platform == 2).sum()) == (change == "another platform's scale")


# ---- overload


def overloaded(servers: int, load_: float, days: str, warmup: str) -> int:
    """Return for how many of 20 seeds a center is called overloaded."""
    values = [{"time.warmup": warmup, "time.seed": 1000 + seed} for seed in range(20)]
    return sum(replicate(mmc(servers, load_, days, **each), 10).overloaded for each in values)


@pytest.mark.slow
@pytest.mark.parametrize(("load_", "least", "most"), [(1.05, 19, 20), (0.9, 0, 1)])
def test_overload(load_: float, least: int, most: int) -> None:
    assert least <= overloaded(4, load_, "60 d", "5 d") <= most


FILLING = [(days, *case) for days in ("4 d", "8 d") for case in ((1.05, 19, 20), (0.96, 0, 1))]


@pytest.mark.slow
@pytest.mark.parametrize(("days", "load_", "least", "most"), FILLING)
def test_a_center_that_still_fills_is_not_overloaded(days: str, load_: float, least: int, most: int) -> None:
    assert least <= overloaded(4, load_, days, "0 d") <= most


@pytest.mark.nightly
@pytest.mark.parametrize(("days", "load_", "least", "most"), FILLING)
def test_nor_is_a_larger_one(days: str, load_: float, least: int, most: int) -> None:
    assert least <= overloaded(8, load_, days, "0 d") <= most


def test_a_worker_imports_no_tables_and_no_plots() -> None:
    code = (
        "import pickle, sys\n"
        "pickle.load(sys.stdin.buffer).run(0)\n"
        "print({'polars', 'matplotlib', 'rich'} & set(sys.modules))"
    )
    task = pickle.dumps(task_of("tiny"))
    run = subprocess.run([sys.executable, "-c", code], input=task, capture_output=True, check=True)
    assert run.stdout == b"set()\n"

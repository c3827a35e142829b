"""A run that goes on with a longer workload gives the log of a run that knew it from the beginning."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import Steps, center_of, check_equal, conducted
from onecenter_kernels.codes import BACKFILLS
from random_scenarios import RandomScenario, random_scenario

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.errors import SimulationError
from onecenter.policies import Policy
from onecenter.scenario import load, with_set
from onecenter.workload.build import build
from onecenter.workload.table import Workload

MINUTE = 60_000


def first_jobs(jobs: Workload, before: int) -> Workload:
    """Return the jobs submitted before an instant (ms)."""
    return jobs.take(np.flatnonzero(jobs.submit < before))


def after_earlier_ones(jobs: Workload) -> Workload:
    """Return jobs of which each comes after earlier ones only, so that those of any begin are known with it."""
    if jobs.ties is None:
        return jobs
    early = jobs.ties.other < jobs.ties.job
    links = {name: getattr(jobs.ties, name)[early] for name in ("job", "other", "ok")}
    return replace(jobs, ties=replace(jobs.ties, **links))


def in_stages(scenario: RandomScenario, stride: str, stages: Sequence[int], **more: Any) -> Center:
    """Return the center after a run to each of the instants, its further jobs made known there."""
    jobs = scenario.workload
    first = stages[0]
    center = Center(scenario.fleet, scenario.policy, first_jobs(jobs, first), stride=stride, horizon=first, **more)
    center.run()
    for until in stages[1:]:
        center.extend(first_jobs(jobs, until), until)
        center.run()
    return center


@pytest.mark.parametrize("backfill", BACKFILLS)
@pytest.mark.parametrize("stride", STRIDES)
def test_the_log_is_that_of_the_longer_workload(stride: str, backfill: str) -> None:
    grown = devices = 0
    for seed in range(12):
        scenario = random_scenario(500 + seed, backfill=backfill)
        scenario = scenario._replace(workload=after_earlier_ones(scenario.workload))
        unit = int(scenario.workload.run.min())
        stages = [2 * unit, 4 * unit, 40 * unit]
        scenario = scenario._replace(horizon=stages[-1])
        center = in_stages(scenario, stride, stages)
        whole = conducted(scenario, stride)
        check_equal(center.log, whole.log)
        assert center.workload.begins(whole.workload)
        first = first_jobs(scenario.workload, stages[0])
        grown += len(first) < len(scenario.workload)
        devices += not (first.accelerators % 1000).any() and bool((scenario.workload.accelerators % 1000).any())
    assert grown >= 8
    assert devices >= 1


@pytest.mark.parametrize("stride", STRIDES)
def test_the_first_fraction_of_all_finds_the_devices_as_they_were_taken(stride: str) -> None:
    # A holds device 0 and B device 1; A ends, so the fraction finds device 0 empty, and C device 2.
    jobs = [job(0, 4, 1), job(1, 20, 1), job(5, 9, 0.5), job(5, 9, 1)]
    scenario = RandomScenario((nodes(1, 3),), Policy(), table(jobs), 30)
    center = in_stages(scenario, stride, [5, 30])
    check_equal(center.log, conducted(scenario, stride).log)


def test_a_scenario_over_a_longer_time_begins_with_the_same_jobs() -> None:
    scenario = load("changsha-eighth")
    short, long = (build(with_set(scenario, {"time.horizon": f"{days} d", "time.warmup": "0 d"})) for days in (1, 2))
    assert 0 < len(short) < len(long)
    assert short.begins(long)
    assert not long.begins(short)
    assert not short.begins(replace(long, run=long.run + 1))
    assert not short.begins(replace(long, platforms=long.platforms[::-1]))


def test_events_of_known_jobs_happen_after_the_extension() -> None:
    jobs = table([job(0, 6, 1), job(8, 2, 1)])
    for stride in STRIDES:
        center = Center([nodes(1, 1)], Policy(), jobs.take(np.arange(1)), stride=stride, horizon=4)
        seen = []

        def script(center: Center = center, seen: list[int] = seen) -> Steps:
            yield center.ended(0)
            seen.append(center.env.now)
            yield center.ended(1)
            seen.append(center.env.now)

        center.process(script())
        center.run()
        center.extend(jobs, "1 s")
        center.run()
        assert seen == [6, 10]


@pytest.mark.parametrize("stride", STRIDES)
def test_what_cannot_go_on_is_refused(stride: str) -> None:
    center = center_of(job(0, 5, 1), stride=stride, horizon=7)
    center.run()
    longer = table([job(0, 5, 1), job(7, 2, 1)])
    wrong = [
        (table([job(0, 4, 1), job(7, 2, 1)]), 9, "does not begin with the jobs that are known"),
        (table([job(0, 5, 1), job(6, 2, 1)]), 9, "submitted at 6 ms, before now, 7 ms"),
        (longer, 6, "horizon = 6 ms: it is 7 ms already"),
        (longer, "soon", "horizon = 'soon'"),
        (longer, -1, "horizon = -1"),
    ]
    for jobs, horizon, told in wrong:
        with pytest.raises(SimulationError, match=told):
            center.extend(jobs, horizon)
    center.extend(longer, 9)
    center.submit(run_time=1, accelerators=1)
    with pytest.raises(SimulationError, match="processes have submitted jobs"):
        center.extend(table([job(0, 5, 1), job(7, 2, 1), job(20, 1, 1)]), 30)


def test_first_fractions_after_a_cancel_need_devices_from_the_start() -> None:
    jobs = table([job(0, 9, 1), job(5, 2, 0.5)])
    for fractions in (False, True):
        center = Center([nodes(1, 2)], Policy(), jobs.take(np.arange(1)), horizon=5, fractions=fractions)
        center.run(2)
        center.cancel(0)
        center.run()
        if fractions:
            center.extend(jobs, 20)
            center.run()
            assert center.log["t"].tolist() == [0, 0, 2, 5, 5, 7]
            continue
        with pytest.raises(SimulationError, match="fractions=True"):
            center.extend(jobs, 20)

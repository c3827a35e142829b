"""The load that a scenario offers its center."""

import numpy as np
import pytest
from demand_cases import HOUR, THIRD, listed, one_stream, raw, scenario

from onecenter.scenario.model import Scenario
from onecenter.workload.build import build
from onecenter.workload.load import mean_run_time, offered_load


def test_offered_load_of_a_plain_stream():
    found = offered_load(one_stream(node_types=["old"], sizes=[{"accelerators": 2, "tasks": 3}]))
    row = found.of("p", "old")
    assert row.jobs_per_hour == pytest.approx(10.0)
    assert row.accelerators == pytest.approx(60.0)
    assert row.capacity == 64.0
    assert row.load == pytest.approx(60 / 64)
    assert found.of().load == pytest.approx(60 / 96)
    assert found.of(node_type="new").load == 0.0
    assert found.warnings == ()


def test_scale_and_profile_count_in_the_load():
    arrivals = {"kind": "poisson", "rate": "1 / h", "weekdays": [1, 0, 0, 0, 0, 0, 0]}
    # Ten days from a Monday hold two Mondays, each with seven times the mean rate.
    found = offered_load(one_stream(arrivals=arrivals, scale=3.0))
    assert found.of().accelerators == pytest.approx(3 * 7 * 2 / 10)


def test_work_counts_for_the_first_allowed_type_that_it_fits_on():
    sizes = [{"share": 0.5, "accelerators": 1, "tasks": 40}, {"share": 0.5, "accelerators": 1}]
    found = offered_load(one_stream(sizes=sizes))
    assert found.of("p", "new").accelerators == pytest.approx(5.0)
    assert found.of("p", "old").accelerators == pytest.approx(200.0)
    assert found.of("p").accelerators == pytest.approx(205.0)
    with pytest.raises(KeyError):
        found.of("q", "new")


def test_the_mean_run_time_counts_outcomes_and_kills():
    stream = one_stream(
        run_time={"kind": "exponential", "mean": "1 h"},
        outcome={
            "cancelled": {"share": 0.25, "used": [0.0, 1.0]},
            "failed": {"share": 0.5, "used": [0.2, 0.2]},
        },
    ).platforms["p"].demand["s"]  # fmt: skip
    assert mean_run_time(stream) == pytest.approx(HOUR * (0.25 * 0.5 + 0.5 * 0.2 + 0.25))
    killed = one_stream(
        run_time={"kind": "exponential", "mean": "1 h"}, walltime={"factor": 3.0, "limit": "1 h"}
    ).platforms["p"].demand["s"]  # fmt: skip
    assert mean_run_time(killed) == pytest.approx(HOUR * (1 - np.exp(-1)))
    half = (
        one_stream(
            run_time={"kind": "exponential", "mean": "1 h"},
            walltime={"factor": 3.0, "limit": "1 h"},
            outcome={"failed": {"share": 1.0, "used": [0.5, 0.5]}},
        )
        .platforms["p"]
        .demand["s"]
    )
    # Half an exponential run time is exponential too, of half the mean.
    assert mean_run_time(half) == pytest.approx(HOUR / 2 * (1 - np.exp(-2)))
    short = one_stream(walltime={"factor": [0.25, 0.5]}).platforms["p"].demand["s"]
    assert mean_run_time(short) == pytest.approx(HOUR * 0.25 / np.log(2))


def test_the_offered_load_is_the_mean_of_what_is_drawn():
    made = scenario(time__horizon="400 d", platforms__public__demand__batch__arrivals__burst=None)
    jobs, found = build(made), offered_load(made)
    used = (jobs.gang / 1_000 * np.minimum(jobs.run, jobs.walltime)).astype(float)
    for index, platform in enumerate(made.platforms):
        mine = used[jobs.platform == index]
        # A compound Poisson sum: its variance is at most the sum of squares.
        error = (mine**2).sum() ** 0.5 / made.time.horizon
        assert abs(mine.sum() / made.time.horizon - found.of(platform).accelerators) < 4 * error
        assert error < 0.05 * found.of(platform).accelerators


def test_what_can_never_fit_is_told_and_not_counted():
    sizes = [{"share": 0.5, "accelerators": 1, "tasks": 65}, {"share": 0.5, "accelerators": 1}]
    found = offered_load(one_stream(sizes=sizes, node_types=["old"]))
    assert found.warnings == (
        "platforms.p.demand.s.sizes[0]: never fits, even on the empty center (old); 50 % of the platform's jobs are "
        "refused",
    )
    assert found.of().accelerators == pytest.approx(5.0)


def test_load_above_capacity_is_told_for_those_who_have_no_choice():
    bound = one_stream(scale=5.0, node_types=["new"])
    assert offered_load(bound).warnings == (
        "new: load above capacity, 1.56 times the accelerators asked for by jobs that can run nowhere else",
    )
    both = {"bound": THIRD | {"node_types": ["new"]}, "free": THIRD | {"scale": 10.0}}
    beside = offered_load(Scenario.model_validate(raw(platforms={"p": {"demand": both}})))
    assert beside.of(node_type="new").load > 1.0
    assert beside.warnings == ()
    # Counted for the first type, but the second has room.
    free = offered_load(one_stream(scale=5.0))
    assert free.of(node_type="new").load > 1.0
    assert free.warnings == ()
    assert offered_load(one_stream(scale=10.0)).warnings == (
        "the center: load above capacity, 1.04 times the accelerators asked for",
    )


def test_cpus_and_memory_can_be_what_is_short():
    found = offered_load(one_stream(scale=2.0, sizes=[{"accelerators": 0, "cpus": 90, "memory": "300 GiB"}]))
    assert found.of().load == 0.0
    assert [warning.split(" asked")[0] for warning in found.warnings] == [
        "the center: load above capacity, 1.17 times the cpus",
    ]


def test_listed_jobs_have_a_load():
    long = {"submit": "1 d", "run_time": "2 d", "walltime": "1 d", "accelerators": 4}
    stream = listed(long, {"submit": "11 d"}, {"submit": "10 d"})
    found = offered_load(Scenario.model_validate(raw(platforms={"p": {"demand": {"s": stream}}})))
    assert found.of("p").accelerators == pytest.approx(0.4)
    assert found.warnings == ("platforms.p.demand.s.jobs[1] and 1 more: never submitted, at or after the horizon",)


def test_loads_of_parts_add_up():
    found = offered_load(scenario())
    whole = found.of().accelerators
    assert whole > 0.0
    platforms = [row for row in found.rows if row.platform is not None]
    assert sum(row.accelerators for row in platforms if row.node_type is None) == pytest.approx(whole)
    assert sum(row.accelerators for row in platforms if row.node_type is not None) == pytest.approx(whole)
    types = [row for row in found.rows if row.platform is None and row.node_type is not None]
    assert sum(row.accelerators for row in types) == pytest.approx(whole)

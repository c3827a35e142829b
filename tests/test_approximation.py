"""The cross-check of a plan by M/G/c: its load and variation by hand, and where it does not apply."""

from typing import Any

import numpy as np
import pytest
from waiting_times import Exponential

from onecenter.planning.approximation import approximation
from onecenter.scenario import from_dict, load, with_set
from onecenter.workload.build import build

STREAM = "platforms.queue.demand.customers"
COUNT = "center.nodes.server.count"


def test_the_textbook_queue() -> None:
    # 23.04 jobs an hour of 1,000 s on 8 servers; exponential run times vary as much as they last.
    found = approximation(with_set(load("mm-c"), {"time.horizon": "400 d"}))
    assert found is not None
    assert found.servers == 8
    assert found.load == pytest.approx(0.8, rel=0.01)
    assert found.variation == pytest.approx(1, rel=0.02)
    queue = Exponential(8, found.load)
    assert found.mean_s is not None
    # M/G/c is exact here, but for the run times drawn: their mean and variation.
    assert found.mean_s == pytest.approx(1_000 * queue.mean_wait, rel=0.02)
    assert found.p95_s == pytest.approx(1_000 * queue.percentile(95), rel=0.02)
    assert found.model_dump() == {
        "servers": 8, "load": found.load, "variation": found.variation, "mean_s": found.mean_s, "p95_s": found.p95_s,
    }  # fmt: skip


def test_constant_run_times_do_not_vary() -> None:
    constant = {f"{STREAM}.run_time": {"kind": "constant", "value": "1000 s"}}
    found = approximation(with_set(load("mm-c"), constant))
    assert found is not None
    assert found.variation == 0
    exponential = approximation(load("mm-c"))
    assert exponential is not None
    assert found.mean_s == pytest.approx(exponential.mean_s / 2, rel=0.15)  # type: ignore[operator]


def test_a_job_lasts_no_longer_than_its_walltime() -> None:
    short = {f"{STREAM}.walltime": {"limit": "10 s"}}
    found = approximation(with_set(load("mm-c"), short))
    assert found is not None
    assert found.load < 0.8 / 90


def test_too_small_a_fleet_has_no_wait() -> None:
    found = approximation(with_set(load("mm-c"), {COUNT: 6}))
    assert found is not None
    assert found.load > 1
    assert (found.mean_s, found.p95_s) == (None, None)


NOT_THIS: dict[str, dict[str, Any]] = {
    "larger jobs": {f"{STREAM}.sizes": [{"accelerators": 1, "share": 0.99}, {"accelerators": 2, "share": 0.01}]},
    "parts of accelerators": {f"{STREAM}.sizes": [{"accelerators": 0.5}]},
    "another order": {"policy.order": "sjf"},
    "hours": {f"{STREAM}.arrivals.hours": [*[1.0] * 12, *[2.0] * 12]},
    "weekdays": {f"{STREAM}.arrivals.weekdays": [1, 1, 1, 1, 1, 0.5, 0.5]},
    "bursts": {f"{STREAM}.arrivals.burst": {"shape": 1.6, "every": "1 h", "correlation": 0.3}},
    "patience": {f"{STREAM}.patience": "12 h"},
    "one job": {"time.horizon": "4 d", f"{STREAM}.arrivals.rate": "0.000001 / h"},
}


@pytest.mark.parametrize("case", NOT_THIS)
def test_where_it_does_not_apply(case: str) -> None:
    assert approximation(with_set(load("mm-c"), NOT_THIS[case])) is None


def test_several_node_types_and_listed_jobs_are_no_such_queue() -> None:
    plain = load("mm-c").resolved()
    nodes = plain["center"]["nodes"]
    assert approximation(from_dict(plain, "one type")) is not None
    nodes["other"] = dict(nodes["server"])
    assert approximation(from_dict(plain, "two types")) is None
    assert approximation(with_set(load("tiny"), {"policy.order": "fifo"})) is None


def test_two_jobs_have_a_variation() -> None:
    # Of two values the variance over the squared mean is (a - b)^2 / (a + b)^2.
    two = with_set(
        load("mm-c"),
        {"time.horizon": "4 d", f"{STREAM}.arrivals.rate": "0.02 / h", f"{STREAM}.scale": 1.0},
    )
    for scale in np.arange(1.0, 9.0, 0.25):
        scaled = with_set(two, {f"{STREAM}.scale": float(scale)})
        jobs = build(scaled)
        if len(jobs) == 2:
            break
    assert len(jobs) == 2
    first, second = (min(run, limit) for run, limit in zip(jobs.run.tolist(), jobs.walltime.tolist(), strict=True))
    found = approximation(scaled)
    assert found is not None
    assert found.variation == pytest.approx(((first - second) / (first + second)) ** 2)

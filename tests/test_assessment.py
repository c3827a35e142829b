"""How targets stand over replications: what decides them, and that no job is left out."""

import pytest

from onecenter.experiments.adequacy import adequacy
from onecenter.experiments.assessment import _needed
from onecenter.experiments.replications import replicate
from onecenter.results.targets import PLACES
from onecenter.scenario import load, with_set
from onecenter.simulation.running import without_jobs
from onecenter.statistics.estimates import Estimate


@pytest.mark.parametrize(
    ("low", "late", "high", "needed"),
    [
        # 5 % are allowed. The limit on their side is 2.5 times as far from the share as they are: 6.25 times as many.
        (0.02, 0.0375, 0.06875, 64),
        (0.03125, 0.0625, 0.10, 64),
        (0.03, 0.05, 0.10, None),
        (None, 0.04, None, None),
    ],
)
def test_replications_that_would_decide(low: float | None, late: float, high: float | None, needed: int | None) -> None:
    assert _needed(Estimate(late, low, high), 0.05, 10) == needed


def test_no_job_is_left_out() -> None:
    # No node holds a job of two accelerators; of the others some are not in time.
    sizes = [{"accelerators": 1, "share": 0.9}, {"accelerators": 2, "share": 0.1}]
    values = {"platforms.queue.demand.customers.sizes": sizes, "platforms.queue.wait": {"p95": "5 min"}}
    runs = replicate(with_set(load("mm-c"), {"time.horizon": "4 d", **values}), 2)
    found = adequacy(runs)
    for part in (*found["platforms"].values(), found["center"]):
        assert part["submitted"] == sum(part[name] for name in PLACES)
    assert found["center"]["submitted"] == sum(len(each.everyone) for each in runs)
    assert found["center"]["refused"] > 0
    assert found["center"]["late"] > 0


def test_without_jobs_nothing_is_known_and_all_figures_are_there() -> None:
    scenario = load("changsha-eighth")
    empty = adequacy(replicate(without_jobs(scenario), 1))
    some = adequacy(replicate(with_set(scenario, {"time.horizon": "9 d", "time.warmup": "2 d"}), 2))
    assert empty.keys() == some.keys()
    assert empty["platforms"]["talent"].keys() == some["platforms"]["talent"].keys()
    assert empty["platforms"]["talent"]["wait_s"].keys() == some["platforms"]["talent"]["wait_s"].keys()
    assert {one["verdict"] for one in empty["center"]["targets"]} == {"undecided"}
    assert empty["center"]["wait_s"]["mean_reason"] == "no jobs"

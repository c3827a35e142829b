"""What happened to one job: the intervals of its wait by hand, as the naive twin sees them, and of every job."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import oracle
import pytest
from explained import MINUTE, NODE, of_minutes, reserved, result_of
from hand import FLEET, interrupted_run, log_of
from onecenter_kernels.codes import REASONS
from random_scenarios import RandomScenario, random_scenario

import onecenter as oc
from onecenter.engine.center import Center
from onecenter.engine.ordering import in_order
from onecenter.errors import OnecenterError
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.window import Window
from onecenter.scenario import shipped
from onecenter.simulation.explanation import Explanation
from onecenter.simulation.result import Result
from onecenter.workload.table import workload


def told(found: Explanation, unit: int = MINUTE) -> list[tuple[Any, ...]]:
    """Return the intervals as (begin, end, reason, ahead, ran), times in units (ms)."""
    return [
        (part.begin_ms // unit, part.end_ms // unit, part.reason, part.ahead, part.ran) for part in found.intervals
    ]


# Jobs A to F are 0 to 5; minutes.
#
#        0    5    10   15
#     0  AAAABBBBCCDD
#     1  AAAABBBBCCDD
#     2  AAAA....CCEEEEEE
#     3  ...FFFF.CC
#
# F takes the last accelerator at 3. From 4 on one is free, which C, reserved at 8, needs then.
def test_a_wait_by_hand() -> None:
    found = reserved(2).explain(4)
    assert told(found) == [
        (3, 4, "no free accelerator", None, (0, 5)),
        (4, 8, "reservation ahead", (2, 3), (1, 5)),
        (8, 10, "no free accelerator", None, (2,)),
    ]
    assert (found.submit_ms, found.start_ms, found.end_ms) == (3 * MINUTE, 10 * MINUTE, 16 * MINUTE)
    assert (found.outcome, found.wait_ms, found.accelerators, found.tasks) == ("completed", 7 * MINUTE, 1.0, 1)
    assert [(place.node, place.node_type, place.amount) for place in found.places] == [(0, "gpu", 1)]
    assert (found.places[0].start_ms, found.places[0].end_ms) == (10 * MINUTE, 16 * MINUTE)


def test_whoever_does_not_wait_has_no_intervals() -> None:
    found = reserved(2).explain(5)
    assert (found.intervals, found.wait_ms) == ((), 0)


# Under sjf without backfill, C (1) of 2 min stands before B (2) of 5 and D (3) of 9; E (4) of 3 comes between C and B.
#
#        0    5    10   15
#     0  AAAAAACCBBBBB
#     1  AAAAAACCDDDDDDDDD
#     2  ......CCEEE
#     3  ......CC
def test_ahead_is_by_the_order_of_the_policy() -> None:
    jobs = [(0, 2, 6), (1, 4, 2), (2, 1, 5), (3, 1, 9), (4, 1, 3)]
    result = of_minutes(jobs, policy=Policy("sjf", "none", "first-fit"))
    full = (6, 8, "no free accelerator", None, (1,))
    assert told(result.explain(1)) == [(1, 6, "no free accelerator", None, (0,))]
    assert told(result.explain(2)) == [(2, 6, "queue ahead", (1,), (0,)), full]
    assert told(result.explain(3)) == [(3, 6, "queue ahead", (1, 2), (0,)), full]
    assert told(result.explain(4)) == [(4, 6, "queue ahead", (1,), (0,)), full]


def of_log(log: Any, jobs: Any, until: int, backfill: str = "none") -> Result:
    """Return the result of a log that was written by hand."""
    about: dict[str, Any] = {"targets": {}, "labels": {}, "provenance": {}, "stride": "calendar", "seconds": 0.0}
    policy = Policy(backfill=backfill)
    return Result(
        decisions=log, workload=jobs, fleet=FLEET, policy=policy, window=Window(0, until), until=until, **about
    )


def test_waits_between_attempts_and_what_still_waits() -> None:
    """The log of `interrupted_run`, with its chart; seconds."""
    result = of_log(*interrupted_run(), 20_000)
    full = "no free accelerator"
    assert told(result.explain(0), 1_000) == [(6, 10, full, None, (1,)), (12, 14, full, None, (2,))]
    assert [(place.attempt, place.node, place.start_ms, place.end_ms) for place in result.explain(0).places] == [
        (0, 0, 0, 6_000), (0, 1, 0, 6_000), (1, 0, 10_000, 12_000), (2, 1, 14_000, 18_000),
    ]  # fmt: skip
    # Two accelerators are free beside job 4; nobody waits with job 3 at 17. Job 4 waits until the run ends.
    assert told(result.explain(3), 1_000) == [(17, 19, "queue ahead", (), (0, 4))]
    assert told(result.explain(4), 1_000) == [(18, 20, "queue ahead", (3,), ())]
    assert (result.explain(4).outcome, result.explain(4).end_ms) == ("requeued", None)
    assert (result.explain(3).places[0].device, result.explain(4).places[0].device) == (0, None)


def test_an_interval_with_the_depth_limit() -> None:
    rows = [(0, "submit", 0), (0, "limit", -1, 1), (2, "limit", -1, 0), (5, "start", 0, 0, 1)]
    jobs = workload(submit=[0], run=[9], walltime=[9], accelerators=[1_000])
    found = of_log(log_of(rows), jobs, 6_000, "easy").explain(0)
    assert told(found, 1_000) == [(0, 2, "depth", None, ()), (2, 5, "reservation ahead", (), ())]


def by_twin(scenario: RandomScenario, until: int) -> list[list[tuple[int, int, str]]]:
    """Return by job the intervals of its wait as the naive twin sees them, up to an instant (ms)."""
    center = oracle.center_of(scenario.fleet, scenario.policy, scenario.workload, ())
    found: list[list[tuple[int, int, str]]] = [[] for _ in center.jobs]
    t, reasons = 0, center.reasons()
    while t < until:
        due = center.next_instant()
        instant = until if due is None else min(due, until)
        for job, reason in reasons.items():
            name = REASONS[reason]
            if found[job] and found[job][-1][1:] == (t, name):
                found[job][-1] = (found[job][-1][0], instant, name)
            elif instant > t:
                found[job].append((t, instant, name))
        if instant < until:
            center.step(instant)
        t, reasons = instant, center.reasons()
    return found


@pytest.mark.equality
@pytest.mark.parametrize("seed", range(40))
def test_intervals_are_those_of_the_naive_twin(seed: int) -> None:
    scenario = random_scenario(seed)
    result = result_of(scenario)
    expected = by_twin(scenario, result.until)
    for job in explainable(result):
        found = [(part.begin_ms, part.end_ms, part.reason) for part in result.explain(job).intervals]
        assert found == expected[job]


def explainable(result: Result) -> Iterator[int]:
    """Yield the jobs that were neither refused nor later than the run."""
    yield from result.jobs.filter(~result.jobs["outcome"].is_in(["refused", "future"]))["job"].to_list()


def check_all(result: Result) -> None:
    """The intervals of each job are its wait, and by reason what `job_reasons` says."""
    names = {f"{name.replace(' ', '_')}_ms": name for name in REASONS[1:]}
    by_reason = {row["job"]: row for row in result.job_reasons.rows(named=True)}
    outcomes = result.jobs.select("submit_ms", "start_ms", "end_ms", "requeued_wait_ms", "restarts").rows()
    for job in explainable(result):
        submit, start, end, again, restarts = outcomes[job]
        left = start if start is not None else end if end is not None else result.until
        if submit == left and not again:
            assert job not in by_reason
            continue
        parts = result.explain(job).intervals
        assert sum(part.wait_ms for part in parts) == left - submit + (again or 0)
        if not restarts:
            assert [part.begin_ms for part in parts] == [submit, *(part.end_ms for part in parts[:-1])]
            assert parts[-1].end_ms == left
        # Between two waits an evicted job has run.
        assert all(one.end_ms < other.begin_ms or one.reason != other.reason for one, other in pairwise(parts))
        for column, name in names.items():
            assert sum(part.wait_ms for part in parts if part.reason == name) == by_reason[job][column]


QUICK_ONES = ("tiny", "changsha-eighth")

#: Those of many jobs take long, and the first weeks are like the others.
LONG = {"mm-c": "15 d", "changsha": "12 d"}


@pytest.mark.parametrize("name", QUICK_ONES)
def test_every_job_of_a_shipped_scenario(name: str) -> None:
    check_all(oc.run(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in shipped() if name not in QUICK_ONES])
def test_every_job_of_any_other_shipped_scenario(name: str) -> None:
    check_all(oc.run(name, set=f"time.horizon={LONG[name]}" if name in LONG else ()))


@pytest.mark.equality
@pytest.mark.parametrize("order", ["fifo", "sjf", "priority", "largest-first", "edf", "wfp3", "hrrn", "f1", "linear"])
def test_the_queue_is_in_the_order_of_the_pass(order: str) -> None:
    seen = 0
    for seed in range(6):
        scenario = random_scenario(seed, order=order, backfill="none")
        queues: list[tuple[int, list[int]]] = []

        def listen(center: Center, queues: list[tuple[int, list[int]]] = queues) -> None:
            queues.append((int(center.env.now), [int(job) for job in center.waiting]))

        center = Center(*scenario[:3], stride="event", horizon=scenario.horizon)
        center.listen(listen)
        center.run()
        given = [(t, np.sort(np.array(jobs, np.int64))) for t, jobs in queues]
        found = in_order(scenario.workload, scenario.fleet, scenario.policy, given)
        assert [each.tolist() for each in found] == [jobs for _, jobs in queues]
        seen += sum(len(jobs) > 1 for _, jobs in queues)
    assert seen > 5


def test_a_job_that_cannot_be_explained() -> None:
    small = [(0, 2, 3), (1, 5, 3)]
    result = of_minutes(small, NODE)
    with pytest.raises(OnecenterError, match="job 1: it was refused at its submit"):
        result.explain(1)
    for job, right in ((2, "at most 1 is expected"), (-1, "at least 0"), (True, "whole number"), ("0", "whole number")):
        with pytest.raises(OnecenterError, match=right):
            result.explain(job)  # type: ignore[arg-type]
    with pytest.raises(OnecenterError, match="the result has no jobs"):
        of_log(log_of([]), workload(submit=[], run=[], walltime=[], accelerators=[]), 5).explain(9)


def test_a_job_that_comes_after_the_run() -> None:
    scenario = RandomScenario(
        (NodeType("gpu", 1, 1),),
        Policy(),
        workload(submit=[0, 90_000_000], run=[5, 5], walltime=[5, 5], accelerators=[1_000, 1_000]),
        1_000,
    )
    with pytest.raises(OnecenterError, match="job 1: it is submitted at 1 d 01:00:00, and the run ends at 00:00:01"):
        result_of(scenario).explain(1)


def test_as_plain_data() -> None:
    found = reserved(2).explain(4).as_dict()
    assert found["wait_ms"] == 7 * MINUTE
    assert [part["share"] for part in found["intervals"]] == [1 / 7, 4 / 7, 2 / 7]
    assert found["intervals"][1]["ahead"] == (2, 3)
    assert found["node_types"] == ("gpu",)


def fullest(node: Any, job: Any) -> Any:
    """Score a node as best-fit does."""
    return -node.free


def shortest(job: Any) -> Any:
    """Return a key, or an estimate."""
    return job.walltime


@pytest.mark.parametrize("part", ["placement", "backfill_order", "estimate"])
def test_code_that_does_not_order_the_queue_is_not_needed(part: str, tmp_path: Path) -> None:
    given = {"placement": fullest, "backfill_order": shortest, "estimate": shortest}[part]
    result = oc.run("tiny", policy=Policy(**{"placement": "best-fit", part: given}))
    result.save(tmp_path / "result.parquet")
    saved = Result.load(tmp_path / "result.parquet")
    found = [saved.explain(job).intervals for job in range(6)]
    assert found == [result.explain(job).intervals for job in range(6)]
    ahead = {interval.ahead for intervals in found for interval in intervals if interval.reason == "reservation ahead"}
    assert ahead == ({None} if part == "estimate" else {(2,)})

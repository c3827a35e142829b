"""Jobs that come after others, and arrays: core, strides and twin agree, and no job starts before it may."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from by_hand import Log, job, named, nodes, starts, table
from engines import Posts, by_core, check_equal, conducted, on_both_strides, posts_at
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle import simulate, waits_by_reason
from random_scenarios import RandomScenario, Seeded, mixed_scenario, random_scenario, with_ties

from onecenter.engine import reasons
from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.errors import ScenarioError, SimulationError
from onecenter.policies import Policy
from onecenter.scenario import from_dict
from onecenter.simulation.difference import diff
from onecenter.simulation.result import Result
from onecenter.simulation.running import run
from onecenter.workload.build import build
from onecenter.workload.load import offered_load
from onecenter.workload.ties import no_ties, ties

Raw = dict[str, Any]

SEEDS = range(40 if JIT else 8)


def tied(seed: int) -> RandomScenario:
    """Return a random scenario of which some jobs are tied, every fourth of fractions and whole accelerators."""
    scenario = mixed_scenario(seed) if seed % 4 == 3 else random_scenario(seed)
    choices, jobs, number = Seeded(seed), scenario.workload, 0
    while jobs.ties is None:
        jobs, number = with_ties(choices, jobs, int(jobs.run.min())), number + 1
    return scenario._replace(workload=jobs)


@pytest.mark.equality
@pytest.mark.parametrize("seed", SEEDS)
def test_the_engines_agree_and_nobody_starts_too_early(seed: int) -> None:
    scenario = tied(seed)
    log = simulate(*scenario)
    check_equal(by_core(scenario), log)
    check_equal(on_both_strides(scenario).log, log)
    check_held(scenario, log)


def check_held(scenario: RandomScenario, log: Log) -> None:
    """Fail if a job was released or cancelled against its ties."""
    jobs, tie = scenario.workload, scenario.workload.ties
    assert tie is not None
    over = {int(row["job"]): row for row in log if row["kind"] in OVER}
    released = {int(row["job"]): int(row["t"]) for row in log if row["kind"] == codes.E_RELEASE}
    for number, other, ok in zip(tie.job.tolist(), tie.other.tolist(), tie.ok.tolist(), strict=True):
        row = over.get(other)
        if number in released:
            assert row is not None
            assert released[number] >= int(row["t"]) + tie.think[number]
            assert not ok or completes(row)
        elif ok and row is not None and not completes(row) and number in over:
            assert over[number]["kind"] in (codes.E_CANCEL, codes.E_REFUSE)
            assert int(over[number]["t"]) <= max(int(row["t"]), int(jobs.submit[number]))
    check_arrays(scenario, log)


OVER = (codes.E_END, codes.E_KILL, codes.E_CANCEL, codes.E_REFUSE)


def completes(row: Any) -> bool:
    """Tell whether a row is the end of a job that completes."""
    return bool(row["kind"] == codes.E_END and row["reason"] == codes.COMPLETED)


def check_arrays(scenario: RandomScenario, log: Log) -> None:
    """Fail if too many jobs of an array are in the queue or run, or one was released before a lower one."""
    tie = scenario.workload.ties
    assert tie is not None
    inside: dict[int, set[int]] = defaultdict(set)
    for row in log:
        number = int(row["job"])
        array = int(tie.array[number]) if number >= 0 else -1
        if row["kind"] == codes.E_RELEASE and array >= 0:
            inside[array].add(number)
            assert len(inside[array]) <= tie.places[array]
        elif row["kind"] in OVER:
            inside[array].discard(number)


@pytest.mark.parametrize("seed", range(20))
def test_reasons_are_those_of_the_twin(seed: int) -> None:
    scenario = tied(seed)
    log = by_core(scenario)
    until = scenario.horizon or int(log["t"][-1]) + 1
    jobs, fleet, policy = scenario.workload, scenario.fleet, scenario.policy
    found = reasons.waits_by_reason(log, jobs, fleet, policy.backfill, until)
    told = [{code: int(ms) for code, ms in enumerate(row) if ms} for row in found]
    expected = waits_by_reason(fleet, policy, jobs, until)
    assert told == [{code: ms for code, ms in row.items() if ms} for row in expected]


@pytest.mark.parametrize("seed", range(12 if JIT else 4))
def test_processes_post_and_cancel_among_tied_jobs(seed: int) -> None:
    scenario, choices = tied(seed), Seeded(1_000 + seed)
    scenario = scenario._replace(policy=replace(scenario.policy, estimate="walltime"))
    instants = sorted(set(scenario.workload.submit.tolist()) | set(simulate(*scenario)["t"].tolist()))
    posted = posts_at(choices, scenario, instants, choices.pick((2, 4, 6)))
    posts = with_others(choices, posted, len(scenario.workload))
    log = simulate(*scenario, posts=posts.posts)
    for stride in STRIDES:
        check_equal(conducted(scenario, stride, posts.script).log, log)


def with_others(choices: Seeded, posts: Posts, known: int) -> Posts:
    """Return posts of which most jobs come after one that there is, whatever has become of it."""
    found = []
    for t, what, columns in posts.posts:
        if what == "submit":
            columns = columns | {choices.pick(("after", "after_ok")): [choices.pick(range(known))]}
            known += 1
        found.append((t, what, columns))
    return posts._replace(posts=found)


def test_a_posted_job_after_one_that_has_gone() -> None:
    center = Center([nodes(1, 1)], Policy(backfill="none"), table([job(0, 2, 1), job(0, 3, 1, walltime=1)]))
    asked: Raw = {"accelerators": 1, "run_time": 1}
    center.run(5)
    well, after = center.submit(**asked, after_ok=[0]), center.submit(**asked, after=[1])
    lost = center.submit(**asked, after_ok=[1])
    last = center.submit(**asked, after_ok=[lost, well])
    assert center.state(last) == "future"
    center.run()
    assert [center.state(each) for each in (well, after, lost, last)] == ["ended", "ended", "cancelled", "cancelled"]
    tie = center.workload.ties
    assert tie is not None
    assert list(zip(tie.job, tie.other, tie.ok, strict=True)) == [(2, 0, 1), (3, 1, 0), (4, 1, 1), (5, 2, 1), (5, 4, 1)]
    with pytest.raises(SimulationError, match="there is no such job"):
        center.submit(**asked, after=[6])


def test_a_running_job_that_a_process_cancels_has_not_completed() -> None:
    center = Center([nodes(1, 1)], Policy(backfill="none"), table([job(0, 9, 1)]))
    center.run(4)
    center.cancel(0)
    center.run(5)
    lost = center.submit(accelerators=1, run_time=1, after_ok=[0])
    center.run()
    assert center.state(lost) == "cancelled"


def test_who_is_held_is_waited_for_and_not_in_the_queue() -> None:
    tie = ties([0, 0], [-1, -1], [], job=[1], other=[0], ok=[0])
    jobs = replace(table([job(0, 5, 1), job(1, 1, 1)]), ties=tie)
    center = Center([nodes(1, 1)], Policy(backfill="none"), jobs)
    states: list[str] = []

    def watcher(center: Center) -> Any:
        yield center.after(2)
        states.append(center.state(1))
        assert center.any_waiting(0, 2)
        assert len(center.waiting) == 0
        states.append((yield center.started(1)))

    center.process(watcher(center))
    center.run()
    assert states == ["held", "running"]


def test_the_place_of_a_cancelled_job_is_given_on() -> None:
    """Job 1 loses its patience in the line of its array, job 0 in the queue: 2 and 3 come up."""
    rows = [job(0, 9, 1), *(job(0, 4, 1, patience=p) for p in (3, 2, -1, -1))]
    jobs = replace(table(rows), ties=ties([0] * 5, [-1, 0, 0, 0, 0], [1]))
    log = simulate([nodes(1, 1)], Policy(backfill="none"), jobs)
    check_equal(by_core(RandomScenario((nodes(1, 1),), Policy(backfill="none"), jobs, None)), log)
    assert [row for row in named(log) if row[1] in ("release", "cancel")] == [
        (0, "release", 1), (2, "cancel", 2), (3, "cancel", 1), (3, "release", 3), (13, "release", 4),
    ]  # fmt: skip


def test_a_released_job_stands_amid_an_indexed_queue() -> None:
    """Under EASY and FIFO the queue keeps its places: job 1 comes back between 0, who runs, and 2 and 3, who wait."""
    rows = [job(1, 4, 2), job(1, 2, 1), job(2, 2, 2), job(2, 1, 1)]
    jobs = replace(table(rows), ties=ties([0] * 4, [-1] * 4, [], job=[1], other=[0], ok=[0]))
    scenario = RandomScenario((nodes(1, 2),), Policy(), jobs, None)
    log = by_core(scenario)
    check_equal(log, simulate(*scenario))
    assert starts(log) == {0: 1, 1: 5, 3: 5, 2: 7}


# ---- scenarios


def flow(*jobs: Raw, **more: Any) -> Raw:
    """Return a scenario of one stream of listed jobs on a node of four accelerators; of a job only what differs."""
    plain: Raw = {"submit": "0 min", "run_time": "10 min", "accelerators": 1}
    listed = [plain | each for each in jobs]
    return {
        "time": {"start": "2026-03-02T00:00:00+08:00", "horizon": "3 h"},
        "center": {"nodes": {"gpu": {"count": 1, "accelerators": 4}}},
        "platforms": {"lab": {"demand": {"flow": {"jobs": listed}}}},
        "policy": {"order": "fifo", "backfill": "easy", **more},
    }


SWEEP: list[Raw] = [
    {"name": "data", "run_time": "20 min", "accelerators": 4},
    {"name": "sweep", "after_ok": ["data"], "array": {"size": 5, "at_most": 2}},
    {"submit": "5 min", "after": ["sweep"], "accelerators": 2},
]


def test_an_array_between_two_jobs() -> None:
    result = run(from_dict(flow(*SWEEP)))
    jobs = result.jobs
    assert (jobs["start_ms"] // 60_000).to_list() == [0, 20, 20, 30, 30, 40, 50]
    assert (jobs["eligible_ms"] // 60_000).to_list() == [0, 20, 20, 30, 30, 40, 50]
    center = result.summary()["center"]
    assert center["wait_s"]["mean"] == pytest.approx(60 * (20 + 20 + 30 + 30 + 40 + 45) / 7)
    assert center["eligible_wait_s"]["mean"] == 0
    assert result.reasons.select("reason", "share").rows() == [("held", 1.0)]
    assert [(part.reason, part.wait_ms) for part in result.explain(6).intervals] == [("held", 45 * 60_000)]
    assert result.series["waiting"].max() == 0


def test_a_failed_job_takes_its_chain_along() -> None:
    chain = [{"name": "a", "outcome": "failed"}, {"name": "b", "after_ok": ["a"]}, {"name": "c", "after_ok": ["b"]}]
    result = run(from_dict(flow(*chain, {"after": ["c"]})))
    assert result.jobs["outcome"].to_list() == ["failed", *["cancelled_waiting"] * 2, "completed"]
    assert result.jobs["start_ms"].to_list() == [0, None, None, 600_000]


def test_a_saved_result_is_read_again(tmp_path: Path) -> None:
    result = run(from_dict(flow(*SWEEP)))
    again = Result.load(result.save(tmp_path / "run.parquet"))
    mine, theirs = result.workload.ties, again.workload.ties
    assert mine is not None
    assert theirs is not None
    for name in ("job", "other", "ok", "think", "array", "places"):
        assert np.array_equal(getattr(mine, name), getattr(theirs, name))
    assert again.jobs.equals(result.jobs)
    assert again.explain(3) == result.explain(3)
    assert diff(result, again) is None


def drawn(**array: int) -> Raw:
    """Return a scenario of a drawn stream, whose arrivals are arrays where that is said."""
    stream: Raw = {
        "arrivals": {"kind": "poisson", "rate": "4 / h"},
        "sizes": [{"accelerators": 1, "share": 0.5}, {"accelerators": 2, "share": 0.5}],
        "run_time": {"kind": "exponential", "mean": "6 min"},
        "tenants": {"count": 5},
    }
    return flow() | {"platforms": {"lab": {"demand": {"sweeps": stream | ({"array": array} if array else {})}}}}


def test_each_arrival_of_a_drawn_stream_is_an_array() -> None:
    alone, plain, limited = (build(from_dict(drawn(**more))) for more in ({}, {"size": 3}, {"size": 3, "at_most": 2}))
    assert len(alone) > 5
    assert len(limited) == 3 * len(alone)
    for name in ("submit", "accelerators", "tenant"):
        assert np.array_equal(getattr(limited, name), np.repeat(getattr(alone, name), 3))
    assert len(np.unique(limited.run)) == len(limited)
    assert plain.ties is None
    assert limited.ties is not None
    assert limited.ties.array.tolist() == np.repeat(np.arange(len(alone)), 3).tolist()
    assert set(limited.ties.places.tolist()) == {2}
    offered = offered_load(from_dict(drawn(size=3))).of()
    assert offered.accelerators == pytest.approx(3 * 4 * 0.1 * 1.5)


def test_arrays_of_a_drawn_stream_go_on_beyond_the_horizon() -> None:
    result = run(from_dict(drawn(size=8, at_most=1)))
    assert result.until > result.window.horizon
    tie = result.workload.ties
    assert tie is not None
    jobs = result.jobs.with_columns(array=tie.array).filter(pl.col("start_ms").is_not_null())
    for _, mine in jobs.group_by("array"):
        ends = mine["end_ms"].to_list()
        assert mine["start_ms"].to_list()[1:] >= ends[:-1]
    assert result.jobs.filter("in_window")["start_ms"].null_count() == 0


def test_a_longer_horizon_only_adds_jobs() -> None:
    late = {"submit": "170 min", "name": "late", "run_time": "1 h"}
    raw = flow(*SWEEP, late, {"submit": "4 h", "after": ["late"]})
    short, long = (build(from_dict(raw | {"time": raw["time"] | {"horizon": span}})) for span in ("3 h", "5 h"))
    assert (len(short), len(long)) == (8, 9)
    assert short.begins(long)
    assert not short.begins(replace(long, ties=no_ties(9)))
    later = ties(np.zeros(9), np.full(9, -1), [], job=[0], other=[8], ok=[0])
    assert not replace(short, ties=no_ties(8)).begins(replace(long, ties=later))


def test_ties_of_some_jobs() -> None:
    tie = ties([0, 1, 2, 3], [-1, 1, 0, 0], [7, 8], job=[3, 1], other=[0, 2], ok=[1, 0])
    assert tie.array.tolist() == [-1, 0, 1, 1]
    assert tie.places.tolist() == [8, 7]
    some = tie.take(np.array([0, 3]), 4)
    assert (some.job.tolist(), some.other.tolist(), some.ok.tolist()) == ([1], [0], [1])
    assert (some.array.tolist(), some.places.tolist(), some.think.tolist()) == ([-1, 0], [7], [0, 3])


J = "platforms.lab.demand.flow.jobs"


@pytest.mark.parametrize(
    ("jobs", "mistakes"),
    [
        ([{"name": "a"}, {"after": ["b"]}], [f'{J}[1].after[0] = "b": no listed job has this name; a']),
        ([{"after_ok": ["b"]}], [f'{J}[0].after_ok[0] = "b": no listed job has this name; none has a name']),
        ([{"name": "data"}, {"after": ["dat"]}], ['did you mean "data"?']),
        ([{"name": "a", "after": ["a"]}], [f'{J}[0].after[0] = "a": a job cannot wait for itself; leave it out']),
        (
            [{"name": "a", "after": ["a"], "array": {"size": 2, "at_most": 1}}],
            [f'{J}[0].after[0] = "a": an array cannot wait for itself; leave it out'],
        ),
        (
            [{"name": "a", "submit": "2 h"}, {"after": ["a"]}],
            [f'{J}[1].after[0] = "a": it is submitted later, at 2 h; submit this job then or later'],
        ),
        (
            [{"name": "a", "after": ["b"]}, {"name": "b", "after_ok": ["c"]}, {"name": "c", "after": ["a"]}],
            ["jobs wait for each other in a circle, "],
        ),
        ([{"name": "a"}, {"name": "a"}], [f'{J}[1].name = "a": another job has this name']),
        ([{"array": {"size": 0}}], [f"{J}[0].array.size = 0: at least 1 is expected"]),
        ([{"array": {"size": 3, "at_most": 0}}], [f"{J}[0].array.at_most = 0: at least 1 is expected"]),
        ([{"run_time": "1 min", "arry": {"size": 2}}], ['did you mean "array"?']),
        ([{"after": "a"}], [f'{J}[0].after = "a": a list is expected']),
    ],
)
def test_a_mistake_in_what_a_job_comes_after(jobs: list[Raw], mistakes: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        from_dict(flow(*jobs))
    assert len(error.value.mistakes) == len(mistakes)
    for found, expected in zip(error.value.mistakes, mistakes, strict=True):
        assert expected in found


def test_too_many_pairs_of_jobs_are_refused() -> None:
    arrays = [{"name": "a", "array": {"size": 4_000}}, {"after": ["a"], "array": {"size": 4_000}}]
    with pytest.raises(ScenarioError, match="16,000,000 pairs of jobs; at most 10,000,000 are expected"):
        build(from_dict(flow(*arrays)))

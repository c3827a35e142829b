"""Policies side by side on a log: paired by window, at several loads, with intervals that hold what they say."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError
from onecenter.experiments.log_comparison import LogComparison, compare_log
from onecenter.statistics.blocks import Blocks
from onecenter.traces import Jobs, Quality, Trace
from onecenter.traces.loads import with_load

KTH = "KTH-SP2-1996-2.1-cln.swf.gz"

#: How many processors a drawn log is for, and the mean processor-hours of its jobs.
PROCESSORS, WORK = 16, 6.2

#: Drawn logs: windows of each, jobs of each window, the share of the machine that jobs ask for.
WINDOWS, JOBS, LOAD = 20, 400, 0.4


def drawn(seed: int, jobs: int = WINDOWS * JOBS) -> Trace:
    """Return a log with Poisson arrivals, exponential run times and sizes of 1 to 16, each as likely."""
    generator = np.random.default_rng(seed)
    run = np.maximum(generator.exponential(3_600_000, jobs).astype(np.int64), 1_000)
    gap = WORK * 3_600_000 / (PROCESSORS * LOAD)
    nothing = np.zeros(jobs, np.int64)
    return Trace(
        source="drawn",
        format="swf",
        jobs=Jobs(
            submit=np.cumsum(generator.exponential(gap, jobs)).astype(np.int64),
            run=run,
            walltime=(run * generator.uniform(1, 3, jobs)).astype(np.int64),
            processors=2 ** generator.integers(0, 5, jobs),
            outcome=nothing.astype(np.int8),
            partition=nothing.astype(np.int32),
            user=nothing,
            line=nothing,
            names=None,
        ),
        quality=Quality(jobs),
        header={"MaxProcs": str(PROCESSORS)},
        partitions=("all",),
    )


def row(found: LogComparison, **only: Any) -> dict[str, Any]:
    """Return the one row of a comparison's table for which the values hold."""
    (one,) = found.table.filter(**only).to_dicts()
    return one


@pytest.fixture(scope="module")
def pair() -> LogComparison:
    """Return EASY and SJF against FCFS on a drawn log, at two loads."""
    return compare_log(drawn(1, 600), ["fifo", "easy", "sjf"], windows=6, loads=[1.0, 0.8])


def test_means_are_those_of_two_replays(pair: LogComparison) -> None:
    results = {name: oc.replay(drawn(1, 600), policy=name) for name in ("fifo", "easy")}
    found = row(pair, load=1.0, figure="wait_s", other="easy")
    means = {name: result.jobs["wait_ms"].mean() / 1_000 for name, result in results.items()}
    assert (found["base_mean"], found["other_mean"]) == pytest.approx((means["fifo"], means["easy"]))
    assert found["difference"] == pytest.approx(means["easy"] - means["fifo"])
    slow = row(pair, load=1.0, figure="bounded_slowdown", other="easy")
    assert slow["other_mean"] == pytest.approx(results["easy"].summary()["center"]["bounded_slowdown"]["mean"])


def test_a_job_counts_in_the_window_of_its_submit(pair: LogComparison) -> None:
    waits = [oc.replay(drawn(1, 600), policy=name).jobs["wait_ms"].to_numpy() for name in ("fifo", "easy")]
    submit = drawn(1, 600).jobs.submit
    edges = submit[0] + (submit[-1] + 1 - submit[0]) * np.arange(7) / 6
    found = pair.blocks(1.0, "easy", "center", "wait_s")
    for place in range(6):
        inside = (submit >= edges[place]) & (submit < edges[place + 1])
        assert found.counts[place] == inside.sum() > 50
        assert found.sums[place] == pytest.approx((waits[1] - waits[0])[inside].sum() / 1_000)


def test_all_rows_are_adjusted_together(pair: LogComparison) -> None:
    assert pair.table.height == 8
    for one in pair.table.to_dicts():
        blocks = pair.blocks(one["load"], one["other"], "center", one["figure"])
        assert one["p"] == pytest.approx(blocks.p(8))
        assert (one["difference"], one["low"], one["high"]) == pytest.approx(blocks.interval(0.95, 8))
        assert one["beyond_chance"] == (one["low"] > 0 or one["high"] < 0)
    assert "for all 8 tests at once" in pair.text()


def test_a_lower_load_shortens_waits(pair: LogComparison) -> None:
    more, less = (row(pair, load=load, figure="wait_s", other="easy") for load in (1.0, 0.8))
    assert less["base_mean"] < more["base_mean"]
    assert pair.offered(0.8) == pytest.approx(0.8 * pair.offered(1.0), rel=1e-6)
    asked = drawn(1, 600).jobs
    hours = float((asked.processors * asked.run).sum()) / PROCESSORS
    assert pair.offered(1.0) == pytest.approx(hours / float(asked.submit[-1] - asked.submit[0]), rel=1e-6)


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.1, 2.0])
def test_a_load_scales_the_gaps(factor: float) -> None:
    log = drawn(2, 50)
    before, after = log.jobs, with_load(log, factor).jobs
    assert after.submit[0] == before.submit[0]
    gaps = (before.submit - before.submit[0]) / factor
    assert np.abs(after.submit - after.submit[0] - gaps).max() <= 1
    assert after.run is before.run
    assert after.walltime is before.walltime


def test_a_key_of_the_users_own_is_a_side() -> None:
    def first_come(job: Any) -> Any:
        return job.submit

    found = compare_log(drawn(3, 200), ["easy", first_come], windows=5)
    assert found.table["other"].to_list() == ["first_come"] * 2
    assert found.table["difference"].to_list() == [0.0, 0.0]


def test_a_side_against_itself_does_not_differ() -> None:
    found = compare_log(drawn(3, 200), {"a": "easy", "b": "easy"}, windows=5)
    assert found.table["p"].to_list() == [1.0, 1.0]
    assert found.table["difference"].to_list() == [0.0, 0.0]


def test_jobs_that_still_wait_are_not_compared() -> None:
    crowd = with_load(drawn(4, 3_000), 4)
    found = compare_log(crowd, ["fifo", "easy"], windows=5, horizon="10 h")
    assert found.table["p"].null_count() < found.table.height
    late = compare_log(with_load(drawn(4, 3_000), 100), ["fifo", "easy"], windows=5, horizon="1 h")
    assert late.table["reason"].str.contains("still waited when the run under fifo ended").all()
    assert late.table["p"].null_count() == late.table.height


def test_refused_jobs_are_on_neither_side() -> None:
    found = compare_log(drawn(5, 300), ["fifo", "easy"], windows=5, processors=8)
    large = int((drawn(5, 300).jobs.processors > 8).sum())
    assert found.table["jobs"].to_list() == [300 - large] * 2
    assert sum(found.quality.refused.values()) == large


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"policies": ["easy"]}, "two or more policies"),
        ({"policies": ["easy", "easy"]}, "two or more policies"),
        ({"policies": ["easy", "eazy"]}, "eazy"),
        ({"windows": 4}, "at least 5 is expected"),
        ({"loads": [0]}, "at least 0.01 is expected"),
        ({"loads": []}, "one load or more is expected"),
    ],
)
def test_what_cannot_be_compared(changes: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"policies": ["fifo", "easy"]} | changes
    with pytest.raises(OnecenterError, match=words):
        compare_log(drawn(6, 50), **given)


SWF = "; MaxProcs: 4\n" + "".join(
    f"{i} {10 * i} -1 {20 + i} {1 + i % 4} -1 -1 {1 + i % 4} 60 -1 1 {i % 3} 1 -1 -1 -1 {i - 5} 3\n"
    for i in range(1, 60)
)


@pytest.fixture
def swf(tmp_path: Path) -> str:
    """Return a small log, whose jobs name preceding ones and think times."""
    path = tmp_path / "small.swf"
    path.write_text(SWF)
    return str(path)


def test_the_command_on_a_log(swf: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", swf, "--policies", "fifo,easy", "--windows", "5", "--load", "0.5,1"]) == 0
    text = capsys.readouterr().out
    assert "59 with fields that are ignored: preceding job and think time" in text
    assert "5 windows of" in text
    assert "load 0.5: the jobs ask for" in text
    assert main(["compare", swf, "--policies", "fifo,easy", "--windows", "5", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert [one["figure"] for one in figures["pairs"]] == ["wait_s", "bounded_slowdown"]
    means = [oc.replay(swf, policy=name).summary()["center"]["wait_s"]["mean"] for name in ("fifo", "easy")]
    assert (figures["pairs"][0]["base_mean"], figures["pairs"][0]["other_mean"]) == pytest.approx(means)
    assert main(["compare", swf, "--policies", "fifo,easy", "--fail-if", "pairs.wait_s.other_mean > 1 s"]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tiny", "--windows", "5"], "--windows: it goes with a log"),
        (["tiny", "--skip-first", "5%"], "--skip-first: it goes with a log"),
        (["LOG", "--replications", "5"], "--replications: it does not go with a log"),
        (["LOG", "--set", "time.seed=3"], "--set: it does not go with a log"),
        (["LOG", "--windows", "4"], "at least 5 is expected"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str], words: str, swf: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *(swf if word == "LOG" else word for word in arguments)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.slow
def test_intervals_cover_the_long_run_difference() -> None:
    long = compare_log(drawn(99, 1_000_000), ["fifo", "easy"], windows=50)
    truth = row(long, figure="wait_s")
    covered = 0
    for seed in range(200):
        _, low, high = compare_log(drawn(1_000 + seed), ["fifo", "easy"], windows=WINDOWS).blocks(
            1.0, "easy", "center", "wait_s"
        ).interval()
        covered += low <= truth["difference"] <= high
    assert 0.90 <= covered / 200 <= 0.98


@pytest.mark.slow
def test_swapped_sides_of_a_real_log_are_beyond_chance_as_often_as_chance_says(
    trace_file: Callable[[str], Path],
) -> None:
    found = compare_log(trace_file(KTH), ["fifo", "easy"], windows=20)
    blocks = found.blocks(1.0, "easy", "center", "wait_s")
    assert blocks.p() < 0.05
    generator = np.random.default_rng(20261126)
    swaps = [Blocks(blocks.sums * generator.choice([-1, 1], 20), blocks.counts).p() < 0.05 for _ in range(1_000)]
    assert 0.03 <= np.mean(swaps) <= 0.07


def test_easy_against_fcfs_on_a_real_log_is_beyond_chance(trace_file: Callable[[str], Path]) -> None:
    found = compare_log(trace_file(KTH), ["fifo", "easy"])
    assert found.table["beyond_chance"].all()
    # docs/traces.md
    assert row(found, figure="wait_s")["base_mean"] == pytest.approx(354_175.9504)
    assert row(found, figure="wait_s")["other_mean"] == pytest.approx(6_890.5771)
    assert found.related is not None
    assert math.isclose(found.related, found.table["correlation"].max())
    assert found.table.schema["platform"] == pl.String

"""Preceding jobs and think times of an SWF log, followed on request."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from engines import by_core, check_equal
from oracle import simulate
from random_scenarios import RandomScenario

import onecenter as oc
from onecenter import traces
from onecenter.cli.main import main
from onecenter.errors import TraceError
from onecenter.policies import Policy
from onecenter.traces.trace import Finding

Write = Callable[[str], Path]

#: Job number, submit, run time, preceding job, think time (s); all on one of eight processors.
JOBS = (
    (1, 0, 10, -1, -1),
    (2, 5, 10, 1, 20),  # released at 30
    (3, 40, 5, 1, 20),  # its think time is over at its submit
    (4, 41, 5, 9, 3),  # there is no job 9
    (5, 42, 5, 5, 3),  # itself
    (6, 43, 0, -1, -1),  # left out
    (7, 44, 5, 6, 3),
    (1, 45, 20, 2, -1),  # again; job 2 ended at 40
    (8, 46, 5, 1, 7),  # after the second job 1, so at 72
    (9, 47, 5, -1, 5),  # a think time alone
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return the log."""
    path = tmp_path / "log.swf"
    lines = [f"{n} {t} -1 {run} 1 -1 -1 -1 -1 -1 1 1 -1 -1 -1 -1 {before} {think}" for n, t, run, before, think in JOBS]
    path.write_text("\n".join(["; MaxProcs: 8", *lines, ""]))
    return path


def starts(result: oc.Result) -> list[int]:
    """Return the starts (s)."""
    return (result.jobs["start_ms"] // 1_000).to_list()


def test_without_a_request_each_job_comes_when_the_log_says(log: Path) -> None:
    result = oc.replay(log)
    assert starts(result) == [0, 5, 40, 41, 42, 44, 45, 46, 47]
    assert result.workload.ties is None
    assert result.provenance["replay"]["quality"]["ignored"] == {Finding.LINKED: 8}


def test_on_request_it_waits_for_the_one_before(log: Path) -> None:
    result = oc.replay(log, preceding=True)
    assert starts(result) == [0, 30, 40, 41, 42, 44, 45, 72, 47]
    assert result.provenance["replay"]["quality"]["ignored"] == {Finding.UNKNOWN: 4}
    center = result.summary()["center"]
    assert center["wait_s"]["mean"] == pytest.approx((25 + 26) / 9)
    assert center["eligible_wait_s"]["mean"] == 0
    workload, _ = traces.to_workload(traces.read(log, preceding=True), result.fleet)
    scenario = RandomScenario(result.fleet, Policy(), workload, None)
    check_equal(by_core(scenario), simulate(*scenario))


def test_a_saved_replay_is_repeated_with_it(log: Path, tmp_path: Path) -> None:
    first = oc.replay(log, preceding=True)
    again = oc.replay(first.save(tmp_path / "saved.parquet"))
    assert again.log_digest == first.log_digest
    assert again.provenance["replay"]["preceding"] is True


def test_on_the_command_line(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(log), "--preceding", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["center"]["eligible_wait_s"]["mean"] == 0
    assert found["replay"]["preceding"] is True


def test_who_cannot_be_asked_for_preceding_jobs(log: Path, tmp_path: Path) -> None:
    table = tmp_path / "jobs.csv"
    table.write_text("job_id,submission_time,duration,num_gpu\na,0,1,1\n")
    with pytest.raises(TraceError, match="the format itp names no preceding jobs: SWF does"):
        oc.replay(table, processors=4, preceding=True)
    with pytest.raises(TraceError, match="preceding = True: the log has been read already"):
        oc.replay(traces.read(log), preceding=True)
    saved = oc.replay(log).save(tmp_path / "saved.parquet")
    with pytest.raises(TraceError, match="a saved replay is repeated as it was"):
        oc.replay(saved, preceding=True)

"""The comparison with other simulators: its SWF files, what a peer hands back, and how starts are compared."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks.peers import installed, protocol, starts, table
from benchmarks.peers.cases import CASES, Case, write_swf
from benchmarks.peers.installed import PEERS, Peer, python_of
from onecenter.errors import ResultError
from onecenter.traces import read
from onecenter.workload.table import workload

ACCASIM, SIMPY, _ = PEERS

SMALL = Case("none", 1.0, one_core=True, nodes=1, count=300)


def silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return the log of a small case."""
    path = tmp_path / "jobs.swf"
    write_swf(path, SMALL.jobs())
    return path


@pytest.fixture
def no_pip(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let environments be made without pip being run, which finds nothing; return the commands."""
    commands: list[list[str]] = []

    def run(given: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(given)
        status, said = (1, "WARNING: old\nERROR: nothing found\n") if "install" in given else (0, "")
        return subprocess.CompletedProcess(given, status, "", said)

    monkeypatch.setattr(installed.subprocess, "run", run)
    return commands


def test_a_log_is_in_whole_seconds(tmp_path: Path) -> None:
    jobs = workload(
        submit=np.array([0, 1_999]),
        run=np.array([1_000, 1_001]),
        walltime=np.array([3_000, 3_003]),
        accelerators=np.array([8_000, 1_000]),
    )
    write_swf(tmp_path / "jobs.swf", jobs)
    rows = [line.split() for line in (tmp_path / "jobs.swf").read_text().splitlines() if not line.startswith(";")]
    assert {len(row) for row in rows} == {18}
    # Number, submit, run time, cores, requested cores, requested time.
    assert [[row[field] for field in (0, 1, 3, 4, 7, 8)] for row in rows] == [
        ["1", "60", "1", "8", "8", "3"],
        ["2", "61", "2", "1", "1", "4"],
    ]
    assert protocol.jobs_of(str(tmp_path / "jobs.swf")) == [(1, 60, 1, 8), (2, 61, 2, 1)]


@pytest.mark.parametrize("case", CASES)
def test_onecenter_takes_every_job_as_it_is(case: Case, tmp_path: Path) -> None:
    few = case.part(0.05)
    write_swf(tmp_path / "jobs.swf", few.jobs())
    trace = read(tmp_path / "jobs.swf")
    assert trace.quality.as_dict() == {"rows": 1_000, "jobs": 1_000, **{key: {} for key in trace.quality.COUNTS}}
    assert set(trace.jobs.processors.tolist()) == ({1} if case.one_core else {1, 2, 4, 8})
    assert (trace.jobs.submit == [job.submit * 1_000 for job in protocol.jobs_of(str(tmp_path / "jobs.swf"))]).all()
    offered = (trace.jobs.run * trace.jobs.processors).sum() / (8_000 * few.nodes * trace.jobs.submit[-1] / 1_000)
    assert offered == pytest.approx(case.load, rel=0.25)


def test_starts_are_compared_job_by_job() -> None:
    ours = np.array([60, 70, 80, 90])
    assert starts.apart(ours, ours) == {"differ": 0, "largest": 0}
    assert starts.apart(ours, np.array([60, 67, 80, 92])) == {"differ": 2, "largest": 3}


def test_an_answer_is_put_in_order_of_the_log() -> None:
    run = starts.run_of("Peer", {"seconds": 0.5, "starts": [[3, 9], [1, 60], [2, 7]]}, 3)
    assert (run.spent, run.starts.tolist()) == (0.5, [60, 7, 9])


@pytest.mark.parametrize("pairs", [[[1, 60]], [[1, 60], [1, 60]], [[1, 60], [3, 60]], [[1, 60], [2, 60], [3, 60]]])
def test_an_answer_without_each_job_once_is_refused(pairs: list[list[int]]) -> None:
    with pytest.raises(ResultError, match=f"Peer: {len(pairs)} starts: one for each of 2 jobs is expected"):
        starts.run_of("Peer", {"seconds": 0.5, "starts": pairs}, 2)


def test_simpy_starts_every_job_as_onecenter_does(log: Path) -> None:
    ours, theirs = starts.by_onecenter(log, SMALL), starts.by_peer(SIMPY, Path(sys.executable), log, SMALL)
    submits = [job.submit for job in protocol.jobs_of(str(log))]
    assert (ours.starts > submits).sum() > 100
    assert theirs.starts.tolist() == ours.starts.tolist()
    assert theirs.spent > 0


def test_a_peer_that_fails_is_an_error(log: Path) -> None:
    with pytest.raises(ResultError, match=r"Nobody: exit status 1: .*benchmarks\.peers\.run_nobody"):
        starts.by_peer(Peer("Nobody", "nobody"), Path(sys.executable), log, SMALL)


def test_a_peer_that_is_there_is_not_installed_again(tmp_path: Path, no_pip: list[list[str]]) -> None:
    python = tmp_path / "accasim" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert python_of(ACCASIM, tmp_path, silent) == python
    assert [given[0] for given in no_pip] == [str(python)]
    assert "version('accasim') == '1.1.3'" in no_pip[0][-1]


def test_a_peer_that_cannot_be_had_has_a_row(
    no_pip: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one = starts.Run(0.5, np.full(2_000, 10**9))
    monkeypatch.setattr(table, "by_onecenter", lambda log, case: one)
    monkeypatch.setattr(table, "by_peer", lambda peer, python, log, case: starts.Run(2.0, one.starts + 1))
    assert command.main(["peers", "--quick", "--json", "--work", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    remedy = "install accasim==1.1.3 into a virtual environment DIR/accasim and give --work DIR"
    assert f"AccaSim is not installed: ERROR: nothing found; {remedy}\n" in err
    rows = json.loads(out)["rows"]
    assert [(row["policy"], row["cores"], row["simulator"]) for row in rows] == list(table.ROWS)
    found = {row["simulator"]: [row[key] for key in ("speed", "ratio", "waited", "differ", "largest")] for row in rows}
    nothing = ["not installed", None, None, None, None]
    assert found == {
        "onecenter": [4_000, 1.0, 2_000, 0, 0],
        "AccaSim": nothing,
        "SimPy": [1_000, 4.0, 2_000, 2_000, 1],
        "Ciw": nothing,
    }
    text = table.lines({"rows": rows})
    assert text[-1].split() == ["FIFO,", "1,", "Ciw", "not", "installed"]
    assert text[-2].split() == ["FIFO,", "1,", "SimPy", "1,000", "4.0", "2,000", "2,000", "1"]

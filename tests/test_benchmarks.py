"""The benchmarks: their workloads, their exact figures, and what a changed figure says."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onecenter_kernels.codes import BACKFILLS, LIVE_ORDERS, ORDERS, PLACEMENTS

from benchmarks import __main__ as command
from benchmarks import bare, decisions, drawn, expectations, freeze, memory, queue_delay, throughput, work, workloads
from onecenter.errors import ResultError, TraceError
from onecenter.experiments.suite import WORKLOADS, Row, frozen, policies
from onecenter.experiments.suite.measuring import Measured
from onecenter.policies import NAMED

TINY = throughput.Sizes(300, 600)


@pytest.fixture
def tiny_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "QUICK", TINY)


@pytest.fixture
def small_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Count the work of a few jobs against a file of their own; return the file."""
    counted = work.counts(300)
    monkeypatch.setattr(work, "counts", lambda: counted)
    monkeypatch.setattr(work, "FILE", tmp_path / "work.json")
    return work.FILE


@pytest.fixture
def committed_decisions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let decisions be those of a copy of the committed file, and checked against another copy; return that one."""
    found = expectations.load(decisions.FILE)
    monkeypatch.setattr(decisions, "measure", lambda: found)
    monkeypatch.setattr(decisions, "FILE", tmp_path / "decisions.json")
    expectations.save(decisions.FILE, found)
    return decisions.FILE


def checked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Return the exit status of a checked throughput in which nothing is timed, and the changes that it names."""
    monkeypatch.setattr(throughput, "measure", lambda *_: {"bare": [], "center": [], "rows": []})
    capsys.readouterr()
    status = command.main(["throughput", "--quick", "--check"])
    lines = capsys.readouterr().err.splitlines()
    return status, [line.removeprefix("changed: ") for line in lines if line.startswith("changed: ")]


def test_mean_run_time_is_that_of_the_draws() -> None:
    jobs = workloads.poisson_jobs(400_000, 64, 0.7)
    error = jobs.run.std() / np.sqrt(len(jobs))
    assert abs(jobs.run.mean() - workloads.mean_run()) < 4 * error
    assert error < 0.01 * workloads.mean_run()
    assert jobs.run.max() == workloads.CAP
    assert (jobs.walltime == 3 * jobs.run).all()


@pytest.mark.parametrize("load", [0.7, 0.95])
def test_poisson_jobs_offer_the_load(load: float) -> None:
    jobs = workloads.poisson_jobs(400_000, 64, load)
    offered = (jobs.run * jobs.gang).sum() / (1000 * 512 * jobs.submit[-1])
    assert offered == pytest.approx(load, rel=0.03)
    shares = [np.mean(jobs.accelerators == 1000 * size) for size in (1, 2, 4, 8)]
    assert shares == pytest.approx([0.6, 0.1, 0.15, 0.15], abs=0.005)


def test_integer_jobs_offer_the_load_and_have_ties_and_kills() -> None:
    jobs = workloads.integer_jobs(20_000, 64, 90)
    offered = (jobs.run * jobs.gang).sum() / (1000 * 512 * jobs.submit[-1])
    assert offered == pytest.approx(0.9, rel=0.03)
    assert (np.diff(jobs.submit) == 0).any()
    assert 0 < (jobs.run > jobs.walltime).mean() < 0.02


@pytest.mark.parametrize("variant", list(bare.VARIANTS))
def test_bare_simpy_ends_every_job(variant: str) -> None:
    assert bare.VARIANTS[variant]([0, 0, 5], [7, 1, 1]) == 3
    assert bare.VARIANTS[variant]([], []) == 0


def test_frozen_workloads_are_small_files_with_their_loads() -> None:
    offered = {name: drawn.offered(freeze.read(name)) for name in freeze.names()}
    assert offered == pytest.approx({"small": 0.85, "gangs": 0.75, "classes": 0.72}, rel=0.03)
    assert all(path.stat().st_size < 100_000 for path in expectations.FOLDER.iterdir())


def test_frozen_workloads_have_what_they_stand_for() -> None:
    gangs, classes = freeze.read("gangs"), freeze.read("classes")
    assert len(gangs.fleet) == 2
    assert 0.35 < (gangs.jobs.gang >= 16_000).mean() < 0.45
    assert len(np.unique(gangs.jobs.types)) == 4
    assert (gangs.jobs.run > gangs.jobs.walltime).any()
    part = classes.jobs.accelerators < 1000
    assert part.sum() == 1_800
    assert set(classes.jobs.accelerators[part].tolist()) == {143, 200, 250, 333, 500}
    assert classes.jobs.platforms[int(classes.jobs.platform[part][0])] == "talent"


def test_frozen_workload_comes_back_as_written(tmp_path: Path) -> None:
    every = {"small": drawn.small(), "classes": drawn.classes()}
    freeze.write(every, tmp_path)
    for name, made in every.items():
        again = freeze.read(name, tmp_path)
        assert (again.about, again.fleet) == (made.about, made.fleet)
        assert work.digest(again.jobs) == work.digest(made.jobs)


def test_changed_frozen_workload_is_refused(tmp_path: Path) -> None:
    freeze.write({"small": drawn.small()}, tmp_path)
    path = tmp_path / "small.csv.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    path.write_bytes(gzip.compress(text.replace("1000", "2000", 1).encode()))
    with pytest.raises(TraceError, match=r"small\.csv\.gz: SHA-256 .* is expected"):
        freeze.read("small", tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(TraceError, match=r"small\.csv\.gz"):
        freeze.read("small", tmp_path)


def test_every_policy_and_placement_is_run() -> None:
    every = policies()
    assert set(NAMED) - set(LIVE_ORDERS) <= set(every)
    fifo_easy = [policy for policy in every.values() if (policy.order, policy.backfill) == ("fifo", "easy")]
    assert {policy.placement for policy in fifo_easy} == set(PLACEMENTS)


def test_decisions_are_as_committed() -> None:
    found = decisions.measure()
    assert expectations.changes(expectations.load(decisions.FILE), found) == []
    assert list(found) == [f"{name}, {policy}" for name in ("small", "gangs", "classes") for policy in policies()]
    for row in found.values():
        figures = ("wait_mean", "wait_p95", "slowdown_mean", "slowdown_p95", "utilisation")
        assert tuple(row) == (*figures, "log_digest")
        assert row["slowdown_mean"] >= 1
        assert 0 < row["utilisation"] < 1


@pytest.mark.usefixtures("small_counts")
def test_a_changed_decision_is_named(
    committed_decisions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expectations.save(work.FILE, work.counts())
    assert checked(monkeypatch, capsys) == (0, [])
    table = expectations.load(committed_decisions)
    wait = table["small, easy-sjbf"]["wait_mean"]
    table["small, easy-sjbf"]["wait_mean"] = 2 * wait
    table["small, fifo"]["log_digest"] = "0" * 64
    table["small, lottery"] = table.pop("small, sjf")
    expectations.save(committed_decisions, table)
    status, changes = checked(monkeypatch, capsys)
    assert status == 1
    assert f"small, easy-sjbf: wait_mean from {2 * wait} to {wait} (-50 %)" in changes
    assert "small, lottery: expected, but not run" in changes
    assert "small, sjf: run, but not expected (--update takes it in)" in changes
    assert len(changes) == 4
    assert command.main(["throughput", "--update"]) == 0
    assert checked(monkeypatch, capsys) == (0, [])


def test_work_counts_are_as_committed() -> None:
    found = work.counts()
    assert expectations.changes(expectations.load(work.FILE), found) == []
    assert {f"{order} + {backfill}" for order in ORDERS for backfill in BACKFILLS} < set(found)


@pytest.mark.usefixtures("committed_decisions")
def test_changed_work_is_named_and_updated(
    small_counts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(throughput, "measure", lambda *_: {"bare": [], "center": [], "rows": []})
    assert command.main(["throughput", "--update"]) == 0
    expected = expectations.load(small_counts)
    visits = expected["fifo + easy"]["visits"]
    expected["fifo + easy"]["visits"] = visits - 1
    expectations.save(small_counts, expected)
    capsys.readouterr()
    assert command.main(["throughput", "--quick", "--check"]) == 1
    assert f"changed: fifo + easy: visits from {visits - 1} to {visits} " in capsys.readouterr().err
    assert command.main(["throughput", "--update"]) == 0
    assert command.main(["throughput", "--quick", "--check"]) == 0


@pytest.mark.usefixtures("tiny_sizes")
def test_throughput_reports_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["throughput", "--quick", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["changes"] is None
    assert {"versions", "kernel_hash", "machine", "nodes", "bare", "center", "rows"} < set(report)
    keys = [(row["jobs"], row["load"], row["stride"], row["backfill"]) for row in report["center"]]
    assert len(set(keys)) == len(keys) == 12
    assert {stride for jobs, _, stride, _ in keys if jobs == TINY.large} == {"calendar"}
    assert {(row["jobs"], row["load"], row["variant"]) for row in report["bare"]} == {
        (jobs, load, variant) for jobs in (300, 600) for load in (0.7, 0.95) for variant in ("at once", "one by one")
    }
    speeds = {(row["jobs"], row["load"], row["variant"]): row["jobs_per_s"] for row in report["bare"]}
    for row in report["center"]:
        ratios = {name: row["jobs_per_s"] / speeds[row["jobs"], row["load"], name] for name in bare.VARIANTS}
        assert row["to_bare"] == pytest.approx(ratios, abs=6e-4)
    text = "\n".join(throughput.lines(report))
    assert "EASY, event stride" in text
    assert "bare SimPy, one by one" in text


def test_peak_memory_is_that_of_the_fresh_process() -> None:
    ballast = np.ones(100_000_000)
    assert memory.peak_bytes() > ballast.nbytes
    peaks = memory.measured_apart(300, 0.7, "none")
    assert 10 < peaks["run"] <= peaks["figures"] < ballast.nbytes / 1e6


def test_damaged_expectations_exit_with_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(work, "FILE", tmp_path / "work.json")
    assert command.main(["throughput", "--check", "--quick"]) == 2
    assert "work.json" in capsys.readouterr().err
    work.FILE.write_text("[]")
    with pytest.raises(ResultError, match="a JSON object is expected"):
        expectations.load(work.FILE)


def test_queue_delay_is_the_suite(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    quick = frozen().of("quick")
    monkeypatch.setattr(queue_delay, "suite", lambda part, **_: frozen().of(part))
    assert command.main(["queue-delay", "--quick", "--check", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["changes"] == []
    assert [tuple(row.values()) for row in report["rows"]] == [tuple(row) for row in quick]
    assert command.main(["queue-delay", "--check"]) == 0
    out, err = capsys.readouterr()
    assert all(f"{name}:\n" in out for name in WORKLOADS)
    assert "exact figures: as committed" in err
    moved = [quick[0]._replace(mean=2 * quick[0].mean), *quick[1:]]
    monkeypatch.setattr(queue_delay, "suite", lambda part, **_: moved)
    assert command.main(["queue-delay", "--quick", "--check"]) == 1
    assert capsys.readouterr().err.count("changed: ") == 1


def test_the_tables_of_all_parts_are_of_the_same_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = [[Measured("easy", "center", "wait_mean_s", float(i))] for i in range(10)]
    monkeypatch.setattr(queue_delay, "measured", lambda count, **_: {"convoy": seeds[:count]})
    kept: list[Row] = []
    monkeypatch.setattr(queue_delay, "save", lambda rows: kept.extend(rows))
    assert command.main(["queue-delay", "--update"]) == 0
    assert [(row.part, row.mean, row.runs) for row in kept] == [("full", 4.5, 10), ("quick", 0.0, 1)]


def test_exit_status_of_the_process() -> None:
    root = Path(__file__).parents[1]
    run = [sys.executable, "-m", "benchmarks", "queue-delay", "--check", "--update"]
    both = subprocess.run(run, cwd=root, capture_output=True, text=True, check=False)
    assert both.returncode == 2
    assert "not allowed with" in both.stderr

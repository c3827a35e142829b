"""Sweeps: points by hand, rows in order, resuming, failures, bad input; Sobol' indices of a known function."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError, PlanError
from onecenter.experiments.sweeping import runs, sobol, sweep
from onecenter.experiments.sweeping.dataset import HEAD
from onecenter.experiments.sweeping.design import points_of
from onecenter.scenario import load, with_set

SCALE = "platforms.queue.demand.customers.scale"
COUNT = "center.nodes.server.count"
SHORT = ['time.horizon="6 h"', 'time.warmup="0 d"']


def short() -> oc.Scenario:
    """Return six hours of the textbook queue; the warm-up of 1 ms keeps the pilot runs away."""
    return load("mm-c", set=['time.horizon="6 h"', 'time.warmup="1 ms"'])


@contextmanager
def threads() -> Iterator[Executor]:
    """Give a pool that changes the order in which runs end."""
    with ThreadPoolExecutor(3) as executor:
        yield executor


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("16:64:16", [16, 32, 48, 64]),
        ("16:60:16", [16, 32, 48]),
        ("1,1.5,2", [1, 1.5, 2]),
        ("0.5:1.0:0.25", [0.5, 0.75, 1.0]),
        ([3, 4], [3, 4]),
    ],
)
def test_values_of_a_path(values: Any, expected: list[float]) -> None:
    path = COUNT if all(isinstance(each, int) for each in expected) else SCALE
    assert [point[path] for point in points_of(short(), {path: values})] == expected


def test_a_grid_by_hand() -> None:
    points = points_of(short(), {COUNT: [1, 2], SCALE: "1,2"})
    assert [tuple(point.values()) for point in points] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_a_list_is_taken_as_it_is() -> None:
    listed = [{COUNT: 4, SCALE: 2.0}, {COUNT: 8, SCALE: 1.0}]
    assert points_of(short(), listed) == listed


def test_a_quasi_random_design_fills_the_ranges() -> None:
    points = points_of(short(), {COUNT: "4:7", SCALE: (0.5, 1.5)}, "sobol", 16)
    assert len(points) == 16
    assert {point[COUNT] for point in points} == {4, 5, 6, 7}
    # One of each sixteenth of the range, as a scrambled Sobol' sequence has it.
    assert {int((point[SCALE] - 0.5) * 16) for point in points} == set(range(16))
    assert points == points_of(short(), {COUNT: "4:7", SCALE: (0.5, 1.5)}, "sobol", 16)


def test_rows_stand_in_order_whoever_ran_them() -> None:
    vary = {COUNT: [6, 8], SCALE: "0.5,1"}
    alone, together = sweep(short(), vary, 2), sweep(short(), vary, 2, executor=threads)
    assert alone.table.equals(together.table)
    assert alone.table["replication"].to_list() == [0, 1] * 4
    assert alone.table[COUNT].to_list() == [6] * 4 + [8] * 4
    assert alone.failed == []


def test_a_row_is_that_of_the_replication() -> None:
    (row,) = sweep(short(), {COUNT: [6]}, executor=threads).rows
    one = oc.replicate(short(), 1)[0]
    assert row["seed"] == str(one.seed)
    assert row["center.submitted"] == len(one.everyone)


def test_resuming_runs_only_what_is_missing(tmp_path: Path) -> None:
    vary = {COUNT: [6, 7, 8]}
    whole = sweep(short(), vary, 2, out=tmp_path / "a", executor=threads).table
    files = runs_in(tmp_path / "a")
    assert len(files) == 6
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:100])
    before = {path: path.stat().st_mtime_ns for path in files[2:]}
    assert sweep(short(), vary, 2, out=tmp_path / "a", resume=True, executor=threads).table.equals(whole)
    assert {path: path.stat().st_mtime_ns for path in files[2:]} == before
    assert pl.read_parquet(tmp_path / "a").height == 6


def fails_at_seven(scenario: Any, point: Any, index: int, given: Any) -> Any:
    """Run, but for seven nodes."""
    if point[COUNT] == 7:
        raise ValueError("seven")
    return {**point, "replication": index, "error": None}


def test_a_run_that_fails_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("onecenter.experiments.sweeping.running.one_row", fails_at_seven)
    found = sweep(short(), {COUNT: [6, 7, 8]}, out=tmp_path / "s", executor=threads)
    assert [row["error"] for row in found.rows] == [None, "ValueError: seven", None]
    assert len(found.failed) == 1
    # It is not written, so that resuming tries it again.
    monkeypatch.setattr("onecenter.experiments.sweeping.running.one_row", runs.one_row)
    assert sweep(short(), {COUNT: [6, 7, 8]}, out=tmp_path / "s", resume=True, executor=threads).failed == []


def test_a_full_disk_stops_it_with_what_is_written_valid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written: list[Any] = []
    original = pl.DataFrame.write_parquet

    def full_at_the_third(self: pl.DataFrame, *args: Any, **options: Any) -> None:
        written.append(args)
        if len(written) == 4:  # the first one says what the sweep is
            raise OSError(28, "No space left on device")
        original(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pl.DataFrame, "write_parquet", full_at_the_third)
        with pytest.raises(PlanError, match="No space left"):
            sweep(short(), {COUNT: [5, 6, 7, 8]}, out=tmp_path / "s", executor=threads)
    assert pl.read_parquet(tmp_path / "s" / "*.parquet").height == 2
    assert not list((tmp_path / "s").glob("*.part"))
    assert len(sweep(short(), {COUNT: [5, 6, 7, 8]}, out=tmp_path / "s", resume=True, executor=threads).rows) == 4


def test_a_second_interrupt_is_not_lost() -> None:
    # polars and Python each raise one signal's interrupt, the second while the pool is being left.
    @contextmanager
    def interrupted_again() -> Iterator[Executor]:
        with ThreadPoolExecutor(2) as executor:
            try:
                yield executor
            finally:
                raise KeyboardInterrupt("second")

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt("first")

    with pytest.raises(KeyboardInterrupt, match="second"):
        sweep(short(), {COUNT: [5, 6, 7, 8]}, executor=interrupted_again, on_row=interrupt)


# ---- killed and resumed


def command(folder: Path, *more: str) -> list[str]:
    """Return the command line of a sweep of 200 runs."""
    parts = ["sweep", "mm-c", "--vary", f"{COUNT}=7:16:1", "--vary", f"{SCALE}=0.8,1", "-n", "10"]
    sets = [part for text in ('time.horizon="10 d"', 'time.warmup="1 d"') for part in ("--set", text)]
    where = [] if "--cluster" in more else ["--workers", "2"]
    return [sys.executable, "-m", "onecenter", *parts, *sets, "--out", str(folder), *where, *more]


def runs_in(folder: Path) -> list[Path]:
    """Return the files of runs."""
    return sorted(path for path in folder.glob("*.parquet") if path.name != HEAD)


def rows_of(folder: Path) -> pl.DataFrame:
    """Return all rows in a fixed order."""
    return pl.read_parquet(folder).sort("run")


@pytest.mark.slow
def test_killed_three_times_and_resumed(tmp_path: Path) -> None:
    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    folder = tmp_path / "killed"
    for kill in range(3):
        process = subprocess.Popen(
            command(folder, *(["--resume"] if kill else [])), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 120
        while len(runs_in(folder)) < 40 * (kill + 1) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = len(runs_in(folder))
    assert 0 < done < 200
    subprocess.run(command(folder, "--resume"), check=True, capture_output=True)
    assert rows_of(folder).equals(rows_of(tmp_path / "whole"))
    assert rows_of(folder).height == 200


@pytest.mark.slow
def test_interrupted_and_resumed(tmp_path: Path) -> None:
    folder = tmp_path / "interrupted"
    process = subprocess.Popen(command(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 120
    while len(runs_in(folder)) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "--resume goes on with it" in errors.decode()
    assert "Traceback" not in errors.decode()
    assert 20 <= rows_of(folder).height < 200
    subprocess.run(command(folder, "--resume"), check=True, capture_output=True)
    assert rows_of(folder).height == 200


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_dask_worker_killed_in_mid_sweep(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra cluster is not installed")
    port = "48786"
    address = f"tcp://127.0.0.1:{port}"
    module = [sys.executable, "-m", "distributed.cli"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = [*module[:2], "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    worker = [*module[:2], "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    processes: list[Any] = [subprocess.Popen(scheduler, **quiet)]  # type: ignore[call-overload]
    try:
        time.sleep(3)
        processes += [subprocess.Popen(worker, **quiet) for _ in range(2)]  # type: ignore[call-overload]
        folder = tmp_path / "cluster"
        running = subprocess.Popen(
            command(folder, "--cluster", address), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 120
        while len(runs_in(folder)) < 30 and time.monotonic() < deadline:
            time.sleep(0.02)
        processes[1].kill()
        output, _ = running.communicate(timeout=300)
        assert running.returncode == 0, output.decode()
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert rows_of(folder).equals(rows_of(tmp_path / "whole"))


# ---- sensitivity


def ishigami(units: Any) -> Any:
    """Return the function of T. Ishigami and T. Homma (1990), a = 7, b = 0.1, of the unit cube."""
    x = np.pi * (2 * np.asarray(units) - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_a_known_function() -> None:
    found = {row["path"]: row for row in sobol(ishigami, ["x1", "x2", "x3"], 1024, seed=1).to_dicts()}
    # In closed form, from the variances of the three parts.
    b, pi = 0.1, np.pi
    first = 0.5 * (1 + b * pi**4 / 5) ** 2
    second, both = 49 / 8, 8 * b**2 * pi**8 / 225
    total = first + second + both
    expected = {"x1": (first, first + both), "x2": (second, second), "x3": (0.0, both)}
    for name, (alone, whole) in expected.items():
        assert found[name]["first"] == pytest.approx(alone / total, abs=0.05)
        assert found[name]["total"] == pytest.approx(whole / total, abs=0.05)
        assert found[name]["first_low"] <= found[name]["first"] <= found[name]["first_high"]


def test_sensitivity_of_a_scenario() -> None:
    found = oc.sensitivity(
        short(), {SCALE: (0.2, 1.2), "center.nodes.server.cpus": (0, 64)}, "center.submitted", n=16, executor=threads
    )
    first = found.table.row(0, named=True)
    assert first["path"] == SCALE
    assert first["total"] == pytest.approx(1, abs=0.3)
    assert found.table.row(1, named=True)["total"] == pytest.approx(0, abs=0.05)
    assert len(found.plot().get_yticklabels()) == 2


# ---- bad input

BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no such path": ({"center.nodes.servr.count": [1]}, {}, "did you mean"),
    "no values": ({}, {}, "at least one path"),
    "impossible value": ({COUNT: [1, 0]}, {}, "count"),
    "falling": ({COUNT: "64:16:8"}, {}, "rising"),
    "no step": ({COUNT: "16:64"}, {}, "start:stop:step"),
    "no range": ({COUNT: "16"}, {"design": "sobol"}, "16:64"),
    "points": ({COUNT: "4:8"}, {"design": "sobol", "points": 12}, "power of two"),
    "too many": ({COUNT: "1:1000:1", SCALE: "1:1000:1"}, {}, "at most"),
    "design": ({COUNT: [4]}, {"design": "cube"}, "grid"),
    "n": ({COUNT: [4]}, {"n": 0}, "at least 1"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_sweeps(case: str) -> None:
    vary, options, words = BAD[case]
    with pytest.raises(OnecenterError, match=words):
        sweep(short(), vary, **options, executor=threads)


#: Sweeps that do not go on with `{COUNT: [6]}` of `short`.
OTHERS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "value": ({COUNT: [6]}, {"policy.backfill": "easy"}, 'it has policy.backfill = "none", not "easy"'),
    "seed": ({COUNT: [6]}, {"time.seed": 5}, "it has time.seed = "),
    "path": ({SCALE: [1]}, {}, f"it varies {COUNT}, not {SCALE}"),
    "more paths": ({COUNT: [6], SCALE: [1]}, {}, f"it varies {COUNT}, not {COUNT}, {SCALE}"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_sweep_goes_on_with_itself_only(case: str, tmp_path: Path) -> None:
    vary, changes, says = OTHERS[case]
    sweep(short(), {COUNT: [6]}, out=tmp_path, executor=threads)
    with pytest.raises(PlanError, match=re.escape(f"another sweep is there: {says}")):
        sweep(with_set(short(), changes), vary, out=tmp_path, resume=True, executor=threads)


def test_other_software_does_not_go_on_with_a_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(short(), {COUNT: [6]}, out=tmp_path, executor=threads)
    monkeypatch.setattr("onecenter.engine.kernels.kernel_hash", lambda: "other")
    with pytest.raises(PlanError, match=r"it was made with the kernels .*, this is the kernels other"):
        sweep(short(), {COUNT: [6]}, out=tmp_path, resume=True, executor=threads)


def test_columns_have_one_type_each_whatever_the_values_are(tmp_path: Path) -> None:
    # A scale is a float also where whole numbers are given; tables and lists are JSON.
    sizes = "platforms.queue.demand.customers.sizes"
    point = {SCALE: 1, sizes: [{"tasks": 1, "accelerators": 1, "share": 1}]}
    sweep(short(), [point], out=tmp_path, executor=threads)
    sweep(short(), [point | {SCALE: 0.5}], out=tmp_path, resume=True, executor=threads)
    table = pl.read_parquet(tmp_path)
    assert sorted(table[SCALE].to_list()) == [0.5, 1.0]
    assert json.loads(table[sizes][0]) == point[sizes]
    assert table.schema["error"] == pl.String and table["error"].null_count() == 2
    assert {table.schema[f"queue.{name}"] for name in ("wait_p95_s", "wait_mean_s", "utilisation")} == {pl.Float64}


def test_folders_that_are_something_else(tmp_path: Path) -> None:
    sweep(short(), {COUNT: [6]}, out=tmp_path / "a", executor=threads)
    with pytest.raises(PlanError, match="already"):
        sweep(short(), {COUNT: [6]}, out=tmp_path / "a", executor=threads)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "letter.txt").write_text("dear")
    with pytest.raises(PlanError, match="not empty"):
        sweep(short(), {COUNT: [6]}, out=tmp_path / "b", executor=threads)
    (tmp_path / "a" / HEAD).write_text("{")
    with pytest.raises(PlanError, match="damaged"):
        sweep(short(), {COUNT: [6]}, out=tmp_path / "a", resume=True, executor=threads)
    with pytest.raises(PlanError, match="cannot be written"):
        sweep(short(), {COUNT: [6]}, out=tmp_path / "b" / "letter.txt", executor=threads)


@pytest.mark.parametrize("figure", ["center.wait", "talent.wait_p95_s"])
def test_an_unknown_figure(figure: str) -> None:
    with pytest.raises(PlanError, match="wait_mean_s"):
        oc.sensitivity(short(), {SCALE: (0.5, 1)}, figure, n=2, executor=threads)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = [part for text in SHORT for part in ("--set", text)]
    arguments = ["sweep", "mm-c", "--vary", f"{COUNT}=6:8:2", *sets, "--out", str(tmp_path / "s"), "--workers", "1"]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 2
    assert main(arguments) == 2
    assert "already" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_cluster_that_does_not_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed", reason="the extra cluster is not installed")
    arguments = ["sweep", "mm-c", "--vary", f"{COUNT}=6:8:2", "--out", str(tmp_path / "s")]
    assert main([*arguments, "--cluster", "tcp://127.0.0.1:9"]) == 2
    assert "no Dask scheduler answers" in capsys.readouterr().err

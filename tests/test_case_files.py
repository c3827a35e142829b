"""Cases of files that are written: tried before the work, whole or not at all, on a full disk too."""

import json
import os
import resource
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import onecenter as oc
from onecenter.cli.main import main

QUEUE = ["mm-c", "--set", 'time.horizon="6 h"', "--set", 'time.warmup="1 ms"']
TARGET = ["--target", 'platforms.queue.wait.p95="5 h"']
PLAN = ["plan", *QUEUE, *TARGET, "--vary", "center.nodes.server.count=1:12", "--replications", "2"]
SWEEP = ["sweep", *QUEUE, "--vary", "center.nodes.server.count=8,9"]
SWF = "; MaxProcs: 4\n1 10 -1 20 2 -1 -1 2 60 -1 1 1 1 -1 -1 -1 -1 -1\n"


@contextmanager
def threads(*_: object) -> Iterator[ThreadPoolExecutor]:
    """Give threads where the commands would start processes."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("planning", "sweeping"):
        monkeypatch.setattr(f"onecenter.cli.{module}.local", threads)


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Return a small log."""
    path = tmp_path / "small.swf"
    path.write_text(SWF)
    return str(path)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let a file grow to so many bytes, then refuse a write as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def check_whole(folder: Path) -> list[str]:
    """Check that a folder holds whole files only; return their names."""
    for path in folder.iterdir() if folder.exists() else ():
        assert not path.name.endswith(".part")
        if path.suffix == ".png":
            assert path.read_bytes().endswith(b"IEND\xaeB`\x82")
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        else:
            pl.read_parquet(path)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


#: By command: the room, between the sizes of the files that fit and those that do not; what fits.
FULL = {
    "run": (["run", "tiny"], 25_000, ["result.parquet", "summary.json"]),
    "plan": (PLAN, 4_500, []),
    "picture of a plan": (PLAN, 25_000, ["plan.json"]),
}


@pytest.mark.case("7.13")
@pytest.mark.parametrize("name", FULL)
def test_a_full_disk_leaves_whole_files(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, room, fits = FULL[name]
    with files_up_to(room):
        assert main([*arguments, "--json", "--out", str(tmp_path / "x")]) == 2
    assert check_whole(tmp_path / "x") == fits
    told = capsys.readouterr().err
    assert "--out: " in told
    assert "cannot be written: File too large" in told


@pytest.mark.case("7.13")
def test_a_sweep_that_is_resumed_sweeps_up(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    assert main([*SWEEP, "--out", str(folder)]) == 0
    names = check_whole(folder)
    (folder / ".onecenter-0123456789abcdef.part").write_bytes(b"what a kill has left")
    assert main([*SWEEP, "--out", str(folder), "--resume"]) == 0
    assert check_whole(folder) == names


@pytest.mark.case("7.13")
def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    oc.run("tiny").save(tmp_path / "tiny.parquet")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main(["report", str(tmp_path / "tiny.parquet"), "-o", str(pipe)]) == 2
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert "not a regular file" in capsys.readouterr().err


@pytest.mark.case("7.13")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    oc.run("tiny").save(tmp_path / "tiny.parquet")
    (tmp_path / "shown").mkdir()
    (tmp_path / "latest.html").symlink_to(tmp_path / "shown" / "report.html")
    assert main(["report", str(tmp_path / "tiny.parquet"), "-o", str(tmp_path / "latest.html")]) == 0
    assert (tmp_path / "latest.html").is_symlink()
    assert (tmp_path / "shown" / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.case("7.13")
def test_a_name_as_long_as_the_disk_takes(tmp_path: Path) -> None:
    name = "n" * 247 + ".parquet"
    assert oc.Result.load(oc.run("tiny").save(tmp_path / name)).window.warmup == 0


# ---- tried first

WORK = {
    "run": ["run", "tiny"],
    "replay": ["replay", "LOG", "--processors", "4"],
    "plan": PLAN,
    "outlook": [*PLAN, "--set", "growth.platforms.queue.monthly=0.01", "--horizon", "1 y"],
}


@pytest.mark.case("7.12")
@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("out", ["file/x", "", "n" * 300])
def test_a_folder_that_cannot_be_made_is_refused_before_the_work(
    name: str, out: str, tmp_path: Path, log: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    worked: list[Any] = []
    monkeypatch.setattr("onecenter.engine.center.Center.run", lambda *_, **__: worked.append(1))
    given = [log if part == "LOG" else part for part in WORK[name]]
    assert main([*given, "--out", str(tmp_path / out) if out else ""]) == 2
    assert "--out" in capsys.readouterr().err
    assert worked == []


@pytest.mark.case("7.12")
def test_a_report_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with files_up_to(100):
        assert main(["report", str(tmp_path / "none.parquet"), "-o", str(tmp_path / "report.html")]) == 2
    told = capsys.readouterr().err
    assert "cannot be written" in told
    assert "none.parquet" not in told


@pytest.mark.case("7.12")
def test_a_run_that_fails_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["run", "tiny", "--out", str(tmp_path / "new" / "folder"), "--fail-if", "center.submitted > 1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onecenter.cli.commands.run", lambda *_, **__: 1 / 0)
        assert main(call) == 3
    assert list(tmp_path.iterdir()) == []
    assert "ZeroDivisionError" in capsys.readouterr().err

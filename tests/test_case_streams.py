"""Cases of standard output: closed by its reader, full, closed from the start, without the letters."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from onecenter.cli.main import main

SWF = "; MaxProcs: 4\n" + "".join(
    f"{i} {10 * i} -1 {20 + i} 2 -1 -1 2 60 -1 1 1 1 -1 -1 -1 -1 -1\n" for i in range(1, 10)
)
QUEUE = ["mm-c", "--set", 'time.horizon="6 h"', "--set", 'time.warmup="1 ms"']
VARY = ["--vary", "center.nodes.server.count=1:12"]
GROWTH = ["--set", "growth.platforms.queue.monthly=0.01", "--horizon", "90 d", "--replications", "2"]
TARGET = ["--target", 'platforms.queue.wait.p95="5 h"']


@contextmanager
def threads(*_: object) -> Iterator[ThreadPoolExecutor]:
    """Give threads where the commands would start processes."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Return a small log."""
    path = tmp_path / "small.swf"
    path.write_text(SWF)
    return str(path)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., int]:
    """Return a call of the command line with descriptor 1 as it is, and Python's stream above it."""

    def called(*arguments: str, target: int, encoding: str = "utf-8") -> int:
        capfd.readouterr()
        saved = os.dup(1)
        os.dup2(target, 1)
        try:
            stream = io.TextIOWrapper(io.FileIO(1, "wb", closefd=False), encoding)
            monkeypatch.setattr("sys.stdout", stream)
            monkeypatch.setattr("sys.__stdout__", stream)
            return main(arguments)
        finally:
            os.dup2(saved, 1)
            os.close(saved)

    return called


@pytest.mark.case("7.1")
def test_a_pipe_that_is_closed_after_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onecenter", "run", "tiny", "--out", str(tmp_path / "x")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0
    assert {"result.parquet", "summary.json", "waits.png"} <= {path.name for path in (tmp_path / "x").iterdir()}


COMMANDS = {
    "run": (["run", "tiny"], "summary.json"),
    "replay": (["replay", "LOG", "--processors", "4"], "summary.json"),
    "plan": (["plan", *QUEUE, *VARY, *TARGET, "--replications", "2"], "plan.json"),
    "outlook": (["plan", *QUEUE, *VARY, *TARGET, *GROWTH], "outlook.json"),
}


class Closed(io.StringIO):
    """A stream whose reader is gone."""

    def write(self, text: str) -> int:
        """Fail as a closed pipe does."""
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.case("7.1")
@pytest.mark.parametrize("name", COMMANDS)
def test_files_are_written_before_anything_is_printed(
    name: str, tmp_path: Path, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, file = COMMANDS[name]
    monkeypatch.setattr("onecenter.cli.planning.local", threads)
    monkeypatch.setattr("sys.stdout", Closed())
    given = [log if part == "LOG" else part for part in arguments]
    assert main([*given, "--out", str(tmp_path / "x"), "--json"]) == 0
    assert (tmp_path / "x" / file).stat().st_size > 0


@pytest.mark.case("7.1")
def test_a_condition_that_holds_is_told_though_nobody_reads(call: Callable[..., int]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        assert call("run", "tiny", target=write) == 0
        assert call("run", "tiny", "--fail-if", "center.submitted >= 6", target=write) == 1
    finally:
        os.close(write)


PRINTING = {
    "run": ["run", "tiny"],
    "json": ["run", "tiny", "--json"],
    "compare": ["compare", "tiny", "--policies", "fifo,easy"],
    "show": ["show", "tiny"],
    "list": ["scenario", "list"],
    "validate": ["validate", "tiny"],
    "help": ["--help"],
}


@pytest.mark.case("7.3")
@pytest.mark.parametrize("name", PRINTING)
@pytest.mark.parametrize("state", ["full", "closed"])
def test_output_that_cannot_be_written(
    name: str, state: str, call: Callable[..., int], capfd: pytest.CaptureFixture[str]
) -> None:
    # A closed descriptor and one that is open for reading alone refuse a write with the same error.
    target = os.open("/dev/full", os.O_WRONLY) if state == "full" else os.open(os.devnull, os.O_RDONLY)
    try:
        assert call(*PRINTING[name], target=target) == 2
    finally:
        os.close(target)
    wrong = {"full": "No space left on device", "closed": "Bad file descriptor"}[state]
    assert capfd.readouterr().err == f"onecenter: standard output: cannot be written: {wrong}\n"


@pytest.mark.case("7.3")
@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii"])
def test_letters_that_an_encoding_lacks(encoding: str, call: Callable[..., int], tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    with path.open("wb") as file:
        assert call("run", "tiny", target=file.fileno(), encoding=encoding) == 0
    text = path.read_text(encoding)
    # The signs of the three verdicts stay three signs.
    assert "(+ met, x missed, ? undecided)" in text
    assert ("p95 wait ≤ 30 min" if encoding == "gbk" else "p95 wait <= 30 min") in text


@pytest.mark.case("7.3")
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_json_loses_no_letter(encoding: str, call: Callable[..., int], tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    with path.open("wb") as file:
        assert call("show", "changsha", "--json", target=file.fileno(), encoding=encoding) == 0
    title = json.loads(path.read_text(encoding))["scenario"]["title"]
    assert title["zh"] == "长沙：一中心四平台"


@pytest.mark.case("7.3")
def test_a_file_name_that_is_no_text(call: Callable[..., int], tmp_path: Path) -> None:
    scenario = tmp_path / "no\udcfftext.toml"
    scenario.write_text('extends = "tiny"\n')
    path = tmp_path / "out.txt"
    with path.open("wb") as file:
        assert call("validate", str(scenario), target=file.fileno()) == 0
    assert path.read_text("utf-8").endswith("text.toml: ok\n")

"""Files that are no regular ones are refused, not waited for; standard input, and packed logs that are too much."""

import gzip
import io
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onecenter.cli.main import main
from onecenter.scenario import shipped_folder

TINY = (shipped_folder() / "tiny.toml").read_text(encoding="utf-8")
SWF = "1 0 -1 10 1 -1 -1 1 20 -1 1 1 1 -1 -1 -1 -1 -1\n"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a call says that is a mistake of the user."""
    assert main(arguments) == 2
    return capsys.readouterr().err


@pytest.fixture
def impatient() -> Iterator[None]:
    """Interrupt what waits for ever."""

    def stop(*_: object) -> None:
        raise TimeoutError("still waiting")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def pipe(tmp_path: Path, impatient: None) -> str:
    """Return a named pipe without a writer."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return str(path)


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[str]:
    """Return a socket."""
    path = os.path.relpath(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as opened:
        try:
            opened.bind(path)
        except OSError:
            pytest.skip("no sockets here")
        yield path


def _all_commands(path: str, out: str) -> list[list[str]]:
    scenario = [[command, path] for command in ("run", "validate", "show", "compare")]
    more = [["sweep", path, "--vary", "time.seed=1,2", "--out", out], ["plan", path, "--vary", "center.nodes.a.count"]]
    return [*scenario, *more, ["replay", path, "--processors", "4"], ["report", path, "-o", f"{out}.html"]]


@pytest.mark.case("7.10-1")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str], pipe: str) -> None:
    for arguments in _all_commands(pipe, str(tmp_path / "out")):
        assert "a named pipe; a regular file is expected" in told(capsys, *arguments)


@pytest.mark.case("7.10-2")
def test_a_base_that_is_a_pipe_or_device(tmp_path: Path, capsys: pytest.CaptureFixture[str], pipe: str) -> None:
    path = tmp_path / "s.toml"
    for base, what in ((pipe, "a named pipe"), ("/dev/zero", "a device"), ("/dev/null", "a device"), (".", "a folder")):
        path.write_text(f'extends = "{base}"', encoding="utf-8")
        assert f"{what}; a regular file is expected" in told(capsys, "validate", str(path))


@pytest.mark.case("7.10-3")
@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device(tmp_path: Path, capsys: pytest.CaptureFixture[str], device: str) -> None:
    for arguments in _all_commands(device, str(tmp_path / "out")):
        assert "a device; a regular file is expected" in told(capsys, *arguments)


@pytest.mark.case("7.10-4")
def test_a_socket(tmp_path: Path, capsys: pytest.CaptureFixture[str], listening: str) -> None:
    for arguments in _all_commands(listening, str(tmp_path / "out")):
        assert "a socket; a regular file is expected" in told(capsys, *arguments)


@pytest.mark.case("7.10-5")
def test_folders_that_hold_pipes(tmp_path: Path, capsys: pytest.CaptureFixture[str], impatient: None) -> None:
    for name in ("result.parquet", "plan.json"):
        folder = tmp_path / name.partition(".")[0]
        folder.mkdir()
        os.mkfifo(folder / name)
        assert "a named pipe; a regular file" in told(capsys, "report", str(folder), "-o", str(tmp_path / "r.html"))


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Make bytes the standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))  # type: ignore[arg-type]


@pytest.mark.case("7.10-6")
def test_a_scenario_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given(monkeypatch, TINY.encode())
    assert main(["validate", "-"]) == 0
    given(monkeypatch, TINY.replace("count = 2", "count = -2").encode())
    assert "standard input: center.nodes.small.count = -2: at least 1" in told(capsys, "run", "-")
    given(monkeypatch, b'extends = "-"')
    assert 'standard input: extends = "-": no such file' in told(capsys, "run", "-")
    given(monkeypatch, b"#" * 2**23)
    assert "standard input: larger than 4 MiB" in told(capsys, "run", "-")
    monkeypatch.setattr(sys, "stdin", None)
    assert "standard input is closed" in told(capsys, "run", "-")


@pytest.mark.case("7.10-7")
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_log_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pack: object
) -> None:
    assert callable(pack)
    given(monkeypatch, pack(SWF.encode()))
    assert main(["replay", "-", "--processors", "4"]) == 0
    given(monkeypatch, pack(b"1 2\n"))
    assert "standard input: line 1 has 2 fields" in told(capsys, "replay", "-", "--processors", "4", "--format", "swf")


@pytest.mark.case("7.10-8")
def test_a_gzip_bomb_stops_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onecenter import traces
    from onecenter.errors import TraceError

    taken = []
    unpack = gzip.GzipFile.read

    def counted(self: gzip.GzipFile, size: int | None = -1) -> bytes:
        data = unpack(self, size)
        taken.append(len(data))
        return data

    monkeypatch.setattr(gzip.GzipFile, "read", counted)
    path = tmp_path / "bomb.swf.gz"
    with path.open("wb") as file:
        file.write(4 * gzip.compress(SWF.encode() + b"\n" * 2**24, 1))
    assert path.stat().st_size < 400_000
    with pytest.raises(TraceError, match="unpacks to more than 100 times its size, as no log does"):
        traces.read(path)
    assert sum(taken) < 34 * 2**20


def test_a_log_that_is_packed_well_is_no_bomb(tmp_path: Path) -> None:
    from onecenter import traces

    path = tmp_path / "log.swf.gz"
    path.write_bytes(gzip.compress(SWF.encode() + b"\n" * 2**22, 1))
    assert len(traces.read(path).jobs) == 1


def test_a_sweep_that_is_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str], impatient: None) -> None:
    os.mkfifo(tmp_path / "_sweep.parquet")
    command = ["sweep", "tiny", "--vary", "time.seed=1,2", "--out", str(tmp_path), "--resume"]
    assert "damaged, or no sweep" in told(capsys, *command)

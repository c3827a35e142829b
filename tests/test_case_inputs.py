"""Files that nobody should hand over: too deep, too large, or nothing but a regular file."""

import gzip
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onecenter.cli.main import main
from onecenter.scenario import load, shipped_folder

TINY = (shipped_folder() / "tiny.toml").read_text(encoding="utf-8")
SWF = "1 0 -1 10 1 -1 -1 1 20 -1 1 1 1 -1 -1 -1 -1 -1\n"

DEEP = {
    "a dotted key": (".".join(["a"] * 20_000) + " = 1", "a key of more than 32 names"),
    "nested lists": ("notes = " + "[" * 400 + "]" * 400, "nested deeper than 32"),
    "nested tables": ("notes = " + "{ a = " * 400 + "1" + " }" * 400, "nested deeper than 32"),
    "a number": ('extends = "tiny"\n[policy]\norder = 0x' + "f" * 5_000, "policy.order = a number of 20000 bits"),
    "a kind": (
        'extends = "mm-c"\n[platforms.queue.demand.customers.arrivals]\nkind = 0x' + "f" * 5_000,
        "arrivals.kind = a number of 20000 bits: one of poisson, timetable is expected",
    ),
    "keys": ("".join(f"a{i}=1\n" for i in range(300_000)), "more than 100,000 keys"),
    "bytes": ("".join(f"a{i}=1\n" for i in range(1_000_000)), "larger than 4 MiB"),
}

#: Reads each file and prints how that ends; then the memory in all (MiB).
CHILD = """
import sys
from memory import most_memory
from onecenter.errors import ScenarioError
from onecenter.scenario import load
for path in sys.argv[1:]:
    try:
        load(path)
    except ScenarioError as error:
        print(error)
print(most_memory())
"""


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a call says that is a mistake of the user."""
    assert main(arguments) == 2
    return capsys.readouterr().err


@pytest.mark.case("7.9-1")
def test_what_is_too_much_costs_little(tmp_path: Path) -> None:
    paths = []
    for name, (text, _) in DEEP.items():
        paths.append(tmp_path / f"{name}.toml")
        paths[-1].write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", CHILD, *map(str, paths)]
    paths_of_code = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])}
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, env=paths_of_code)
    assert run.returncode == 0, run.stderr
    assert not run.stderr
    *mistakes, memory = run.stdout.splitlines()
    for path, (_, right) in zip(paths, DEEP.values(), strict=True):
        assert any(line.startswith(f"{path}: ") and right in line for line in mistakes), path
    assert int(memory) < 300


@pytest.mark.case("7.9-2")
@pytest.mark.parametrize(
    ("change", "right"),
    [
        ("notes=" + "[" * 400 + "]" * 400, "nested deeper than 32"),
        ("policy.order=0x" + "f" * 5_000, "policy.order = a number of 20000 bits"),
    ],
)
def test_overrides(capsys: pytest.CaptureFixture[str], change: str, right: str) -> None:
    assert right in told(capsys, "validate", "tiny", "--set", change)


def test_a_long_path_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "validate", "tiny", "--set", ".".join(["a"] * 20_000) + "=1")
    assert "a path of more than 32 names" in text
    assert len(text) < 1_000


@pytest.mark.case("7.9-3")
def test_plain_data_from_python() -> None:
    import onecenter as oc
    from onecenter.errors import ScenarioError

    deep: list[object] = []
    for _ in range(2_000):
        deep = [deep]
    tiny = load("tiny")
    for wrong in ({"notes": deep}, {"policy": {"order": 16**5_000}}):
        with pytest.raises(ScenarioError):
            oc.scenario.from_dict(tiny.resolved() | wrong)
        with pytest.raises(ScenarioError):
            oc.scenario.with_set(tiny, wrong)


@pytest.mark.case("7.9-4")
def test_many_files_are_too_much_together(tmp_path: Path) -> None:
    from onecenter.errors import ScenarioError

    for i in range(4):
        keys = "".join(f"a{i}_{k} = 1\n" for k in range(30_000))
        (tmp_path / f"{i}.toml").write_text(f'extends = "{i + 1}.toml"\n{keys}', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"3\.toml: more than 100,000 keys and entries of lists in all"):
        load(tmp_path / "0.toml")


@pytest.mark.case("7.9-5")
def test_of_very_many_mistakes_the_first_are_told(tmp_path: Path) -> None:
    from onecenter.errors import ScenarioError

    path = tmp_path / "s.toml"
    jobs = "{ submit = 1 }, " * 150
    path.write_text(TINY + f"[platforms.x.demand.s]\njobs = [{jobs}]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    assert len(error.value.mistakes) == 101
    assert error.value.mistakes[0].startswith("platforms.x.demand.s.jobs[0].")
    assert error.value.mistakes[-1] == "and more; correct these first"


def test_a_mistake_far_down_a_long_list_has_its_place(tmp_path: Path) -> None:
    from onecenter.errors import ScenarioError

    job = '{ submit = "0 s", run_time = "1 h", accelerators = 1 }, '
    path = tmp_path / "s.toml"
    path.write_text(TINY + f"[platforms.x.demand.s]\njobs = [{job * 1_500}3]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    assert error.value.mistakes == ["platforms.x.demand.s.jobs[1500] = 3: a table is expected"]


@pytest.mark.case("7.9-6")
@pytest.mark.parametrize("wrong", ["lists", "keys"])
def test_plans(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    texts = {"lists": "[" * 400 + "]" * 400, "keys": "{" + ", ".join(f'"{i}": 1' for i in range(600_000)) + "}"}
    path = tmp_path / "plan.json"
    path.write_text(f'{{"answer": {texts[wrong]}, "tried": []}}', encoding="utf-8")
    right = {"lists": "nested deeper than 32", "keys": "more than 400,000 keys"}
    assert right[wrong] in told(capsys, "report", str(path), "-o", str(tmp_path / "r.html"))


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


@pytest.mark.case("7.9-7")
@pytest.mark.parametrize(
    ("vary", "right"),
    [
        ("notes=" + "[" * 400 + "]" * 400, "nested deeper than 32"),
        ("policy.order=0x" + "f" * 5_000, "a number of thousands of digits: too long or too deep for a value"),
        (".".join(["a"] * 20_000) + "=1,2", "a path of more than 32 names"),
    ],
)
def test_what_a_sweep_varies(tmp_path: Path, capsys: pytest.CaptureFixture[str], vary: str, right: str) -> None:
    assert right in told(capsys, "sweep", "tiny", "--vary", vary, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.case("7.9-8")
def test_a_range_of_no_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--design", "sobol", "--points", "2", "--out", str(tmp_path / "out")]
    assert "not a path" in told(capsys, "sweep", "tiny", "--vary", "a..b=1:2", *options)


@pytest.mark.parametrize(
    "head",
    [
        "[" * 400 + "]" * 400,
        "3",
        '{"points": [], "resolved": {}}',
        '{"points": [1], "resolved": {}, "scenario": "tiny", "replications": 1, "versions": [{}], "kernel_hash": ""}',
        '{"points": [{"a": 1}], "resolved": {}, "scenario": 3, "replications": "1", "versions": [], "kernel_hash": 3}',
    ],
)
def test_the_head_of_a_sweep(tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str) -> None:
    import polars as pl

    pl.DataFrame({"run": []}).write_parquet(tmp_path / "_sweep.parquet", metadata={"onecenter.sweep": head})
    command = ["sweep", "tiny", "--vary", "time.seed=1,2", "--out", str(tmp_path), "--resume"]
    assert "damaged, or no sweep" in told(capsys, *command)


def test_a_sweep_that_is_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str], impatient: None) -> None:
    os.mkfifo(tmp_path / "_sweep.parquet")
    command = ["sweep", "tiny", "--vary", "time.seed=1,2", "--out", str(tmp_path), "--resume"]
    assert "damaged, or no sweep" in told(capsys, *command)

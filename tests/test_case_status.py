"""Cases of the exit status: 0 fine, 1 a condition holds, 2 a mistake, 3 unexpected, 130 interrupted."""

import errno
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from onecenter.cli.main import main

ROOT = Path(__file__).parents[1]
COUNT = "center.nodes.server.count"


def failing(error: BaseException) -> Any:
    """Return a function that raises."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


class Panic(BaseException):
    """What polars raises where Rust panics: no Exception."""


UNEXPECTED = {
    "a fault of ours": (KeyError("fates"), "unexpected: KeyError: 'fates'"),
    "a panic": (Panic("index out of\nbounds"), "unexpected: Panic: index out of bounds"),
    "recursion": (RecursionError("maximum recursion depth exceeded"), "unexpected: RecursionError"),
}
LIMITS = {
    "memory": (MemoryError(), "out of memory"),
    "descriptors": (OSError(errno.EMFILE, "Too many open files"), "too many open files: raise the limit (ulimit -n)"),
    "threads": (RuntimeError("can't start new thread"), "ulimit -u"),
    "libraries": (RuntimeError("libx.so: failed to map segment from shared object"), "out of memory"),
}


@pytest.mark.case("7.0")
@pytest.mark.parametrize("name", UNEXPECTED)
def test_anything_unexpected_is_one_line_and_3(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error, words = UNEXPECTED[name]
    monkeypatch.setattr("onecenter.cli.commands.run", failing(error))
    assert main(["run", "tiny"]) == 3
    told = capsys.readouterr().err
    assert told.startswith(f"onecenter: {words}")
    assert told.count("\n") == 1
    (section,) = re.findall(r'README says under "(.+?)"', told)
    assert f"## {section}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.case("7.3")
@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_of_the_machine_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error, words = LIMITS[name]
    monkeypatch.setattr("onecenter.cli.commands.run", failing(error))
    assert main(["run", "tiny"]) == 3
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
    assert "report" not in told


@pytest.mark.case("7.0")
@pytest.mark.parametrize("place", ["before", "after"])
def test_the_traceback_is_shown_on_demand(
    place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("onecenter.cli.commands.run", failing(KeyError("fates")))
    arguments = ["--debug", "run", "tiny"] if place == "before" else ["run", "tiny", "--debug"]
    assert main(arguments) == 3
    told = capsys.readouterr().err
    assert "Traceback (most recent call last)" in told
    assert "in fail" in told


#: What a command may be doing while a signal comes.
DOING = {"anything": "KILL", "a text run by exec": "exec('KILL')"}


def interrupted(doing: str, name: str, folder: Path) -> tuple[int, str]:
    """Return exit status and output of a command that a signal interrupts in what it does."""
    kill = f"os.kill(os.getpid(), signal.{name}); time.sleep(0.2)"
    (folder / "imported.py").write_text(f"import os, signal, time\n{kill}\nprint('whole')\n")
    code = (
        # Under nohup the tests ignore the end of a terminal, and so would the command.
        f"import os, signal, sys, time\nsignal.signal(signal.{name}, signal.SIG_DFL)\n"
        "import onecenter.cli.commands as commands\nfrom onecenter.cli.main import main\n"
        f"sys.path.insert(0, {str(folder)!r})\ndef run(*_, **__):\n    {doing}\n    time.sleep(5)\n"
        "commands.run = run\nsys.exit(main(['run', 'tiny']))"
    )
    arguments = [sys.executable, "-c", code.replace("KILL", kill)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.case("7.0")
@pytest.mark.parametrize("doing", DOING)
def test_interrupted(doing: str, tmp_path: Path) -> None:
    assert interrupted(DOING[doing], "SIGTERM", tmp_path) == (130, "onecenter: interrupted\n")


@pytest.mark.case("7.0")
@pytest.mark.slow
def test_interrupted_by_the_end_of_a_terminal(tmp_path: Path) -> None:
    assert interrupted("KILL", "SIGHUP", tmp_path) == (130, "onecenter: interrupted\n")


@pytest.mark.case("7.0")
@pytest.mark.slow
def test_an_import_is_not_broken_off(tmp_path: Path) -> None:
    assert interrupted("import imported", "SIGTERM", tmp_path) == (130, "whole\nonecenter: interrupted\n")


@pytest.mark.case("7.0")
def test_an_interrupt_that_a_library_turns_into_another_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import signal

    def run(*_: Any, **__: Any) -> Any:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ValueError("a callback failed") from None

    monkeypatch.setattr("onecenter.cli.commands.run", run)
    # A program in the background ignores SIGINT, and so would the tests there.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert main(["run", "tiny"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "onecenter: interrupted\n"


@pytest.mark.case("7.0")
def test_failed_runs_of_a_sweep_are_no_condition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from onecenter.experiments.sweeping import Sweep

    rows = [{"run": "a", "error": None}, {"run": "b", "error": "ValueError: seven"}]
    monkeypatch.setattr("onecenter.cli.sweeping.sweep", lambda *_, **__: Sweep([{}], rows))
    arguments = ["sweep", "mm-c", "--vary", "center.nodes.server.count=6,8", "--out", str(tmp_path / "s")]
    assert main(arguments) == 3
    assert "ValueError: seven" in capsys.readouterr().err


@pytest.mark.case("7.0")
@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_pages_and_the_help_tell_every_status(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\d+)` \|", text, re.M) == ["0", "1", "2", "3", "130"]
    with pytest.raises(SystemExit):
        main(["sweep", "--help"])
    assert re.findall(r"(?:: |; )(\d+) ", " ".join(capsys.readouterr().out.split())) == ["0", "1", "2", "3", "130"]


@pytest.mark.case("7.3")
def test_too_little_memory_to_begin_is_refused_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (800_000 << 10, resource.RLIM_INFINITY))
    assert main(["run", "tiny"]) == 3
    told = capsys.readouterr().err
    assert re.fullmatch(r"onecenter: the memory limit of 800000 KiB \(ulimit -v\) is too low: .* is needed\n", told)


@pytest.mark.case("7.3")
@pytest.mark.slow
def test_twelve_open_files_are_too_few_for_workers(tmp_path: Path) -> None:
    command = f"ulimit -n 12; exec '{sys.executable}' -m onecenter sweep mm-c --vary {COUNT}=8,9 --out '{tmp_path}/s'"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == "onecenter: too many open files: raise the limit (ulimit -n)\n"


@pytest.mark.parametrize(
    ("arguments", "status"), [(["validate", "tiny"], 0), (["validate", "nowhere"], 2), (["--help"], 0), ([], 2)]
)
def test_the_program_ends_with_the_status(
    arguments: list[str], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from onecenter.cli.main import program

    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    monkeypatch.setattr(sys, "argv", ["onecenter", *arguments])
    program()
    assert ended == [status]
    assert any(capsys.readouterr())

"""Files in and out: written whole or not at all, read only where they are files, and texts measured before parsing."""

import errno
import io
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from onecenter.system import atomic, extent, inputs, machine


def test_a_file_is_replaced_at_the_end_only(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    with atomic.replacing(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
        assert temporary.parent == tmp_path
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["a"]


def break_off(target: Path) -> None:
    """Write a part, and fail."""
    with atomic.replacing(target) as temporary:
        temporary.write_text("new")
        raise ValueError("stop")


def test_what_is_broken_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    with pytest.raises(ValueError, match="stop"):
        break_off(target)
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="is not a regular file"), atomic.replacing(tmp_path):
        pass


def test_a_link_goes_on_to_lead_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    atomic.write_text(tmp_path / "link", "é")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == "é".encode()


def test_a_text_that_is_no_utf_8_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        atomic.write_text(tmp_path / "a", "\ud800")
    assert os.listdir(tmp_path) == []


def test_json_is_written_for_people(tmp_path: Path) -> None:
    atomic.write_json(tmp_path / "a.json", {"长沙": [1, None]})
    written = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(written) == {"长沙": [1, None]}
    assert "长沙" in written
    assert written.count("\n") == 5


def test_only_what_killed_processes_left_is_swept_up(tmp_path: Path) -> None:
    for name in (".onecenter-1.part", ".onecenter-abc.part", ".onecenter-1", "1.part", "onecenter-1.part"):
        (tmp_path / name).touch()
    atomic.sweep_up(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".onecenter-1", "1.part", "onecenter-1.part"]


def test_a_folder_is_tried_before_the_work(tmp_path: Path) -> None:
    atomic.try_folder(tmp_path / "a" / "b")
    assert os.listdir(tmp_path / "a" / "b") == []
    (tmp_path / "file").touch()
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's affair
        atomic.try_folder(tmp_path / "file")


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert inputs.read(tmp_path / "a", 5) == b"12345"
    with pytest.raises(inputs.TooLargeError, match="larger than 0 MiB"):
        inputs.read(tmp_path / "a", 4)


def test_standard_input_is_read_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"from a pipe")))
    assert inputs.read("-", 100) == b"from a pipe"
    assert inputs.label("-") == "standard input"
    assert inputs.label("./-") == "./-"


def test_a_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(OSError, match="standard input is closed"):
        inputs.read("-", 100)


def test_what_is_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for path, what in ((".", "a folder"), ("pipe", "a named pipe"), ("socket", "a socket"), (os.devnull, "device")):
            for call in (inputs.check_regular, inputs.opened):
                with pytest.raises(inputs.NotAFileError) as caught:
                    call(path)
                assert what in str(caught.value.strerror)
                assert str(caught.value.strerror).endswith("a regular file is expected")


def test_a_missing_file_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inputs.read(tmp_path / "none", 10)


def test_a_path_is_made_absolute_before_a_library_takes_it_for_an_address() -> None:
    assert inputs.local("s3://bucket/x") == os.path.join(os.getcwd(), "s3:/bucket/x")
    assert inputs.local("/a/../b") == "/b"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a = 1", 1),
        ("a.b = 1\n", 2),
        ("[t]\na = [1, 2]", 4),
        ('a = "x = [1, 2], {3}"', 1),
        ("a = 'x = 1' # b = [2]\n", 1),
        ('a = """x = 1\ny = 2"""', 1),
        ("a = '''x = 1'''\nb = 2", 2),
        (r'a = "\" = ["', 1),
    ],
)
def test_how_much_there_is_in_a_toml_text(text: str, count: int) -> None:
    assert extent.check_toml(text) == count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = 1\n" * 11, "keys and entries of lists in all"),
        ("a = " + "[" * 33, "nested deeper than 32"),
        (".".join("a" * 34) + " = 1", "more than 32 names"),
        ("a = " + "9" * 10_001, "more than 10,000 characters"),
    ],
)
def test_a_toml_text_that_is_too_much(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        extent.check_toml(text, 10 if text.count("\n") > 10 else extent.MAX_TOML)


def test_a_toml_text_that_is_just_not_too_much() -> None:
    extent.check_toml("a = " + "[" * 31 + "]" * 31)
    extent.check_toml("a = " + "9" * 10_000)
    assert extent.check_toml("a = 1\n" * 10, 10) == 10


@pytest.mark.parametrize(
    ("data", "most", "fits"),
    [
        ({"a": 1, "b": [1, 2]}, 6, True),
        ({"a": 1, "b": [1, 2]}, 5, False),
        ({"a": 'x: [1, 2], {\\"'}, 2, True),
        ([], 1, True),
    ],
)
def test_how_much_there_may_be_in_a_json_text(data: Any, most: int, fits: bool) -> None:
    if fits:
        extent.check_json(json.dumps(data), most)
    else:
        with pytest.raises(ValueError, match=f"more than {most} keys and entries"):
            extent.check_json(json.dumps(data), most)


def test_a_json_text_that_is_too_deep() -> None:
    extent.check_json("[" * 32 + "]" * 32)
    with pytest.raises(ValueError, match="nested deeper than 32"):
        extent.check_json("[" * 33 + "]" * 33)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "x"), "no space left on the disk"),
        (OSError(errno.EMFILE, "x"), "ulimit -n"),
        (MemoryError(), "ulimit -v"),
        (RuntimeError("can't start new thread"), "ulimit -u"),
        (ImportError("failed to map segment from shared object"), "ulimit -v"),
        (machine.LimitError("what the limit is"), "what the limit is"),
    ],
)
def test_a_limit_of_the_machine_is_told_with_what_helps(error: BaseException, words: str) -> None:
    assert words in str(machine.limit_met(error))
    behind = RuntimeError("in a worker")
    behind.__cause__ = error
    assert words in str(machine.limit_met(behind))


@pytest.mark.parametrize("error", [ValueError("no"), OSError(errno.ENOENT, "none"), KeyError("errno")])
def test_another_error_tells_of_no_limit(error: BaseException) -> None:
    assert machine.limit_met(error) is None


def test_a_process_may_use_at_least_one_processor() -> None:
    assert 1 <= machine.processors() <= (os.cpu_count() or 1)

"""What `make cases-fail` takes for a test that fails on the code of an earlier commit."""

import json
import sys
from importlib import import_module, util
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import moved
import pytest
from cases_fail import judge, last_line, report, run_all


def phase(when: str, outcome: str, error: str = "", line: str = "") -> dict[str, str]:
    return {"when": when, "outcome": outcome, "error": error, "line": line}


def test_a_wrong_value_is_a_failure() -> None:
    body = phase("call", "failed", "AssertionError", "assert 2 == 9")
    assert judge([phase("setup", "passed"), body, phase("teardown", "passed")]) == (True, "assert 2 == 9")


def test_a_library_that_cannot_be_loaded_is_a_failure() -> None:
    assert judge([phase("call", "failed", "ImportError", "libx.so: failed to map segment from shared object")]).fails


def test_a_body_that_does_not_end_is_a_failure() -> None:
    assert judge([phase("setup", "passed"), phase("call", "endless", "", "did not end within 5 s")]).fails


@pytest.mark.parametrize(
    "phases",
    [
        [phase("setup", "passed"), phase("call", "passed"), phase("teardown", "passed")],
        [phase("setup", "passed"), phase("call", "passed"), phase("teardown", "failed", "OSError")],
        [phase("setup", "skipped"), phase("teardown", "passed")],
        [phase("setup", "passed"), phase("call", "skipped"), phase("teardown", "passed")],
        [phase("setup", "failed", "ValueError"), phase("teardown", "passed")],
        [phase("collection", "failed")],
        [phase("setup", "passed"), phase("call", "failed", "ImportError", "ImportError: cannot import name 'a'")],
        [phase("setup", "passed"), phase("call", "failed", "ModuleNotFoundError", "No module named 'a.b'")],
        [],
    ],
)
def test_all_else_is_none(phases: list[dict[str, str]]) -> None:
    assert not judge(phases).fails


def test_the_last_line_is_the_one_that_names_the_error() -> None:
    assert last_line("AssertionError: oh\nassert 1 == 2\n  where 1 = f()") == "AssertionError: oh"
    assert last_line("E   assert 1 == 2") == "assert 1 == 2"


def test_a_module_that_was_moved_is_found_under_its_former_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [name for name in moved.FORMER if util.find_spec(name) is None] == []
    before = ModuleType("before")
    before.__spec__ = ModuleSpec("before", None)
    monkeypatch.setitem(sys.modules, "before", before)
    monkeypatch.setitem(moved.FORMER, "onecenter.engine.after", "before")
    monkeypatch.setattr(sys, "meta_path", [moved.Moved(), *sys.meta_path])
    assert import_module("onecenter.engine.after") is before
    monkeypatch.delitem(sys.modules, "onecenter.engine.after")


def test_a_commit_without_a_case_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([]) == 1
    assert "0 tests of cases" in capsys.readouterr().out


@pytest.mark.slow
def test_a_test_that_takes_the_process_with_it_does_not_hide_the_next(tmp_path: Path) -> None:
    tests = tmp_path / "test_two.py"
    mark = "@pytest.mark.case"
    tests.write_text(
        f"import os, pytest\n{mark}('1.1')\ndef test_a():\n    os._exit(3)\n"
        f"{mark}('1.2')\ndef test_b():\n    assert 0\n"
    )
    record = tmp_path / "record"
    run_all(tmp_path, record, [str(tests)])
    events = [json.loads(line) for line in record.read_text().splitlines()]
    bodies = [(e["test"][-6:], e["outcome"]) for e in events if e.get("when") == "call"]
    assert bodies == [("test_a", "endless"), ("test_b", "failed")]

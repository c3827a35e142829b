"""What `make mutants` puts into the code, which tests it runs, and that a fault without a test is told."""

import ast
from pathlib import Path
from typing import Any

import mutants
import pytest
from mutations import Mutant, mutants_of

SOURCE = b'''"""A module: 1 + 1."""
from typing import Final

__all__ = ["f"]
LIMIT: Final[int] = 3


def f(s: "list[int]", n: int = 0) -> int:
    """Return 1 < 2."""
    if n < 2 and s:
        s[0] = min(n, LIMIT)
        s.visits += 7
    for i in s:
        if i == n:
            continue
        s.sort()
    while n != 5:
        n += 1
    if n > 9:
        raise ValueError(f"{n + 1} is more than {4}")
    return n - 1 if s else -1
'''


def changes() -> set[tuple[int, str, str]]:
    """Return line, before and after of all mutants of SOURCE."""
    return {(one.line, one.before, one.after) for one in mutants_of("a.py", SOURCE)}


def test_each_kind_of_fault() -> None:
    assert changes() == {
        (5, "3", "4"),
        (8, "0", "1"),
        (10, "n < 2 and s", "not (n < 2 and s)"),
        (10, "n < 2 and s", "n < 2 or s"),
        (10, "n < 2", "n <= 2"),
        (10, "2", "3"),
        (11, "s[0] = min(n, LIMIT)", "pass"),
        (11, "min", "max"),
        (11, "0", "1"),
        (14, "i == n", "not i == n"),
        (14, "i == n", "i != n"),
        (15, "continue", "pass"),
        (16, "s.sort()", "pass"),
        (17, "n != 5", "not n != 5"),
        (17, "n != 5", "n == 5"),
        (17, "5", "6"),
        (18, "n += 1", "pass"),
        (18, "1", "2"),
        (19, "n > 9", "not n > 9"),
        (19, "n > 9", "n >= 9"),
        (19, "9", "10"),
        (20, "raise ValueError(f'{n + 1} is more than {4}')", "pass"),
        (21, "n - 1", "n + 1"),
        (21, "1", "2"),
        (21, "s", "not s"),
        (21, "-1", "0"),
    }


def test_a_mutant_differs_from_the_file_in_one_place() -> None:
    original = ast.unparse(ast.parse(SOURCE)).splitlines()
    for one in mutants_of("a.py", SOURCE):
        changed = ast.unparse(ast.parse(one.applied(SOURCE))).splitlines()
        assert len(changed) == len(original)
        assert sum(a != b for a, b in zip(original, changed, strict=True)) == 1


def test_an_edit_elsewhere_leaves_the_keys() -> None:
    longer = SOURCE.replace(b"LIMIT: Final", b"MORE = 8\nLIMIT: Final")
    assert {one.key for one in mutants_of("a.py", longer)} > {one.key for one in mutants_of("a.py", SOURCE)}
    assert {one.key for one in mutants_of("a.py", SOURCE)}.isdisjoint(one.key for one in mutants_of("b.py", SOURCE))


def test_the_mutants_of_the_project_are_spread_over_all_packages_and_can_be_compiled() -> None:
    chosen = mutants.all_mutants(mutants.ROOT)[: mutants.NUMBER]
    assert {mutants.package_of(one) for one in chosen} == {p for suite in mutants.SUITES for p in suite.packages}
    assert len({one.key for one in chosen}) == mutants.NUMBER
    for one in chosen:
        compile(one.applied((mutants.ROOT / one.path).read_bytes()), one.path, "exec")


def fault(function: str) -> Mutant:
    return Mutant("p/a.py", 1, function, "1", "2", 0, 1, "2", "key")


def ran(seconds: float, *calls: str) -> dict[str, Any]:
    return {"seconds": seconds, "calls": list(calls)}


RECORD = {
    "tests/test_long.py": {"long::a": ran(9, "p/a.py", "p/a.py:f")},
    "tests/test_short.py": {
        "short::a": ran(1, "p/b.py"),
        "short::b": ran(3, "p/a.py", "p/a.py:f"),
        "short::c": ran(2, "p/a.py", "p/a.py:f"),
    },
    "tests/test_other.py": {"other::a": ran(1, "p/a.py", "p/a.py:g")},
}


def test_the_tests_of_a_function_run_the_quickest_first() -> None:
    task = mutants.task_of(fault("f"), RECORD)
    assert task["files"] == ["tests/test_short.py", "tests/test_long.py"]
    assert sorted(task["ranks"], key=lambda test: task["ranks"][test]) == [
        "short::c",
        "short::b",
        "long::a",
        "short::a",
    ]


def test_a_function_that_no_test_calls_has_the_tests_of_its_file() -> None:
    assert mutants.task_of(fault("h"), RECORD)["files"] == [
        "tests/test_other.py", "tests/test_short.py", "tests/test_long.py",
    ]  # fmt: skip
    assert mutants.task_of(fault(""), RECORD)["files"] == mutants.task_of(fault("h"), RECORD)["files"]


@pytest.mark.parametrize(("killed", "status"), [(200, 0), (180, 0), (179, 1), (0, 1)])
def test_nine_of_ten_have_to_be_killed(killed: int, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    every = [fault("f")] * 200
    assert mutants.report(every, every[killed:]) == status
    assert capsys.readouterr().out.startswith(f"p: {killed} of 200 killed\n")


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b"])
def test_a_share_that_is_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        mutants.arguments(["--share", text])
    assert "--share" in capsys.readouterr().err


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small project with a package, a test of one of its two functions, and one that needs no time."""
    root = tmp_path / "project"
    for name in ("simulator", "kernels", "tests"):
        (root / name).mkdir(parents=True)
    (root / "kernels/a.py").write_text("def f(n):\n    return n + 1\n\n\ndef g(n):\n    while n > 0:\n        n -= 1\n")
    (root / "tests/test_a.py").write_text(
        "import a\n\n\ndef test_f():\n    assert a.f(1) == 2\n\n\ndef test_g():\n    a.g(0)\n"
    )
    (root / "tests/mutant_tests.py").write_text((mutants.ROOT / "tests/mutant_tests.py").read_text())
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
    monkeypatch.setattr(mutants, "ROOT", root)
    monkeypatch.setattr(mutants, "SUITES", (mutants.Suite("small", ("kernels",), "", ("test_*.py",), jit=False),))
    return root


@pytest.mark.slow
def test_a_fault_that_no_test_notices_is_told(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = [one for one in mutants.all_mutants(project) if one.before in ("n + 1", "n -= 1")]
    assert [one.before for one in mutants.survivors(every, tmp_path)] == ["n -= 1"]
    assert capsys.readouterr().out == "kernels/a.py:7: n -= 1  ->  pass\n"
    assert (project / "kernels/a.py").read_text().startswith("def f(n):\n    return n + 1\n")
    # What was killed is not run again; what survived is.
    killed = (tmp_path / "killed").read_text()
    assert killed == f"{next(one.key for one in every if one.before == 'n + 1')}\n"
    (project / "tests/test_b.py").write_text("import a\n\n\ndef test_g():\n    a.g(1)\n")
    assert mutants.survivors([one for one in every if one.before == "n + 1"], tmp_path) == []


@pytest.mark.slow
def test_tests_that_fail_without_a_fault_are_told(project: Path, tmp_path: Path) -> None:
    (project / "tests/test_b.py").write_text("def test_b():\n    assert False\n")
    with pytest.raises(SystemExit, match="fail without a mutant"):
        mutants.survivors(mutants.all_mutants(project), tmp_path)


@pytest.mark.nightly
def test_nine_of_ten_mutants_are_killed(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutants.main(["--share", "1/10"]) == 0, capsys.readouterr().out

"""Cases of the folder of compiled kernels: damaged files, no home, a folder that someone else could write to."""

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kernel_modules import executed, kept
from onecenter_kernels import jit

pytestmark = pytest.mark.skipif(not jit.JIT, reason="nothing is compiled")

KERNELS = """
from onecenter_kernels.jit import njit


@njit
def twice(x):
    return 2 * x


@njit
def thrice(x):
    return 3 * x
"""


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Return a function that gives two small kernels as a new process has them, kept in `tmp_path / "cache"`."""
    source = tmp_path / "two_kernels.py"
    source.write_text(KERNELS)
    monkeypatch.setattr(jit, "CACHE", tmp_path / "cache")

    def loaded() -> Any:
        return executed("two_kernels", source)

    return loaded


def empty(path: Path) -> None:
    """Leave nothing in a file."""
    path.write_bytes(b"")


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeros(path: Path) -> None:
    """Leave the length of a file only, as a machine does that lost its power."""
    path.write_bytes(bytes(path.stat().st_size))


def letter(path: Path) -> None:
    """Put a text in place of a file."""
    path.write_text("dear reader\n")


def foreign(path: Path) -> None:
    """Put a pickle of something else in place of a file."""
    path.write_bytes(pickle.dumps({"a": 1}))


def folder(path: Path) -> None:
    """Put a folder in place of a file."""
    path.unlink()
    path.mkdir()


@pytest.mark.case("7.4")
@pytest.mark.parametrize("damage", [empty, cut, zeros, letter, foreign], ids=lambda damage: damage.__name__)
def test_damaged_kernels_are_compiled_anew_and_said_once(
    damage: Callable[[Path], None], kernels: Callable[[], Any], tmp_path: Path
) -> None:
    before = kernels()
    assert (before.twice(7), before.thrice(7)) == (14, 21)
    for path in kept(tmp_path / "cache"):
        damage(path)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        after = kernels()
        assert (after.twice(7), after.thrice(7)) == (14, 21)
    assert len(said) == 1
    assert "damaged" in str(said[0].message)
    again = kernels()  # without a word: warnings are errors
    assert (again.twice(7), again.thrice(7)) == (14, 21)


@pytest.mark.case("7.4")
def test_a_kernel_is_not_run_under_the_name_of_another(kernels: Callable[[], Any], tmp_path: Path) -> None:
    before = kernels()
    assert (before.twice(7), before.thrice(7)) == (14, 21)
    files = kept(tmp_path / "cache")
    for path in files:
        if "thrice" in path.name:
            same = [each for each in files if "twice" in each.name and each.suffix == path.suffix]
            shutil.copyfile(path, same[0])
    with pytest.warns(UserWarning, match="damaged"):
        assert kernels().twice(7) == 14


@pytest.mark.case("7.4")
def test_folders_where_files_were(kernels: Callable[[], Any], tmp_path: Path) -> None:
    assert kernels().twice(7) == 14
    for path in kept(tmp_path / "cache"):
        folder(path)
    with pytest.warns(UserWarning, match=r"cannot be kept in .*cache"):
        assert kernels().twice(7) == 14


@pytest.mark.case("7.4")
def test_a_cache_that_cannot_be_written_any_more(kernels: Callable[[], Any], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    before = kernels()
    shutil.rmtree(cache, ignore_errors=True)
    cache.write_text("a file")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        assert (before.twice(7), before.thrice(7)) == (14, 21)
    assert len(said) == 1
    assert "cannot be kept" in str(said[0].message)


def test_a_cache_that_is_deleted_meanwhile_is_made_again(kernels: Callable[[], Any], tmp_path: Path) -> None:
    before = kernels()
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    assert before.twice(7) == 14
    assert kept(tmp_path / "cache")


# ---- where the folder is


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Return a function that gives the folder that a new process would choose, somewhere in `tmp_path`."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("ONECENTER_CACHE", "")
    (tmp_path / "temporary").mkdir(mode=0o1777)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def choose() -> Path:
        return Path(executed("onecenter_kernels._again", Path(str(jit.__file__))).CACHE)

    return choose


def no_home(tmp_path: Path) -> None:
    """Put a file where the home folder would be."""
    (tmp_path / "home").write_text("no folder")


def private(path: Path) -> bool:
    """Whether a folder, or one above it up to the temporary one, is open to the user alone."""
    above = [each for each in (path, *path.parents) if "temporary" in each.parent.parts]
    return any(each.lstat().st_mode & 0o077 == 0 and each.lstat().st_uid == os.getuid() for each in above)


def test_the_users_own_folder(chosen: Callable[[], Path], tmp_path: Path) -> None:
    assert chosen().parent == tmp_path / "home" / ".cache" / "onecenter"
    assert chosen().stat().st_mode & 0o777 == 0o700


@pytest.mark.case("7.5")
def test_the_folder_in_the_temporary_one_is_private(chosen: Callable[[], Path], tmp_path: Path) -> None:
    no_home(tmp_path)
    with pytest.warns(UserWarning, match="ONECENTER_CACHE names another"):
        found = chosen()
    assert tmp_path / "temporary" in found.parents
    assert private(found)
    assert chosen() == found  # a child process is told, and says nothing


@pytest.mark.case("7.4")
def test_no_home_and_no_passwd_entry(
    chosen: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    with pytest.warns(UserWarning, match="a home folder, for there is none"):
        assert private(chosen())


def opened(path: Path, _: Path) -> None:
    """Let others write to the folder."""
    path.mkdir()
    path.chmod(0o777)


def linked(path: Path, elsewhere: Path) -> None:
    """Lead to a folder of someone else."""
    path.symlink_to(elsewhere, target_is_directory=True)


def owned(path: Path, _: Path) -> None:
    """Give the folder to another user."""
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    path.mkdir(mode=0o700)
    os.chown(path, 12345, 12345)


def file(path: Path, _: Path) -> None:
    """Put a file there."""
    path.write_text("no folder")


@pytest.mark.case("7.5")
@pytest.mark.parametrize("plant", [opened, linked, owned, file], ids=lambda plant: plant.__name__)
def test_a_folder_that_someone_has_planted_is_not_used(
    plant: Callable[[Path, Path], None], chosen: Callable[[], Path], tmp_path: Path
) -> None:
    no_home(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    planted = tmp_path / "temporary" / f"onecenter-{os.getuid()}"
    plant(planted, elsewhere)
    with pytest.warns(UserWarning, match="kept in"):
        found = chosen()
    assert planted not in found.parents
    assert elsewhere not in found.resolve().parents
    assert private(found)


@pytest.mark.case("7.5")
def test_a_folder_of_the_home_that_others_can_write_is_not_used(chosen: Callable[[], Path], tmp_path: Path) -> None:
    usual = tmp_path / "home" / ".cache" / "onecenter"
    usual.mkdir(parents=True)
    usual.chmod(0o777)
    with pytest.warns(UserWarning, match="kept in"):
        assert usual not in chosen().parents


@pytest.mark.case("7.4")
def test_nowhere_to_keep_kernels(chosen: Callable[[], Path], tmp_path: Path) -> None:
    no_home(tmp_path)
    (tmp_path / "temporary").rmdir()
    (tmp_path / "temporary").write_text("no folder")
    with pytest.warns(UserWarning, match="nor in a temporary folder"), pytest.raises(TypeError):
        chosen()  # None is no path


# ---- several first runs at once

CALL = "import sys\nsys.path.insert(0, sys.argv[1])\nfrom two_kernels import thrice, twice\nprint(twice(7), thrice(7))"


@pytest.mark.slow
def test_six_processes_compile_the_same_kernels_at_once(tmp_path: Path) -> None:
    (tmp_path / "two_kernels.py").write_text(KERNELS)
    environment = {**os.environ, "ONECENTER_CACHE": str(tmp_path / "cache")}
    start = [sys.executable, "-c", CALL, str(tmp_path)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment}
    running = [subprocess.Popen(start, **pipes) for _ in range(6)]
    assert [process.communicate() for process in running] == [(b"14 21\n", b"")] * 6


@pytest.mark.case("7.6")
@pytest.mark.nightly
def test_six_first_runs_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "ONECENTER_CACHE": str(tmp_path / "cache")}
    start = [sys.executable, "-m", "onecenter", "run", "changsha-eighth", "--out"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment}
    running = [subprocess.Popen([*start, str(tmp_path / str(i))], **pipes) for i in range(6)]
    said = [process.communicate()[1].decode() for process in running]
    assert {process.returncode for process in running} == {0}
    assert set(said) == {"  compiling kernels (first run only): about half a minute\n"}

    from onecenter.simulation.result import Result

    digests = {Result.load(tmp_path / str(i) / "result.parquet").log_digest for i in range(6)}
    assert len(digests) == 1

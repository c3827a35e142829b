"""Cases of the source distribution: it holds all that its own `make test` needs."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import onecenter

#: Of the tree whose simulator is under test.
ROOT = Path(onecenter.__file__).parents[2]

#: Quick tests of pages, scenarios, kernels and of the command line.
SAMPLE = ["test_units.py", "test_tiny.py", "test_scenario.py", "test_cores.py", "test_cli.py", "test_readme.py"]


@pytest.mark.case("7.14")
def test_what_the_makefile_needs_is_in_the_source_distribution() -> None:
    pytest.importorskip("hatchling", reason="the extra dev is not installed")
    from hatchling.builders.sdist import SdistBuilder

    inside = {file.distribution_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    needed = {"Makefile", "requirements.lock", "README.md", "LICENSE", ".ci/run"}
    assert needed <= inside
    for folder in ("simulator", "kernels", "scenarios", "tests", "benchmarks", "notebooks", "docs"):
        there = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {name for name in there - inside if "__pycache__" not in name} == set()


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a source distribution that was built and unpacked."""
    pytest.importorskip("hatchling", reason="the extra dev is not installed")
    folder = tmp_path_factory.mktemp("sdist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.mark.case("7.14")
@pytest.mark.nightly
def test_its_makefile_knows_how_to_test(unpacked: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("there is no make")
    subprocess.run(["make", "-n", "test", "run"], cwd=unpacked, check=True, capture_output=True)


@pytest.mark.nightly
def test_its_own_tests_pass(unpacked: Path) -> None:
    paths = os.pathsep.join(str(unpacked / part) for part in ("simulator", "kernels"))
    environment = {**os.environ, "PYTHONPATH": paths}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    subprocess.run([*run, "--collect-only"], cwd=unpacked, env=environment, check=True, capture_output=True)
    sample = [f"tests/{name}" for name in SAMPLE]
    done = subprocess.run([*run, *sample], cwd=unpacked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]

"""Puts small faults into kernels, statistics and planning; some test must notice each (`make mutants`).

Each mutant is written into a copy of this tree, and the tests that call its function run on it, quickest first, until
one fails. Which tests these are, and how long they take, is recorded before. Kernels run with the JIT off. A test that
takes much longer than it did has failed. With `--keep FOLDER`, what was recorded and killed before is not done again:
only survivors and what is new.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from mutations import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
NUMBER, LEAST_KILLED = 200, 0.9
LEFT_OUT = shutil.ignore_patterns(".*", "out", "__pycache__")

#: How kernels are compiled and kept, and call by an address: no kernels, and not reached with the JIT off.
COMPILING = ("jit.py", "parts.py", "handle.py", "cache.py", "folder.py", "calls.py")

#: Statuses of pytest that say that no test has failed.
PASSED, NO_TESTS = 0, 5


class Suite(NamedTuple):
    """The tests of some packages, and how they are run."""

    name: str
    packages: tuple[str, ...]
    marks: str
    files: tuple[str, ...]
    jit: bool


QUICK = "not slow and not nightly"
SUITES = (
    Suite("kernels", ("kernels/onecenter_kernels",), f"equality and {QUICK}", ("test_*.py",), jit=False),
    Suite(
        "simulator",
        ("simulator/onecenter/statistics", "simulator/onecenter/planning"),
        QUICK,
        (
            "test_approximation.py", "test_assessment.py", "test_bad_growth.py", "test_blocks.py",
            "test_case_comparison.py", "test_case_energy.py", "test_case_plan.py", "test_case_replications.py",
            "test_comparison.py",
            "test_crossing.py", "test_economics.py", "test_estimates.py", "test_fleets.py", "test_found.py",
            "test_growth_of_demand.py", "test_limits.py", "test_loglinear.py", "test_metrics.py", "test_outlook*.py",
            "test_pairs.py", "test_plan*.py", "test_pooled.py", "test_question.py", "test_queueing.py",
            "test_replications.py", "test_sample.py", "test_search.py", "test_startup.py", "test_targets.py",
            "test_window.py",
        ),
        jit=True,
    ),
)  # fmt: skip


def all_mutants(root: Path) -> list[Mutant]:
    """Return the mutants of all files, in an order that an edit elsewhere does not change."""
    folders = [root / package for suite in SUITES for package in suite.packages]
    files = [path for folder in folders for path in folder.glob("*.py") if path.name not in COMPILING]
    found = [one for path in files for one in mutants_of(str(path.relative_to(root)), path.read_bytes())]
    return sorted(found, key=lambda one: one.key)


def package_of(mutant: Mutant) -> str:
    """Return the folder that a mutant is in."""
    return mutant.path.rpartition("/")[0]


@contextmanager
def copied() -> Iterator[Path]:
    """Copy the tree and compile it, so that later only the file with the fault is compiled anew."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        sources = ("simulator", "kernels", "tests")
        subprocess.run([sys.executable, "-m", "compileall", "-q", *sources], cwd=copy, check=True)
        yield copy


def pytest_status(copy: Path, suite: Suite, task: dict[str, Any]) -> int:
    """Run tests on the copy as `mutant_tests` does; return the exit status, below 0 for a signal."""
    places = os.pathsep.join(str(copy / each) for each in ("simulator", "kernels", "tests"))
    own = {"PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1"}
    if not suite.jit:
        own |= {"NUMBA_DISABLE_JIT": "1", "ONECENTER_CACHE": str(copy.parent / "cache")}
    said = copy.parent / "task"
    said.write_text(json.dumps(task | {"marks": suite.marks}))
    command = [sys.executable, "tests/mutant_tests.py", str(said)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=copy, env=os.environ | own, start_new_session=True, **quiet)
    try:
        return process.wait()
    finally:
        end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def recorded(copy: Path, suite: Suite, path: Path) -> dict[str, dict[str, Any]]:
    """Return by test file what its tests call and how long they take; only files that changed run again."""
    record = json.loads(path.read_text()) if path.is_file() else {}
    files = sorted({file for pattern in suite.files for file in (copy / "tests").glob(pattern)})
    digests = {f"tests/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    new = [name for name, digest in digests.items() if record.get(name, {}).get("digest") != digest]
    if new:
        into = copy.parent / "record"
        status = pytest_status(copy, suite, {"files": new, "into": str(into), "packages": suite.packages})
        if status not in (PASSED, NO_TESTS):
            raise SystemExit(f"tests of {suite.name} fail without a mutant (status {status})")
        found = json.loads(into.read_text())
        record |= {name: {"digest": digests[name], "tests": found.get(name, {})} for name in new}
        path.write_text(json.dumps(record))
    return {name: record[name]["tests"] for name in digests}


def task_of(mutant: Mutant, record: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the files with a test that calls the mutant's function, quickest first, and the order of their tests.

    All tests of such a file run: one may judge what a fixture or another test has called.
    """
    place = f"{mutant.path}:{mutant.function}" if mutant.function else mutant.path
    callers = {name: [t for t in tests.values() if place in t["calls"]] for name, tests in record.items()}
    if not any(callers.values()):
        callers = {name: [t for t in tests.values() if mutant.path in t["calls"]] for name, tests in record.items()}
    files = sorted((name for name in callers if callers[name]), key=lambda n: sum(t["seconds"] for t in callers[n]))
    tests = {test: each for name in files for test, each in record[name].items()}
    ranks = {test: (place not in each["calls"], each["seconds"]) for test, each in tests.items()}
    return {"files": files, "ranks": ranks}


def is_killed(copy: Path, mutant: Mutant, suite: Suite, record: dict[str, dict[str, Any]]) -> bool:
    """Whether a test fails on a mutant."""
    task = task_of(mutant, record)
    file = copy / mutant.path
    (copy.parent / "original").unlink(missing_ok=True)
    original = shutil.copy2(file, copy.parent / "original")
    file.write_bytes(mutant.applied(file.read_bytes()))
    try:
        return bool(task["files"]) and pytest_status(copy, suite, task) not in (PASSED, NO_TESTS)
    finally:
        shutil.copy2(original, file)


def survivors(mutants: Sequence[Mutant], keep: Path) -> list[Mutant]:
    """Run the tests on all mutants; print and return those that no test notices."""
    done = keep / "killed"
    killed = set(done.read_text().split()) if done.is_file() else set()
    left = []
    with copied() as copy:
        for suite in SUITES:
            ours = [one for one in mutants if package_of(one) in suite.packages and one.key not in killed]
            record = recorded(copy, suite, keep / f"{suite.name}.json") if ours else {}
            for one in ours:
                if is_killed(copy, one, suite, record):
                    with done.open("a") as file:
                        file.write(f"{one.key}\n")
                else:
                    print(f"{one.path}:{one.line}: {one.before}  ->  {one.after}", flush=True)
                    left.append(one)
    return left


def report(mutants: Sequence[Mutant], left: Sequence[Mutant]) -> int:
    """Print the shares killed; 0 if that of all is enough, else 1."""
    count, alive = Counter(map(package_of, mutants)), Counter(map(package_of, left))
    for package, number in sorted(count.items()):
        print(f"{package}: {number - alive[package]} of {number} killed")
    share = 1 - len(left) / len(mutants)
    print(f"{share:.1%} of {len(mutants)} mutants killed; {LEAST_KILLED:.0%} are expected")
    return 0 if share >= LEAST_KILLED else 1


def share(text: str) -> tuple[int, int]:
    """Return the two numbers of `K/N`."""
    part, of = map(int, text.split("/"))
    if not 0 < part <= of:
        raise ValueError
    return part, of


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description="Puts faults into the code and tells which no test notices.")
    parser.add_argument("--mutants", type=int, default=NUMBER, help=f"how many ({NUMBER})")
    parser.add_argument("--share", type=share, default=(1, 1), metavar="K/N", help="only the K-th of N parts")
    parser.add_argument("--keep", type=Path, help="a folder for what need not be done again")
    return parser.parse_args(given)


def main(given: Sequence[str]) -> int:
    """Run the mutants that are asked for."""
    options = arguments(given)
    part, of = options.share
    ours = all_mutants(ROOT)[: options.mutants][part - 1 :: of]
    with tempfile.TemporaryDirectory() as folder:
        keep = options.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        return report(ours, survivors(ours, keep))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

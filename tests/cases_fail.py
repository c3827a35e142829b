"""Shows that every test marked `case` fails on the code of an earlier commit: `make cases-fail BASE=<commit>`.

The tests are those of this tree; simulator and kernels are those of the commit, in a temporary worktree. A test that
passes there proves nothing, and one that fails only because a name is missing there proves little: both are named.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from moved import Moved

ROOT = Path(__file__).resolve().parents[1]
LIMITS_S = {"nightly": 3600, "slow": 600, "": 120}

#: Says that a name or a module is not there.
MISSING = re.compile("cannot import name|No module named")

#: Compiles the kernels of the commit, which lie at a new place, so that no test waits for that.
COMPILE = "import onecenter as oc; [oc.run('tiny', policy=name) for name in ('fifo', 'easy', 'conservative')]"


class Judgement(NamedTuple):
    """Whether a test fails there as it should, and how, in one line."""

    fails: bool
    line: str


def judge(phases: list[dict[str, str]]) -> Judgement:
    """Judge one test by its phases, each with `when`, `outcome`, `error` (a class) and `line`.

    Only a failure of the test's body counts, and only one that is not about an import. A body that never ended has
    a phase with the outcome `endless`.
    """
    body = next((p for p in phases if p["when"] == "call"), None)
    if body is None:
        broken = next((p for p in phases if p["outcome"] == "failed"), None)
        if broken is None:
            return Judgement(False, "skipped")
        return Judgement(False, f"fails in {broken['when']}, not in its body: {broken['line']}")
    if body["outcome"] == "endless":
        return Judgement(True, body["line"])
    if body["outcome"] != "failed":
        return Judgement(False, body["outcome"])
    # A library of the machine that cannot be loaded is an ImportError, too.
    if body["error"] in ("ImportError", "ModuleNotFoundError") and MISSING.search(body["line"]):
        return Judgement(False, f"fails only on an import: {body['line']}")
    return Judgement(True, body["line"])


class Recorder:
    """Pytest plugin that writes what happens to each test, one JSON object per line."""

    def __init__(self, path: Path, skip: set[str]) -> None:
        self.file = path.open("a", encoding="utf-8")
        self.skip = skip

    def write(self, **fields: Any) -> None:
        self.file.write(json.dumps(fields) + "\n")
        self.file.flush()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [i for i in items if i.get_closest_marker("case") and i.nodeid not in self.skip]
        for item in items:
            places = [str(m.args[0]) for m in item.iter_markers("case")]
            speed = next((s for s in LIMITS_S if s and item.get_closest_marker(s)), "")
            self.write(event="found", test=item.nodeid, places=places, limit=LIMITS_S[speed])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            line = last_line(report.longreprtext)
            self.write(event="found", test=report.nodeid, places=[], limit=0)
            self.write(event="phase", test=report.nodeid, when="collection", outcome="failed", error="", line=line)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.write(event="start", test=nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        error = call.excinfo
        name = error.type.__name__ if error else ""
        line = last_line(error.exconly()) if error else ""
        self.write(event="phase", test=item.nodeid, when=report.when, outcome=report.outcome, error=name, line=line)
        return report


def last_line(text: str) -> str:
    """The line that says what went wrong: pytest puts `E` before it, Python puts it first in what it explains."""
    lines = [re.sub(r"^E\s+", "", line).strip() for line in text.strip().splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[A-Za-z_.]+(Error|Exception|Failed|Exit|Interrupt)\b", line)]
    return (named or lines or [""])[-1][:160]


@contextmanager
def worktree(base: str) -> Iterator[Path]:
    """The files of a commit in a temporary folder, as a git worktree."""
    with tempfile.TemporaryDirectory(prefix="cases-fail-") as folder:
        place = Path(folder) / "base"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", place, base], cwd=ROOT, check=True)
        try:
            yield place
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", place], cwd=ROOT, check=False)


def run_all(base: Path, record: Path, tests: list[str]) -> None:
    """Run the cases against the code in `base`; after a test that does not end, go on with the next one."""
    subprocess.run([sys.executable, "-c", COMPILE], cwd=ROOT, env=environment(base), check=False)
    record.touch()
    while stuck := run_until_stuck(base, record, tests):
        phase = {"event": "phase", "when": "call", "outcome": "endless", "error": "", **stuck}
        with record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(phase) + "\n")


def run_until_stuck(base: Path, record: Path, tests: list[str]) -> dict[str, str] | None:
    """Run the cases that have no outcome yet; None, or the test that the process did not survive, and why."""
    command = [sys.executable, __file__, "--record", str(record), *tests]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(base), start_new_session=True)
    try:
        while process.poll() is None:
            time.sleep(0.2)
            running, since = last_started(record)
            if running and time.time() - since > running["limit"]:
                return {"test": running["test"], "line": f"did not end within {running['limit']} s"}
        running, _ = last_started(record)
        return {"test": running["test"], "line": f"ended the process ({process.returncode})"} if running else None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment(base: Path) -> dict[str, str]:
    """The environment in which the code of the commit is imported."""
    return os.environ | {"PYTHONPATH": f"{base / 'simulator'}{os.pathsep}{base / 'kernels'}"}


def last_started(record: Path) -> tuple[dict[str, Any] | None, float]:
    """The test that has started and has no end yet, with the time of the last line."""
    events = read(record)
    if not events or events[-1]["event"] == "found" or events[-1].get("when") in ("teardown", "collection"):
        return None, 0.0
    if events[-1].get("outcome") == "endless":
        return None, 0.0
    test = events[-1]["test"]
    return next(e for e in events if e["event"] == "found" and e["test"] == test), record.stat().st_mtime


def read(record: Path) -> list[dict[str, Any]]:
    """The events so far; a line that is still being written is left out."""
    lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def phases_of(events: list[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """What happened to each test that was found."""
    phases: dict[str, list[dict[str, str]]] = {e["test"]: [] for e in events if e["event"] == "found"}
    for event in events:
        if event["event"] == "phase":
            phases[event["test"]].append(event)
    return phases


def report(events: list[dict[str, Any]]) -> int:
    """Print each test with its place and outcome; 0 if all fail as they should, else 1."""
    places = {e["test"]: ", ".join(e["places"]) for e in events if e["event"] == "found"}
    judged = {test: judge(phases) for test, phases in phases_of(events).items()}
    for test, judgement in sorted(judged.items(), key=lambda pair: places[pair[0]]):
        print(f"{'fails' if judgement.fails else 'WRONG'}  {places[test] or '-'}  {test}\n       {judgement.line}")
    wrong = sum(not judgement.fails for judgement in judged.values())
    print(f"{len(judged)} tests of cases; {wrong} do not fail there as they should.")
    return 0 if judged and not wrong else 1


def files_with_cases() -> list[str]:
    """The test files that mark a case; the others need not even be importable with the code of the commit."""
    return [str(p) for p in sorted((ROOT / "tests").glob("test_*.py")) if "mark.case(" in p.read_text(encoding="utf-8")]


def main(arguments: list[str]) -> int:
    """`cases_fail.py BASE [FILE ...]`; `cases_fail.py --record RECORD ...` runs the tests."""
    if arguments[:1] == ["--record"]:
        return run_here(Path(arguments[1]), arguments[2:])
    if not arguments or not arguments[0]:
        print("usage: make cases-fail BASE=<commit>", file=sys.stderr)
        return 2
    if subprocess.run(["git", "cat-file", "-e", f"{arguments[0]}^{{commit}}"], cwd=ROOT, check=False).returncode:
        print(f"BASE: {arguments[0]!r} is not a commit of this repository", file=sys.stderr)
        return 2
    with worktree(arguments[0]) as base, tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record"
        run_all(base, record, arguments[1:] or files_with_cases())
        return report(read(record))


def run_here(record: Path, tests: list[str]) -> int:
    """Run the cases among the tests that have no outcome yet, without a word."""
    done = {e["test"] for e in read(record) if e["event"] == "phase"}
    options = ["-q", "--tb=no", "-p", "no:cacheprovider", "-m", "case", "--continue-on-collection-errors"]
    sys.meta_path.insert(0, Moved())
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        return pytest.main([*options, f"--rootdir={ROOT}", *tests], plugins=[Recorder(record, done)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

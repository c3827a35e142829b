"""Kills at random moments: nothing that runs, no half file is left, and what is begun again ends as if undisturbed."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from onecenter.simulation.result import Result

#: Longer than any process may live on after a kill (s).
LONG = 60

QUEUE = ["mm-c", "--set", 'time.horizon="5 d"', "--set", 'time.warmup="1 d"']
TARGET = ["--target", 'platforms.queue.wait.p95="20 min"']
COUNT = "center.nodes.server.count"
OUT = ["--workers", "2", "--out", "OUT"]
COMMANDS = {
    "run": ["run", "changsha-eighth", "--out", "OUT"],
    "sweep": ["sweep", *QUEUE, "--vary", f"{COUNT}=7:10:1", "-n", "4", "--resume", *OUT],
    "plan": ["plan", *QUEUE, *TARGET, "--vary", f"{COUNT}=6:12", "--replications", "10", *OUT],
    "compare": ["compare", *QUEUE, "--policies", "fifo,easy", "--replications", "6", "--json"],
    # Long enough for workers to be started.
    "long compare": ["compare", *QUEUE, "--policies", "fifo,easy", "--replications", "100", "--workers", "2", "--json"],
}


#: Outcome, names of the files, and duration (s).
Reference = tuple[Any, list[str], float]


class Ended(NamedTuple):
    """How a command ended: exit status, what it printed, and after how long (s)."""

    status: int
    printed: str
    seconds: float


def ended(name: str, out: Path, kill: int = 0, after: float = 0.0) -> Ended:
    """Run a command, and perhaps kill it; return how it ended when all of its processes have."""
    arguments = [str(out) if part == "OUT" else part for part in COMMANDS[name]]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "start_new_session": True}
    begin = time.monotonic()
    with subprocess.Popen([sys.executable, "-m", "onecenter", *arguments], **pipes) as process:
        if kill:
            time.sleep(after)
            process.send_signal(kill)
        try:
            # The pipe ends when the last process that holds it has ended.
            printed, _ = process.communicate(timeout=LONG)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return Ended(process.returncode, printed.decode(), time.monotonic() - begin)


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def check_whole(folder: Path, parts: bool) -> None:
    """Check that every file is whole; `parts`: temporary ones may be left."""
    for name, data in files(folder).items():
        if name.endswith(".part"):
            assert parts, name
        elif name.endswith(".json"):
            json.loads(data)
        elif name.endswith(".png"):
            assert data.endswith(b"IEND\xaeB`\x82"), name
        else:
            pl.read_parquet(folder / name)


def outcome(name: str, out: Path, printed: str) -> Any:
    """Return what a command has found, without what time it took."""
    if name == "run":
        summary = re.sub(r'"jobs_per_s": \S+', "", (out / "summary.json").read_text(encoding="utf-8"))
        return Result.load(out / "result.parquet").log_digest, summary
    if name == "sweep":
        rows = {key: value for key, value in files(out).items() if key.endswith(".parquet")}
        return pl.read_parquet(out / "*.parquet").sort("run").to_dicts(), sorted(rows)
    return json.loads((out / "plan.json").read_text(encoding="utf-8") if name == "plan" else printed)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Reference]:
    """Return a function that gives outcome, files and duration of a command that nobody disturbs."""
    known: dict[str, Reference] = {}

    def of(name: str) -> Reference:
        if name not in known:
            out = tmp_path_factory.mktemp("undisturbed") / name
            found = ended(name, out)
            assert found.status == 0
            known[name] = outcome(name, out, found.printed), sorted(files(out)), found.seconds
        return known[name]

    return of


def kill_and_begin_again(name: str, number: int, share: float, out: Path, reference: Reference) -> None:
    """Kill a command after a share of its usual time, then run it again, and compare."""
    expected, names, seconds = reference
    found = ended(name, out, number, share * seconds)
    assert found.status in ((0, 130, -signal.SIGTERM) if number == signal.SIGTERM else (0, -signal.SIGKILL))
    check_whole(out, parts=number == signal.SIGKILL)
    again = ended(name, out)
    assert again.status == 0
    check_whole(out, parts=False)
    assert sorted(files(out)) == names
    assert outcome(name, out, again.printed) == expected


ALONE, WITH_WORKERS = ("run", "compare"), ("sweep", "plan")
SIGNALS = (signal.SIGTERM, signal.SIGKILL)


def kill_five_times(name: str, number: int, folder: Path, reference: Reference) -> None:
    """Kill a command at five moments drawn at random."""
    draw = random.Random(f"{name} {number}")
    for kill in range(5):
        kill_and_begin_again(name, number, draw.uniform(0.1, 1.05), folder / str(kill), reference)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), list(zip(ALONE, SIGNALS, strict=True)))
def test_a_kill(name: str, number: int, tmp_path: Path, undisturbed: Callable[[str], Reference]) -> None:
    kill_and_begin_again(name, number, 0.8, tmp_path / "out", undisturbed(name))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), list(zip(WITH_WORKERS, SIGNALS, strict=True)))
def test_a_kill_with_workers(name: str, number: int, tmp_path: Path, undisturbed: Callable[[str], Reference]) -> None:
    kill_and_begin_again(name, number, 0.8, tmp_path / "out", undisturbed(name))


@pytest.mark.nightly
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("name", [*ALONE, "long compare"])
def test_five_kills(name: str, number: int, tmp_path: Path, undisturbed: Callable[[str], Reference]) -> None:
    kill_five_times(name, number, tmp_path, undisturbed(name))


@pytest.mark.case("7.2")
@pytest.mark.nightly
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("name", WITH_WORKERS)
def test_five_kills_with_workers(
    name: str, number: int, tmp_path: Path, undisturbed: Callable[[str], Reference]
) -> None:
    kill_five_times(name, number, tmp_path, undisturbed(name))

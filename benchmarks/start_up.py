"""Start-up: CPU time of whole processes beside the floor (`floor.py`), in turns, medians.

`run tiny` is the command, with and without a folder for its files. A worker is what a pool starts: it takes a task and
runs its first replication. Kernels are compiled before, and modules to bytecode, as wherever Python may write it.
"""

import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.ratios import Say
from onecenter.experiments.replications import task_of
from onecenter.scenario import load

ROUNDS: Final = 7
QUICK_ROUNDS: Final = 1

PROCESSES: Final = ("floor", "run tiny", "run tiny --out", "a worker's first replication")

FLOOR: Final = ("-m", "benchmarks.floor")
WORKER: Final = ("-c", "import pickle, sys; pickle.load(sys.stdin.buffer).run(0)")


def measure(share: float, say: Say) -> dict[str, Any]:
    """Return the CPU seconds of each process; fewer rounds for a share (0..1) below 1."""
    task = pickle.dumps(task_of(load("tiny")))
    spent: dict[str, list[float]] = {name: [] for name in PROCESSES}
    with tempfile.TemporaryDirectory() as folder:
        run = ("-m", "onecenter", "run", "tiny")
        saved = (*run, "--out", str(Path(folder, "out")))
        commands = dict(zip(spent, ((FLOOR, b""), (run, b""), (saved, b""), (WORKER, task)), strict=True))
        for _ in range(1 + (ROUNDS if share == 1 else QUICK_ROUNDS)):
            for name, (command, given) in commands.items():
                spent[name].append(cpu_seconds(command, given))
            say("one round: done")
    # The first round fills caches.
    medians = {name: statistics.median(times[1:]) for name, times in spent.items()}
    floor = medians["floor"]
    return {"rows": [{"what": name, "s": round(s, 3), "ratio": round(s / floor, 2)} for name, s in medians.items()]}


def cpu_seconds(command: Sequence[str], given: bytes) -> float:
    """Return the CPU time (s) of a Python process that is given some input."""
    root = str(Path(__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([sys.executable, *command], input=given, check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def lines(report: dict[str, Any]) -> list[str]:
    """Return a report as text."""
    text = [f"{'':32} {'CPU s':>7} {'x floor':>8}"]
    return [*text, *(f"{row['what']:32} {row['s']:>7.3f} {row['ratio']:>8.2f}" for row in report["rows"])]

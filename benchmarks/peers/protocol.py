"""What a peer's process is given and hands back. It runs in the peer's environment, which has no onecenter.

``python -m benchmarks.peers.run_NAME LOG NODES BACKFILL OUT`` simulates an SWF file on nodes of 8 cores and writes
`OUT`, one JSON object: `seconds`, the CPU time from the opening of the log to the last start known, without the
interpreter's start and the imports; `starts`, pairs of a job's number and its start (s).
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

CORES = 8


class Job(NamedTuple):
    """A job of a log: its number, submit (s), run time (s) and cores."""

    number: int
    submit: int
    run: int
    cores: int


def main(simulate: Callable[[str, int, str], Iterable[Sequence[int]]]) -> None:
    """Simulate what the command line names by a function of log, nodes and backfill that returns the starts."""
    log, nodes, backfill, out = sys.argv[1:]
    before = time.process_time()
    starts = list(simulate(log, int(nodes), backfill))
    spent = time.process_time() - before
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"seconds": spent, "starts": starts}, file)


def jobs_of(log: str) -> list[Job]:
    """Return the jobs of an SWF file."""
    with open(log, encoding="utf-8") as file:
        rows = [line.split() for line in file if not line.startswith(";")]
    return [Job(int(row[0]), int(row[1]), int(row[3]), int(row[7])) for row in rows]

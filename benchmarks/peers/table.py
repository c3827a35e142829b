"""The table of the peers: jobs per second of each simulator on the same files, and how many of its starts differ.

A figure is the median of three runs in CPU time, of one where it takes long. A run goes from the opening of the log
to the last start known; onecenter's kernels are compiled before.
"""

import statistics
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.peers.cases import CASES, Case, write_swf
from benchmarks.peers.installed import PEERS, Peer, python_of
from benchmarks.peers.protocol import jobs_of
from benchmarks.peers.starts import Run, Seconds, apart, by_onecenter, by_peer
from benchmarks.ratios import LONG, Say

RUNS: Final = 3

OURSELVES: Final = "onecenter"

#: The figures of a peer that cannot be had.
MISSING: Final[dict[str, Any]] = {
    "speed": "not installed",
    "ratio": None,
    "waited": None,
    "differ": None,
    "largest": None,
}


def simulators(case: Case) -> tuple[str, ...]:
    """Return the names of those that can run a case, onecenter first."""
    return (OURSELVES, *(peer.name for peer in PEERS if case.one_core or not peer.only_one_core))


#: The first cells of every row.
ROWS: Final = tuple((case.policy, case.cores, name) for case in CASES for name in simulators(case))


def measure(share: float, folder: Path | None, say: Say) -> dict[str, Any]:
    """Return the table, with a share (0..1) of nodes and jobs; peers are found in the folder, or installed there."""
    with tempfile.TemporaryDirectory() as passing:
        pythons = {peer: python_of(peer, folder or Path(passing), say) for peer in PEERS}
        log = Path(passing, "jobs.swf")
        rows = [row for case in CASES for row in _rows(case.part(share), log, pythons, say)]
    return {"rows": rows}


def _rows(case: Case, log: Path, pythons: Mapping[Peer, Path | None], say: Say) -> list[dict[str, Any]]:
    """Return the rows of a case."""
    write_swf(log, case.jobs())
    submits = np.array([job.submit for job in jobs_of(str(log))])
    about = {"policy": case.policy, "cores": case.cores, "jobs": case.count}
    # The first run may compile.
    by_onecenter(log, case)
    ours = _median(partial(by_onecenter, log, case))
    rows = [about | {"simulator": OURSELVES} | _figures(ours, ours, submits)]
    for peer, python in pythons.items():
        if peer.name in simulators(case):
            figures = MISSING
            if python is not None:
                theirs = _median(partial(by_peer, peer, python, log, case))
                figures = _figures(theirs, ours, submits)
                say(f"{case.policy}, cores {case.cores}, {peer.name}: done")
            rows.append(about | {"simulator": peer.name} | figures)
    return rows


def _median(run: Callable[[], Run]) -> Run:
    """Return the run of median CPU time."""
    runs = [run()]
    while len(runs) < RUNS and runs[-1].spent <= LONG:
        runs.append(run())
    return Run(statistics.median(one.spent for one in runs), runs[0].starts)


def _figures(run: Run, ours: Run, submits: Seconds) -> dict[str, Any]:
    """Return the cells of a run beside ours."""
    speed = {"speed": round(len(submits) / run.spent), "ratio": round(run.spent / ours.spent, 1)}
    return speed | {"waited": int(np.count_nonzero(run.starts > submits))} | apart(ours.starts, run.starts)


def lines(report: Mapping[str, Any]) -> list[str]:
    """Return a report as text."""
    titles = ("jobs per s", "times as long", "waited", "starts differ", "by at most s")
    text = [f"{'':28} {' '.join(f'{title:>14}' for title in titles)}"]
    for row in report["rows"]:
        cells = ("" if row[key] is None else row[key] for key in MISSING)
        shown = (f"{cell:>14}" if isinstance(cell, str) else f"{cell:>14,}" for cell in cells)
        text.append(f"{row['policy']}, {row['cores']:>6}, {row['simulator']:14} {' '.join(shown)}".rstrip())
    return text

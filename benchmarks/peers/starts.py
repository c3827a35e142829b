"""Starts of all jobs of a log, by onecenter and by a peer, and how far they are apart."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers.cases import SECOND, Case
from benchmarks.peers.installed import Peer
from benchmarks.peers.protocol import CORES
from onecenter.engine.center import Center
from onecenter.errors import ResultError
from onecenter.policies import Policy
from onecenter.results.segments import fates
from onecenter.traces import parse_nodes, read, to_workload

Seconds = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Run:
    """A simulation of a log.

    Attributes
    ----------
    spent : float
        CPU time (s) from the opening of the log to the last start known.
    starts : int64 array
        Start (s) of each job, in order of the log.
    """

    spent: float
    starts: Seconds


def by_onecenter(log: Path, case: Case) -> Run:
    """Return a run of onecenter in this process."""
    before = time.process_time()
    fleet = parse_nodes(f"{case.nodes}x{CORES}")
    jobs, _ = to_workload(read(log), fleet)
    center = Center(fleet, Policy(backfill=case.backfill, placement="first-fit"), jobs)
    center.run()
    starts = fates(center.log, len(jobs)).start // SECOND
    return Run(time.process_time() - before, starts)


def by_peer(peer: Peer, python: Path, log: Path, case: Case) -> Run:
    """Return a run of a peer in a process of its own.

    Raises
    ------
    ResultError
        If it fails, or what it hands back is not one start per job.
    """
    out = log.with_name("starts.json")
    out.unlink(missing_ok=True)
    given = (str(log), str(case.nodes), case.backfill, str(out))
    command = (str(python), "-m", f"benchmarks.peers.run_{peer.package}", *given)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise ResultError(peer.name, [f"exit status {done.returncode}: {done.stderr.strip()}"])
    return run_of(peer.name, json.loads(out.read_text(encoding="utf-8")), case.count)


def run_of(name: str, answer: dict[str, Any], jobs: int) -> Run:
    """Return the run that a peer's answer tells; see `protocol`.

    Raises
    ------
    ResultError
        If it is not about each of the jobs 1, 2, … once.
    """
    pairs = sorted(answer["starts"])
    if [number for number, _ in pairs] != list(range(1, jobs + 1)):
        raise ResultError(name, [f"{len(pairs):,} starts: one for each of {jobs:,} jobs is expected"])
    return Run(answer["seconds"], np.array([start for _, start in pairs], dtype=np.int64))


def apart(ours: Seconds, theirs: Seconds) -> dict[str, int]:
    """Return how many jobs start at another second, and by how many at most."""
    difference = np.abs(ours - theirs)
    return {"differ": int(np.count_nonzero(difference)), "largest": int(difference.max(initial=0))}

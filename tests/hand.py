"""Decision logs written by hand."""

import numpy as np
import numpy.typing as npt
from onecenter_kernels.codes import ENDINGS, EVENTS
from onecenter_kernels.state import LOG_DTYPE

from onecenter.fleet import NodeType
from onecenter.workload.table import Workload, workload

Row = tuple[int | str, ...]

#: Two nodes of four accelerators.
FLEET = (NodeType("gpu", 2, 4, cpus=64_000, memory=1_000, nodes_per_rack=1),)

#: What `small_run` is about; s.
WARMUP, HORIZON = 10, 100


def log_of(rows: list[Row], unit: int = 1_000) -> npt.NDArray[np.void]:
    """Return the log of rows (t, kind, job, ...), t in units (ms); a start goes on with node, amount[, device],
    an end with its outcome, a limit with whether it begins to hold.
    """
    log = np.zeros(len(rows), LOG_DTYPE)
    log["node"] = log["device"] = -1
    for entry, (t, kind, job, *rest) in zip(log, rows, strict=True):
        entry["t"], entry["kind"], entry["job"] = int(t) * unit, EVENTS.index(str(kind)), job
        if kind == "start":
            entry["node"], entry["amount"], entry["device"] = (*rest, -1)[:3]
        elif kind == "end":
            entry["reason"] = ENDINGS.index(str(rest[0]))
        elif kind == "limit":
            entry["amount"] = rest[0]
    return log


def small_run() -> tuple[npt.NDArray[np.void], Workload]:
    """Return a run of two platforms with every fate but "future"; see the rows for times in s."""
    log = log_of(
        [
            (0, "submit", 0), (0, "start", 0, 0, 1),
            (10, "submit", 1),
            (12, "submit", 2),
            (15, "submit", 3),
            (20, "end", 0, "completed"), (20, "start", 1, 0, 1), (20, "start", 1, 1, 1),
            (30, "cancel", 2),
            (40, "end", 1, "completed"), (40, "start", 3, 0, 1),
            (44, "end", 3, "failed"), (44, "submit", 4), (44, "start", 4, 0, 2, 0),
            (46, "end", 4, "cancelled_running"),
            (50, "submit", 5), (50, "start", 5, 0, 4), (50, "start", 5, 1, 4),
            (60, "submit", 6),
            (70, "kill", 5), (70, "start", 6, 0, 4), (70, "start", 6, 1, 4),
            (80, "refuse", 7),
            (90, "submit", 8),
        ]
    )  # fmt: skip
    jobs = workload(
        platforms=("a", "b"),
        streams=("a.x", "b.x"),
        submit=np.array([0, 10, 12, 15, 44, 50, 60, 80, 90]) * 1_000,
        run=np.array([20, 20, 5, 4, 2, 50, 60, 9, 8]) * 1_000,
        walltime=np.array([30, 30, 30, 30, 30, 20, 90, 30, 30]) * 1_000,
        patience=np.array([-1, -1, 18_000, -1, -1, -1, -1, -1, -1]),
        deadline=np.array([-1, 40_000, 99_000, -1, 99_000, 99_000, 120_000, 99_000, 99_000]),
        accelerators=[4_000, 4_000, 1_000, 4_000, 500, 1_000, 1_000, 9_000, 8_000],
        tasks=[1, 2, 1, 1, 2, 8, 8, 1, 1],
        spread=[0, 0, 0, 0, 0, 1, 1, 0, 0],
        outcome=[0, 0, 0, 1, 2, 0, 0, 0, 0],
        platform=[0, 0, 0, 1, 0, 1, 1, 0, 1],
        stream=[0, 0, 0, 1, 0, 1, 1, 0, 1],
    )
    return log, jobs


def interrupted_run() -> tuple[npt.NDArray[np.void], Workload]:
    """Return a run of 20 s in which jobs are evicted; times in s, a column per second, a line per accelerator.

              0    5    10   15   20
        n0 0  00000011110022.33...    job 3: half of it
           1  00000011110022..44..
           2  ......11110022......
           3  ......11110022......
        n1 0  0000001111..220000..
           1  0000001111..220000..
           2  ......1111..220000..
           3  ......1111..220000..

    Job 0 has three attempts, and waits between them. Job 3 waits again when it is cancelled, job 4 at the end.
    """
    log = log_of(
        [
            (0, "submit", 0), (0, "start", 0, 0, 1), (0, "start", 0, 1, 1),
            (2, "submit", 1),
            # Evicted at 5, it leaves within a second.
            (5, "evict", 0),
            (6, "requeue", 0), (6, "start", 1, 0, 1), (6, "start", 1, 1, 1),
            (10, "end", 1, "completed"), (10, "start", 0, 0, 2),
            (11, "submit", 2),
            (12, "evict", 0), (12, "requeue", 0), (12, "start", 2, 0, 1), (12, "start", 2, 1, 1),
            (14, "end", 2, "completed"), (14, "start", 0, 1, 2),
            (15, "submit", 3), (15, "start", 3, 0, 1, 0),
            (16, "submit", 4), (16, "start", 4, 0, 1),
            (17, "evict", 3), (17, "requeue", 3),
            (18, "end", 0, "completed"), (18, "evict", 4), (18, "requeue", 4),
            (19, "cancel", 3),
        ]
    )  # fmt: skip
    jobs = workload(
        platforms=("a", "b"),
        streams=("a.x", "b.x"),
        submit=np.array([0, 2, 11, 15, 16]) * 1_000,
        run=np.array([4, 4, 2, 5, 3]) * 1_000,
        walltime=np.array([30, 30, 30, 30, 30]) * 1_000,
        deadline=[17_000, -1, -1, -1, 30_000],
        accelerators=[2_000, 4_000, 4_000, 500, 1_000],
        tasks=[2, 2, 2, 1, 1],
        platform=[0, 1, 1, 0, 1],
        stream=[0, 1, 1, 0, 1],
    )
    return log, jobs

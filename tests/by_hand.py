"""Words for scenarios that are solved by hand."""

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
from onecenter_kernels import codes
from oracle import Post, simulate, waits_by_reason

from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import DEFAULTS, Workload, workload

Log = npt.NDArray[Any]
Row = tuple[int | str, ...]


def nodes(count: int, accelerators: int, cpus: int = 64, memory: int = 64, rack: int = 1) -> NodeType:
    """Return a node type; cpus in whole ones, memory in MiB."""
    return NodeType("type", count, accelerators, 1000 * cpus, memory, rack)


def job(submit: int, run: int, accelerators: float, walltime: int = 0, **more: int) -> dict[str, int]:
    """Return a job's columns; accelerators in ones; walltime 0: as the run time."""
    asked = {"accelerators": round(1000 * accelerators), "walltime": walltime or run}
    return DEFAULTS | {"submit": submit, "run": run} | asked | more


def table(jobs: Sequence[dict[str, int]]) -> Workload:
    """Return jobs as a workload."""
    columns: dict[str, Any] = {name: [job[name] for job in jobs] for name in jobs[0]}
    return workload(**columns)


def simulated(
    fleet: Sequence[NodeType],
    jobs: Sequence[dict[str, int]],
    posts: Sequence[Post] = (),
    horizon: int | None = None,
    **policy: Any,
) -> Log:
    """Return the naive twin's log; first-fit and no backfill unless told otherwise."""
    parts = {"placement": "first-fit", "backfill": "none"} | policy
    return simulate(fleet, Policy(**parts), table(jobs), horizon, posts)


def starts(log: Log) -> dict[int, int]:
    """Return each started job's start."""
    return {int(row["job"]): int(row["t"]) for row in log if row["kind"] == codes.E_START}


def places(log: Log, job: int) -> list[tuple[int, int, int]]:
    """Return (node, device, amount) of a job's start rows."""
    mine = log[(log["kind"] == codes.E_START) & (log["job"] == job)]
    return [(int(row["node"]), int(row["device"]), int(row["amount"])) for row in mine]


def named(log: Log) -> list[Row]:
    """Return rows as (t, kind, job), a start with its place, an end with its outcome, a limit with whether it holds."""
    rows: list[Row] = []
    for t, _, kind, number, node, device, amount, reason in log.tolist():
        more: dict[int, Row] = {
            codes.E_START: (node, device, amount),
            codes.E_LIMIT: (amount,),
            codes.E_END: (codes.ENDINGS[min(reason, len(codes.ENDINGS) - 1)],),
        }
        rows.append((t, codes.EVENTS[kind], number, *more.get(kind, ())))
    return rows


def waited(
    fleet: Sequence[NodeType], jobs: Sequence[dict[str, int]], until: int = 1_000, **policy: Any
) -> list[dict[str, int]]:
    """Return by job how long it waited for each reason, as the naive twin of `simulated` sees it."""
    parts = {"placement": "first-fit", "backfill": "none"} | policy
    found = waits_by_reason(fleet, Policy(**parts), table(jobs), until)
    return [{codes.REASONS[code]: ms for code, ms in waits.items()} for waits in found]

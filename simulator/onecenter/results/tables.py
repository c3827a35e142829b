"""Tables of a run: its jobs, its nodes, and how much waited and ran over time."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from onecenter_kernels import schema

from onecenter.fleet import NodeType
from onecenter.results.log import ENDED, FATE_TYPE, FUTURE, Fates, named
from onecenter.results.seen import seen, submitted_in
from onecenter.results.window import Window
from onecenter.workload.table import Workload

Array = npt.NDArray[Any]

THOUSAND: Final = 1_000
HOUR: Final = 3_600_000


def first_start_rows(log: Array) -> Array:
    """Return the indices of the first row of each start."""
    rows = np.flatnonzero(np.ascontiguousarray(log["kind"]) == schema.E_START)
    job = log["job"][rows]
    # Rows of one start stand together: what follows another row of the same job belongs to that start.
    goes_on = (np.diff(rows, prepend=-2) == 1) & (np.diff(job, prepend=-1) == 0)
    first: Array = rows[~goes_on]
    return first


def node_types_of_jobs(log: Array, n_jobs: int, fleet: Sequence[NodeType]) -> Array:
    """Return the node type (index) on which each job started; -1: it did not."""
    rows = first_start_rows(log)
    last = np.cumsum([kind.count for kind in fleet])
    types = np.full(n_jobs, -1, dtype=np.int8)
    types[log["job"][rows]] = np.searchsorted(last, log["node"][rows], side="right")
    return types


def jobs_table(
    workload: Workload, log: Array, fate: Fates, fleet: Sequence[NodeType], window: Window, until: int
) -> pl.DataFrame:
    """Return one row per job, by id; see the columns' names for units, null where there is no such instant.

    `in_window`: it is one of those that the figures are about; the others were there before, or came while the run went
    on. `accelerators` is those of the whole gang, `cpus` and `memory_mib` are those of a task (spread any: of an
    accelerator), `end_ms` of a job cancelled while it waited is the cancel, `on_time` is null while unknown.
    """
    ran = np.isin(fate.outcome, ENDED)
    kept, may = seen(workload, fate, until).on_time()
    due = (workload.deadline >= 0) & (fate.outcome != FUTURE)
    types = node_types_of_jobs(log, len(workload), fleet)
    optional = {
        "start_ms": (fate.start, fate.start >= 0),
        "end_ms": (fate.end, fate.end >= 0),
        "wait_ms": (fate.start - workload.submit, fate.start >= 0),
        "run_ms": (fate.end - fate.start, ran),
        "deadline_ms": (workload.deadline, workload.deadline >= 0),
        "on_time": (kept, due & (kept == may)),
    }
    columns: dict[str, Any] = {"job": np.arange(len(workload), dtype=np.int32)}
    if workload.names is not None:
        columns["name"] = workload.names
    columns |= {
        "platform": named(workload.platform, pl.Enum(workload.platforms)),
        "stream": named(workload.stream, pl.Enum(workload.streams)),
        "tenant": workload.tenant,
        "tasks": workload.tasks,
        "accelerators": workload.gang / THOUSAND,
        "cpus": workload.cpus / THOUSAND,
        "memory_mib": workload.memory,
        "submit_ms": workload.submit,
        **{name: nullable(*pair) for name, pair in optional.items()},
        "walltime_ms": workload.walltime,
        "outcome": named(fate.outcome, FATE_TYPE),
        "in_window": submitted_in(workload, fate, window),
        "node_type": _type_names(types, fleet),
    }
    last = ["walltime_ms", "outcome", "node_type", "deadline_ms", "on_time", "in_window"]
    return pl.DataFrame(columns).select(pl.exclude(*last), *last)


def nullable(values: Array, valid: Array) -> pl.Series:
    """Return values as a series that is null where they are not valid."""
    frame = pl.DataFrame({"value": values, "valid": valid})
    return frame.select(pl.when("valid").then("value")).to_series()


def _type_names(types: Array, fleet: Sequence[NodeType]) -> pl.Series:
    names = named(np.maximum(types, 0), pl.Enum([kind.name for kind in fleet]))
    frame = pl.DataFrame({"name": names, "valid": types >= 0})
    return frame.select(pl.when("valid").then("name")).to_series()


def nodes_table(workload: Workload, log: Array, fate: Fates, fleet: Sequence[NodeType], window: Window) -> pl.DataFrame:
    """Return one row per node: its type, rack and accelerators, the accelerator-hours held of it in the window,
    their share of what it had to give (null without accelerators), the cpu-hours held and the starts in the window.
    """
    counts = [kind.count for kind in fleet]
    of_type = np.repeat(np.arange(len(fleet)), counts)
    accelerators = np.array([kind.accelerators for kind in fleet], dtype=np.int64)[of_type]
    busy, cpus, starts = _use_of_nodes(workload, log, fate, window, len(of_type))
    capacity = accelerators * THOUSAND * window.length
    return pl.DataFrame(
        {
            "node": np.arange(len(of_type), dtype=np.int32),
            "type": named(of_type, pl.Enum([kind.name for kind in fleet])),
            "rack": racks_of(fleet),
            "accelerators": accelerators,
            "accelerator_hours": busy / (THOUSAND * HOUR),
            "utilisation": nullable(busy / np.maximum(capacity, 1), capacity > 0),
            "cpu_hours": cpus / (THOUSAND * HOUR),
            "starts": starts,
        }
    )


def _use_of_nodes(
    workload: Workload, log: Array, fate: Fates, window: Window, n_nodes: int
) -> tuple[Array, Array, Array]:
    """Return by node the use of accelerators and cpus in the window (thousandths x ms) and the starts in it."""
    rows = np.flatnonzero(np.ascontiguousarray(log["kind"]) == schema.E_START)
    job, node, t = (log[name][rows] for name in ("job", "node", "t"))
    held = log["amount"][rows] * window.clipped(t, fate.end[job])
    use = [np.bincount(node, held * asked[job], n_nodes) for asked in (workload.accelerators, workload.cpus)]
    inside = (t >= window.warmup) & (t < window.horizon)
    if (log["device"][rows] >= 0).any():
        # A fraction has a row a device: a start counts once a node.
        pairs = np.unique(job[inside].astype(np.int64) * n_nodes + node[inside])
        return use[0], use[1], np.bincount(pairs % n_nodes, minlength=n_nodes)
    return use[0], use[1], np.bincount(node[inside], minlength=n_nodes)


def racks_of(fleet: Sequence[NodeType]) -> Array:
    """Return the rack of each node; a rack holds one node type only."""
    racks, first = [], 0
    for kind in fleet:
        racks.append(first + np.arange(kind.count) // kind.nodes_per_rack)
        first += -(-kind.count // kind.nodes_per_rack)
    return np.concatenate(racks).astype(np.int32) if racks else np.zeros(0, np.int32)

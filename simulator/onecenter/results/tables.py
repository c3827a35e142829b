"""Tables of a run: its jobs, their parts, its nodes, and the reasons for which jobs waited."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from onecenter_kernels import schema

from onecenter.fleet import NodeType, node_types, racks_of
from onecenter.results.log import FUTURE, OVER, Array
from onecenter.results.log_table import FATE_TYPE, named
from onecenter.results.seen import seen, submitted_in
from onecenter.results.segments import Fates, Segments
from onecenter.results.waits import waits_again
from onecenter.results.window import Window
from onecenter.units import HOUR, THOUSAND
from onecenter.workload.table import Workload

REASON_TYPE: Final = pl.Enum(schema.REASONS)


def jobs_table(workload: Workload, fate: Fates, fleet: Sequence[NodeType], window: Window, until: int) -> pl.DataFrame:
    """Return one row per job, by id; see the columns' names for units, null where there is no such instant.

    `in_window`: it is one of those that the figures are about; the others were there before, or came while the run went
    on. `accelerators` is those of the whole gang, `cpus` and `memory_mib` are those of a task (spread any: of an
    accelerator), `eligible_ms` is when it joined the queue,
    `start_ms` the first start, `end_ms` the last end or of a job cancelled while it waited the cancel,
    `on_time` is null while unknown. Of a job with several attempts `wait_ms` is the wait for the first, `run_ms` the
    time of all of them, `requeued_wait_ms` what it waited after the first (as far as seen), and `node_type` that of the
    last. `restarts` counts the attempts after the first.
    """
    ended, started = np.isin(fate.outcome, OVER), fate.start >= 0
    again = _requeued_waits(fate, until)
    kept, may = seen(workload, fate, until).on_time()
    due = (workload.deadline >= 0) & (fate.outcome != FUTURE)
    optional = {
        "eligible_ms": (fate.eligible, fate.eligible >= 0),
        "start_ms": (fate.start, started),
        "end_ms": (fate.end, fate.end >= 0),
        "wait_ms": (fate.start - workload.submit, started),
        "requeued_wait_ms": (again, started),
        "run_ms": (fate.end - fate.start - again, ended),
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
        "restarts": np.maximum(np.bincount(fate.attempts.job, minlength=len(workload)) - 1, 0).astype(np.int32),
        "node_type": _last_types(fate, fleet),
    }
    last = ["walltime_ms", "outcome", "node_type", "deadline_ms", "on_time", "in_window", "restarts"]
    return pl.DataFrame(columns).select(pl.exclude(*last), *last)


def nullable(values: Array | pl.Series, valid: Array) -> pl.Series:
    """Return values as a series that is null where they are not valid."""
    frame = pl.DataFrame({"value": values, "valid": valid})
    return frame.select(pl.when("valid").then("value")).to_series()


def _requeued_waits(fate: Fates, until: int) -> Array:
    """Return how long (ms) each job waited after its first attempt, as far as it was seen."""
    found, total = waits_again(fate), np.zeros(len(fate.start), np.int64)
    np.add.at(total, found.job, np.where(found.end >= 0, found.end, until) - found.begin)
    return total


def _last_types(fate: Fates, fleet: Sequence[NodeType]) -> pl.Series:
    """Return the name of the node type of each job's last attempt; null: it did not start."""
    stays, types = fate.attempts, np.zeros(len(fate.start), np.int64)
    types[stays.job[stays.last]] = node_types(stays.node[stays.last], fleet)
    return nullable(named(types, pl.Enum([kind.name for kind in fleet])), fate.start >= 0)


def segments_table(segments: Segments) -> pl.DataFrame:
    """Return one row per segment, in the order of the starts: a part of a job on a node, from when to when.

    `attempt` counts the stays of a job on nodes from 0; `device` is null where the log does not say which, `amount` is
    tasks (spread any: accelerators), `end_ms` is null and `outcome` running where it has not ended. An attempt that was
    evicted is requeued.
    """
    return pl.DataFrame(
        {
            "job": segments.job,
            "attempt": segments.attempt,
            "node": segments.node,
            "device": nullable(segments.device, segments.device >= 0),
            "amount": segments.amount,
            "start_ms": segments.start,
            "end_ms": nullable(segments.end, segments.end >= 0),
            "outcome": named(segments.outcome, FATE_TYPE),
        }
    )


def nodes_table(workload: Workload, segments: Segments, fleet: Sequence[NodeType], window: Window) -> pl.DataFrame:
    """Return one row per node: its type, rack and accelerators, the accelerator-hours held of it in the window,
    their share of what it had to give (null without accelerators), the cpu-hours held and the starts in the window.
    """
    counts = [kind.count for kind in fleet]
    of_type = np.repeat(np.arange(len(fleet)), counts)
    accelerators = np.array([kind.accelerators for kind in fleet], dtype=np.int64)[of_type]
    busy, cpus, starts = _use_of_nodes(workload, segments, window, len(of_type))
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


def _use_of_nodes(workload: Workload, segments: Segments, window: Window, n_nodes: int) -> tuple[Array, Array, Array]:
    """Return by node the use of accelerators and cpus in the window (thousandths x ms) and the starts in it."""
    job, node = segments.job, segments.node
    held = segments.amount * window.clipped(segments.start, segments.end)
    use = [np.bincount(node, held * asked[job], n_nodes) for asked in (workload.accelerators, workload.cpus)]
    inside = (segments.start >= window.warmup) & (segments.start < window.horizon)
    nodes = node[inside]
    if (segments.device >= 0).any():
        # A fraction has a segment per device: a start counts once per node.
        stay = job[inside].astype(np.int64) * (int(segments.attempt.max()) + 1) + segments.attempt[inside]
        nodes = np.unique(stay * n_nodes + nodes) % n_nodes
    return use[0], use[1], np.bincount(nodes, minlength=n_nodes)


def reasons_table(waits: Array, workload: Workload, window: Window) -> pl.DataFrame:
    """Return one row per platform and reason for which its jobs waited, the longest first.

    Columns platform, reason, wait_ms (of all jobs submitted in the window, as far as seen), share (of the platform's
    wait).
    """
    inside = (workload.submit >= window.warmup) & (workload.submit < window.horizon)
    total = np.zeros((len(workload.platforms), len(schema.REASONS)), np.int64)
    for reason in range(1, len(schema.REASONS)):
        # Added as integers: floats would lose milliseconds of a long queue.
        np.add.at(total[:, reason], workload.platform[inside], waits[inside, reason])
    platform, reason_code = np.nonzero(total)
    found = total[platform, reason_code]
    frame = pl.DataFrame(
        {
            "platform": named(platform, pl.Enum(workload.platforms)),
            "reason": named(reason_code, REASON_TYPE),
            "wait_ms": found,
            "share": found / total.sum(axis=1)[platform],
        }
    )
    return frame.sort("platform", "wait_ms", descending=[False, True], maintain_order=True)


def job_reasons_table(waits: Array) -> pl.DataFrame:
    """Return one row per job that waited: its id, and the ms by reason in columns like no_free_accelerator_ms."""
    rows = np.flatnonzero(waits.any(axis=1))
    names = [f"{name.replace(' ', '_')}_ms" for name in schema.REASONS]
    columns = {name: waits[rows, code] for code, name in enumerate(names) if code != schema.R_NONE}
    return pl.DataFrame({"job": rows.astype(np.int32), **columns})

"""Why jobs waited: each job's waiting time by reason, worked out from the decision log."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onecenter_kernels import codes, state
from onecenter_kernels.state import table

from onecenter.engine.shares import NOBODY, Shares
from onecenter.fleet import NodeType
from onecenter.workload.sharing import asks
from onecenter.workload.table import Workload, distinct, type_order

Array = npt.NDArray[Any]


def waits_by_reason(log: Array, workload: Workload, fleet: Sequence[NodeType], backfill: str, until: int) -> Array:
    """Return how long each job waited for each reason.

    At each instant a waiting job has the first reason that applies, from what is free after the pass: "limit"
    where the pass ended at its depth limit, which the log says; if it would fit, "reservation ahead" or, without
    backfill, "queue ahead"; "node type", "no free accelerator", "cpu or memory", "fragmentation". A job beyond
    `backfill_depth` that would fit has "reservation ahead".

    Parameters
    ----------
    log, workload, fleet
        What was run.
    backfill : str
        One of BACKFILLS.
    until : int
        ms; until when a job waits that did not start.

    Returns
    -------
    int64 array
        ms, by (job, code of REASONS); a row's sum is the job's wait.
    """
    found: Array = _replayed(log, workload, fleet, backfill, until).waits
    return found


def reasons_over_time(
    log: Array, workload: Workload, fleet: Sequence[NodeType], backfill: str, until: int, job: int
) -> tuple[Array, Array]:
    """Return from which instants on (ms) jobs that ask the same as `job` wait for which reason (codes of REASONS).

    Two reasons that follow each other differ; R_NONE: no such job waits. It is the replay of `waits_by_reason`, which
    has the meaning of the arguments.
    """
    s = _replayed(log, workload, fleet, backfill, until, job)
    rows = s.spells[: int(s.clock["spells"][0])].copy()
    return rows[:, 0], rows[:, 1]


def _replayed(
    log: Array, workload: Workload, fleet: Sequence[NodeType], backfill: str, until: int, watched: int | None = None
) -> Any:
    """Return the state of the replay at its end; the reasons of a watched job's shape are written down."""
    from onecenter_kernels import reasons, reasons_state

    sharing = workload.sharing if asks(workload.sharing) else None
    shapes, units, shape_of = _shapes(workload)
    nodes, devices, types = _center(fleet)
    clock = table(1, reasons_state.CLOCK_DTYPE)
    clock["overtaken"] = codes.R_QUEUE if backfill == "none" else codes.R_RESERVATION
    shares = Shares(sharing or NOBODY)
    limits = shares.place(shapes, table(1, state.LIMIT_DTYPE)) if sharing else table(1, state.LIMIT_DTYPE)
    if sharing:
        clock["sharing"], clock["quotas"] = 1, sharing.quotas
    clock["watched"] = -1 if watched is None else shape_of[watched]
    jobs = table(len(workload), reasons_state.JOB_DTYPE)
    jobs["form"] = shape_of
    own_log = table(0, log.dtype)
    s = reasons_state.Replay(
        log=log.view(type(own_log)),
        jobs=jobs,
        shapes=shapes,
        units=units,
        nodes=nodes,
        devices=devices,
        types=types,
        lists=table(max(len(shapes), len(units), len(nodes)), reasons_state.LISTS_DTYPE),
        clock=clock,
        fits=np.zeros((len(units), len(types)), np.int64),
        time=np.zeros((len(shapes), len(codes.REASONS)), np.int64),
        waits=np.zeros((len(workload), len(codes.REASONS)), np.int64),
        **shares.tables(len(types)),
        limits=limits,
        spells=np.zeros((0 if watched is None else len(log) + 1, 2), np.int64),
    )
    reasons.replay(s, until)
    return s


def _shapes(workload: Workload) -> tuple[Array, Array, Array]:
    """Return the distinct shapes, the distinct units (also without cpus and memory), and each job's shape."""
    from onecenter_kernels import reasons_state

    asked = (workload.accelerators, workload.cpus, workload.memory)
    first_unit, unit = distinct(*asked)
    owners = ("platform", "tenant", "stream") if asks(workload.sharing) else ()
    first, shape_of = distinct(unit, workload.tasks, workload.types, *(getattr(workload, name) for name in owners))
    shapes = table(len(first), reasons_state.SHAPE_DTYPE)
    for name in owners:
        shapes[name] = getattr(workload, name)[first]
    shapes["unit"], shapes["tasks"] = unit[first], workload.tasks[first]
    shapes["types"] = [sum(1 << k for k in type_order(int(code))) for code in workload.types[first]]
    alone, bare = np.unique(workload.accelerators[first_unit], return_inverse=True)
    units = table(len(first_unit) + len(alone), reasons_state.UNIT_DTYPE)
    for name, column in zip(("accelerators", "cpus", "memory"), asked, strict=True):
        units[name][: len(first_unit)] = column[first_unit]
    units["accelerators"][len(first_unit) :] = alone
    units["bare"][: len(first_unit)] = len(first_unit) + bare
    return shapes, units, shape_of


def _center(fleet: Sequence[NodeType]) -> tuple[Array, Array, Array]:
    """Return the nodes, devices and node types of the empty center."""
    from onecenter_kernels import reasons_state

    of_type = np.repeat(np.arange(len(fleet)), [kind.count for kind in fleet])
    types = table(len(fleet), reasons_state.TYPE_DTYPE)
    nodes = table(len(of_type), reasons_state.NODE_DTYPE)
    types["accelerators"] = [kind.accelerators for kind in fleet]
    nodes["type"], nodes["free"] = of_type, types["accelerators"][of_type]
    nodes["cpus"] = np.array([kind.cpus for kind in fleet], np.int64)[of_type]
    nodes["memory"] = np.array([kind.memory for kind in fleet], np.int64)[of_type]
    nodes["first_device"] = np.cumsum(nodes["free"]) - nodes["free"]
    devices = table(int(nodes["free"].sum()), reasons_state.LEFT_DTYPE)
    devices["left"] = 1_000
    types["free"] = [kind.count * kind.accelerators for kind in fleet]
    types["left"] = types["free"] * 1_000
    types["count"] = [kind.count for kind in fleet]
    types["first"] = np.cumsum(types["count"]) - types["count"]
    return nodes, devices, types

"""What a job brings along beside its submit and run time: sizes, tenants, how it ends, walltimes."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onecenter_kernels.schema import CANCELLED_RUNNING, COMPLETED, FAILED, SPREADS

from onecenter import units
from onecenter.fleet import NodeType
from onecenter.scenario.demand import Outcome, Request, Size, Tenants, Walltime
from onecenter.workload.draws import Floats, Ints, Uniforms, choice, rounded_up

Column = npt.NDArray[Any]


def request_columns(requests: Sequence[Request]) -> dict[str, Column]:
    """Return what each request asks for, as columns of a workload."""
    return {
        "accelerators": np.array([request.accelerators for request in requests], dtype=np.int32),
        "cpus": np.array([request.cpus for request in requests], dtype=np.int32),
        "memory": np.array([request.memory for request in requests], dtype=np.int64),
        "tasks": np.array([request.tasks for request in requests], dtype=np.int32),
        "spread": np.array([SPREADS.index(request.spread) for request in requests], dtype=np.int8),
    }


def size_columns(sizes: Sequence[Size], uniforms: Uniforms) -> dict[str, Column]:
    """Return what each job asks for, drawn by share; a column that is the same for all is of one value."""
    table = request_columns(sizes)
    if all((column == column[0]).all() for column in table.values()):
        return {name: column[0] for name, column in table.items()}
    row = choice([size.share for size in sizes], uniforms("size"))
    return {name: column[0] if (column == column[0]).all() else column[row] for name, column in table.items()}


def fits(request: Request, node_type: NodeType) -> bool:
    """Return whether the empty nodes of a type can hold all tasks of the request at once."""
    return request.tasks <= node_type.count * _tasks_a_node(request, node_type)


def _tasks_a_node(request: Request, node_type: NodeType) -> int:
    each = request.accelerators
    room = [request.tasks]
    if each >= 1_000:
        room.append(node_type.accelerators // (each // 1_000))
    elif each > 0:
        room.append(node_type.accelerators * (1_000 // each))
    if request.cpus > 0:
        room.append(node_type.cpus // request.cpus)
    if request.memory > 0:
        room.append(node_type.memory // request.memory)
    return min(room)


def tenants(spec: Tenants | None, uniforms: Uniforms) -> Ints:
    """Return each job's tenant, from 0, the one with the largest share first; one value if there is only one.

    The k-th tenant's share is proportional to k ** -zipf (k from 1). Streams of a platform share its tenants.
    """
    if spec is None or spec.count == 1:
        return np.asarray(0)
    weights = np.arange(1, spec.count + 1, dtype=np.float64) ** -spec.zipf
    return choice(tuple(weights), uniforms("tenant"))


#: Code, share of the jobs, lowest and highest share of the run time that they use.
Ending = tuple[int, float, float, float]


def endings(spec: Outcome | None) -> tuple[Ending, ...]:
    """Return the ways in which jobs end; their shares sum to 1."""
    ends = () if spec is None else ((CANCELLED_RUNNING, spec.cancelled), (FAILED, spec.failed))
    found: list[Ending] = [(code, end.share, *end.used) for code, end in ends if end is not None]
    rest = max(0.0, 1.0 - sum(share for _, share, _, _ in found))
    return (*found, (COMPLETED, rest, 1.0, 1.0))


def outcomes(spec: Outcome | None, uniforms: Uniforms) -> tuple[Ints, Floats]:
    """Return each job's outcome (code) and the share of its run time that it uses.

    Without a spec both are of one value: completed, 1.
    """
    ways = endings(spec)
    codes = np.array([way[0] for way in ways])
    low, high = np.array([way[2] for way in ways]), np.array([way[3] for way in ways])
    if len(ways) == 1:
        return codes[0], low[0]
    way = choice([share for _, share, _, _ in ways], uniforms("outcome"))
    used = low[way] + (high - low)[way] * uniforms("used")
    return codes[way], used


def walltimes(spec: Walltime | None, run_times: Ints, uniforms: Uniforms) -> Ints:
    """Return the walltimes (ms) of jobs that would run for `run_times` (ms) if nothing ended them early.

    The factor is drawn first, log-uniform between its bounds; the product is rounded up to what people type,
    and cut to the limit last, so a job whose run time is above the limit is killed.
    """
    if spec is None:
        return run_times
    low, high = spec.factor
    asked = rounded_up(run_times * low)
    if low < high:
        asked = rounded_up(run_times * low * np.power(high / low, uniforms("walltime")))
    if spec.round is not None:
        asked = rounded_to(asked, spec.round)
    return np.minimum(asked, min(spec.limit or units.MAX_DURATION, units.MAX_DURATION))


def share_too_short(spec: Walltime) -> float:
    """Return the share of jobs that ask for less than they run for, before rounding and limit."""
    low, high = spec.factor
    if low >= 1 or high <= 1:
        return float(low < 1)
    return math.log(1 / low) / math.log(high / low)


def rounded_to(durations: Ints, steps: Sequence[int]) -> Ints:
    """Return durations rounded up to the next of `steps` (rising), beyond the last to a multiple of it."""
    table = np.asarray(steps, dtype=np.int64)
    last = table[-1]
    place = np.minimum(np.searchsorted(table, durations), len(table) - 1)
    return np.where(durations > last, -(-durations // last) * last, table[place])

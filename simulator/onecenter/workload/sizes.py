"""What jobs ask for, and whether a node type can hold it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onecenter_kernels.schema import SPREADS

from onecenter.fleet import NodeType
from onecenter.scenario.demand import Request, Size
from onecenter.workload.draws import Uniforms, choice

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

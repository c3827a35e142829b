"""The nodes of a center, as the simulator sees them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from onecenter.checks import NODES, PROCESSORS, Check, Number, Whole, settle, shown
from onecenter.errors import OnecenterError
from onecenter.units import MAX_MEMORY, MAX_POWER

#: A job's allowed node types are kept in one int64, four bits each.
MAX_NODE_TYPES: Final = 15

#: Nodes and accelerators of a center at most, ten times those of the largest there are: each takes memory.
MAX_NODES: Final = NODES.high
MAX_ACCELERATORS: Final = 10_000_000

CHECKS: Final[Mapping[str, Check]] = {
    "count": Whole(0, NODES.high),
    "accelerators": Whole(0, PROCESSORS.high),
    "cpus": Whole(0, 2**31 - 1),
    "memory": Whole(0, MAX_MEMORY),
    "nodes_per_rack": NODES,
    "tflops": Number(0, 1e9),
    "idle_power": Number(0, MAX_POWER),
    "full_power": Number(0, MAX_POWER),
}


@dataclass(frozen=True)
class NodeType:
    """A number of equal nodes.

    Attributes
    ----------
    name : str
        The node type's name.
    count : int
        Nodes.
    accelerators : int
        Accelerators per node.
    cpus : int
        Thousandths of a cpu per node.
    memory : int
        MiB per node.
    nodes_per_rack : int
        Nodes per rack; a rack holds one node type only.
    model : str
        The accelerator's model.
    tflops : float
        FP16 TFLOPS per accelerator.
    idle_power, full_power : float
        W per node.
    """

    name: str
    count: int
    accelerators: int
    cpus: int = 0
    memory: int = 0
    nodes_per_rack: int = 1
    model: str = ""
    tflops: float = 0.0
    idle_power: float = 0.0
    full_power: float = 0.0

    def __post_init__(self) -> None:
        """Check the amounts; an OnecenterError has all mistakes."""
        settle(self, f"node type {self.name}", CHECKS, OnecenterError)


def checked_fleet(fleet: Sequence[NodeType]) -> tuple[NodeType, ...]:
    """Return a fleet whose node types can be told apart."""
    mistakes = [f"{shown(kind)}: a NodeType is expected" for kind in fleet if not isinstance(kind, NodeType)]
    times = Counter(kind.name for kind in fleet if isinstance(kind, NodeType))
    mistakes += [f"node type {shown(name)}: each is expected once" for name, count in times.items() if count > 1]
    if len(fleet) > MAX_NODE_TYPES:
        mistakes.append(f"{len(fleet)} node types: at most {MAX_NODE_TYPES} are expected, join similar ones")
    if not mistakes:
        mistakes += too_large((kind.count, kind.accelerators) for kind in fleet)
    if mistakes:
        raise OnecenterError("fleet", mistakes)
    return tuple(fleet)


def too_large(counts: Iterable[tuple[int, int]]) -> list[str]:
    """Return what is too much of the node types of a center, each given as (nodes, accelerators per node)."""
    given = list(counts)
    nodes, accelerators = sum(count for count, _ in given), sum(count * each for count, each in given)
    sums = ((nodes, MAX_NODES, "nodes"), (accelerators, MAX_ACCELERATORS, "accelerators"))
    return [f"{found:,} {what} in all: at most {most:,} are expected" for found, most, what in sums if found > most]


def racks_of(fleet: Sequence[NodeType]) -> npt.NDArray[np.int32]:
    """Return the rack of each node, numbered through the node types in order; a rack holds one node type only."""
    racks, first = [np.zeros(0, np.int64)], 0
    for kind in fleet:
        racks.append(first + np.arange(kind.count) // kind.nodes_per_rack)
        first += -(-kind.count // kind.nodes_per_rack)
    return np.concatenate(racks).astype(np.int32)


def accelerators_of(fleet: Sequence[NodeType]) -> int:
    """Return the accelerators of all nodes."""
    return sum(node_type.count * node_type.accelerators for node_type in fleet)


def node_types(nodes: npt.NDArray[np.int32], fleet: Sequence[NodeType]) -> npt.NDArray[np.int64]:
    """Return the node type (index) of each node."""
    last = np.cumsum([kind.count for kind in fleet])
    return np.searchsorted(last, nodes, side="right")

"""An empty center filled with tasks that never leave, as the kernels do it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from onecenter_kernels import fragments, packing
from onecenter_kernels.state import KIND_DTYPE, State, table

from onecenter.engine.core import Core
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.table import COLUMNS, Workload

Floats = npt.NDArray[np.float64]


class Filled(NamedTuple):
    """A center while it fills: a row per task that has arrived, amounts in accelerators."""

    arrived: Floats  # asked by all that have arrived
    allocated: Floats  # given to those that fitted
    fragmented: Floats  # F of the center


def fill(
    fleet: Sequence[NodeType],
    tasks: Workload,
    typical: Workload,
    placement: str,
    ranks: npt.NDArray[np.int64],
    seed: int,
) -> Filled:
    """Place tasks in the order of their arrival; those that fit nowhere are dropped.

    Parameters
    ----------
    fleet : sequence of NodeType
        The nodes.
    tasks : Workload
        Jobs of one task each.
    typical : Workload
        The tasks whose most frequent kinds fragmentation is about.
    placement : str
        One of PACKED.
    ranks : int64 array
        By node; of equal scores the lowest goes first.
    seed : int
        What random placement draws by.
    """
    known = replace(_joined(tasks, typical), submit=np.full(len(tasks) + len(typical), seed))
    core = Core(fleet, Policy(backfill="none", placement=placement), known, fractions=True)
    state = with_typical(core, typical)
    state.clock["jobs"] = len(tasks)
    nodes = state.nodes.shape[1]
    scores = np.full((nodes, int(state.clock["asks"][0])), -1, np.int8)
    allocated, fragmented = np.zeros((2, len(tasks)), np.int64)
    packing.pack(core.handle, ranks, scores, np.zeros(nodes, np.int64), allocated, fragmented)
    weight = max(int(state.clock["typical_tasks"][0]), 1)
    return Filled(np.cumsum(tasks.gang) / 1000, allocated / 1000, fragmented / weight / 1000)


def _joined(tasks: Workload, typical: Workload) -> Workload:
    """Return the typical tasks behind those that arrive: where few arrive, some kinds are not among them."""
    columns = {name: (getattr(tasks, name), getattr(typical, name)) for name in COLUMNS}
    both: dict[str, Any] = {name: np.concatenate(pair) for name, pair in columns.items()}
    return replace(tasks, **both, names=None, more={})


def with_typical(core: Core, typical: Workload) -> State:
    """Give a core the kinds of tasks that are typical, the most frequent first, of equals the larger."""
    asks = core.state.asks[: int(core.state.clock["asks"][0])]
    found = {_kind(row): a for a, row in reversed(list(enumerate(asks)))}
    columns = (typical.accelerators, typical.cpus, typical.types)
    counted = Counter(zip(*(column.tolist() for column in columns), strict=True))
    ordered = sorted(counted.items(), key=lambda each: (each[1], each[0]), reverse=True)
    kinds = table(len(ordered), KIND_DTYPE)
    kinds["ask"] = [found[kind] for kind, _ in ordered]
    kinds["tasks"] = [count for _, count in ordered]
    core.state = core.state._replace(kinds=kinds)
    core.state.clock["kinds"], core.state.clock["all_tasks"] = len(ordered), len(typical)
    fragments.find_typical(core.handle)
    return core.state


def _kind(row: Any) -> tuple[int, int, int]:
    return int(row["accelerators"]), int(row["cpus"]), int(row["types"])

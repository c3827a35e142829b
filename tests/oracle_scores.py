"""The naive twin's scores of nodes: placement rules of the literature, written from the specification alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf
from typing import TYPE_CHECKING

from oracle_room import DEVICE, Demand, Node, Row, free_in, may_use, usable

from onecenter import policies
from onecenter.policies import Score

if TYPE_CHECKING:
    from oracle_jobs import Job

#: Node types, accelerators and cpus of a task.
Kind = tuple[tuple[int, ...], int, int]


@dataclass(frozen=True)
class Seen:
    """What is seen of a node: its empty devices, its cpus, and what is left of each broken device."""

    free: int
    cpus: int
    broken: dict[int, int]

    @property
    def left(self) -> int:
        """What is left of all its devices, in thousandths."""
        return DEVICE * self.free + sum(self.broken.values())

    def without(self, demand: Demand, device: int) -> "Seen":
        """Return it with one more task, a part on this device."""
        cpus, broken = self.cpus - demand.cpus, dict(self.broken)
        if not demand.is_fraction:
            return Seen(self.free - demand.whole, cpus, broken)
        is_empty = device not in broken
        broken[device] = broken.get(device, DEVICE) - demand.accelerators
        return Seen(max(self.free - is_empty, 0), cpus, broken)


def seen(view: Sequence[Row], node: int) -> Seen:
    """Return what is seen of a node in all rows at once."""
    least = {
        device: min(row.devices[node][device] if may_use(row, node, device, 1) else 0 for row in view)
        for device in range(len(view[0].devices[node]))
    }
    broken = {device: left for device, left in least.items() if 0 < left < DEVICE}
    return Seen(max(free_in(view, node), 0), min(row.cpus[node] for row in view), broken)


@dataclass(frozen=True)
class Scoring:
    """A rule that scores the nodes for the tasks of one job.

    `running` are the jobs that run, by node one entry per task: the accelerators of a task. `submitted` are the tasks
    that were submitted, in order.
    """

    rule: str | Score
    job: "Job"
    nodes: Sequence[Node]
    running: Sequence[tuple[int, int]]
    submitted: Sequence[Kind]

    def preference(self, view: Sequence[Row], node: int, demand: Demand, rest: int) -> tuple[float, int]:
        """Return the key of a node that takes the next task, of which `rest` are to be placed; the lowest is taken."""
        if self.rule == "random":
            return drawn(self.job, rest, node, -1), node
        assert isinstance(self.rule, str)
        score = {
            "dot-product": self.dot_product,
            "gpu-packing": self.gpu_packing,
            "gpu-clustering": self.gpu_clustering,
            "fgd": lambda *given: max(self.by_device(*given).values()),
        }[self.rule](view, node, demand)
        return -score, node

    def device_key(self, view: Sequence[Row], node: int, device: int, demand: Demand, rest: int) -> float:
        """Return the key of a device that a part may go to; the lowest is taken, then the lowest id."""
        if self.rule == "random":
            return drawn(self.job, rest, node, device)
        if self.rule == "fgd":
            return -self.by_device(view, node, demand)[device]
        return min(row.devices[node][device] for row in view)

    # ---- formulas

    def largest(self) -> tuple[int, int]:
        """Return the cpus and the accelerators (both in thousandths) of the largest node."""
        return max(node.cpus for node in self.nodes), DEVICE * max(node.accelerators for node in self.nodes)

    def dot_product(self, view: Sequence[Row], node: int, demand: Demand) -> int:
        """100 less the mean product of shares free and asked."""
        at, (cpus, left) = seen(view, node), self.largest()
        products = [
            free / most * (asked / most) if most else 0.0
            for free, asked, most in ((at.cpus, demand.cpus, cpus), (at.left, demand.accelerators, left))
        ]
        return int(100.0 * (1.0 - (products[0] + products[1]) / 2.0))

    def gpu_packing(self, view: Sequence[Row], node: int, demand: Demand) -> int:
        """Broken devices first, then empty ones of nodes in use, then idle nodes."""
        at, devices = seen(view, node), self.nodes_by_id[node].accelerators
        if demand.accelerators == 0:
            return 0
        if at.free == devices:
            return max(33 - devices, devices)
        fitting = [left for left in at.broken.values() if 0 < demand.accelerators <= left]
        if fitting:
            return max(100 - min(fitting) // 100, 50)
        return max(50 - max(demand.whole, 1), 33)

    def gpu_clustering(self, view: Sequence[Row], node: int, demand: Demand) -> int:
        """Nodes that run alike tasks, the fuller the higher."""
        if demand.accelerators == 0:
            return 0
        classes = {accelerators // DEVICE for at, accelerators in self.running if at == node and accelerators > 0}
        alike = 75 if classes == {demand.whole} else 50 if demand.whole in classes else 0 if classes else 25
        most = self.largest()[1]
        return 25 * (most - seen(view, node).left) // most + alike

    def by_device(self, view: Sequence[Row], node: int, demand: Demand) -> dict[int, int]:
        """Return fgd's score by device that a part may go to; of other tasks under device -1."""
        at = seen(view, node)
        devices = [-1]
        if demand.is_fraction:
            usable = range(len(view[0].devices[node]))
            devices = [d for d in usable if all(may_use(row, node, d, demand.accelerators) for row in view)]
        return {device: self.gain(at, at.without(demand, device), node) for device in devices}

    def gain(self, before: Seen, after: Seen, node: int) -> int:
        """Return 0 to 100: how much F falls."""
        weights = self.typical()
        kind = self.nodes_by_id[node].type
        less = sum(
            count * (fragment(before, kind, task) - fragment(after, kind, task)) for task, count in weights.items()
        )
        x = less / (max(sum(weights.values()), 1) * 1000.0)
        return int(100.0 / (1.0 + exp(-max(min(x, 50.0), -50.0))))

    def typical(self) -> dict[Kind, int]:
        """Return the most frequent kinds of tasks that together are 95 % of all."""
        found: dict[Kind, int] = {}
        for kind, count in Counter(self.submitted).most_common():
            if 100 * sum(found.values()) < 95 * len(self.submitted):
                found[kind] = count
        return found

    @property
    def nodes_by_id(self) -> dict[int, Node]:
        """The nodes by number."""
        return {node.id: node for node in self.nodes}


class OfUser(Scoring):
    """The score of a user's own function."""

    def preference(self, view: Sequence[Row], node: int, demand: Demand, rest: int) -> tuple[float, int]:
        """Return the key of a node that takes the next task; the lowest is taken."""
        assert isinstance(self.rule, Score)
        assert self.rule.function is not None
        return -float(self.rule.function(self.node(view, node, demand), features(self.job))), node

    def node(self, view: Sequence[Row], node: int, demand: Demand) -> policies.Node:
        """Return what the function sees of a node."""
        at, empty = seen(view, node), self.nodes_by_id[node]
        fitting = usable(view, node, demand) if demand.is_fraction else []
        lefts = [min(row.devices[node][device] for row in view) / 1000.0 for device in fitting]
        memory = min(row.memory[node] for row in view)
        return policies.Node(
            float(node), float(empty.type), float(empty.rack), float(at.free), at.cpus / 1000.0, memory / 1024.0,
            at.left / 1000.0, min(lefts, default=0.0), float(empty.accelerators), empty.cpus / 1000.0,
            empty.memory / 1024.0,
        )  # fmt: skip


def features(job: "Job") -> policies.Job:
    """Return what a user's function sees of a job."""
    tasks = job.demand.tasks
    return policies.Job(
        job.submit / 1000.0, job.walltime / 1000.0, job.gang / 1000.0, float(tasks),
        tasks * job.demand.cpus / 1000.0, tasks * job.demand.memory / 1024.0, float(job.priority),
        float(job.platform), float(job.tenant), float(job.stream),
        job.deadline / 1000.0 if job.deadline >= 0 else inf,
    )  # fmt: skip


def fragment(at: Seen, kind: int, task: Kind) -> int:
    """Return what a task cannot use of what is left of a node of a type."""
    types, accelerators, cpus = task
    fitting = list(devices_for(at, accelerators))
    if not accelerators or kind not in types or at.cpus < cpus or len(fitting) < max(accelerators // DEVICE, 1):
        return at.left
    return at.left - sum(fitting)


def devices_for(at: Seen, accelerators: int) -> Iterator[int]:
    """Return what is left of each device on which a task has room for one of its accelerators, or its part."""
    for left in [*at.broken.values(), *[DEVICE] * at.free]:
        if left >= min(accelerators, DEVICE):
            yield left


def drawn(job: "Job", rest: int, node: int, device: int) -> int:
    """Return the number that is drawn for a node (device -1) or a device."""
    h = 0
    for value in (job.submit, job.id, rest, node, device + 1, 0):
        h = (h ^ value ^ value >> 31) % 2**31 * 73_244_475 % 2**31
        h ^= h >> 16
    return h

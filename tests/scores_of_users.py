"""Scores as a user writes them."""

import json
import math
from typing import Any

from onecenter.policies import Job, Node


def best_fit(node: Node, job: Job) -> Any:
    """The fewest free accelerators, then the fewest free cpus."""
    return -(node.free * 1e9 + node.cpus)


def best_fit_not_compiled(node: Node, job: Job) -> Any:
    """Best-fit with what Numba does not know."""
    json.dumps({"node": "no"})
    return best_fit(node, job)


def worst_fit(node: Node, job: Job) -> Any:
    """The most free accelerators, then the most free cpus."""
    return -best_fit(node, job)


def first_fit(node: Node, job: Job) -> Any:
    """Any node."""
    return 0


def of_everything(node: Node, job: Job) -> Any:
    """All features, each with a weight of its own, so that nodes and jobs prefer differently."""
    known = 0.0 if math.isinf(job.deadline) else job.deadline
    own = job.priority + 3.0 * job.platform + 5.0 * job.tenant + 7.0 * job.stream + 11.0 * job.submit
    asked = job.walltime + 13.0 * job.accelerators + 17.0 * job.tasks + 19.0 * job.cpus + 23.0 * job.memory + known
    there = 3.0 * node.free + 5.0 * node.cpus + 7.0 * node.memory + 11.0 * node.left + 13.0 * node.device
    size = node.accelerators + 17.0 * node.all_cpus + 19.0 * node.all_memory + 23.0 * node.type
    return math.fmod((own + asked) * (node.id + 0.5 * node.rack) + there + size, 7.0)


def nan(node: Node, job: Job) -> Any:
    """Return NaN for the second node."""
    return math.nan if node.id == 1 else 0.0


def divides(node: Node, job: Job) -> Any:
    """Divide by zero."""
    return 1 / (job.submit - job.submit)


def text(node: Node, job: Job) -> Any:
    """Return no number."""
    return "here"


def raises(node: Node, job: Job) -> Any:
    """Raise what Numba does not know."""
    json.dumps({})
    raise KeyError("no")


def never_ends(node: Node, job: Job) -> Any:
    """Go on for ever."""
    while job.walltime > 0:
        pass
    return 0.0


def interrupts(node: Node, job: Job) -> Any:
    """End as Ctrl-C ends it."""
    raise KeyboardInterrupt


def three(a: Any, b: Any, c: Any) -> Any:
    """Take too many arguments."""
    return 0.0

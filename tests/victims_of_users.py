"""Keys of victims as a user writes them."""

import json
import math
from typing import Any

import numpy as np


def lowest_tier(job: Any) -> Any:
    """As the built-in order of this name: by tier, then by nodes."""
    return 1000.0 * job.tier + job.nodes


def least_lost(job: Any) -> Any:
    """As the built-in order of this name."""
    return job.lost


def least_lost_of_queue(queue: Any, now: float) -> Any:
    """As above, all candidates at once."""
    return queue.lost + 0.0 * now


def least_lost_not_compiled(job: Any) -> Any:
    """As above, with what Numba does not know."""
    json.dumps({"job": "no"})
    return job.lost


def smallest(job: Any) -> Any:
    """The fewest accelerators first."""
    return job.accelerators


def longest_yet(job: Any, now: float) -> Any:
    """Those first that run for the longest."""
    return job.start - now


def of_everything(job: Any, now: float) -> Any:
    """All features, each with a weight of its own, in steps, so that ties are frequent."""
    known = 0.0 if math.isinf(job.deadline) else job.deadline
    own = job.priority + 3.0 * job.platform + 5.0 * job.tenant + 7.0 * job.stream + 19.0 * job.tier
    asked = job.accelerators + 11.0 * job.tasks + 13.0 * job.cpus + 17.0 * job.memory + 23.0 * job.nodes
    times = 0.001 * known + now - job.start + 2.0 * job.done + 3.0 * job.lost + job.walltime - 0.5 * job.submit
    return (own + asked + 1000.0 * times) % 5.0


def of_everything_of_queue(queue: Any, now: float) -> Any:
    """The same, asked in Python."""
    return [of_everything(type(queue)(*row), now) for row in np.transpose(queue)]


def nan(job: Any) -> Any:
    """Return NaN."""
    return math.nan


def text(job: Any) -> Any:
    """Return no number."""
    return "first"


def divides(job: Any, now: float) -> Any:
    """Divide by zero."""
    return 1 / (job.submit - job.submit)


def raises(queue: Any) -> Any:
    """Raise."""
    raise KeyError("no")


def too_few(queue: Any) -> Any:
    """Return a number less."""
    return queue.lost[:-1]


def missing(job: Any) -> Any:
    """Look at what there is not."""
    return job.run_time


def three(a: Any, b: Any, c: Any) -> Any:
    """Take too many arguments."""
    return 0.0


number = 5

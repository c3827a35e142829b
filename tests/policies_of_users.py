"""Keys as a user writes them."""

import json
import math
from typing import Any

import numpy as np

from onecenter.policies import Job

Queue = Job


def fifo(job: Job) -> Any:
    """First come, first served."""
    return job.submit


def latest_in_tens(job: Job) -> Any:
    """First come, first served, but of each ten seconds the last half before the first."""
    return job.submit + (10.0 if job.submit % 10.0 < 5.0 else 0.0)


def latest_in_tens_now(job: Job, now: float) -> Any:
    """As above, asked anew in each pass."""
    return latest_in_tens(job)


def sjf(job: Job) -> Any:
    """Shortest first."""
    return job.walltime


def sjf_of_queue(queue: Queue) -> Any:
    """Shortest first, all at once."""
    return queue.walltime


def wfp3(job: Job, now: float) -> Any:
    """WFP3."""
    x = (now - job.submit) / max(job.walltime, 1.0)
    return -(x * x * x) * job.accelerators


def wfp3_of_queue(queue: Queue, now: float) -> Any:
    """WFP3, all at once."""
    x = (now - queue.submit) / np.maximum(queue.walltime, 1.0)
    return -(x * x * x) * queue.accelerators


def wfp3_not_compiled(job: Job, now: float) -> Any:
    """WFP3 with what Numba does not know."""
    json.dumps({"job": "no"})
    return wfp3(job, now)


def edf(job: Job) -> Any:
    """Earliest deadline first."""
    return job.deadline


def of_everything(job: Job, now: float) -> Any:
    """All features, each with a weight of its own."""
    known = 0.0 if math.isinf(job.deadline) else job.deadline
    own = job.priority + 3.0 * job.platform + 5.0 * job.tenant + 7.0 * job.stream
    return own + 11.0 * job.tasks + 13.0 * job.cpus + 17.0 * job.memory + 0.001 * known + 0.0001 * now


def divides(job: Job, now: float) -> Any:
    """Divide by zero."""
    return 1 / (job.submit - job.submit)


def nan(job: Job, now: float) -> Any:
    """Return NaN."""
    return math.nan


def nan_at_once(queue: Queue) -> Any:
    """Return NaN for all."""
    return queue.submit * math.nan


def text(job: Job, now: float) -> Any:
    """Return no number."""
    return "first"


def too_few(queue: Queue, now: float) -> Any:
    """Return a number less."""
    return queue.submit[:-1]


def raises(queue: Queue, now: float) -> Any:
    """Raise."""
    raise KeyError("no")


def words(queue: Queue, now: float) -> Any:
    """Return no numbers."""
    return ["a"] * len(queue.submit)


def writes(queue: Queue, now: float) -> Any:
    """Write into what it is given, which changes nothing."""
    queue.submit[:] = 0.0
    return queue.priority


def interrupts(queue: Queue, now: float) -> Any:
    """End as Ctrl-C ends it."""
    raise KeyboardInterrupt


def three(a: Any, b: Any, c: Any) -> Any:
    """Take too many arguments."""
    return 0.0


number = 5

"""A result as a log in the Standard Workload Format 2.2."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np
from onecenter_kernels.schema import CANCELLED_RUNNING, COMPLETED, FAILED

from onecenter.fleet import accelerators_of
from onecenter.results.log import CANCELLED_WAITING, ENDED, FUTURE, KILLED, REFUSED, Array
from onecenter.simulation.result import Result
from onecenter.units import THOUSAND

#: The status of each fate; of one that is not listed, as it has not ended, it is -1.
STATUS: Final = {COMPLETED: 1, FAILED: 0, KILLED: 0, CANCELLED_RUNNING: 5, CANCELLED_WAITING: 5, REFUSED: 5}


def swf_text(result: Result) -> str:
    """Return a result as SWF: header comments, and one line per job that was submitted.

    Instants are rounded to whole seconds on the clock of the result, and waits and run times are what lies between
    them. A job that did not start, or has not ended, has run time -1; processors are accelerators, a fraction counts as
    a whole one; users are tenants, partitions are platforms.
    """
    rows = "\n".join(" ".join(map(str, row)) for row in _columns(result).tolist())
    return "\n".join([*(f"; {line}" for line in _header(result)), rows, ""])


def _columns(result: Result) -> Array:
    """Return the 18 fields, one row per job."""
    jobs, fate = result.workload, result.fates
    submit, start, end = (_whole_seconds(each) for each in (jobs.submit, fate.start, fate.end))
    started, ended = fate.start >= 0, np.isin(fate.outcome, ENDED)
    left = np.equal(fate.outcome, CANCELLED_WAITING)
    processors = -(-jobs.gang // THOUSAND)
    _, user = np.unique(jobs.platform.astype(np.int64) << 32 | jobs.tenant, return_inverse=True)
    status = np.full(len(jobs), -1)
    for code, number in STATUS.items():
        status[fate.outcome == code] = number
    unknown = np.full(len(jobs), -1)
    memory = np.where(jobs.memory > 0, jobs.memory * jobs.tasks * 1_024 // np.maximum(processors, 1), -1)
    fields = (
        np.arange(1, len(jobs) + 1), submit,
        np.where(started, start - submit, np.where(left, end - submit, -1)),
        np.where(ended, np.maximum(end - start, 1), -1),
        np.where(started, processors, -1), unknown, unknown,
        processors, np.maximum(_whole_seconds(jobs.walltime), 1), memory,
        status, user + 1, unknown, jobs.stream + 1, unknown, jobs.platform + 1, unknown, unknown,
    )  # fmt: skip
    return np.asarray(np.stack(fields, axis=1)[fate.outcome != FUTURE])


def _whole_seconds(ms: Array) -> Array:
    return np.asarray((ms + 500) // 1_000)


def _header(result: Result) -> Iterator[str]:
    """Give the lines of the header."""
    jobs, said = result.workload, result.provenance
    yield "Version: 2.2"
    yield f"Computer: {said.get('name')}"
    yield f"MaxJobs: {len(jobs)}"
    scenario = said.get("scenario")
    if scenario and "time" in scenario:
        yield f"UnixStartTime: {int(datetime.fromisoformat(str(scenario['time']['start'])).timestamp())}"
    yield f"MaxNodes: {sum(kind.count for kind in result.fleet)}"
    yield f"MaxProcs: {accelerators_of(result.fleet)}"
    yield f"Note: simulated by onecenter, policy {result.policy.text}, log {result.log_digest}"
    for names, key in ((jobs.platforms, "Partition"), (jobs.streams, "Application")):
        yield from (f"{key}: {place + 1} {name}" for place, name in enumerate(names))

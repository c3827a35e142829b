"""The decision log of a run and its digest, and the names of what may become of a job."""

import hashlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onecenter_kernels import schema

Array = npt.NDArray[Any]

LOG_DTYPE: Final = schema.log_dtype()

#: What became of a job; the position of a name is its code. The first ones are those of ENDINGS. A job that is
#: requeued waits again after it has run; one that is waiting has not started.
FATES: Final = (*schema.ENDINGS, "killed", "cancelled_waiting", "refused", "running", "waiting", "future", "requeued")
KILLED, CANCELLED_WAITING, REFUSED, RUNNING, WAITING, FUTURE, REQUEUED = range(len(schema.ENDINGS), len(FATES))

#: Fates of jobs that ran to an end of some kind.
ENDED: Final = (schema.COMPLETED, schema.FAILED, schema.CANCELLED_RUNNING, KILLED)

#: The same, and of those that were evicted and not requeued.
OVER: Final = (*ENDED, schema.PREEMPTED)

#: Rows turned at a time, so that a long log needs no second copy.
CHUNK: Final = 1 << 18


def digest(log: Array) -> str:
    """Return the SHA-256 (hex) of a log's columns, packed little-endian, one after the other."""
    total = hashlib.sha256()
    for name, kind, _, _ in schema.LOG:
        for first in range(0, len(log), CHUNK):
            part = log[name][first : first + CHUNK]
            total.update(np.ascontiguousarray(part, dtype=f"<{kind}").tobytes())
    return total.hexdigest()


def arrivals(log: Array) -> Array:
    """Return which rows are the first of a job: its submit, or its refusal."""
    kind = log["kind"]
    return np.asarray((kind == schema.E_SUBMIT) | (kind == schema.E_REFUSE))


def submits(jobs: Array, t: Array) -> Array:
    """Return rows in which jobs are submitted at instants t (ms)."""
    rows = np.zeros(len(jobs), LOG_DTYPE)
    rows["t"], rows["job"], rows["kind"] = t, jobs, schema.E_SUBMIT
    rows["node"] = rows["device"] = -1
    return rows


def places(log: Array) -> Array:
    """Return which rows name the node on which a job was placed."""
    return np.asarray(log["kind"] == schema.E_START)


def with_outcome(log: Array) -> Array:
    """Return which rows hold an outcome as their reason."""
    return np.asarray(log["kind"] == schema.E_END)


def with_eviction(log: Array) -> Array:
    """Return which rows hold as their reason why a job was evicted."""
    return np.asarray(log["kind"] == schema.E_EVICT)

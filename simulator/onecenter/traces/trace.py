"""A trace: the jobs of a real log, what was left out of it, and what was repaired."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

#: The most processors of a job: its tasks are int32.
MAX_PROCESSORS = 2**31 - 1


class Finding:
    """Why rows of a log are left out, repaired or refused."""

    PARTIAL = "part of a job (status 2, 3 or 4)"
    NO_RUN = "run time <= 0"
    NO_PROCESSORS = "processors <= 0"
    BEFORE = "submit < 0"
    TOO_MANY = f"processors > {MAX_PROCESSORS:,}"
    REQUESTED = "processors as requested (the log has none allocated)"
    NO_WALLTIME = "walltime = run time (the log asks for none)"
    CUT = "run time cut at the walltime"
    UNSORTED = "not in order of submission (sorted, ties in file order)"
    AGAIN = "job id again (a requeue?): named id#2, id#3, …"
    TOO_LARGE = "larger than the center (more accelerators than all nodes of a type)"
    SPREAD = "more processors than a node: taken anywhere on the nodes"
    LINKED = "preceding job and think time (each job is submitted when the log says)"
    UNKNOWN = "preceding job that is not used, or not submitted before it"


@dataclass(frozen=True)
class Quality:
    """What became of a trace's rows: numbers of rows by reason; zeros are not listed."""

    COUNTS: ClassVar = ("left_out", "repaired", "refused", "ignored")

    rows: int  # those of the file that hold a job
    left_out: Mapping[str, int] = field(default_factory=dict)  # a row counts once, for the first reason
    repaired: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)  # used jobs that the center refuses
    ignored: Mapping[str, int] = field(default_factory=dict)  # used jobs of which a field has no effect

    @property
    def jobs(self) -> int:
        """Jobs that are used, those that the center refuses among them."""
        return self.rows - sum(self.left_out.values())

    def on_center(self, refused: Mapping[str, int], repaired: Mapping[str, int]) -> "Quality":
        """Return the report with what a center adds to it."""
        return replace(self, refused=nonzero(refused), repaired={**self.repaired, **nonzero(repaired)})

    def lines(self) -> list[str]:
        """Return the report, one line per finding."""
        refused = [f"{count:,} of them refused: {reason}" for reason, count in self.refused.items()]
        out = [f"{count:,} left out: {reason}" for reason, count in self.left_out.items()]
        fixed = [f"{count:,} adjusted: {reason}" for reason, count in self.repaired.items()]
        without = [f"{count:,} with fields that are ignored: {reason}" for reason, count in self.ignored.items()]
        return [f"{self.jobs:,} of {self.rows:,} jobs are used", *refused, *out, *fixed, *without]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Quality":
        """Return the report that `as_dict` gave."""
        return cls(data["rows"], *(dict(data.get(name, {})) for name in cls.COUNTS))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        counts = {name: dict(getattr(self, name)) for name in self.COUNTS}
        return {"rows": self.rows, "jobs": self.jobs, **counts}


def nonzero(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts that are not zero."""
    return {reason: count for reason, count in counts.items() if count}


@dataclass(frozen=True)
class Jobs:
    """One row per job, by (submit, order in the file); int64 where nothing else is said."""

    submit: Array  # ms by the log's own clock, or since the first submit where the log has timestamps
    run: Array  # ms; 1 <= run <= walltime
    walltime: Array
    processors: Array  # processors or accelerators of the whole job, >= 1
    outcome: Array  # int8: codes of OUTCOMES
    partition: Array  # int32: index into the trace's `partitions`
    user: Array  # the log's number of the user; 0 where it has none
    line: Array  # of the file
    names: tuple[str, ...] | None  # the log's job ids
    more: Mapping[str, Array] = field(default_factory=dict)  # by name: float64, the columns that were asked for
    preceding: Array | None = None  # the row of the job that it comes after; -1: none. None: not asked for
    think: Array | None = None  # ms; how long after that one's end; None: not asked for

    def __len__(self) -> int:
        return len(self.submit)


@dataclass(frozen=True)
class Trace:
    """A real log."""

    source: str
    format: str
    jobs: Jobs
    quality: Quality
    # What the file says about itself; for SWF its header comments (MaxProcs, UnixStartTime, Computer, …), lines of one
    # key joined by newlines; for a table with timestamps `StartTime`, the first submit.
    header: Mapping[str, str]
    partitions: tuple[str, ...]  # partitions, queues or virtual clusters; ("all",) where the log has none
    sha256: str = ""  # of the file's bytes as they lie on disk (hex)

    @property
    def machine(self) -> tuple[str, int] | None:
        """The header's key (MaxProcs, else MaxNodes) and the processors it gives; None where it does not say."""
        for key in ("MaxProcs", "MaxNodes"):
            found = re.match(r"\d{1,18}(?!\d)", self.header.get(key, ""))
            if found and int(found[0]):
                return key, int(found[0])
        return None


def numbered(values: Array) -> tuple[Array, Array]:
    """Return the sorted distinct values and each value's place among them (int32)."""
    distinct, place = np.unique(values, return_inverse=True)
    return distinct, place.astype(np.int32)

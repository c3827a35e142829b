"""The rows of what ties jobs: which come after which, and the arrays."""

from typing import Any

import numpy as np
from onecenter_kernels import codes
from onecenter_kernels.state import State, grown

from onecenter.workload.ties import Ties

GONE = (codes.S_ENDED, codes.S_CANCELLED, codes.S_REFUSED)


class Tying:
    """What ties the jobs of a core; most tie nothing."""

    def __init__(self) -> None:
        self._links = 0

    def know(self, found: State, ties: Ties | None, first: int, last: int) -> State:
        """Return the state with the ties of jobs first .. last - 1; these name all jobs by their numbers."""
        if ties is None or not ties.tied[first:last].any():
            return _with_rows(found) if found.clock["tied"][0] else found
        found = _with_rows(found)
        rows, new = found.ties, ties.job >= first
        rows["tied"][first:last], rows["think"][first:last] = ties.tied[first:last], ties.think[first:last]
        rows["array"][first:last] = ties.array[first:last] + 1
        if len(found.arrays) < len(ties.places):
            found = found._replace(arrays=grown(found.arrays, len(ties.places)))
        found.arrays["places"][: len(ties.places)] = ties.places
        return self.come_after(found, ties.job[new], ties.other[new], ties.ok[new])

    def come_after(self, found: State, job: Any, other: Any, ok: Any) -> State:
        """Return the state in which jobs that are still to be submitted come after others, if those have not ended."""
        found = _with_rows(found)
        rows = found.ties
        rows["tied"][job] = 1
        gone = np.isin(found.jobs["state"][other], GONE)
        rows["lost"][job[gone & (ok == 1) & ~_completed(found, other)]] = 1
        return self._link(found, job[~gone], other[~gone], ok[~gone])

    def _link(self, found: State, job: Any, other: Any, ok: Any) -> State:
        """Add links to jobs that have not ended."""
        before, self._links = self._links, self._links + len(job)
        if self._links > len(found.links):
            found = found._replace(links=grown(found.links, self._links))
        order = np.argsort(other, kind="stable")
        rows, others = found.links[before : self._links], other[order]
        rows["job"], rows["ok"] = job[order], ok[order]
        begins = np.diff(others, prepend=-1) != 0
        ends = np.append(begins[1:], True)[: len(others)]
        number = before + 1 + np.arange(len(others))
        rows["next"] = np.where(ends, found.ties["first"][others], number + 1)
        found.ties["first"][others[begins]] = number[begins]
        np.add.at(found.ties["left"], job, 1)
        return found


def _with_rows(found: State) -> State:
    """Return the state with a row of ties for each job."""
    found.clock["tied"] = 1
    return found if len(found.ties) >= len(found.jobs) else found._replace(ties=grown(found.ties, len(found.jobs)))


def _completed(found: State, jobs: Any) -> Any:
    """Return which of some jobs that have ended have completed, as a bool array."""
    rows = found.jobs[jobs]
    limit = found.estimates["limit"][jobs] if found.clock["estimate"][0] else rows["walltime"]
    return (rows["state"] == codes.S_ENDED) & (rows["outcome"] == codes.COMPLETED) & (rows["run"] <= limit)

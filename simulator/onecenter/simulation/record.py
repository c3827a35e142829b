"""A run as it is kept: what was run, and its decision log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onecenter.engine.reasons import reasons_over_time
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.log import Array
from onecenter.results.segments import Fates, fates
from onecenter.results.targets import Target
from onecenter.results.window import Window
from onecenter.workload.sharing import asks
from onecenter.workload.table import Workload


@dataclass(frozen=True, eq=False, repr=False)
class Record:
    """A run as it is kept; `Result` works out its figures and tables.

    Attributes
    ----------
    decisions : structured array
        The decision log (LOG_DTYPE), up to `until`.
    workload : Workload
        All jobs, those posted during the run included; the row is the job's id.
    fleet : tuple of NodeType
        The center.
    policy : Policy
        How jobs were scheduled.
    window : Window
        What the figures are about.
    until : int
        Until when (ms) the run was seen: at least to the window's end, and on while jobs of the window waited.
    targets : mapping of str to sequence of Target
        By platform.
    labels : mapping of str to mapping
        By platform, its name for people by language ("en", "zh").
    provenance : mapping
        From `onecenter.simulation.provenance.describe`.
    stride : str
        "calendar" or "event".
    seconds : float
        Wall time of the run.
    """

    decisions: Array
    workload: Workload
    fleet: tuple[NodeType, ...]
    policy: Policy
    window: Window
    until: int
    targets: Mapping[str, Sequence[Target]]
    labels: Mapping[str, Mapping[str, str]]
    provenance: Mapping[str, Any]
    stride: str
    seconds: float

    @cached_property
    def fates(self) -> Fates:
        """Start, end, outcome and attempts of each job, as arrays."""
        return fates(self.decisions, len(self.workload))

    @cached_property
    def _reasons_by_ask(self) -> dict[tuple[int, ...], tuple[Array, Array]]:
        return {}

    def reasons_of(self, job: int) -> tuple[Array, Array]:
        """Return from when on (ms) jobs that ask the same as this one (under quotas and limits, and are of the same
        owner) wait for which reason; kept, as it takes a replay of the log; see `reasons_over_time`.
        """
        jobs = self.workload
        asked = [jobs.accelerators, jobs.cpus, jobs.memory, jobs.tasks, jobs.types]
        if asks(jobs.sharing):  # quota and limits are an owner's
            asked += [jobs.platform, jobs.tenant, jobs.stream]
        ask = tuple(int(column[job]) for column in asked)
        if ask not in self._reasons_by_ask:
            run = (self.decisions, jobs, self.fleet, self.policy.backfill, self.until)
            self._reasons_by_ask[ask] = reasons_over_time(*run, job)
        return self._reasons_by_ask[ask]

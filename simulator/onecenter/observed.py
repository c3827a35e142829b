"""What one run saw of the jobs that were submitted in its window."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from onecenter.log import CANCELLED_WAITING, FUTURE, REFUSED, Fates, observed_waits
from onecenter.sample import Sample
from onecenter.targets import Target
from onecenter.window import Window
from onecenter.workload.table import Workload

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Observed:
    """Jobs of one platform that were submitted in the window of one run; a row a job, by submit.

    Attributes
    ----------
    submit : int64 array
        ms since the start.
    wait : int64 array
        ms: start - submit, or for a job that did not start how long it was seen to wait.
    censored : bool array
        Which did not start while they were seen.
    cancelled : bool array
        Which of these left of their own accord.
    run : int64 array
        How long they run, ms.
    gang : int64 array
        Accelerators of the whole gang, thousandths.
    """

    submit: Array
    wait: Array
    censored: Array
    cancelled: Array
    run: Array
    gang: Array

    def __len__(self) -> int:
        """Return the number of jobs."""
        return len(self.submit)

    def where(self, mask: Array) -> "Observed":
        """Return those jobs for which `mask` (bool, one a job) holds."""
        return Observed(*(getattr(self, field.name)[mask] for field in fields(self)))

    def _sample(self, seen: Array) -> Sample:
        return Sample(seen, self.censored & ~self.cancelled, self.cancelled)

    @cached_property
    def waits(self) -> Sample:
        """The waits (ms)."""
        return self._sample(self.wait)

    def sample(self, target: Target) -> Sample:
        """Return what the limit of a target holds for, of the jobs that it covers."""
        mine = self.where(target.covers(self.gang))
        return mine._sample(target.measure(mine.wait, mine.run))

    def late(self, target: Target) -> tuple[int, int, int]:
        """Return of the jobs that a target covers: how many certainly started too late, how many may have, and all.

        A job that left while it waited was too late; one that still waited, for less than the limit, when it was
        last seen may have been.
        """
        sample = self.sample(target)
        return (*sample.longer_than(target.limit), len(sample))


def observed(workload: Workload, fate: Fates, window: Window, until: int) -> dict[str, Observed]:
    """Return by platform what was seen, up to instant `until` (ms), of the jobs submitted in the window.

    Jobs that no node could ever hold (refused) are left out.
    """
    inside = (workload.submit >= window.warmup) & (workload.submit < window.horizon)
    inside &= (fate.outcome != REFUSED) & (fate.outcome != FUTURE)
    wait, censored = observed_waits(workload.submit, fate, until)
    all_jobs = Observed(
        submit=workload.submit,
        wait=wait,
        censored=censored,
        cancelled=fate.outcome == CANCELLED_WAITING,
        run=np.minimum(workload.run, workload.walltime),
        gang=workload.gang,
    )
    return {
        name: all_jobs.where(inside & (workload.platform == index)) for index, name in enumerate(workload.platforms)
    }


def joined(parts: Mapping[str, Observed]) -> Observed:
    """Return the jobs of all platforms together."""
    columns = (np.concatenate([getattr(part, field.name) for part in parts.values()]) for field in fields(Observed))
    return Observed(*columns)

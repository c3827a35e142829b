"""What all simulators run: jobs of one node each on equal nodes, drawn like those of the other benchmarks, as SWF."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.workloads import ACCELERATORS, SHARES, poisson_jobs
from onecenter.workload.table import COLUMNS, Workload, workload

SECOND: Final = 1_000

#: The first second of the logs: AccaSim takes an instant 0 for none.
FIRST: Final = 60

#: A line of SWF: number, submit, run time, cores allocated, requested cores and time; what is not known is -1.
LINE: Final = "{} {} -1 {} {} -1 -1 {} {} -1 1 1 1 -1 1 -1 -1 -1"


@dataclass(frozen=True)
class Case:
    """Jobs on a center under a policy.

    Attributes
    ----------
    backfill : str
        "none" or "easy"; the order is FIFO, the placement first-fit.
    load : float
        What the jobs offer.
    one_core : bool
        Whether every job asks for one core, not for 1, 2, 4 or 8 on one node.
    nodes, count : int
        Nodes of the center, and jobs.
    """

    backfill: str
    load: float
    one_core: bool = False
    nodes: int = 64
    count: int = 20_000

    @property
    def policy(self) -> str:
        """Name of the policy."""
        return "FIFO" if self.backfill == "none" else "EASY"

    @property
    def cores(self) -> str:
        """Cores of a job."""
        return "1" if self.one_core else "1 to 8"

    def part(self, share: float) -> "Case":
        """Return the case with a share (0..1) of its nodes and jobs, so that about the same share of the jobs waits."""
        return replace(self, nodes=round(share * self.nodes), count=round(share * self.count))

    def jobs(self) -> Workload:
        """Return the jobs."""
        if not self.one_core:
            return poisson_jobs(self.count, self.nodes, self.load)
        drawn = poisson_jobs(self.count, self.nodes, self.load * float(np.dot(SHARES, ACCELERATORS)))
        columns = {name: getattr(drawn, name) for name in COLUMNS}
        return workload(**columns | {"accelerators": np.full(self.count, 1000)})


CASES: Final = (Case("none", 0.8), Case("easy", 0.95), Case("none", 1.0, one_core=True))


def write_swf(path: Path, jobs: Workload) -> None:
    """Write jobs of one task as SWF, in whole seconds: submits rounded down, run times and walltimes up."""
    lines = ["; Version: 2.2"]
    submit, cores = FIRST + jobs.submit // SECOND, jobs.accelerators // 1000
    run, asked = (-(-times // SECOND) for times in (jobs.run, jobs.walltime))
    columns = (column.tolist() for column in (submit, run, cores, cores, asked))
    lines += [LINE.format(number, *row) for number, row in enumerate(zip(*columns, strict=True), 1)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

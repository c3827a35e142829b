"""AccaSim: its own FIFO or EASY backfilling with its first-fit allocator, a job on one node."""

import collections
import collections.abc
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import CORES, main

# AccaSim 1.1.3 imports it from there, where Python 3.10 and later no longer have it.
collections.Mapping = collections.abc.Mapping

from accasim.base.allocator_class import FirstFit  # noqa: E402
from accasim.base.scheduler_class import EASYBackfilling, FirstInFirstOut  # noqa: E402
from accasim.base.simulator_class import Simulator  # noqa: E402
from accasim.utils.reader_class import Tweaker  # noqa: E402

POLICIES = {"none": FirstInFirstOut, "easy": EASYBackfilling}

#: What its schedule file says of a job; by default its start is a date in local time.
SCHEDULE = {"format": "{job} {start}", "attributes": {"job": ("id", "int"), "start": ("start_time", "int")}}


class OneNode(Tweaker):
    """Asks for all cores of a job on one node; by default AccaSim takes them anywhere."""

    def tweak_function(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return the job with its request."""
        job["core"] = job.pop("total_processors")
        job["requested_nodes"] = 1
        job["requested_resources"] = {"core": job["core"]}
        job["queue"] = job.pop("queue_number")
        return job


def simulate(log: str, nodes: int, backfill: str) -> list[list[int]]:
    """Return the starts that AccaSim writes to its schedule file."""
    with tempfile.TemporaryDirectory() as folder:
        system = Path(folder, "system.json")
        system.write_text(json.dumps({"groups": {"node": {"core": CORES}}, "resources": {"node": nodes}}))
        simulator = Simulator(
            log,
            str(system),
            POLICIES[backfill](FirstFit()),
            tweak_function=OneNode(),
            statistics_output=False,
            show_statistics=False,
            RESULTS_FOLDER_PATH=folder,
            SCHEDULE_OUTPUT=SCHEDULE,
            LOG_LEVEL="ERROR",
        )
        schedule = Path(simulator.start_simulation()["sched-"]).read_text()
    return [[int(cell) for cell in line.split()] for line in schedule.splitlines()]


if __name__ == "__main__":
    main(simulate)

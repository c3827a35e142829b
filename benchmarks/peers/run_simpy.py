"""SimPy: jobs of one core in order of submission on one `Resource`, a process for each job."""

from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.peers.protocol import CORES, Job, jobs_of, main

Process = Generator[simpy.Event, Any, None]


def simulate(log: str, nodes: int, backfill: str) -> list[tuple[int, int]]:
    """Return the starts; a `Resource` serves in order of request, and with one core each there is nothing to fill."""
    env = simpy.Environment()
    pool = simpy.Resource(env, CORES * nodes)
    starts: list[tuple[int, int]] = []

    def work(job: Job) -> Process:
        with pool.request() as core:
            yield core
            starts.append((job.number, int(env.now)))
            yield env.timeout(job.run)

    def arrivals() -> Process:
        for job in jobs_of(log):
            yield env.timeout(job.submit - env.now)
            env.process(work(job))

    env.process(arrivals())
    env.run()
    return starts


if __name__ == "__main__":
    main(simulate)

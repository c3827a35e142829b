"""Ciw: jobs of one core in order of submission, customers of a node that has a server for each core."""

import math

import ciw

from benchmarks.peers.protocol import CORES, jobs_of, main


def simulate(log: str, nodes: int, backfill: str) -> list[tuple[int, int]]:
    """Return the starts; customers are served in order of arrival, and with one core each there is nothing to fill."""
    jobs = jobs_of(log)
    submits = [job.submit for job in jobs]
    gaps = [submit - before for before, submit in zip([0, *submits[:-1]], submits, strict=True)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, math.inf])],
        service_distributions=[ciw.dists.Sequential([job.run for job in jobs])],
        number_of_servers=[CORES * nodes],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(jobs), method="Finish")
    records = simulation.get_all_records()
    return [(jobs[record.id_number - 1].number, int(record.service_start_date)) for record in records]


if __name__ == "__main__":
    main(simulate)

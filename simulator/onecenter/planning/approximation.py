"""A cross-check by queueing theory: M/G/c, where the scenario is near enough to one."""

import numpy as np

from onecenter.fleet import accelerators_of
from onecenter.planning.file import Approximation
from onecenter.policies import Policy
from onecenter.scenario import Scenario
from onecenter.statistics.queueing import mgc_percentile, mgc_wait
from onecenter.workload.build import build


def approximation(scenario: Scenario, policy: Policy | None = None) -> Approximation | None:
    """Return the M/G/c of a scenario of one node type, Poisson arrivals of a constant rate and one-accelerator jobs.

    None where it does not apply: other jobs, several node types or priorities, impatience, a rhythm or bursts.
    """
    if len(scenario.center.nodes) > 1 or (policy or scenario.policy_).order != "fifo":
        return None
    for _, _, stream in scenario.streams:
        spec = stream.arrivals
        if spec is None or spec.kind != "poisson" or spec.hours or spec.weekdays or spec.burst or stream.patience:
            return None
    jobs = build(scenario)
    if len(jobs) < 2 or (jobs.gang != 1_000).any():
        return None
    run = np.minimum(jobs.run, jobs.walltime) / 1_000
    servers = accelerators_of(scenario.fleet)
    load = float(run.sum()) / (scenario.time.horizon / 1_000) / servers
    variation = float(run.var() / run.mean() ** 2)
    stable = load < 1
    return Approximation(
        servers=servers,
        load=load,
        variation=variation,
        mean_s=mgc_wait(servers, load, float(run.mean()), variation) if stable else None,
        p95_s=mgc_percentile(servers, load, float(run.mean()), variation, 95) if stable else None,
    )

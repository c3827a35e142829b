"""How long a plan's windows are: until each target has late jobs to count."""

from math import ceil
from typing import Final

from onecenter.experiments.measurement import measurement_of
from onecenter.policies import Policy
from onecenter.results.targets import FEWEST_EXCEEDANCES, targets_of
from onecenter.scenario import Scenario, with_set
from onecenter.units import duration_text
from onecenter.workload.build import build

#: A window is lengthened to at most so many of the scenario's own.
LONGEST: Final = 16


def lengthened(scenario: Scenario, policy: Policy | None = None) -> Scenario:
    """Return a scenario whose window is so long that each target allows 20 late jobs in it, as far as that goes.

    Where large jobs are few, a short window holds a late one or none; longer windows also leave less of each run to
    its start-up. Demand with a weekly rhythm keeps whole weeks. Jobs that are listed one by one end where their list
    ends: such a scenario is returned as it is.
    """
    if any(stream.jobs is not None for _, _, stream in scenario.streams):
        return scenario
    window = measurement_of(scenario, policy or scenario.policy_).window
    factor = min(_needed(scenario, window.warmup), LONGEST)
    if factor <= 1:
        return scenario
    # A scenario without a rhythm may leave its cut to the pilot runs: its horizon grows by whole windows all the same.
    horizon = window.horizon + (factor - 1) * window.length
    return with_set(scenario, {"time.horizon": duration_text(horizon)})


def _needed(scenario: Scenario, warmup: int) -> int:
    """Return how many of the scenario's windows make one in which each target allows that many late jobs."""
    jobs = build(scenario)
    inside = jobs.submit >= warmup
    most = 1
    for index, platform in enumerate(scenario.platforms.values()):
        gang = jobs.gang[inside & (jobs.platform == index)]
        for target in targets_of(platform):
            allowed = float(target.covers(gang).sum()) * (1 - target.percentile / 100)
            most = max(most, ceil(FEWEST_EXCEEDANCES / allowed) if allowed > 0 else 1)
    return most

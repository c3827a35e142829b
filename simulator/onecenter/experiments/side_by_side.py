"""Several policies on the same jobs, one run each."""

from collections.abc import Mapping, Sequence
from typing import Any

from onecenter.checks import shown
from onecenter.errors import PolicyError
from onecenter.policies import Policy, policy_of
from onecenter.simulation.result import Result
from onecenter.simulation.running import ScenarioLike, run, scenario_of


def run_each(
    policies: Sequence[str] | Mapping[str, Policy | str],
    scenario: ScenarioLike,
    *,
    seed: int | None = None,
    set: str | Sequence[str] = (),
    show_progress: bool = False,
) -> dict[str, Result]:
    """Run several policies on one scenario; each sees the same jobs.

    Parameters
    ----------
    policies : sequence of str, or mapping of str to Policy
        Names of `policies.NAMED`, or policies under names of your own.
    scenario, seed, set, show_progress
        As for `run`.

    Returns
    -------
    dict of str to Result
        By the policy's name, in the order given.

    Raises
    ------
    ScenarioError, PolicyError
        With all mistakes, before the first run.
    """
    named = policies if isinstance(policies, Mapping) else {name: name for name in policies}
    if not named or isinstance(policies, str) or len(named) < len(policies):
        raise PolicyError("policies", [f"{shown(policies)}: one or more are expected, each once"])
    chosen = scenario_of(scenario, seed, set)
    rules = {name: policy_of(policy, chosen.policy_) for name, policy in named.items()}
    return {name: run(chosen, policy=policy, show_progress=show_progress) for name, policy in rules.items()}


def comparison(results: Mapping[str, Result]) -> dict[str, Any]:
    """Return the summaries by policy, as `onecenter compare --json` prints them."""
    return {"policies": {name: result.summary() for name, result in results.items()}}

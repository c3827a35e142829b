"""onecenter simulates an AI computing center: one pool of nodes, four platforms, honest waits.

`load` reads a scenario, `run` simulates it, `replay` simulates a real log; both return a `Result`. `replicate`
repeats a scenario with other random numbers, `compare` sets policies or scenarios side by
side, `compare_log` policies on a real log, `plan` finds the smallest fleet that meets every target, `outlook`
looks years ahead, `sweep` runs many variants,
`sensitivity` tells which values matter most, `suite` runs every policy on eight workloads, `diff` finds the first
decision in which two results differ, `export` writes a result for other tools,
`tune` finds parameters of a policy.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onecenter.engine.center import Center as Center
    from onecenter.engine.view import View as View
    from onecenter.experiments.comparison import compare as compare
    from onecenter.experiments.log_comparison import compare_log as compare_log
    from onecenter.experiments.replications import replicate as replicate
    from onecenter.experiments.suite import suite as suite
    from onecenter.experiments.sweeping import Sensitivity as Sensitivity
    from onecenter.experiments.sweeping import Sweep as Sweep
    from onecenter.experiments.sweeping import sensitivity as sensitivity
    from onecenter.experiments.sweeping import sweep as sweep
    from onecenter.experiments.tuning import Tuning as Tuning
    from onecenter.experiments.tuning import tune as tune
    from onecenter.planning import Limits as Limits
    from onecenter.planning import Outlook as Outlook
    from onecenter.planning import Plan as Plan
    from onecenter.planning import outlook as outlook
    from onecenter.planning import plan as plan
    from onecenter.policies import Policy as Policy
    from onecenter.policies import Scheduler as Scheduler
    from onecenter.scenario import Scenario as Scenario
    from onecenter.scenario import load as load
    from onecenter.simulation.difference import diff as diff
    from onecenter.simulation.exporting import export as export
    from onecenter.simulation.replaying import replay as replay
    from onecenter.simulation.result import Result as Result
    from onecenter.simulation.running import run as run

__version__ = "0.1.0"

# Public names by module, imported when first used: the command line's help must not wait for them.
_HOMES = {
    "onecenter.engine.center": "Center",
    "onecenter.engine.view": "View",
    "onecenter.experiments.comparison": "compare",
    "onecenter.experiments.log_comparison": "compare_log",
    "onecenter.experiments.replications": "replicate",
    "onecenter.experiments.suite": "suite",
    "onecenter.experiments.sweeping": "Sensitivity Sweep sensitivity sweep",
    "onecenter.experiments.tuning": "Tuning tune",
    "onecenter.planning": "Limits Outlook Plan outlook plan",
    "onecenter.policies": "Policy Scheduler",
    "onecenter.scenario": "Scenario load",
    "onecenter.simulation.difference": "diff",
    "onecenter.simulation.exporting": "export",
    "onecenter.simulation.replaying": "replay",
    "onecenter.simulation.result": "Result",
    "onecenter.simulation.running": "run",
}

__all__ = sorted(name for names in _HOMES.values() for name in names.split())


def __getattr__(name: str) -> Any:
    from importlib import import_module

    home = next((home for home, names in _HOMES.items() if name in names.split()), None)
    if home is None:
        raise AttributeError(f"module 'onecenter' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""onecenter simulates an AI computing center: one pool of nodes, four platforms, honest waits.

`load` reads a scenario, `run` simulates it, `replay` simulates a real log; both return a `Result`. `replicate`
repeats a scenario with other random numbers, `compare` sets policies or scenarios side by
side, `plan` finds the smallest fleet that meets every target, `outlook`
looks years ahead, `sweep` runs many variants,
`sensitivity` tells which values matter most.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onecenter.engine.center import Center
    from onecenter.experiments.comparison import compare
    from onecenter.experiments.replications import replicate
    from onecenter.experiments.sweeping import Sensitivity, Sweep, sensitivity, sweep
    from onecenter.planning import Limits, Outlook, Plan, outlook, plan
    from onecenter.policies import Policy
    from onecenter.scenario import Scenario, load
    from onecenter.simulation.replaying import replay
    from onecenter.simulation.result import Result
    from onecenter.simulation.running import run

__version__ = "0.1.0"

__all__ = [
    "Center",
    "Limits",
    "Outlook",
    "Plan",
    "Policy",
    "Result",
    "Scenario",
    "Sensitivity",
    "Sweep",
    "compare",
    "load",
    "outlook",
    "plan",
    "replay",
    "replicate",
    "run",
    "sensitivity",
    "sweep",
]

# Imported when first used: the command line's help must not wait for them.
_HOMES = {
    "Center": "onecenter.engine.center",
    "Limits": "onecenter.planning",
    "Outlook": "onecenter.planning",
    "Plan": "onecenter.planning",
    "Policy": "onecenter.policies",
    "Result": "onecenter.simulation.result",
    "Scenario": "onecenter.scenario",
    "compare": "onecenter.experiments.comparison",
    "load": "onecenter.scenario",
    "outlook": "onecenter.planning",
    "plan": "onecenter.planning",
    "replay": "onecenter.simulation.replaying",
    "replicate": "onecenter.experiments.replications",
    "run": "onecenter.simulation.running",
    "Sensitivity": "onecenter.experiments.sweeping",
    "Sweep": "onecenter.experiments.sweeping",
    "sensitivity": "onecenter.experiments.sweeping",
    "sweep": "onecenter.experiments.sweeping",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'onecenter' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""What is tuned: parameters of a policy, each with a range or a list of choices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from onecenter_kernels.schema import BACKFILLS, FEATURES, ORDERS, PLACEMENTS

from onecenter.checks import did_you_mean, shown
from onecenter.errors import PlanError
from onecenter.policies import CHECKS, WEIGHT, Linear, Policy
from onecenter.workload.table import Workload

#: Parts that are chosen by name, and parameters that are whole numbers.
PARTS: Final = {"order": ORDERS, "backfill": BACKFILLS, "placement": PLACEMENTS}
WHOLE: Final = ("depth", "backfill_depth", "age_rate", "max_age", "reservations")
WEIGHTS: Final = tuple(f"order.{name}" for name in FEATURES)
NAMES: Final = (*PARTS, *WHOLE, *WEIGHTS)

#: What stands for weights of all features in which jobs differ.
LINEAR: Final = "linear"

MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Parameter:
    """A parameter: a range `low` to `high`, or `choices`."""

    name: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return self.name in ("depth", "backfill_depth", "reservations")

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        values = {"choices": list(self.choices)} if self.choices else {"low": self.low, "high": self.high}
        return {"name": self.name, **values}


def parameters_of(vary: str | Mapping[str, str], jobs: Workload) -> list[Parameter]:
    """Return what is tuned; a PlanError lists all mistakes.

    "linear" is a weight for each feature in which the jobs differ, see `linear_weights`; else a mapping of names to
    "LOW:HIGH", or for parts of a policy to names with commas between them.
    """
    if vary == LINEAR:
        return linear_weights(jobs)
    if isinstance(vary, str) or not vary:
        raise PlanError("tune", [f'{shown(vary)}: "{LINEAR}" or a range for each parameter is expected'])
    found, mistakes = [], []
    for name, values in vary.items():
        try:
            found.append(_parameter(name, str(values)))
        except ValueError as error:
            mistakes.append(f"{name} = {shown(values)}: {error}")
    names = {each.name for each in found}
    if "order" in names and names & set(WEIGHTS):
        mistakes.append("order: an order by name has no weights; leave out the one or the others")
    if mistakes:
        raise PlanError("tune", mistakes)
    return found


def _parameter(name: str, values: str) -> Parameter:
    """Return a parameter; a ValueError says what would be right."""
    if name not in NAMES:
        raise ValueError(f"{did_you_mean(name, NAMES)}one of {', '.join(NAMES)} is expected")
    if name in PARTS:
        choices = tuple(part.strip() for part in values.split(","))
        for choice in choices:
            CHECKS[name](choice)
        return Parameter(name, choices=choices)
    ends = values.split(":")
    try:
        low, high = map(float, ends)
    except ValueError:
        raise ValueError("LOW:HIGH is expected, such as 1:8") from None
    if name in WHOLE:
        for end in (low, high):
            CHECKS[name](_core_unit(name, end))
    else:
        WEIGHT(low), WEIGHT(high)
    if not low < high:
        raise ValueError("LOW below HIGH is expected")
    return Parameter(name, low, high)


def _core_unit(name: str, value: float) -> int:
    """Return the value of a whole parameter as `Policy` has it: ageing is per hour, its longest in hours."""
    if name == "age_rate":
        return round(value * MILLION)
    if name == "max_age":
        return round(value * 3_600_000)
    if value != int(value):
        raise ValueError("whole numbers are expected")
    return int(value)


def linear_weights(jobs: Workload) -> list[Parameter]:
    """Return a weight for each feature in which jobs differ, from -1 to 1 over its standard deviation.

    That of the submit is over the standard deviation of walltimes, as both are times. Waiting is left out: to weigh it
    is to weigh the submit with the other sign.
    """
    gang = jobs.gang / 1_000
    walltime = jobs.walltime / 1_000
    features = {
        "walltime": walltime,
        "accelerators": gang,
        "area": walltime * gang,
        "tasks": jobs.tasks.astype(np.float64),
        "cpus": jobs.cpus * jobs.tasks / 1_000,
        "memory": jobs.memory * jobs.tasks / 1_024,
        "priority": jobs.priority.astype(np.float64),
    }
    spread = {name: float(values.std()) for name, values in features.items()}
    found = {"submit": spread["walltime"], **spread}
    return [Parameter(f"order.{name}", -1 / value, 1 / value) for name, value in found.items() if value > 0]


def policy_at(values: Mapping[str, Any], base: Policy) -> Policy:
    """Return the policy with these values, all else as the base has it; a PolicyError: they do not go together.

    Weights have four digits, as many as people copy.
    """
    weights = {name.removeprefix("order."): float(f"{value:.4g}") for name, value in values.items() if name in WEIGHTS}
    parts: dict[str, Any] = {name: value for name, value in values.items() if name in PARTS}
    parts |= {name: _core_unit(name, value) for name, value in values.items() if name in WHOLE}
    if weights:
        parts["order"] = Linear(**weights)
    return replace(base, **parts)


def corners(parameters: list[Parameter]) -> list[dict[str, float]]:
    """Return where the search begins with weights: each alone, at the end above 0."""
    weights = [each for each in parameters if each.name in WEIGHTS]
    if len(weights) < len(parameters):
        return []
    within = {each.name: min(max(0.0, each.low), each.high) for each in weights}
    return [within | {each.name: each.high} for each in weights if each.high > 0]

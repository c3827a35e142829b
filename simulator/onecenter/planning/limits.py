"""What a fleet may cost, draw and fill, and what is to be small."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from onecenter.checks import MONEY, POWER, RACKS, Check, OneOf, optional, settle
from onecenter.errors import PlanError
from onecenter.planning.economics import power_of, racks_filled, yearly_cost
from onecenter.scenario import Scenario

Aim = Literal["cost", "nodes"]

CHECKS: Final[Mapping[str, Check]] = {
    "budget": optional(MONEY),
    "power_cap": optional(POWER),
    "racks": optional(RACKS),
    "minimise": OneOf(get_args(Aim)),
}


@dataclass(frozen=True)
class Limits:
    """Limits on a fleet; None: no limit.

    Attributes
    ----------
    budget : float or None
        Money per year.
    power_cap : float or None
        W of the whole site at full use.
    racks : int or None
        Racks.
    minimise : "cost" or "nodes"
        What a mix of node types makes small.
    """

    budget: float | None = None
    power_cap: float | None = None
    racks: int | None = None
    minimise: Aim = "nodes"

    def __post_init__(self) -> None:
        """Check them."""
        settle(self, "limits", CHECKS, PlanError)

    def broken(self, scenario: Scenario) -> tuple[str, ...]:
        """Return the names of the limits that a scenario's fleet breaks."""
        used: dict[str, Callable[[Scenario], float]] = {
            "budget": lambda fleet: yearly_cost(fleet).total,
            "power_cap": power_of,
            "racks": racks_filled,
        }
        given = {name: limit for name in used if (limit := getattr(self, name)) is not None}
        return tuple(name for name, limit in given.items() if used[name](scenario) > limit)

    def as_dict(self) -> dict[str, Any]:
        """Return those that are given, as plain data."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def height(self, scenario: Scenario) -> tuple[float, ...]:
        """Return what is to be small; among equals the other of cost and nodes."""
        nodes = float(sum(kind.count for kind in scenario.fleet))
        cost = yearly_cost(scenario).total
        return (cost, nodes) if self.minimise == "cost" else (nodes, cost)


def missing(scenario: Scenario, limits: Limits) -> Sequence[str]:
    """Return what the scenario lacks for these limits."""
    lacks = []
    for name, kind in scenario.center.nodes.items():
        if (limits.budget is not None or limits.minimise == "cost") and not kind.price:
            lacks.append(f"center.nodes.{name}.price is missing: a budget or the least cost needs it")
        if limits.budget is not None and kind.full_power and not scenario.center.site.tariff:
            lacks.append("center.site.tariff is missing: a budget needs it for the energy")
        if limits.power_cap is not None and not kind.full_power:
            lacks.append(f"center.nodes.{name}.full_power is missing: a power cap needs it")
    return list(dict.fromkeys(lacks))

"""What a fleet costs, draws and fills, and what the work done on it used: money, power, energy, carbon."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from onecenter.fleet import racks_of
from onecenter.scenario.model import Nodes, Scenario
from onecenter.units import MS

#: Hours of a year of 365 days, as durations have it.
YEAR_HOURS: Final = MS["y"] // MS["h"]


@dataclass(frozen=True)
class YearlyCost:
    """What a fleet costs a year, in the scenario's currency."""

    capital: float  # prices over lifetimes
    running: float  # running costs but energy
    energy: float  # of nodes and site

    @property
    def total(self) -> float:
        """All three."""
        return self.capital + self.running + self.energy


@dataclass(frozen=True)
class Footprint:
    """What a window's work used."""

    energy_kwh: float  # of nodes and site
    carbon_kg: float | None  # CO2; None: the scenario does not give the grid's factor
    cost: float | None  # of the energy; None: the scenario gives no tariff


def yearly_cost(scenario: Scenario) -> YearlyCost:
    """Return what a scenario's fleet costs a year at full use, the most it may; what has no price costs nothing."""
    kinds = list(scenario.center.nodes.values())
    years = MS["y"]
    capital = sum(kind.count * kind.price * years / kind.lifetime for kind in kinds)
    running = sum(kind.count * kind.running_cost for kind in kinds)
    return YearlyCost(capital, running, power_of(scenario) / 1_000 * YEAR_HOURS * scenario.center.site.tariff)


def node_power(kind: Nodes, use: float) -> float:
    """Return the power (W) of a node of which a share is in use: linear from idle to full power.

    The share is that of its accelerators or, where it has none, of its cpus.

    X. Fan, W.-D. Weber and L. A. Barroso, "Power provisioning for a warehouse-sized computer", ISCA 2007.
    """
    return kind.idle_power + (kind.full_power - kind.idle_power) * use


def power_of(scenario: Scenario) -> float:
    """Return the power (W) that the whole site draws at full use."""
    return sum(kind.count * kind.full_power for kind in scenario.center.nodes.values()) * scenario.center.site.pue


def racks_filled(scenario: Scenario) -> int:
    """Return how many racks the fleet fills."""
    return int(racks_of(scenario.fleet).max(initial=-1)) + 1


def hours_held(nodes: pl.DataFrame) -> dict[str, float]:
    """Return by node type what is held of `Result.nodes`: accelerator-hours, cpu-hours where it has no accelerators."""
    held = pl.when(pl.col("accelerators") > 0).then("accelerator_hours").otherwise("cpu_hours")
    sums = nodes.group_by("type").agg(held.sum().alias("held"))
    return {str(name): hours for name, hours in sums.select("type", "held").iter_rows()}


def footprint(scenario: Scenario, busy: Mapping[str, float], hours: float) -> Footprint:
    """Return what a window of so many hours used; `busy` is what `hours_held` gives."""
    site = scenario.center.site
    kwh = sum(_energy(kind, busy.get(name, 0.0), hours) for name, kind in scenario.center.nodes.items()) * site.pue
    return Footprint(kwh, kwh * site.carbon if site.carbon else None, kwh * site.tariff if site.tariff else None)


def _energy(kind: Nodes, busy: float, hours: float) -> float:
    """Return the energy (kWh) of a node type's nodes in a window."""
    available = kind.count * (kind.accelerators or kind.cpus / 1_000) * hours
    return kind.count * hours * node_power(kind, busy / available if available else 0.0) / 1_000

"""Cost, power, racks, energy and carbon of a fleet, by hand."""

import pytest

from onecenter.planning.economics import footprint, node_power, power_of, racks_filled, yearly_cost
from onecenter.scenario import Scenario, load, with_set

#: Six nodes of a kind with all figures: written off over five years of 365 days.
FIGURES = {
    "center.nodes.server.count": 6,
    "center.nodes.server.price": 500_000.0,
    "center.nodes.server.lifetime": "5 y",
    "center.nodes.server.running_cost": 10_000.0,
    "center.nodes.server.idle_power": "1 kW",
    "center.nodes.server.full_power": "3 kW",
    "center.nodes.server.nodes_per_rack": 4,
    "center.site": {"tariff": 0.5, "pue": 1.2, "carbon": 0.4},
}


@pytest.fixture
def scenario() -> Scenario:
    """Return a scenario with all figures."""
    return with_set(load("mm-c"), FIGURES)


def test_yearly_cost(scenario: Scenario) -> None:
    found = yearly_cost(scenario)
    assert found.capital == 6 * 100_000
    assert found.running == 60_000
    # 18 kW x 1.2 x 8,760 h x 0.5.
    assert found.energy == pytest.approx(94_608)
    assert found.total == found.capital + found.running + found.energy


def test_power_and_racks(scenario: Scenario) -> None:
    assert power_of(scenario) == 6 * 3_000 * 1.2
    assert racks_filled(scenario) == 2
    assert node_power(scenario.center.nodes["server"], 0.25) == 1_500


def test_footprint(scenario: Scenario) -> None:
    # Six accelerators, ten hours, half of the time busy: 6 x 10 h x 2 kW x 1.2.
    found = footprint(scenario, {"server": 30.0}, 10.0)
    assert found.energy_kwh == pytest.approx(144)
    assert found.carbon_kg == pytest.approx(57.6)
    assert found.cost == pytest.approx(72)


def test_what_is_not_known_is_not_invented() -> None:
    plain = load("mm-c")
    assert yearly_cost(plain).total == 0
    found = footprint(plain, {"server": 1.0}, 1.0)
    assert (found.energy_kwh, found.carbon_kg, found.cost) == (0, None, None)

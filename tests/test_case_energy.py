"""Energy of nodes without accelerators follows the cpus that are held of them."""

from pathlib import Path

import pytest

import onecenter as oc
from onecenter.planning.economics import footprint
from onecenter.report.page import page
from onecenter.report.subject import subject_of
from onecenter.simulation.result import Result

#: `hall` has ten cpus only: of the two hours a job of 2 x 2.5 cpus holds five from 10 to 70 min, and the next one nine
#: from then on: 5 + 7.5 of 20 cpu-hours. `small` is idle.
CENTER = """
[time]
start = "2026-03-02T08:00:00+08:00"
horizon = "2 h"

[center.nodes.hall]
count = 1
accelerators = 0
cpus = 10
idle_power = "1 kW"
full_power = "3 kW"

[center.nodes.small]
count = 2
accelerators = 4
cpus = 8
idle_power = "500 W"
full_power = "2 kW"

[platforms.talent.demand.sessions]
node_types = ["hall"]
jobs = [
    { submit = "10 min", accelerators = 0, cpus = 2.5, tasks = 2, run_time = "1 h", walltime = "1 h" },
    { submit = "20 min", accelerators = 0, cpus = 9, run_time = "2 h", walltime = "2 h" },
]
"""


@pytest.fixture
def result(tmp_path: Path) -> Result:
    """Return a run of the two node types."""
    path = tmp_path / "hall.toml"
    path.write_text(CENTER, encoding="utf-8")
    return oc.run(path)


@pytest.mark.case("8.5")
def test_the_report_says_the_energy_of_cpus_that_are_held(result: Result) -> None:
    # 1 kW + 62.5 % of 2 kW for two hours, and twice 500 W for two hours.
    shown = page([subject_of(result, "out")])
    assert "6.5 kWh" in "".join(char if char.isascii() else " " for char in shown)


def test_what_is_held_by_node_type(result: Result) -> None:
    from onecenter.planning.economics import hours_held

    assert hours_held(result.nodes) == {"hall": pytest.approx(12.5), "small": 0.0}
    assert result.nodes["cpu_hours"].to_list() == pytest.approx([12.5, 0.0, 0.0])
    assert footprint(subject_of(result, "out").scenario, hours_held(result.nodes), 2.0).energy_kwh == pytest.approx(6.5)

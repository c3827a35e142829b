"""Compression never puts a reservation off: seeds in which a gang of fractions, placed anew, would come later."""

import pytest
from oracle import simulate
from random_scenarios import random_scenario

from onecenter.engine.core import FOREVER, Core

pytestmark = pytest.mark.equality


@pytest.mark.parametrize("seed", [11794, *range(20_000, 20_040)])
def test_core_and_twin_keep_the_old_place(seed: int) -> None:
    scenario = random_scenario(seed, backfill="conservative")
    core = Core(scenario.fleet, scenario.policy, scenario.workload)
    core.advance(FOREVER if scenario.horizon is None else scenario.horizon)
    assert core.log.tobytes() == simulate(*scenario).tobytes()

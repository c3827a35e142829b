"""Rules that score nodes: the core places as the naive twin does, under every backfill and on both strides."""

from dataclasses import replace

import numpy as np
import pytest
from by_hand import job, nodes, table
from engines import by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from oracle import simulate
from random_scenarios import SCORED, mixed_scenario, random_scenario

from onecenter.engine.core import FOREVER, Core
from onecenter.policies import Policy


@pytest.mark.equality
@pytest.mark.parametrize("backfill", codes.BACKFILLS)
@pytest.mark.parametrize("placement", SCORED)
def test_core_and_twin_agree(placement: str, backfill: str) -> None:
    for seed in range(5):
        scenario = random_scenario(70_000 + seed, None, backfill, placement)
        check_equal(by_core(scenario), simulate(*scenario))
    check_equal(on_both_strides(scenario).log, by_core(scenario))


@pytest.mark.equality
@pytest.mark.parametrize("backfill", codes.BACKFILLS)
@pytest.mark.parametrize("placement", SCORED)
def test_they_agree_where_fractions_and_whole_accelerators_mix(placement: str, backfill: str) -> None:
    for seed in range(5):
        scenario = mixed_scenario(71_000 + seed, backfill)
        scenario = scenario._replace(policy=replace(scenario.policy, placement=placement))
        check_equal(by_core(scenario), simulate(*scenario))


def test_random_draws_each_node_equally_often() -> None:
    jobs = [job(10 * i, 5, 1) for i in range(8000)]
    core = Core([nodes(8, 1)], Policy(placement="random"), table(jobs))
    core.advance(FOREVER)
    starts = core.log[core.log["kind"] == codes.E_START]["node"]
    counts = np.bincount(starts, minlength=8)
    assert np.abs(counts - 1000).max() < 4 * np.sqrt(1000 * 7 / 8)
    pairs = np.bincount(8 * starts[:-1] + starts[1:], minlength=64)
    assert ((pairs - 125) ** 2 / 125).sum() < 130  # chi square with 63 degrees of freedom: beyond it once in a million


def test_random_draws_each_device_equally_often() -> None:
    jobs = [job(10 * i, 5, 0.5) for i in range(4000)]
    core = Core([nodes(1, 4)], Policy(placement="random"), table(jobs))
    core.advance(FOREVER)
    starts = core.log[core.log["kind"] == codes.E_START]["device"]
    assert np.abs(np.bincount(starts, minlength=4) - 1000).max() < 4 * np.sqrt(1000 * 3 / 4)

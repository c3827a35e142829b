"""Scenarios that tell a rule from its neighbours, as few random ones do; `make mutants` shows whether they still do.

The scenarios of a seed change with `random_scenarios.py`: then other seeds are to be looked for.
"""

import pytest
from engines import by_core, check_equal
from oracle import simulate
from random_scenarios import RandomScenario, mixed_scenario, random_scenario

pytestmark = pytest.mark.equality


def check(scenario: RandomScenario) -> None:
    """Fail unless the core gives the twin's log."""
    check_equal(by_core(scenario), simulate(*scenario))


@pytest.mark.parametrize(
    "scenario",
    [random_scenario(30_264, backfill="conservative"), mixed_scenario(30_047, "conservative")],
    ids=["free", "mixed"],
)
def test_a_gang_of_parts_that_would_be_placed_later_keeps_its_old_place(scenario: RandomScenario) -> None:
    check(scenario)


@pytest.mark.parametrize("seed", [30_055, 30_062])
def test_a_job_whose_reserved_start_has_come_owns_its_devices_before_others_move(seed: int) -> None:
    check(mixed_scenario(seed, "conservative"))


def test_a_device_of_which_no_head_is_promised_a_part_can_be_owned() -> None:
    check(mixed_scenario(30_014))


@pytest.mark.parametrize(
    "scenario", [random_scenario(30_010, backfill="easy"), mixed_scenario(30_016)], ids=["free", "mixed"]
)
def test_the_shadow_row_and_the_view_follow_each_change_of_a_node(scenario: RandomScenario) -> None:
    check(scenario)


@pytest.mark.parametrize("seed", [30_003, 30_022])
def test_the_row_at_the_shadow_time_has_levels_of_its_own(seed: int) -> None:
    check(random_scenario(seed))


def test_the_first_row_of_runs_may_be_the_one_that_ends_at_the_shadow_time() -> None:
    check(mixed_scenario(30_057))

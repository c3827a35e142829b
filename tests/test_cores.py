"""Several cores on one conductor."""

from itertools import pairwise

import numpy as np
import pytest
from engines import by_core, check_equal
from onecenter_kernels import codes
from random_scenarios import random_scenario

from onecenter.engine.clock import Clock
from onecenter.engine.conductor import STRIDES, Conductor
from onecenter.engine.core import Core
from onecenter.workload.table import DEFAULTS


def cores_together(seeds: range, stride: str) -> tuple[Conductor, list[Core]]:
    """Return a conductor with the cores of these seeds."""
    conductor = Conductor(Clock(), stride)
    cores = []
    for seed in seeds:
        scenario = random_scenario(seed)
        cores.append(Core(scenario.fleet, scenario.policy, scenario.workload))
        conductor.add(cores[-1], lambda: None)
    return conductor, cores


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("first", range(0, 30, 3))
def test_cores_side_by_side_do_as_each_alone(first: int, stride: str) -> None:
    seeds = range(first, first + 3)
    conductor, cores = cores_together(seeds, stride)
    conductor.run()
    for seed, core in zip(seeds, cores, strict=True):
        check_equal(core.log, by_core(random_scenario(seed)._replace(horizon=None)))


def handed_on(seeds: range, stride: str) -> list[bytes]:
    """Return the logs of cores of which each gets, at once, the jobs that the one before has ended."""
    conductor, cores = cores_together(seeds, stride)
    handed: set[tuple[int, int]] = set()

    def hand_on() -> None:
        for place, (here, there) in enumerate(pairwise(cores)):
            for number in np.flatnonzero(here.jobs["state"] == codes.S_ENDED).tolist():
                if (place, number) not in handed:
                    handed.add((place, number))
                    there.watch(there.post_submit(DEFAULTS | {"run": 1, "walltime": 2, "accelerators": 1000}, now()))
                    conductor.arm(now())

    def now() -> int:
        return conductor.env.now

    for core in cores:
        for number in range(len(core.jobs)):
            core.watch(number)
    conductor.reactions[-1] = hand_on
    conductor.run()
    assert len(handed) > len(cores[0].jobs) / 2
    return [core.log.tobytes() for core in cores]


@pytest.mark.parametrize("first", range(0, 30, 3))
def test_cores_that_hand_jobs_on_do_the_same_on_both_strides(first: int) -> None:
    seeds = range(first, first + 3)
    assert handed_on(seeds, "calendar") == handed_on(seeds, "event")

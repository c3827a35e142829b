"""Runs in pieces: what is posted between two of them is what a process posts at that instant."""

import pytest
from by_hand import job, named, nodes, table
from engines import Posts, asked, check_equal, conducted, posts_at
from onecenter_kernels import codes
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario, Seeded, random_scenario

from onecenter.engine.center import Center
from onecenter.engine.conductor import STRIDES
from onecenter.policies import Policy

pytestmark = pytest.mark.equality

SEEDS = range(12 if JIT else 4)


def in_pieces(scenario: RandomScenario, stride: str, more: Posts) -> Center:
    """Return the center after a run to the instant of each post, which is made there, and on to the end."""
    center = Center(scenario.fleet, scenario.policy, scenario.workload, stride=stride, fractions=True)
    for t, what, columns in more.posts:
        center.run(t)
        assert center.env.now == t
        if what == "cancel":
            center.cancel(columns["job"])
        else:
            center.submit(**asked(columns, scenario.fleet))
    center.run()
    return center


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("seed", SEEDS)
def test_posts_between_pieces_as_the_twin(seed: int, stride: str) -> None:
    scenario = random_scenario(seed)._replace(horizon=None)
    instants = simulate(*scenario)["t"].tolist() or [0]
    more = posts_at(Seeded(seed), scenario, [*instants, instants[-1] + 5000], 6)
    check_equal(in_pieces(scenario, stride, more).log, simulate(*scenario, more.posts))


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_without_posts_change_nothing(seed: int, stride: str) -> None:
    scenario = random_scenario(seed)._replace(horizon=None)
    whole = conducted(scenario, stride)
    center = Center(scenario.fleet, scenario.policy, scenario.workload, stride=stride)
    for t in sorted({*whole.log["t"].tolist(), *(whole.log["t"] + 1).tolist()}):
        center.run(t)
    center.run()
    check_equal(center.log, whole.log)
    assert center.env.now == max(whole.env.now, int(whole.log["t"].max(initial=-1)) + 1, 0)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("backfill", codes.BACKFILLS)
def test_a_center_that_has_run_out_is_used_again_and_again(stride: str, backfill: str) -> None:
    center = Center([nodes(1, 2)], Policy(backfill=backfill), table([job(3, 5, 2)]), stride=stride)
    center.run()
    ends = [center.env.now]
    for size in (1, 2, 1):
        center.submit(run_time=4, walltime=6, accelerators=size)
        center.run()
        ends.append(center.env.now)
    assert ends == [8, 12, 16, 20]
    assert [row[0] for row in named(center.log) if row[1] == "start"] == [3, 8, 12, 16]
    assert center.log["round"].tolist() == [0, 0, 0, *[1, 1, 0] * 3]

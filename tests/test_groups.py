"""Groups of waiting jobs for which quota and limits are asked once."""

import pytest
from engines import by_core, check_equal, core_of
from onecenter_kernels.jit import JIT
from oracle import simulate
from random_scenarios import RandomScenario

from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.sharing import Limit, Member, Sharing
from onecenter.workload.table import workload

pytestmark = pytest.mark.equality

#: Platform one has half of eight accelerators, and may borrow; no tenant of it may use more than three.
HALVES = (Member(), Member("one", 0, 0, nominal=(4000,)), Member("two", 0, 1, nominal=(4000,)))
SHARING = Sharing(HALVES, tenant_limits=(Limit(max_accelerators=3000), Limit()))


def scenario(policy: Policy, sharing: Sharing = SHARING, **columns: object) -> RandomScenario:
    """Return jobs on a node of eight accelerators that two platforms share."""
    jobs = workload(platforms=("one", "two"), sharing=sharing, **columns)
    return RandomScenario((NodeType("n", 1, 8, cpus=100_000),), policy, jobs, 10**6)


def test_who_is_in_a_group() -> None:
    # Tenants 0 and 1 of platform one have limits of their own, those of platform two have none.
    owners = {"platform": [1, 0, 0, 0, 1, 1, 1], "tenant": [0, 0, 1, 0, 0, 1, 1]}
    asks = [8000, 1000, 1000, 2000, 1000, 1000, 1000]
    made = scenario(Policy(), submit=[0] * 7, run=9, walltime=9, accelerators=asks, **owners)
    core = core_of(made)
    core.advance(1)
    clock = core.state.clock[0]
    waiting = core.state.queue[clock["head"] : clock["tail"]]
    groups = dict(zip(waiting["job"].tolist(), waiting["group"].tolist(), strict=True))
    assert set(groups) == {1, 2, 3, 4, 5, 6}
    assert groups[4] == groups[5] == groups[6]
    assert len(set(groups.values())) == 4 and 0 not in groups.values()


EACH = ["easy", *(pytest.param(name, marks=pytest.mark.slow) for name in ("none", "easy-sjbf"))]


# Cpus tell 70 asks apart, and two platforms twice as many groups: most have none.
@pytest.mark.parametrize("backfill", EACH)
def test_more_groups_than_there_is_room_for(backfill: str) -> None:
    count = 40 if not JIT else 210
    columns = {
        "submit": [each // 7 for each in range(count)],
        "run": [2 + each * 5 % 11 for each in range(count)],
        "walltime": [2 + each * 5 % 11 + each % 3 for each in range(count)],
        "accelerators": [1000 * (1 + each * 3 % 4) for each in range(count)],
        "cpus": [each % 70 for each in range(count)],
        "platform": [each % 5 // 3 for each in range(count)],
        "tenant": [each % 3 for each in range(count)],
    }
    made = scenario(Policy(backfill=backfill), **columns)
    check_equal(by_core(made), simulate(*made))

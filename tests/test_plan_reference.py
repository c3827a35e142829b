"""Plans of a center with rare large jobs against one long reference run."""

from concurrent.futures import Executor
from functools import partial

import numpy as np
import pytest

import onecenter as oc
from onecenter.experiments.executors import local
from onecenter.experiments.replications import Replications, task_of
from onecenter.planning.window import lengthened
from onecenter.results.targets import late as late_jobs
from onecenter.results.targets import targets_of
from onecenter.scenario import load, with_set

PATH = "center.nodes.910b.count"

#: Chosen before looking.
SEEDS = range(201, 221)

#: Replications of each count of the reference, of the plan's windows: they are as long as 5,000 of the scenario's own.
#: They are handed over in batches, which need little memory.
REFERENCE, BATCH = 1_250, 250

#: Counts around the answer.
COUNTS = range(42, 46)


def late_share(count: int, executor: Executor) -> float:
    """Return the late jobs over those allowed of the target that is hardest to meet."""
    scenario = with_set(lengthened(load("changsha-eighth")), {PATH: count})
    targets = [(name, target) for name, part in scenario.platforms.items() for target in targets_of(part)]
    late, allowed = np.zeros(len(targets)), np.zeros(len(targets))
    for first in range(0, REFERENCE, BATCH):
        seeded = with_set(scenario, {"time.seed": 1_000_000 + first})
        runs = Replications(task_of(seeded), BATCH, executor)
        for each in runs:
            for place, (name, target) in enumerate(targets):
                bad, _, jobs = late_jobs(target, each.platforms[name])
                late[place] += bad
                allowed[place] += jobs * (1 - target.percentile / 100)
    return float((late / allowed).max())


@pytest.mark.nightly
def test_seventeen_of_twenty_plans_contain_the_reference() -> None:
    with local() as executor:
        late = dict(zip(COUNTS, map(partial(late_share, executor=executor), COUNTS), strict=True))
        assert late[COUNTS[0]] > 1 >= late[COUNTS[-1]]
        reference = next(count for count in COUNTS if late[count] <= 1)
        plans = [oc.plan("changsha-eighth", {PATH: (16, 64)}, seed=seed, executor=executor) for seed in SEEDS]
    inside = [plan for plan in plans if plan.low and plan.high and plan.low[PATH] <= reference <= plan.high[PATH]]
    assert len(inside) >= 17
    widths = [plan.high[PATH] - plan.low[PATH] + 1 for plan in plans if plan.low and plan.high]
    assert len(widths) == len(plans)
    assert max(widths) <= 5

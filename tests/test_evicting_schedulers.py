"""A scheduler of the user's own evicts: solved by hand, as the built-in order does, and as the naive twin does."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import oracle
import pytest
import schedulers_of_users as users
from engines import BLOCKS, by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from random_scenarios import RandomScenario
from random_sharing import in_units, ordered_scenario, preempting_scenario, shared_scenario
from shared_center import MINUTE, Solved, names_of, raw_of, solve

import onecenter as oc
from onecenter.engine.center import Center
from onecenter.errors import PolicyError
from onecenter.fleet import NodeType
from onecenter.policies import NAMED, Policy, policy_of
from onecenter.scenario import from_dict
from onecenter.workload.build import build
from onecenter.workload.sharing import JobClass, Member, Sharing
from onecenter.workload.table import workload

RESUMES = 'checkpoint = { every = "1 min", write = "0 s", restart = "0 s" }'


def center(nodes: str, more: str = RESUMES) -> str:
    """Return a center of nodes "count x accelerators", and what is said of the jobs of x."""
    count, accelerators = nodes.split(" x ")
    return f"""
    center = {{ nodes = {{ n = {{ count = {count}, accelerators = {accelerators} }} }} }}
    platforms.x.demand.jobs = {{ {more} }}
    platforms.y.tier = 1
    """


def under(scheduler: Any, text: str, jobs: str, **policy: Any) -> Solved:
    """Run a scenario under a scheduler, on both strides."""
    scenario = from_dict(raw_of(text, jobs))
    rules = policy_of(scheduler, replace(scenario.policy_, **policy))
    result = oc.run(scenario, policy=rules)
    assert oc.run(scenario, policy=rules, stride="event").log_digest == result.log_digest
    return Solved(result, names_of(scenario))


# ---- shortest remaining first, as a user writes it

THREE = """
    A x 0 6 1
    B x 1 2 1
    C x 2 3 1
"""


def test_shortest_remaining_by_hand() -> None:
    found = under(users.Srtf, center("1 x 1"), THREE)
    assert found.of("evict", "requeue", "start", "end") == [
        (0, "start", "A"), (1, "evict", "A"), (1, "requeue", "A"), (1, "start", "B"), (3, "end", "B"),
        (3, "start", "C"), (6, "end", "C"), (6, "start", "A"), (11, "end", "A"),
    ]  # fmt: skip
    built_in = solve(center("1 x 1"), THREE, order="srtf", preemption="order")
    assert found.result.log_digest == built_in.result.log_digest


def one_node(seed: int) -> RandomScenario:
    """Return jobs on one node that ask for accelerators alone and for their run time, and save their work."""
    random = np.random.default_rng(seed)
    count, size = int(random.integers(4, 12)), int(random.integers(1, 5))
    run = random.integers(1, 9, count)
    jobs = workload(
        ("one",), ("one.a",), submit=np.sort(random.integers(0, 12, count)), run=run, walltime=run,
        accelerators=1000 * random.integers(1, size + 1, count), platform=[0] * count, stream=[0] * count,
        sharing=Sharing((Member(),), classes=(JobClass(grace=int(random.choice([0, 0, 1, 3])), every=1),)),
    )  # fmt: skip
    after = int(random.choice([0, 0, 2]))
    return RandomScenario((NodeType("n", 1, size),), replace(NAMED["srtf"], preempt_after=after), jobs, None)


def test_shortest_remaining_is_the_built_in_one_where_nothing_but_accelerators_counts() -> None:
    kinds: Counter[int] = Counter()
    for seed in range(60):
        scenario = one_node(seed)
        expected = by_core(scenario)
        check_equal(by_core(scenario._replace(policy=policy_of(users.Srtf, scenario.policy))), expected)
        kinds.update(expected["kind"].tolist())
    assert kinds[codes.E_EVICT] > 50


# ---- what it sees, and what an eviction frees


class Looks(oc.Scheduler):
    """Starts whoever fits, evicts job 0 at minute 3, and notes what it sees before and after that."""

    evicts = True

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        noted.append(self)

    def look(self, view: oc.View) -> None:
        """Note the columns of the running jobs, and what will be free."""
        running = view.running
        names = ("job", "tier", "done", "lost", "leaves", "evictable", "start", "end", "walltime")
        self.seen.append({name: getattr(running, name).tolist() for name in names})
        self.seen[-1]["free"] = [view.free_at(view.now + k * MINUTE).tolist() for k in range(4)]
        self.seen[-1]["waits"] = view.queue.job.tolist(), view.queue.done.tolist()

    def schedule(self, view: oc.View) -> None:
        """Make a pass."""
        view.start(view.queue.job)
        if view.now == 0:
            view.wake(3 * MINUTE)
        if view.now == 3 * MINUTE:
            self.look(view)
            self.nodes = view.nodes(0).tolist(), view.nodes(1).tolist()
            self.left = view.evict(0)
            view.wake(4 * MINUTE)
            self.look(view)
            self.earliest = view.earliest_start(1)


noted: list[Looks] = []

TWO = """
    A x 0 9 1 tasks=2 walltime=20
    B y 1 2 1 tasks=2
"""


def test_what_it_sees_of_a_job_that_leaves_later() -> None:
    more = 'grace = "2 min", checkpoint = { every = "2 min", write = "1 min", restart = "0 s" }'
    found = under(Looks, center("2 x 1", more), TWO)
    its = noted[-1]
    before, after = its.seen
    # By minute 3 two minutes of work are done and written; nothing would be lost.
    assert (before["job"], before["tier"], before["evictable"]) == ([0], [0], [True])
    assert (before["done"], before["lost"], before["leaves"]) == ([2 * MINUTE], [0], [-1])
    assert its.left == its.earliest == 5 * MINUTE
    assert (after["done"], after["lost"]) == ([2 * MINUTE], [0])
    assert (after["leaves"], after["evictable"]) == ([5 * MINUTE], [False])
    assert (before["end"], after["end"]) == ([20 * MINUTE], [5 * MINUTE])
    assert before["walltime"] == after["walltime"] == [20 * MINUTE]
    assert before["free"] == [[0, 0]] * 4
    assert after["free"] == [[0, 0], [0, 0], [1, 1], [1, 1]]
    assert its.nodes == ([0, 1], [])
    assert after["waits"] == ([1], [0])
    # Seven minutes of work are left, and three checkpoints amid.
    assert found.spans == {"A": (0, 15), "B": (15, 17)}


def test_what_it_sees_of_a_job_that_leaves_at_once() -> None:
    more = 'checkpoint = { every = "1 min", write = "1 min", restart = "0 s" }'
    found = under(Looks, center("2 x 1", more), TWO)
    its = noted[-1]
    before, after = its.seen
    assert (before["done"], before["lost"]) == ([2 * MINUTE], [MINUTE])
    assert its.left == its.earliest == 3 * MINUTE
    assert after["job"] == []
    assert after["waits"] == ([0, 1], [MINUTE, 0])
    assert after["free"] == [[1, 1]] * 4
    assert found.of("evict", "requeue") == [(3, "evict", "A"), (3, "requeue", "A")]
    # It is started at minute 4; eight minutes of work are left, and seven checkpoints amid.
    assert found.spans == {"A": (0, 19), "B": (19, 21)}


class Swaps(oc.Scheduler):
    """Starts in order; what does not fit evicts the job that would lose least, and starts in its place."""

    evicts = True

    def schedule(self, view: oc.View) -> None:
        """Make a pass."""
        for job in view.queue.job:
            running = view.running
            if not view.start(job) and running.evictable.any():
                at = np.flatnonzero(running.evictable)
                view.evict(running.job[at[running.lost[at].argmin()]])
                view.start(job)


def test_what_is_not_requeued_is_over() -> None:
    found = under(Swaps, center("1 x 2", "requeue = 0"), """
        A x 0 9 1
        B x 1 9 1
        C y 3 2 1
    """)  # fmt: skip
    assert found.spans == {"A": (0, 9), "B": (1, 3), "C": (3, 5)}
    assert found.outcomes == {"A": "completed", "B": "preempted", "C": "completed"}
    figures = found.result.sharing
    assert figures["center"]["preemptions"] == 1
    assert figures["center"]["lost_hours"] == pytest.approx(2 / 60)


def test_quota_of_a_job_that_has_left_is_free_in_the_pass() -> None:
    text = """
    center = { nodes = { n = { count = 2, accelerators = 2 } } }
    platforms.x.quota = { nominal = { n = 2 }, borrowing_limit = { n = 0 } }
    platforms.y.quota = { nominal = { n = 2 }, borrowing_limit = { n = 0 } }
    """
    found = under(Swaps, text, """
        A x 0 9 2
        B x 1 3 2
    """)  # fmt: skip
    # A, without checkpoints, comes back when B has ended, having lost a minute; B's pass evicts nobody else.
    assert found.spans["B"] == (1, 4)
    assert found.spans["A"] == (0, 13)


def test_given_nodes_without_quota_start_nobody() -> None:
    answers: list[bool] = []

    class Places(oc.Scheduler):
        def schedule(self, view: oc.View) -> None:
            answers.extend(view.start(job, [int(job)]) for job in view.queue.job)

    text = """
    center = { nodes = { n = { count = 2, accelerators = 2 } } }
    platforms.x.quota = { nominal = { n = 2 }, borrowing_limit = { n = 0 } }
    platforms.y.quota = { nominal = { n = 2 } }
    """
    found = under(Places, text, """
        A x 0 2 2
        B x 0 2 2
    """)  # fmt: skip
    assert answers[:2] == [True, False]
    assert found.spans == {"A": (0, 2), "B": (2, 4)}


def test_what_a_process_cancels_while_it_leaves_is_over_at_once() -> None:
    jobs = build(from_dict(raw_of(center("2 x 1", 'grace = "4 min"'), TWO)))
    of = Center([NodeType("n", 2, 1)], policy_of(Looks, Policy()), jobs)

    def cancels(of: Center) -> Any:
        yield of.after(4 * MINUTE)
        of.cancel(0)

    of.process(cancels(of))
    of.run(until=5 * MINUTE)
    rows = [(int(row["t"]) // MINUTE, codes.EVENTS[row["kind"]]) for row in of.log if row["job"] == 0]
    assert rows[-2:] == [(3, "evict"), (4, "end")]
    assert of.state(0) == "ended"


KEPT = [
    ('grace = "2 min"', {}, (0, 0), "job 0 at 3 min: it is evicted already, and has left at 5 min"),
    ("preemptible = false", {}, (0,), "job 0 at 3 min: its class says preemptible = false"),
    (
        "",
        {"preempt_after": 4 * MINUTE},
        (0,),
        r"it has run for 3 min, and is protected for 4 min \(preempt",
    ),
]


@pytest.mark.parametrize(("more", "policy", "victims", "told"), KEPT)
def test_who_cannot_be_evicted_is_told(more: str, policy: Any, victims: tuple[int, ...], told: str) -> None:
    class Evicts(oc.Scheduler):
        evicts = True

        def schedule(self, view: oc.View) -> None:
            view.start(view.queue.job)
            if view.now == 3 * MINUTE:
                for job in victims:
                    assert view.running.evictable[0] == (job == 0 and "grace" in more and view.running.leaves[0] < 0)
                    view.evict(job)

    with pytest.raises(PolicyError, match=f"{told}.*; evict those that view.running has as evictable; 0 of 1"):
        under(Evicts, center("1 x 1", more), "A x 0 9 1\nB x 3 1 1", **policy)


# ---- the policy


def test_the_policy_says_that_its_scheduler_evicts(tmp_path: Path) -> None:
    policy = policy_of(users.Srtf, NAMED["easy"])
    assert policy.preemption == Policy(order=users.Srtf, backfill="none").preemption == "scheduler"
    assert policy_of(users.Fifo, policy).preemption == "none"
    assert [policy_of(name, policy).preemption for name in ("easy", "las")] == ["none", "order"]
    assert policy_of(users.Srtf, NAMED["las"]).preemption == "scheduler"
    result = under(users.Srtf, center("1 x 1"), THREE).result
    assert result.policy.text.endswith("preemption by scheduler")
    result.save(tmp_path / "result.parquet")
    saved = oc.Result.load(tmp_path / "result.parquet")
    assert saved.policy == result.policy
    assert saved.sharing == result.sharing


@pytest.mark.parametrize("parts", [{}, {"order": users.Fifo, "backfill": "none"}])
def test_nobody_else_has_that_preemption(parts: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match="preemption = 'scheduler': it needs a scheduler whose class says evicts"):
        Policy(preemption="scheduler", **parts)


# ---- the twin


def ruthless(seed: int) -> RandomScenario:
    """Return a scenario under a scheduler that evicts whom it likes."""
    base = (ordered_scenario, preempting_scenario, shared_scenario)[seed % 3](seed)
    base = base if seed % 3 == 0 else in_units(base)
    return base._replace(policy=policy_of(users.Ruthless, base.policy))


@pytest.mark.equality
@pytest.mark.parametrize("seed", range(12))
def test_the_twin_evicts_the_same(seed: int) -> None:
    scenario = ruthless(seed)
    expected = oracle.simulate(*scenario)
    check_equal(by_core(scenario), expected)
    check_equal(on_both_strides(scenario).log, expected)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_twin_evicts_the_same_in_many_scenarios(block: int) -> None:
    kinds: Counter[int] = Counter()
    for seed in range(100 * block, 100 * block + 100):
        scenario = ruthless(seed)
        expected = oracle.simulate(*scenario)
        check_equal(by_core(scenario), expected)
        kinds.update(expected["kind"].tolist())
    assert kinds[codes.E_EVICT] > 100


class Slices(oc.Scheduler):
    """Gives each job a millisecond in turn: a thousand passes in which nothing ends."""

    evicts = True

    def schedule(self, view: oc.View) -> None:
        """Make a pass."""
        waiting = view.queue.job
        for job in view.running.job[view.running.evictable]:
            view.evict(job)
        view.start(waiting)
        view.start(view.queue.job)
        if len(view.running):
            view.wake(view.now + 1)


def test_who_keeps_work_may_evict_as_often_as_it_likes() -> None:
    jobs = workload(
        submit=[0, 0], run=[1500, 1500], walltime=[9000, 9000], accelerators=[1000, 1000], stream=[0, 0],
        sharing=Sharing((Member(),), classes=(JobClass(every=1),)), streams=("one.a",),
    )  # fmt: skip
    log = by_core(RandomScenario((NodeType("n", 1, 1),), policy_of(Slices, Policy()), jobs, None))
    assert int((log["kind"] == codes.E_EVICT).sum()) > 2000
    assert log["t"][-1] == 3000

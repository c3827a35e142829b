"""Jobs of a higher tier evict those of lower ones: scenarios that are solved by hand."""

from pathlib import Path
from typing import Any

import pytest
from shared_center import MINUTE, raw_of, solve

from onecenter.engine.center import Center
from onecenter.errors import PolicyError
from onecenter.policies import Policy
from onecenter.scenario import from_dict
from onecenter.simulation.difference import diff
from onecenter.simulation.result import Result
from onecenter.workload.build import build


def tiers(nodes: str, x: str = "", y: str = "", policy: str = "") -> str:
    """Return a center of nodes "count x accelerators"; y is of tier 1, x and y are what is said of their jobs."""
    count, accelerators = nodes.split(" x ")
    return f"""
    center = {{ nodes = {{ n = {{ count = {count}, accelerators = {accelerators} }} }} }}
    policy = {{ preemption = "tier"{policy} }}
    platforms.x.demand.jobs = {{ {x} }}
    platforms.y = {{ tier = 1, demand = {{ jobs = {{ {y} }} }} }}
    """


# ---- who is evicted

#: Four nodes of two accelerators; the minute 3 finds low jobs on two nodes and on one, and a middle one.
LADDER = """
center = { nodes = { n = { count = 4, accelerators = 2 } } }
policy = { preemption = "tier" }
platforms.x.demand = { low = { tier = -3 }, mid = { tier = 0 } }
platforms.y = { tier = 1 }
"""
RUNGS = """
    A x.low 0 20 2 tasks=2
    B x.low 1 20 2
    C x.mid 2 20 2
    Y y     3  1 2
"""


@pytest.mark.parametrize(
    ("policy", "evicted"),
    [
        ({"victims": "lowest-tier"}, "B"),  # of the lowest tier, on fewer nodes than A
        ({"victims": "least-lost"}, "CB"),  # it has worked for a minute; of a middle tier, it evicts B in its turn
        ({"victims": "least-lost", "preempt_after": 2 * MINUTE}, "B"),
        ({"victims": "lowest-tier", "preempt_after": 2 * MINUTE + 1}, "A"),
        ({"victims": "lowest-tier", "preempt_after": 3 * MINUTE}, "A"),
        ({"preempt_after": 3 * MINUTE + 1}, ""),
        ({"preemption": "none"}, ""),
    ],
)
def test_the_order_of_victims_and_who_is_protected(policy: dict[str, Any], evicted: str) -> None:
    found = solve(LADDER, RUNGS, **policy)
    assert "".join(name for _, _, name in found.of("evict")) == evicted
    assert found.spans["Y"] == ((3, 4) if evicted else (20, 21))


@pytest.mark.parametrize(("spared", "evicted"), [("low", "C"), ("mid", "B")])
def test_who_is_not_preemptible_is_no_victim(spared: str, evicted: str) -> None:
    text = LADDER.replace(f"{spared} = {{", f"{spared} = {{ preemptible = false,")
    assert solve(text, RUNGS).of("evict") == [(3, "evict", evicted)]


def test_equal_victims_the_latest_start_then_the_highest_id() -> None:
    found = solve(tiers("4 x 1"), """
        A x 0 9 1
        B x 1 9 1
        C x 1 9 1
        D x 0 9 1
        Y y 2 1 1
        Z y 2 2 1
        W y 2 3 1
    """)  # fmt: skip
    assert [name for _, _, name in found.of("evict")] == ["C", "B", "D"]


def test_a_tier_is_no_reason_to_evict_an_equal_or_a_higher_one() -> None:
    found = solve(tiers("1 x 2"), "A y 0 5 2\nB y 1 2 2\nC x 1 2 2")
    assert found.spans == {"A": (0, 5), "B": (5, 7), "C": (7, 9)}
    assert found.of("evict") == []


def test_who_is_not_needed_is_put_back() -> None:
    # B goes first as it started last, but A alone gives Y its room.
    found = solve(tiers("1 x 4"), "A x 0 20 3\nB x 1 20 1\nY y 2 4 3")
    assert found.of("evict") == [(2, "evict", "A")]
    assert found.spans == {"A": (0, 26), "B": (1, 21), "Y": (2, 6)}
    # Both are needed where Y asks for more.
    assert len(solve(tiers("1 x 4"), "A x 0 20 3\nB x 1 20 1\nY y 2 4 4").of("evict")) == 2


def test_where_evictions_give_no_room_nobody_is_evicted_and_the_next_type_is_tried() -> None:
    text = """
    center = { nodes = { one = { count = 1, accelerators = 4 }, two = { count = 1, accelerators = 3 } } }
    policy = { preemption = "tier" }
    platforms = { x = {}, y = { tier = 1 } }
    """
    found = solve(text, """
        A y 0 20 2
        B x 0 20 2
        C x 0 20 3
        D y 1  2 3
    """)  # fmt: skip
    assert found.of("evict") == [(1, "evict", "C")]
    assert found.spans["D"] == (1, 3)


def test_who_has_no_quota_or_is_over_a_limit_evicts_nobody() -> None:
    text = tiers("1 x 4").replace("y = { tier = 1", "y = { limits = { max_running_jobs = 1 }, tier = 1")
    found = solve(text, "A x 0 20 2\nB x 0 20 2\nY y 1 5 2\nZ y 2 1 2")
    assert found.of("evict") == [(1, "evict", "B")]
    assert found.spans == {"A": (0, 20), "B": (0, 27), "Y": (1, 6), "Z": (6, 7)}
    two = "quota = { nominal = { n = 2 }, borrowing_limit = { n = 0 } }"
    text = tiers("1 x 4").replace("y = { tier = 1", f"y = {{ {two}, tier = 1")
    text += "platforms.x.quota = { nominal = { n = 4 } }"
    found = solve(text, "A x 0 20 2\nB x 0 20 2\nY y 1 5 2\nZ y 2 1 2")
    assert found.of("evict") == [(1, "evict", "B")]


# ---- how they leave


@pytest.mark.parametrize(
    ("grace", "evicted", "start"),
    [("0 s", True, 1), ("2 min", True, 3), ("3 min", False, 4), ("9 min", False, 4)],
)
def test_nobody_is_evicted_where_that_is_no_sooner(grace: str, evicted: bool, start: int) -> None:
    found = solve(tiers("1 x 2", f'grace = "{grace}"'), "A x 0 4 2\nY y 1 2 2")
    assert found.of("evict") == ([(1, "evict", "A")] if evicted else [])
    assert found.spans["Y"] == (start, start + 2)
    assert found.spans["A"] == ((0, start + 6) if evicted else (0, 4))


def test_a_grace_ends_at_the_walltime() -> None:
    found = solve(tiers("1 x 4", 'grace = "5 min"'), """
        A x 0 10 2 walltime=6
        B x 0 10 2 walltime=20
        Y y 3  2 4
    """)  # fmt: skip
    assert found.of("evict", "requeue", "kill") == [
        (3, "evict", "B"), (3, "evict", "A"), (6, "requeue", "A"), (8, "requeue", "B"), (16, "kill", "A"),
    ]  # fmt: skip
    assert found.spans == {"A": (0, 16), "B": (0, 20), "Y": (8, 10)}


@pytest.mark.parametrize("requeue", [0, 1, 2])
def test_a_job_comes_back_so_often(requeue: int) -> None:
    found = solve(tiers("1 x 2", f"requeue = {requeue}"), "A x 0 10 2\nY y 2 1 2\nZ y 5 1 2")
    assert found.spans["A"] == [(0, 2), (0, 5), (0, 16)][requeue]
    assert found.outcomes["A"] == ("completed" if requeue == 2 else "preempted")
    job = found.result.jobs.row(0, named=True)
    waited = 1 if requeue else 0
    assert job["restarts"] == requeue
    assert job["requeued_wait_ms"] == (2 if requeue == 2 else waited) * MINUTE
    assert job["wait_ms"] + job["requeued_wait_ms"] + job["run_ms"] == job["end_ms"] - job["submit_ms"]
    assert len(found.result.segments.filter(job=0)) == requeue + 1
    center = found.result.summary()["center"]
    assert center["started"] == center["ended"] == 3


def test_a_job_goes_first_in_its_tier_while_its_victims_leave() -> None:
    text = """
    center = { nodes = { n = { count = 2, accelerators = 2 } } }
    policy = { preemption = "tier", order = "sjf" }
    platforms.x.demand.jobs = { grace = "3 min" }
    platforms.y = { tier = 1, demand = { jobs = {} } }
    """
    jobs = "A x 0 20 2\nB x 0 20 2\nY y 1 5 2\nZ y 2 1 2\n"
    found = solve(text, jobs)
    # Z is shorter, but waits behind Y, who evicts nobody more when Z arrives; then it evicts A, as Y runs on to 9.
    assert found.of("evict") == [(1, "evict", "B"), (4, "evict", "A")]
    assert found.spans == {"A": (0, 28), "B": (0, 29), "Y": (4, 9), "Z": (7, 8)}
    found = solve(text + "    platforms.z.tier = 2\n", jobs + "W z 3 2 2")
    # W is of a higher tier, and takes what B leaves at 4: sooner than A could leave. From then on Z is before Y.
    assert found.of("evict") == [(1, "evict", "B")]
    assert found.spans == {"A": (0, 20), "B": (0, 32), "W": (4, 6), "Y": (7, 12), "Z": (6, 7)}
    # Where W runs on, nobody else is evicted in the pass in which B has left; when V comes Z is first, and evicts A.
    found = solve(text + "    platforms.z.tier = 2\n", jobs + "W z 3 20 2\nV x 5 1 2")
    assert found.of("evict") == [(1, "evict", "B"), (5, "evict", "A")]
    assert {name: found.spans[name] for name in "WZY"} == {"W": (4, 24), "Z": (8, 9), "Y": (9, 14)}


def test_patience_is_about_the_first_start() -> None:
    found = solve(tiers("1 x 2", 'patience = "5 min"'), "A x 0 10 2\nY y 2 20 2\nB x 3 1 2")
    assert found.spans == {"A": (0, 32), "Y": (2, 22), "B": (None, 8)}
    assert found.outcomes == {"A": "completed", "Y": "completed", "B": "cancelled_waiting"}


def test_a_process_cancels_a_job_that_leaves() -> None:
    scenario = from_dict(raw_of(tiers("1 x 2", 'grace = "10 min"'), "A x 0 50 2\nY y 2 4 2"))
    center = Center(scenario.fleet, scenario.policy_, build(scenario))
    center.run(5 * MINUTE)
    assert [center.state(job) for job in (0, 1)] == ["running", "waiting"]
    center.cancel(0)
    center.run()
    assert [center.state(job) for job in (0, 1)] == ["ended", "ended"]
    # Y starts when A has gone, not when its grace would have been over.
    assert int(center.log["t"][-1]) == 9 * MINUTE


# ---- what is left of their work

SAVING = 'checkpoint = { every = "4 min", write = "1 min", restart = "2 min" }'


@pytest.mark.parametrize(
    ("at", "more", "end"),
    [
        # Ten minutes of work last 12: 4, write, 4, write, 2. Y runs for a minute.
        (4, "", 4 + 1 + 12),  # the first is not written yet: all is lost
        (5, "", 5 + 1 + 2 + 7),  # six are left, with one to be written amid
        (9, "", 9 + 1 + 2 + 7),
        (10, "", 10 + 1 + 2 + 2),  # two are left, nothing to be written
        (9, 'grace = "1 min"', 10 + 1 + 2 + 2),  # the grace is enough to write the second
        (3, 'grace = "1 min"', 4 + 1 + 2 + 8),  # three minutes of work are kept, seven left
        (3, 'grace = "30 s"', None),
    ],
)
def test_what_a_checkpoint_keeps(at: int, more: str, end: int | None) -> None:
    text = tiers("1 x 2", ", ".join(part for part in (SAVING, more) if part))
    if end is None:  # a grace that is too short to write keeps nothing
        found = solve(text, f"A x 0 10 2 walltime=60\nY y {at} 1 2").result.jobs
        assert found["end_ms"][0] == (at + 1 + 12) * MINUTE + MINUTE // 2
        return
    found = solve(text, f"A x 0 10 2 walltime=60\nY y {at} 1 2")
    assert found.spans["A"] == (0, end)


def test_an_attempt_with_checkpoints_is_killed_at_its_walltime() -> None:
    found = solve(tiers("1 x 2", SAVING), "A x 0 10 2 walltime=11\nY y 5 1 2\nB x 0 10 2 walltime=12")
    assert found.outcomes == {"A": "completed", "B": "completed", "Y": "completed"}
    found = solve(tiers("1 x 2", SAVING), "A x 0 10 2 walltime=11\nY y 30 1 2")
    assert found.outcomes["A"] == "killed"
    assert found.spans["A"] == (0, 11)


def test_where_the_policy_does_not_preempt_nothing_is_written() -> None:
    jobs = "A x 0 10 2 walltime=60\nY y 61 1 2"
    assert solve(tiers("1 x 2", SAVING), jobs, preemption="none").spans["A"] == (0, 10)
    assert solve(tiers("1 x 2", SAVING), jobs).spans["A"] == (0, 12)


# ---- what is said of it


def test_reasons_and_explanation_of_a_job_that_waits_again() -> None:
    found = solve(tiers("1 x 2", 'grace = "1 min"'), "A x 0 10 2\nY y 2 4 2")
    assert found.spans == {"A": (0, 17), "Y": (3, 7)}
    assert found.waited("A") == {"no free accelerator": 4}
    assert found.waited("Y") == {"no free accelerator": 1}
    center = found.result.summary()["center"]
    assert center["wait_s"]["mean"] == 30  # first starts
    assert center["jct_s"]["mean"] == 60 * (17 + 5) / 2


def test_a_saved_run_with_evictions_is_read_again(tmp_path: Path) -> None:
    result = solve(tiers("1 x 4", 'grace = "1 min", requeue = 1'), "A x 0 9 2\nB x 0 9 2\nY y 1 3 4\nZ y 7 1 4").result
    again = Result.load(result.save(tmp_path / "run.parquet"))
    assert again.workload.sharing == result.workload.sharing
    assert again.policy == result.policy
    assert again.jobs.equals(result.jobs)
    assert again.segments.equals(result.segments)
    assert [again.explain(job) for job in range(4)] == [result.explain(job) for job in range(4)]
    assert diff(result, again) is None
    assert set(result.jobs["outcome"]) == {"preempted", "completed"}


@pytest.mark.parametrize("part", ["order", "placement"])
def test_code_of_the_users_own_does_not_preempt(part: str) -> None:
    code = {"order": lambda job: job.submit, "placement": lambda node, job: node.free}[part]
    with pytest.raises(PolicyError, match=r"preemption.*no code"):
        Policy(preemption="tier", **{part: code})

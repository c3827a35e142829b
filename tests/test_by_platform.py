"""A queue for each platform, and jobs that take back quota: scenarios that are solved by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import by_core, check_equal
from oracle import simulate
from random_scenarios import RandomScenario
from shared_center import MINUTE, solve

from onecenter.errors import PolicyError
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.results.segments import fates
from onecenter.simulation.result import Result
from onecenter.workload.table import workload


def center(policy: str = "", accelerators: int = 8, **platforms: str) -> str:
    """Return a center of one node with a queue for each platform, of which it is told what each has."""
    rows = [f"[platforms.{name}]\n" + text.replace("; ", "\n") for name, text in platforms.items()]
    first = f"center.nodes.n = {{ count = 1, accelerators = {accelerators} }}"
    return "\n".join([first, f'policy = {{ order = "priority", queue = "by-platform"{policy} }}', *rows])


def owns(count: int, more: str = "") -> str:
    """Return a quota, and more that is said of a platform, parted by semicolons."""
    return f"quota = {{ nominal = {{ n = {count} }} }}; {more}"


KUEUE = ', preemption = "kueue"'
RECLAIM = 'preemption = { reclaim = "any" }'

# ---- the cycle


@pytest.mark.parametrize(("queueing", "third"), [("best-effort", (1, 3)), ("strict", (6, 8))])
def test_a_job_that_cannot_start_is_put_aside_or_closes_its_platform(queueing: str, third: tuple[int, int]) -> None:
    text = center(x=owns(4, f'queueing = "{queueing}"'), y=owns(4))
    found = solve(text, """
        A x 0 6 6
        B x 1 2 6
        C x 1 2 1
        D y 1 2 1
    """)  # fmt: skip
    assert found.spans == {"A": (0, 6), "B": (6, 8), "C": third, "D": (1, 3)}


def test_the_first_jobs_of_platforms_take_turns() -> None:
    # Both own half; in a cycle each gets one job, in a single queue x would get two.
    text = center(accelerators=4, x=owns(2), y=owns(2))
    jobs = "A x 0 4 4\nB x 1 2 1\nC x 1 2 1\nD x 1 2 1\nE y 2 2 1\nF y 2 2 1"
    assert solve(text, jobs).of("start") == [
        (0, "start", "A"),
        (4, "start", "B"), (4, "start", "E"), (4, "start", "C"), (4, "start", "F"), (6, "start", "D"),
    ]  # fmt: skip


def test_who_borrows_nothing_goes_first_then_who_is_urgent_then_who_came_first() -> None:
    text = center(x=owns(1, "priority = 9"), y=owns(3), z=owns(4, "priority = 1"))
    found = solve(text, "A z 0 4 8\nX x 1 2 2\nY y 2 2 2\nZ z 3 2 4")
    # At 4: X would borrow, so it is last, however urgent; Z is more urgent than Y. Then X finds two left.
    assert found.of("start") == [(0, "start", "A"), (4, "start", "Z"), (4, "start", "Y"), (4, "start", "X")]


@pytest.mark.parametrize(("reclaim", "start"), [("never", 8), ("any", 3)])
def test_a_job_without_quota_keeps_its_own_unless_it_may_reclaim_anybodys(reclaim: str, start: int) -> None:
    # B waits for y's own 4, of which A has borrowed 2. What is left of them is kept in each pass, unless y can always
    # take its own back (here it may not: the policy has no preemption), so C cannot borrow it.
    text = center(x=owns(4), y=owns(4, f'queueing = "strict"; preemption = {{ reclaim = "{reclaim}" }}'))
    found = solve(text, "A x 0 8 6\nB y 1 4 4\nC x 3 2 2")
    assert found.spans == {"A": (0, 8), "B": (8, 12), "C": (start, start + 2)}


def test_without_any_quota_platforms_still_take_turns() -> None:
    text = center(accelerators=2, x="", y="priority = 1")
    found = solve(text, "A x 0 4 2\nB x 1 1 1\nC x 1 1 1\nD y 1 1 1\nE y 1 1 1")
    assert [name for _, _, name in found.of("start")] == ["A", "D", "B", "E", "C"]


def test_a_job_that_no_platform_has_submitted_goes_before_all() -> None:
    jobs = workload(
        ("one",), submit=[0, 1, 1], run=[4, 2, 2], walltime=[4, 2, 2], accelerators=[1000] * 3, platform=[0, 0, -1],
        priority=[0, 9, 0],
    )  # fmt: skip
    policy = Policy("priority", "none", queue="by-platform")
    scenario = RandomScenario((NodeType("node", 1, 1),), policy, jobs, None)
    log = by_core(scenario)
    check_equal(log, simulate(*scenario))
    assert fates(log, 3).start.tolist() == [0, 6, 4]


# ---- whom a job may evict


def test_a_platform_takes_back_what_it_has_lent() -> None:
    found = solve(center(KUEUE, x=owns(4), y=owns(4, RECLAIM)), """
        A x 0 10 3
        B x 1 10 3
        C y 2  4 4
        D y 3  2 2
    """)  # fmt: skip
    # B started last. When C ends D goes first: it is in y's own quota, B would borrow; both fit.
    assert found.of("evict", "requeue") == [(2, "evict", "B"), (2, "requeue", "B")]
    assert found.spans == {"A": (0, 10), "B": (1, 16), "C": (2, 6), "D": (6, 8)}
    assert found.of("start")[-2:] == [(6, "start", "D"), (6, "start", "B")]
    assert found.waited("B") == {"quota": 4}
    assert found.result.log.filter(kind="evict")["reason"].to_list() == ["reclaimed"]


@pytest.mark.parametrize(
    ("preemption", "evicted"),
    [
        ("", ""),
        ('within = "lower-priority"', "B"),
        ('within = "lower-or-newer-equal-priority"', "B"),
        ('reclaim = "any"', "A"),
        ('reclaim = "lower-priority"', ""),
        ('within = "lower-priority", reclaim = "any"', "A"),  # others before the own
    ],
)
def test_whom_a_job_may_evict(preemption: str, evicted: str) -> None:
    text = center(KUEUE, x=owns(4, "priority = 5"), y=owns(4, f"preemption = {{ {preemption} }}; priority = 5"))
    text += "\n[platforms.y.demand.low]\npriority = 1"
    found = solve(text, "A x 0 9 6\nB y.low 0 9 2\nC y 2 2 2")
    assert "".join(name for _, _, name in found.of("evict")) == evicted
    reasons = found.result.log.filter(kind="evict")["reason"].to_list()
    assert reasons == [{"A": "reclaimed", "B": "preempted"}[name] for name in evicted]


def test_of_equal_priority_who_came_later_may_be_evicted() -> None:
    # B came after C, which comes back later than it because it was evicted for D.
    text = center(KUEUE, accelerators=2, x=owns(2, 'preemption = { within = "lower-or-newer-equal-priority" }'))
    text += "\n[platforms.x.demand.high]\npriority = 1"
    found = solve(text, """
        C x      0 9 2
        D x.high 1 2 1
        B x      2 9 1
    """)  # fmt: skip
    # C is evicted at 1, and B starts beside D; at 3 C asks for both and evicts B, which came later.
    assert found.of("evict") == [(1, "evict", "C"), (3, "evict", "B")]
    assert found.spans == {"C": (0, 12), "D": (1, 3), "B": (2, 21)}


@pytest.mark.parametrize(
    ("threshold", "evicted"),
    [("", "B"), (", max_priority_threshold = 1", "B"), (", max_priority_threshold = 0", "")],
)
def test_who_borrows_may_evict_jobs_up_to_a_priority(threshold: str, evicted: str) -> None:
    borrows = f'preemption = {{ reclaim = "lower-priority", borrow_within_cohort = "lower-priority"{threshold} }}'
    text = center(KUEUE, x=owns(2, f"priority = 2; {borrows}"), y=owns(2, "priority = 1"), z=owns(4))
    # y uses 4 of its 2, x would use 4 of its 2, z uses its own.
    found = solve(text, "A z 0 9 4\nB y 0 9 4\nC x 1 2 4")
    assert "".join(name for _, _, name in found.of("evict")) == evicted


def test_who_is_not_preemptible_or_has_only_just_started_is_no_victim() -> None:
    text = center(KUEUE, x=owns(4), y=owns(4, RECLAIM))
    for more, policy in (("\n[platforms.x.demand.jobs]\npreemptible = false", {}), ("", {"preempt_after": 3 * MINUTE})):
        found = solve(text + more, "A x 0 9 8\nB y 2 2 4", **policy)
        assert found.of("evict") == []
        assert found.spans["B"] == (9, 11)
    found = solve(text, "A x 0 9 8\nB y 2 2 4", preempt_after=2 * MINUTE)
    assert found.spans["B"] == (2, 4)


def test_nobody_is_evicted_where_that_would_give_no_room() -> None:
    # B asks a whole node; x's jobs are on both, and the one that it may take back is on the other than z's.
    text = """
    center.nodes.n = { count = 2, accelerators = 2 }
    policy = { order = "priority", queue = "by-platform", preemption = "kueue" }
    platforms.x = { quota = { nominal = { n = 1 } } }
    platforms.y = { quota = { nominal = { n = 2 } }, preemption = { reclaim = "any" } }
    platforms.z = { quota = { nominal = { n = 1 } } }
    """
    jobs = "A z 0 20 1\nC x 0 20 1\nD x 1 20 2\nB y 2 2 2"
    assert solve(text, jobs).of("evict") == [(2, "evict", "D")]
    # C and D are on the first node, E with A on the other: E and C would give the quota, but no node.
    spread = jobs.replace("D x 1 20 2", "D x 0 20 1\nE x 1 9 1")
    found = solve(text, spread, placement="worst-fit")
    assert found.of("evict") == []
    assert found.spans["B"] == (20, 22)


def test_who_was_evicted_neither_starts_nor_evicts_at_that_instant() -> None:
    both = 'preemption = { reclaim = "any", within = "lower-priority" }'
    text = center(KUEUE, x=owns(2, both), y=owns(6, both))
    found = solve(text, "A x 0 9 8\nB y 2 3 4\nC x 2 4 2")
    # Room for A, which waits from 2 on, is there at no instant before 6.
    assert found.spans == {"A": (0, 15), "B": (2, 5), "C": (2, 6)}


# ---- grace


GRACE = '\n[platforms.x.demand]\njobs.grace = "3 min"\n'


def test_what_victims_free_is_kept_for_whom_they_leave() -> None:
    text = center(KUEUE, x=owns(0), y=owns(8, RECLAIM), z=owns(0)) + GRACE + 'short.grace = "1 min"\n'
    found = solve(text, """
        A x       0 20 4
        B x.short 0 20 4
        C y       2  2 8
        D z       3  1 3
        E y       4  1 1
    """)  # fmt: skip
    # B leaves at 3 and A at 5. D would borrow what B has freed; it is kept for C. E waits behind C.
    assert found.of("evict", "requeue") == [
        (2, "evict", "A"), (2, "evict", "B"), (3, "requeue", "B"), (5, "requeue", "A"),
    ]  # fmt: skip
    assert {name: found.spans[name] for name in "CDE"} == {"C": (5, 7), "E": (7, 8), "D": (7, 8)}


def test_who_waits_for_victims_starts_earlier_where_it_can_and_is_forgotten_where_it_is_cancelled() -> None:
    text = center(KUEUE, x=owns(0), y=owns(8, RECLAIM), z=owns(0)) + GRACE
    found = solve(text, "A x 0 20 6\nB z 0 3 2\nC y 2 2 4")
    # At 2 the one job that gives enough is A, until 5.
    assert found.of("evict") == [(2, "evict", "A")]
    assert found.spans["C"] == (5, 7)
    text += '[platforms.y.demand]\njobs.patience = "2 min"\n'
    found = solve(text, "A x 0 20 6\nB z 0 3 2\nC y 2 2 4\nD z 5 1 2")
    assert found.outcomes["C"] == "cancelled_waiting"
    assert found.spans["D"] == (5, 6)


# ---- fair sharing


@pytest.mark.parametrize(("weight", "evicted"), [(1, "D"), (0.75, "D"), (0.5, "")])
def test_shares_decide_who_is_evicted(weight: float, evicted: str) -> None:
    # With E x would borrow 2 over its weight; y borrows 4, and 2 when D has gone: at most that, or less than before.
    text = center(KUEUE + ", fair_sharing = true", x=owns(2, RECLAIM + f"; weight = {weight}"), y=owns(2), z=owns(4))
    found = solve(text, "A x 0 20 2\nB y 0 20 2\nC y 0 20 2\nD y 1 20 2\nE x 2 2 2")
    assert "".join(name for _, _, name in found.of("evict")) == evicted


@pytest.mark.parametrize(("fair", "order"), [("false", "XYZ"), ("true", "ZYX")])
def test_under_fair_sharing_the_smallest_share_goes_first(fair: str, order: str) -> None:
    policy = f", fair_sharing = {fair}"
    text = center(policy, accelerators=12, x=owns(0, "priority = 2"), y=owns(0, "priority = 1"), z=owns(0), w=owns(12))
    found = solve(text, "W w 0 4 12\nX x 1 2 4\nY y 1 2 3\nZ z 1 2 2")
    assert "".join(name for _, _, name in found.of("start"))[1:] == order


# ---- tenants


def test_the_tenant_that_has_consumed_least_goes_first() -> None:
    minute, hour = 60_000, 3_600_000
    jobs = workload(
        ("one",),
        submit=[0, 10 * minute, 11 * minute, 12 * minute],
        run=[hour, hour, hour, hour], walltime=[hour] * 4,
        accelerators=[1000] * 4, platform=[0] * 4, tenant=[0, 0, 1, 0], priority=[0, 5, 0, 0],
    )  # fmt: skip
    for half_life, expected in ((0, [0, 1, 2, 3]), (hour, [0, 2, 1, 3])):
        policy = Policy("priority", "none", queue="by-platform", usage_half_life=half_life)
        scenario = RandomScenario((NodeType("node", 1, 1),), policy, jobs, None)
        log = by_core(scenario)
        check_equal(log, simulate(*scenario))
        assert np.argsort(fates(log, 4).start).tolist() == expected


# ---- what is said


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"preemption": "kueue"}, "preemption.*needs queue by-platform"),
        ({"fair_sharing": True}, "fair_sharing.*needs queue by-platform"),
        ({"usage_half_life": 1}, "usage_half_life.*needs queue by-platform"),
        ({"queue": "by-platform"}, "by-platform needs order priority, backfill none"),
        ({"queue": "by-platform", "order": "priority", "backfill": "none", "age_rate": 1}, "needs age_rate 0"),
        ({"queue": "by-platform", "order": "priority", "backfill": "none", "depth": 3}, "needs depth 0"),
        (
            {"queue": "by-platform", "order": "priority", "backfill": "none", "preemption": "tier"},
            "with queue by-platform none or kueue is expected",
        ),
        ({"queue": "by-platforms"}, "one of single, by-platform is expected"),
        ({"fair_sharing": 1}, "true or false is expected"),
    ],
)
def test_parts_that_do_not_go_together(parts: dict[str, Any], wrong: str) -> None:
    with pytest.raises(PolicyError, match=wrong):
        Policy(**parts)


def test_a_saved_run_is_read_again(tmp_path: Path) -> None:
    text = center(KUEUE + ", fair_sharing = true", x=owns(4, "weight = 2"), y=owns(4, RECLAIM))
    result = solve(text, "A x 0 10 6\nC y 2 4 4").result
    again = Result.load(result.save(tmp_path / "run.parquet"))
    assert again.policy == result.policy
    assert again.workload.sharing == result.workload.sharing
    assert again.log.equals(result.log)
    assert "queue by platform, fair sharing" in result.policy.text

"""Who goes first in the order evicts the others: scenarios that are solved by hand, and what is no policy."""

from pathlib import Path
from typing import Any

import pytest
from onecenter_kernels import codes
from onecenter_kernels.schema import LIVE_ORDERS
from shared_center import HALVES, MINUTE, Solved, halves, solve

from onecenter.engine.core import FOREVER, Core
from onecenter.errors import PolicyError
from onecenter.fleet import NodeType
from onecenter.policies import NAMED, Policy, policy_of
from onecenter.results.segments import fates
from onecenter.workload.sharing import JobClass, Member, Sharing
from onecenter.workload.table import type_code, workload

RESUMES = 'checkpoint = { every = "1 min", write = "0 s", restart = "0 s" }'


def center(nodes: str, more: str = RESUMES) -> str:
    """Return a center of nodes "count x accelerators", and what is said of the jobs of x; those of y resume."""
    count, accelerators = nodes.split(" x ")
    return f"""
    center = {{ nodes = {{ n = {{ count = {count}, accelerators = {accelerators} }} }} }}
    platforms.x.demand.jobs = {{ {more} }}
    platforms.y.demand.jobs = {{ {RESUMES} }}
    """


def by(order: str, text: str, jobs: str, **policy: Any) -> Solved:
    """Run a scenario under an order."""
    return solve(text, jobs, order=order, preemption="order", **policy)


# ---- who is evicted, and where the others go

MOVING = "A x 0 9 1\nC y 2 1 2"


def test_a_running_job_without_its_nodes_is_moved_where_there_is_room() -> None:
    """C goes first, and so to the first node, on a center in which nobody runs."""
    found = by("srtf", center("2 x 2"), MOVING)
    assert found.rows[2:] == [
        (2, "submit", "C"), (2, "evict", "A"), (2, "requeue", "A"), (2, "start", "C"), (2, "start", "A"),
        (3, "end", "C"), (9, "end", "A"),
    ]  # fmt: skip
    segments = found.result.segments
    assert segments.filter(segments["job"] == 0)["node"].to_list() == [0, 1]


def test_a_running_job_without_any_room_waits() -> None:
    found = by("srtf", center("1 x 2"), MOVING)
    assert found.of("evict") == [(2, "evict", "A")]
    assert found.spans == {"A": (0, 10), "C": (2, 3)}


def test_a_running_job_that_goes_before_the_others_stays() -> None:
    found = by("srtf", center("1 x 2"), "A x 0 9 1\nC y 2 8 2")
    assert found.of("evict") == []
    assert found.spans["C"] == (9, 17)


@pytest.mark.parametrize(
    ("more", "policy", "start"),
    [
        ("", {}, 2),
        ("preemptible = false", {}, 6),
        ("", {"preempt_after": 2 * MINUTE}, 2),
        ("", {"preempt_after": 2 * MINUTE + 1}, 6),  # no timer ends the protection: the next step is the end
    ],
)
def test_who_is_protected_keeps_its_place(more: str, policy: dict[str, Any], start: int) -> None:
    found = by("srtf", center("1 x 1", more), "A x 0 6 1\nB y 2 1 1", **policy)
    assert found.spans["B"] == (start, start + 1)


def test_nobody_is_evicted_at_the_instant_of_its_start() -> None:
    """A posted job of the same instant makes a second step: who has started in the first one stays."""
    jobs = workload(submit=[0], run=[9], walltime=[9], accelerators=[1000])
    core = Core((NodeType("n", 1, 1),), NAMED["srtf"], jobs)
    core.advance(1)
    assert core.log["kind"].tolist() == [0, 2]


# ---- what is lost, and who leaves late


def test_without_a_checkpoint_all_is_lost() -> None:
    found = by("srtf", center("1 x 1", ""), "A x 0 6 1 walltime=99\nB y 2 1 1")
    assert found.spans == {"A": (0, 9), "B": (2, 3)}


def test_who_may_not_be_requeued_ends() -> None:
    found = by("srtf", center("1 x 1", "requeue = 0"), "A x 0 6 1\nB y 2 1 1")
    assert found.outcomes == {"A": "preempted", "B": "completed"}
    assert found.spans["A"] == (0, 2)


def test_who_leaves_is_in_nobodys_way_and_nobody_more_is_evicted() -> None:
    """C is to have the node of A, which leaves it at 3. At 2 that is planned anew, and B stays on the other node."""
    sharing = Sharing((Member(),), classes=(JobClass(every=1, grace=2),))
    first, second = type_code([0]), type_code([1])
    jobs = workload(
        ("x",), ("jobs",), sharing=sharing, submit=[0, 0, 1, 2], run=[9, 8, 1, 20], walltime=[9, 8, 1, 20],
        accelerators=[1000] * 4, types=[first, second, type_code([0, 1]), second], platform=[0] * 4, stream=[0] * 4,
    )  # fmt: skip
    core = Core((NodeType("m", 1, 1), NodeType("n", 1, 1)), NAMED["srtf"], jobs)
    core.advance(FOREVER)
    rows = [(int(row["t"]), codes.EVENTS[row["kind"]], "ABCD"[row["job"]]) for row in core.log[4:]]
    assert rows == [
        (1, "submit", "C"), (1, "evict", "A"), (2, "submit", "D"), (3, "requeue", "A"), (3, "start", "C"),
        (4, "end", "C"), (4, "start", "A"), (8, "end", "B"), (8, "start", "D"), (12, "end", "A"), (28, "end", "D"),
    ]  # fmt: skip


def test_a_job_that_is_moved_and_leaves_late_starts_anew_when_it_has_left() -> None:
    found = by("srtf", center("2 x 2", f'grace = "3 min", {RESUMES}'), MOVING)
    assert found.of("evict", "requeue") == [(2, "evict", "A"), (5, "requeue", "A")]
    assert found.spans["C"] == (5, 6)


# ---- quotas, limits, strict queues


def test_who_goes_first_takes_the_quota_too() -> None:
    jobs = "A x 0 9 4\nB x 1 2 4"
    quota = halves(x=", borrowing_limit = { n = 0 }")
    found = by("srtf", quota, jobs)
    assert found.of("evict") == [(1, "evict", "A")]
    assert found.spans["B"] == (1, 3)
    assert by("srtf", HALVES, jobs).of("evict") == []  # what y does not use is lent


def test_a_limit_counts_those_that_have_a_place_so_far() -> None:
    text = """
    center = { nodes = { n = { count = 1, accelerators = 8 } } }
    platforms.x.limits = { max_running_jobs = 1 }
    """
    found = by("srtf", text, "A x 0 9 1\nB x 1 2 1")
    assert found.spans["B"] == (1, 3)
    assert found.waited("A") == {"limit": 2}


@pytest.mark.parametrize(("queueing", "start"), [("strict", 3), ("best-effort", 0)])
def test_behind_the_first_without_a_place_none_of_a_strict_platform_gets_one(queueing: str, start: int) -> None:
    text = f"""
    center = {{ nodes = {{ n = {{ count = 1, accelerators = 4 }} }} }}
    platforms.x = {{ queueing = "{queueing}" }}
    platforms.y = {{}}
    """
    found = by("srtf", text, "Y y 0 1 2\nP x 0 2 4\nQ x 0 3 1")
    assert found.spans["Q"][0] == start


# ---- rounds


def test_nobody_who_would_lose_all_is_sent_behind() -> None:
    jobs = "A x 0 5 1\nB y 0 1 1"
    assert by("round-robin", center("1 x 1", ""), jobs).spans == {"A": (0, 5), "B": (5, 6)}
    assert by("round-robin", center("1 x 1"), jobs).spans == {"A": (0, 6), "B": (1, 2)}


def test_a_restart_that_is_longer_than_a_round_is_no_circle() -> None:
    """A is back at 4 and restarts until 7: at 6 it has done nothing, at 8 a minute of work."""
    slow = 'checkpoint = { every = "1 min", write = "0 s", restart = "3 min" }'
    found = by("round-robin", center("1 x 1", slow), "A x 0 6 1 walltime=99\nB y 0 9 1", time_slice=2 * MINUTE)
    assert [row for row in found.of("evict") if row[2] == "A"][:2] == [(2, "evict", "A"), (8, "evict", "A")]


def test_a_round_that_ends_while_nobody_waits_is_followed_by_another() -> None:
    """B comes amid A's second round, which ends at 4."""
    found = by("round-robin", center("1 x 1"), "A x 0 9 1\nB y 3 1 1", time_slice=2 * MINUTE)
    assert found.spans == {"A": (0, 10), "B": (4, 5)}


#: Names and accelerators, in the order of their submits.
ORDER = (("A", 1), ("B", 4), ("C", 1), ("D", 4), ("E", 1), ("Y", 4))


def test_a_gang_has_its_turn() -> None:
    """Three small ones run beside each other, and each of the large ones alone, twice for a minute."""
    jobs = "\n".join(f"{name} {'y' if name == 'Y' else 'x'} 0 2 {size}" for name, size in ORDER)
    found = by("round-robin", center("1 x 4"), jobs)
    assert {name: span[1] for name, span in found.spans.items()} == {"A": 5, "B": 6, "C": 5, "D": 7, "E": 5, "Y": 8}


# ---- queues of attained service


def test_jobs_of_cpus_alone_attain_nothing() -> None:
    fleet = (NodeType("n", 1, 1, cpus=1000),)
    jobs = workload(submit=[0, 3], run=[9, 1], walltime=[9, 1], accelerators=[0, 0], cpus=[1000, 1000])
    core = Core(fleet, Policy("las", "none", preemption="order", thresholds=(1, 2)), jobs)
    core.advance(FOREVER)
    assert fates(core.log, 2).start.tolist() == [0, 9]


def test_restarts_are_attained_service() -> None:
    """A has attained 2 when it is evicted and 3 after its restart of a minute: it joins the last queue at 5."""
    slow = 'checkpoint = { every = "1 min", write = "0 s", restart = "1 min" }'
    jobs = "A x 0 6 1 walltime=99\nB y 2 2 1\nC y 5 1 1"
    found = by("las", center("1 x 1", slow), jobs, thresholds=(MINUTE, 3 * MINUTE))
    assert found.of("evict") == [(2, "evict", "A"), (3, "evict", "B"), (4, "evict", "A")]


# ---- dominant shares


def test_of_a_platform_the_tenant_with_the_lowest_share_goes_first() -> None:
    """A platform of two tenants and one of one share four accelerators, two and two; the tenants one and one."""
    sharing = Sharing((Member(),), classes=(JobClass(every=1),))
    owners = [(0, 0)] * 4 + [(0, 1)] * 4 + [(1, 0)] * 4
    jobs = workload(
        ("x", "y"), ("jobs",), sharing=sharing, submit=[0] * 12, run=[9] * 12, walltime=[9] * 12,
        accelerators=[1000] * 12, stream=[0] * 12,
        platform=[platform for platform, _ in owners], tenant=[tenant for _, tenant in owners],
    )  # fmt: skip
    core = Core((NodeType("n", 1, 4),), NAMED["drf"], jobs)
    core.advance(1)
    assert sorted(core.log[core.log["kind"] == 2]["job"].tolist()) == [0, 4, 8, 9]


# ---- names, and what is no policy


@pytest.mark.parametrize("name", LIVE_ORDERS)
def test_a_name_stands_for_order_and_preemption(name: str) -> None:
    given = Policy("priority", "easy", "worst-fit", depth=3, backfill_depth=2, preemption="tier", victims="least-lost")
    found = policy_of(name, given)
    assert (found.order, found.backfill, found.preemption, found.placement) == (name, "none", "order", "worst-fit")
    assert policy_of("easy", found) == Policy("fifo", "easy", "worst-fit")
    assert policy_of(None, Policy(), order=name) == Policy(name, "none", preemption="order")
    assert found.text.startswith(f"{name}, worst-fit")


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"order": "srtf"}, ["preemption", "backfill"]),
        ({"order": "srtf", "preemption": "order"}, ["backfill"]),
        ({"order": "fifo", "preemption": "order", "backfill": "none"}, ["preemption"]),
        ({"order": "las", "preemption": "order", "backfill": "none", "depth": 3}, ["depth"]),
        ({"order": "drf", "preemption": "order", "backfill": "none", "estimate": "run time"}, ["estimate"]),
        ({"order": "las", "preemption": "order", "backfill": "none", "thresholds": (2, 1)}, ["thresholds"]),
        ({"order": "las", "preemption": "order", "backfill": "none", "thresholds": (0,)}, ["thresholds"]),
        ({"thresholds": 5}, ["thresholds"]),
        ({"time_slice": 0}, ["time_slice"]),
        ({"backfill_order": "srtf"}, ["backfill_order"]),
        ({"victims": "least-lost", "order": "srtf", "preemption": "order", "backfill": "none"}, ["victims"]),
    ],
)
def test_what_does_not_go_together(parts: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(**parts)
    assert [mistake.partition(" = ")[0] for mistake in raised.value.mistakes] == sorted(told)


def test_a_backfill_beside_an_order_that_preempts_is_a_mistake() -> None:
    with pytest.raises(PolicyError, match='backfill = "none" is expected beside order srtf'):
        policy_of("srtf", Policy(), backfill="easy")


def test_a_queue_by_platform_does_not_go_beside_an_order_that_preempts() -> None:
    with pytest.raises(PolicyError, match='queue = "single" is expected beside order srtf'):
        Policy("srtf", "none", preemption="order", queue="by-platform")
    with pytest.raises(PolicyError, match="fair_sharing = false is expected beside order srtf"):
        Policy("srtf", "none", preemption="order", fair_sharing=True)
    kueue = Policy("priority", "none", queue="by-platform", preemption="kueue", fair_sharing=True)
    assert policy_of("srtf", kueue) == policy_of("srtf", Policy())


def test_code_does_not_go_beside_an_order_that_preempts(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no code is expected beside order srtf"):
        Policy("srtf", "none", lambda job, node: 0.0, preemption="order")

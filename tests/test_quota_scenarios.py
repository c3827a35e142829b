"""Platforms that share a center by quotas: scenarios that are solved by hand."""

from typing import Any

import polars as pl
import pytest
from shared_center import MINUTE, raw_of, solve

import onecenter as oc
from onecenter.engine.center import Center
from onecenter.scenario import from_dict
from onecenter.workload.build import build

#: One node of eight accelerators; x and y own four each.
HALVES = """
center = { nodes = { n = { count = 1, accelerators = 8 } } }
platforms = { x = { quota = { nominal = { n = 4 } } }, y = { quota = { nominal = { n = 4 } } } }
"""


def halves(x: str = "", y: str = "", rest: str = "") -> str:
    """Return the same with more in the quotas of x and y."""
    given = {"x": x, "y": y}.items()
    quotas = ", ".join(f"{name} = {{ quota = {{ nominal = {{ n = 4 }}{more} }} }}" for name, more in given)
    return f"center.nodes.n = {{ count = 1, accelerators = 8 }}\nplatforms = {{ {quotas} }}\n{rest}"


# ---- borrow and lend


def test_who_is_idle_lends_and_gets_its_own_back_when_the_borrower_ends() -> None:
    found = solve(HALVES, """
        A x 0 10 6
        B y 1  2 2
        C y 2  3 4
        D x 3  1 3
    """)  # fmt: skip
    # A borrows 2, and holds 2 of y's own until 10. C waits for them as quota, D for what A uses of x's own.
    assert found.spans == {"A": (0, 10), "B": (1, 3), "C": (10, 13), "D": (10, 11)}
    assert found.waited("C") == {"quota": 8}
    assert found.waited("D") == {"quota": 7}


@pytest.mark.parametrize(
    ("x", "y", "most"),
    [("", "", 8), (", borrowing_limit = { n = 2 }", "", 6), ("", ", lending_limit = { n = 1 }", 5),
     (", borrowing_limit = { n = 0 }", "", 4), (", borrowing_limit = { n = 3 }", ", lending_limit = { n = 2 }", 6),
     ("", ', lending_limit = { n = "25 %" }', 6), (', borrowing_limit = { n = "12.5 %" }', "", 5)],
)  # fmt: skip
def test_what_a_platform_may_use_in_all(x: str, y: str, most: int) -> None:
    jobs = "\n".join(f"J{size} x {3 * size} 2 {size}" for size in range(1, 9))
    found = solve(halves(x, y), jobs)
    started = [name for name, (start, _) in found.spans.items() if start is not None]
    assert started == [f"J{size}" for size in range(1, most + 1)]
    # More than it could ever use is refused at the submit: nobody waits.
    assert found.of("refuse") == [(3 * size, "refuse", f"J{size}") for size in range(most + 1, 9)]


def test_percent_of_a_type_is_rounded_down() -> None:
    # A third of 8 accelerators is 2.664.
    text = halves(", borrowing_limit = { n = 0 }").replace("n = 4", 'n = "33.3 %"', 1)
    found = solve(text, """
        A x 0 2 2
        B x 3 2 0.664
        C x 3 2 3
        D x 4 2 2
        E x 6 2 0.664
        F x 6 2 0.001
    """)  # fmt: skip
    assert found.spans == {"A": (0, 2), "B": (3, 5), "C": (None, None), "D": (4, 6), "E": (6, 8), "F": (6, 8)}
    assert found.outcomes["C"] == "refused"


COHORTS = """
[center]
nodes = { n = { count = 1, accelerators = 12 } }
[center.cohorts.school]
quota = { nominal = { n = 2 }, borrowing_limit = { n = 1 }, lending_limit = { n = 3 } }
[platforms.x]
cohort = "school"
quota = { nominal = { n = 3 } }
[platforms.y]
cohort = "school"
quota = { nominal = { n = 1 }, lending_limit = { n = 0 } }
[platforms.z]
quota = { nominal = { n = 4 } }
"""


@pytest.mark.parametrize(
    ("platform", "most"),
    [
        ("x", 6),  # 3 of its own, 2 of the cohort, and 1 that the cohort may borrow; y lends nothing
        ("y", 7),  # its own 1, and all of that
        ("z", 7),  # 4 of its own, and 3 that the cohort lends
    ],
)
def test_a_cohort_borrows_and_lends_as_a_whole(platform: str, most: int) -> None:
    found = solve(COHORTS, "\n".join(f"J{size} {platform} {3 * size} 2 {size}" for size in range(1, 13)))
    started = [name for name, (start, _) in found.spans.items() if start is not None]
    assert started == [f"J{size}" for size in range(1, most + 1)]


def test_members_of_a_cohort_share_what_the_cohort_borrows() -> None:
    found = solve(COHORTS, """
        A x 0 4 5
        B y 1 2 2
        C y 1 2 1
        D x 2 1 1
        E z 1 4 6
    """)  # fmt: skip
    # A has x's own 3 and the cohort's 2. B takes y's own and the one that the cohort may borrow: D waits for it. C has
    # nothing left until B ends. E would need 2 of what the cohort lends, all of which A uses.
    assert found.spans == {"A": (0, 4), "B": (1, 3), "C": (3, 5), "D": (3, 4), "E": (4, 8)}
    assert {name: found.waited(name) for name in "CDE"} == {"C": {"quota": 2}, "D": {"quota": 1}, "E": {"quota": 3}}


def test_the_quota_of_the_center_is_for_all() -> None:
    text = """
    center = { nodes = { n = { count = 1, accelerators = 8 } }, quota = { nominal = { n = 3 } } }
    platforms = { x = { quota = { nominal = { n = 1 } } }, y = {} }
    """
    found = solve(text, """
        A y 0 4 2
        B x 0 4 2
        C y 1 2 1
        D y 2 1 5
    """)  # fmt: skip
    assert found.spans == {"A": (0, 4), "B": (0, 4), "C": (4, 6), "D": (None, None)}


def test_without_a_nominal_nobody_is_asked() -> None:
    text = HALVES.replace("nominal = { n = 4 }", "borrowing_limit = { n = 0 }")
    assert solve(text, "A x 0 4 8\nB x 1 2 1").spans == {"A": (0, 4), "B": (4, 6)}


def test_jobs_that_ask_the_same_wait_for_reasons_of_their_own() -> None:
    text = halves(", borrowing_limit = { n = 0 }", rest="center.quota = { nominal = { n = 2 } }")
    found = solve(text, "A x 0 6 4\nB y 0 4 4\nC x 1 1 1\nD y 1 1 1")
    assert (found.waited("C"), found.waited("D")) == ({"quota": 5}, {"no free accelerator": 3})


# ---- changes on a date


@pytest.mark.parametrize("at", ["2026-03-02T00:03:00", "2026-03-01T16:03:00Z", "2026-03-01T17:03:00+01:00"])
def test_a_change_falls_due_at_an_instant_whatever_the_offset(at: str) -> None:
    cut = f', borrowing_limit = {{ n = 0 }}, changes = [{{ at = "{at}", nominal = {{ n = 2 }} }}]'
    found = solve(halves(cut), """
        A x 1 4 4
        B x 3 1 1
        C y 2 2 4
        D x 6 1 3
        E x 5 2 2
    """)  # fmt: skip
    # A goes on with more than x may use. D asks more than x has at 6; before 3 it would not have been refused.
    assert found.spans == {"A": (1, 5), "B": (5, 6), "C": (2, 4), "D": (None, None), "E": (6, 8)}
    assert found.of("change", "refuse") == [(3, "change", ""), (6, "refuse", "D")]


def test_a_job_waits_for_a_quota_that_will_grow() -> None:
    grow = ', borrowing_limit = { n = 0 }, changes = [{ at = "2026-03-02T00:20:00", nominal = { n = "75 %" } }]'
    found = solve(halves(grow), "A x 1 4 6\nB x 2 2 4\nC x 3 2 7")
    # Nobody knows the change before, but a job that it lets start is not refused.
    assert found.spans == {"A": (20, 24), "B": (2, 4), "C": (None, None)}
    assert found.waited("A") == {"quota": 19}


def test_two_changes_and_one_from_before_the_start() -> None:
    steps = ", ".join(
        f'{{ at = "2026-03-{day}T00:{minute}:00", nominal = {{ n = {amount} }} }}'
        for day, minute, amount in (("01", "30", 1), ("02", "05", 2), ("02", "10", 4))
    )
    found = solve(halves(f", borrowing_limit = {{ n = 0 }}, changes = [{steps}]"), "A x 0 2 1\nB x 1 2 2\nC x 2 3 4")
    assert found.spans == {"A": (0, 2), "B": (5, 7), "C": (10, 13)}
    assert found.of("change") == [(0, "change", ""), (5, "change", ""), (10, "change", "")]


# ---- flavors

FLAVORS = """
center = { nodes = { new = { count = 1, accelerators = 4 }, old = { count = 1, accelerators = 4 } } }
platforms = { x = { quota = { nominal = { new = 2, old = 4 } } }, y = { quota = { nominal = { new = 2 } } } }
"""


@pytest.mark.parametrize(
    ("flavors", "expected"),
    [("as-listed", ["new", "new", "old"]), ("next-before-borrowing", ["new", "old", "old"])],
)
def test_which_type_is_tried_first(flavors: str, expected: list[str]) -> None:
    found = solve(FLAVORS, "A x 0 9 2\nB x 0 9 2\nC x 0 9 1", flavors=flavors)
    assert found.result.jobs["node_type"].to_list() == expected
    # Where both types would be borrowed on, the first listed is taken: x has 4 old ones of its own, y none.
    assert solve(FLAVORS, "A y 0 9 3", flavors=flavors).result.jobs["node_type"].to_list() == ["new"]


# ---- strict


@pytest.mark.parametrize(("queueing", "start"), [("best-effort", 1), ("strict", 5)])
def test_whether_a_job_overtakes_another_of_its_platform(queueing: str, start: int) -> None:
    text = halves(", borrowing_limit = { n = 0 }").replace("{ x = {", f'{{ x = {{ queueing = "{queueing}",')
    found = solve(text, """
        A x 0 5 2
        B x 1 2 3
        C x 1 4 1
        D y 1 2 1
    """)  # fmt: skip
    assert found.spans["C"] == (start, start + 4)
    assert found.spans["D"] == (1, 3)
    # Under best-effort C takes the place that B needs, until 5.
    assert found.spans["B"] == (5, 7)
    assert found.waited("C") == ({"queue ahead": 4} if queueing == "strict" else {})


# ---- limits


def limited(limits: str, key: str = "limits") -> str:
    """Return a center of eight without quotas; platform x has limits."""
    return f"""
    center = {{ nodes = {{ n = {{ count = 1, accelerators = 8 }} }} }}
    platforms = {{ x = {{ {key} = {{ {limits} }} }}, y = {{}} }}
    """


@pytest.mark.parametrize(
    ("limits", "spans", "refused"),
    [
        ("max_running_jobs = 1", {"A": (0, 4), "B": (4, 6), "C": (6, 9), "D": (1, 3)}, ""),
        ("max_running_jobs = 0", {"A": (None, None), "B": (None, None), "C": (None, None), "D": (1, 3)}, "ABC"),
        ("max_accelerators = 3", {"A": (0, 4), "B": (4, 6), "C": (1, 4), "D": (1, 3)}, ""),
        ("max_submitted = 2", {"A": (0, 4), "B": (1, 3), "C": (None, None), "D": (1, 3)}, "C"),
        ("max_per_job = 1", {"A": (None, None), "B": (None, None), "C": (1, 4), "D": (1, 3)}, "AB"),
        ('max_walltime = "3 min"', {"A": (None, None), "B": (1, 3), "C": (1, 4), "D": (1, 3)}, "A"),
    ],
)
def test_limits_of_a_platform(limits: str, spans: dict[str, Any], refused: str) -> None:
    found = solve(limited(limits), """
        A x 0 4 2
        B x 1 2 2
        C x 1 3 1
        D y 1 2 2
    """)  # fmt: skip
    assert found.spans == spans
    assert "".join(name for _, _, name in found.of("refuse")) == refused
    waits = {reason for name, (start, _) in found.spans.items() if start is not None for reason in found.waited(name)}
    assert waits <= {"limit"}


def test_a_place_among_the_submitted_is_free_when_one_has_ended() -> None:
    found = solve(limited("max_submitted = 1"), "A x 0 4 2\nB x 3 1 1\nC x 4 1 1\nD x 4 2 1\nE x 6 1 1")
    assert found.outcomes == {"A": "completed", "B": "refused", "C": "completed", "D": "refused", "E": "completed"}


def test_limits_of_a_stream_are_of_that_stream_alone() -> None:
    text = """
    center = { nodes = { n = { count = 1, accelerators = 8 } } }
    [platforms.x.demand]
    one = { limits = { max_running_jobs = 1 } }
    two = {}
    """
    found = solve(text, "A x.one 0 4 1\nB x.one 1 1 1\nC x.two 1 2 1\nD x.two 1 3 1")
    assert found.spans == {"A": (0, 4), "B": (4, 5), "C": (1, 3), "D": (1, 4)}


def test_limits_of_tenants_hold_for_each_of_them() -> None:
    raw = raw_of(limited("max_running_jobs = 1", "tenant_limits"), "Z y 0 1 1")
    raw["platforms"]["x"]["demand"] = {
        "drawn": {
            "arrivals": {"kind": "poisson", "rate": "2 / min"},
            "sizes": [{"accelerators": 1}],
            "run_time": {"kind": "constant", "value": "3 min"},
            "tenants": {"count": 2},
        }
    }
    jobs = oc.run(from_dict(raw)).jobs.filter((pl.col("platform") == "x") & pl.col("end_ms").is_not_null())
    ends: dict[int, int] = {}
    together = []
    for tenant, start, end in jobs.select("tenant", "start_ms", "end_ms").sort("start_ms").rows():
        assert start >= ends.get(tenant, 0)
        ends[tenant] = end
        together.append(sum(each > start for each in ends.values()))
    # Each of the two is held back by itself alone.
    assert max(together) == 2


# ---- who is not asked


def test_jobs_without_accelerators_need_no_quota_but_keep_to_limits() -> None:
    text = """
    center = { nodes = { n = { count = 1, accelerators = 4, cpus = 8 } } }
    platforms = { x = { quota = { nominal = { n = 4 } }, limits = { max_running_jobs = 2 } }, y = {} }
    """
    found = solve(text, """
        A x 0 4 4 cpus=2
        B x 1 3 0 cpus=2
        C x 1 2 0 cpus=2
        D y 1 2 0 cpus=1
    """)  # fmt: skip
    assert found.spans == {"A": (0, 4), "B": (1, 4), "C": (4, 6), "D": (1, 3)}
    assert found.waited("C") == {"limit": 3}


def test_a_job_that_a_process_submits_is_under_the_quota_of_its_platform() -> None:
    scenario = from_dict(raw_of(halves(", borrowing_limit = { n = 2 }"), "A x 0 10 6\nZ y 0 1 1"))
    center = Center(scenario.fleet, scenario.policy_, build(scenario))
    asked: dict[str, Any] = {"accelerators": 2, "run_time": "2 min"}
    center.run(5 * MINUTE)
    of_x, of_y = (center.submit(**asked, platform=platform) for platform in "xy")
    large = center.submit(**asked | {"platform": "x", "accelerators": 7})
    center.run(6 * MINUTE)
    assert [center.state(job) for job in (of_x, of_y, large)] == ["waiting", "running", "refused"]
    center.run()
    assert center.state(of_x) == "ended"
    assert int(center.log["t"][-1]) == 12 * MINUTE


class InTurn(oc.Scheduler):
    """Tries every waiting job in turn."""

    def schedule(self, view: Any) -> None:
        """Make a pass."""
        for job in view.queue.job:
            view.start(job)


def test_a_scheduler_of_the_users_own_is_asked_for_quota_and_limits_where_it_starts() -> None:
    text = """
    center = { nodes = { n = { count = 1, accelerators = 8 } } }
    [platforms.x]
    queueing = "strict"
    quota = { nominal = { n = 4 }, borrowing_limit = { n = 0 } }
    [platforms.y]
    quota = { nominal = { n = 4 } }
    limits = { max_running_jobs = 1 }
    """
    found = solve(text, """
        A x 0 4 2
        B x 1 1 3
        C x 1 2 1
        D y 0 3 1
        E y 1 1 1
    """, order=InTurn)  # fmt: skip
    # Strict queues do not bind it: C goes before B.
    assert found.spans == {"A": (0, 4), "B": (4, 5), "C": (1, 3), "D": (0, 3), "E": (3, 4)}


# ---- backfill


@pytest.mark.parametrize("backfill", ["none", "easy"])
def test_who_is_passed_over_holds_nothing(backfill: str) -> None:
    text = halves(", borrowing_limit = { n = 0 }", ", borrowing_limit = { n = 0 }")
    found = solve(text, """
        A x 0 4 2
        B y 0 6 3
        C y 1 2 1 tasks=2
        D y 1 1 1
        E x 1 9 2
    """, backfill=backfill)  # fmt: skip
    # Three accelerators are free, but C has quota for one of its two tasks only.
    assert found.spans == {"A": (0, 4), "B": (0, 6), "C": (6, 8), "D": (1, 2), "E": (1, 10)}


def test_a_reserved_start_without_quota_is_put_back() -> None:
    jobs = "A x 0 4 3\nB x 1 2 2\nC y 1 6 3\nD x 2 1 1"
    found = solve(halves(", borrowing_limit = { n = 0 }"), jobs, backfill="conservative")
    # B has room from 1 on, quota from 4 on; D takes the one that is left.
    assert found.spans == {"A": (0, 4), "B": (4, 6), "C": (1, 7), "D": (2, 3)}


TWO_NODES = """
center = { nodes = { n = { count = 2, accelerators = 4 } } }
[platforms]
x = { quota = { nominal = { n = 6 }, borrowing_limit = { n = 0 } } }
y = { quota = { nominal = { n = 4 } } }
"""

BLOCKED = """
    A y 0 6 3
    B x 0 4 3
    C x 1 2 2
    D x 1 3 1
    E x 1 9 1
    F y 1 2 1
"""


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        # One free accelerator on each node, 3 of x's quota left. C is the head until 4; with it x uses 5, so D or E.
        ({"backfill": "none"}, {"C": (4, 6), "D": (4, 7), "E": (4, 13), "F": (4, 6)}),
        ({"backfill": "easy"}, {"C": (4, 6), "D": (1, 4), "E": (4, 13), "F": (1, 3)}),
        ({"backfill": "easy", "reservations": 3}, {"C": (4, 6), "D": (1, 4), "E": (4, 13), "F": (1, 3)}),
        ({"backfill": "conservative"}, {"C": (4, 6), "D": (1, 4), "E": (1, 10), "F": (4, 6)}),
    ],
)
def test_every_backfill_keeps_to_the_quota(policy: dict[str, Any], expected: dict[str, Any]) -> None:
    found = solve(TWO_NODES, BLOCKED, **policy)
    assert {name: found.spans[name] for name in expected} == expected

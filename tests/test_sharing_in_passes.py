"""Strict queues, limits, and quotas under every backfill, processes and schedulers: solved by hand."""

from typing import Any

import polars as pl
import pytest
from shared_center import MINUTE, halves, raw_of, solve

import onecenter as oc
from onecenter.engine.center import Center
from onecenter.scenario import from_dict
from onecenter.workload.build import build

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

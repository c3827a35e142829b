"""Platforms that share a center by quotas: scenarios that are solved by hand."""

import pytest
from shared_center import HALVES, halves, solve

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

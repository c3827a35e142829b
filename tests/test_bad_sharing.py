"""Broken quotas, cohorts, limits and classes: every mistake named with path, value and what would be right."""

from pathlib import Path

import pytest
from test_bad_scenarios import GOOD, agree, mistakes_in

from onecenter.scenario import load

#: Stands before [policy]; the center has 16 accelerators of type a.
SHARING = """
[center.cohorts.c]
quota = { nominal = { a = 2 } }
[center.cohorts.d]
parent = "c"
[platforms.p.quota]
nominal = { a = 4 }
lending_limit = { a = 2 }
changes = [
    { at = "2026-03-02T06:00:00+08:00", nominal = { a = 3 } },
    { at = "2026-03-02T12:00:00+08:00", nominal = { a = 5 } },
]
[platforms.p.limits]
max_running_jobs = 5
[platforms.q]
cohort = "d"
tier = 1
[platforms.q.demand.u]
jobs = [{ submit = "0 s", run_time = "1 h", accelerators = 1 }]
grace = "1 min"
requeue = 2
checkpoint = { every = "30 min", write = "1 min" }
"""

C, Q, U = "center.cohorts", "platforms.p.quota", "platforms.q.demand.u"
LENDING = "lending_limit = { a = 2 }"

#: What is replaced in GOOD with SHARING, by what, and the mistakes.
SHARING_CASES: list[tuple[str, str, list[tuple[str, str]]]] = [
    # cohorts
    ('cohort = "d"', 'cohort = "e"', [('platforms.q.cohort = "e":', "no such cohort; the center has c, d")]),
    ('parent = "c"', 'parent = "C"', [(f'{C}.d.parent = "C":', 'no such cohort; did you mean "c"?')]),
    ('parent = "c"', 'parent = "d"', [(f'{C}.d.parent = "d":', "it is its own ancestor; a cohort outside it is")]),
    (
        "[center.cohorts.d]", '[center.cohorts.e]\nparent = "d"\n[center.cohorts.d]',
        [],
    ),
    (
        "[center.cohorts.d]", 'parent = "d"\n[center.cohorts.d]',
        [(f'{C}.c.parent = "d":', "it is its own ancestor"), (f'{C}.d.parent = "c":', "it is its own ancestor")],
    ),
    # amounts
    ("nominal = { a = 2 }", "nominal = { b = 2 }", [
        (f"{C}.c.quota.nominal.b = ", "no such node type; the center has a"),
    ]),
    ("nominal = { a = 4 }", "nominal = { A = 4 }", [
        (f"{Q}.nominal.A = ", 'no such node type; did you mean "a"?'),
        (f"{Q}.lending_limit.a = 2:", "at most the nominal, 0"),
    ]),
    ("nominal = { a = 5 }", "nominal = { b = 5 }", [(f"{Q}.changes[1].nominal.b = ", "no such node type")]),
    ("nominal = { a = 4 }", "nominal = { a = -4 }", [(f"{Q}.nominal.a = -4:", "must not be negative")]),
    ("nominal = { a = 4 }", 'nominal = { a = "-4 %" }', [
        (f'{Q}.nominal.a = "-4 %":', 'a share of the type; write for example 64 or "40 %"'),
    ]),
    ("nominal = { a = 4 }", 'nominal = { a = "101 %" }', [(f'{Q}.nominal.a = "101 %":', 'or "40 %"')]),
    ("nominal = { a = 4 }", 'nominal = { a = "100.001 %" }', [(f'{Q}.nominal.a = "100.001 %":', 'or "40 %"')]),
    ("nominal = { a = 4 }", 'nominal = { a = "4" }', [(f'{Q}.nominal.a = "4":', "not a number of accelerators")]),
    ("nominal = { a = 4 }", "nominal = { a = 0.0004 }", [(f"{Q}.nominal.a = 0.0004:", "at most three decimals")]),
    ("nominal = { a = 4 }", "nominal = 4", [(f"{Q}.nominal = 4:", "a table is expected")]),
    ("nominal = { a = 4 }", "nominl = { a = 4 }", [
        (f"{Q}.lending_limit.a = 2:", "at most the nominal, 0"),
        (f"{Q}.nominl = ", 'did you mean "nominal"?'),
    ]),
    (LENDING, "borrowing_limit = { a = -1 }", [(f"{Q}.borrowing_limit.a = -1:", "must not be negative")]),
    # a platform lends what it has
    (LENDING, "lending_limit = { a = 5 }", [(f"{Q}.lending_limit.a = 5:", "at most the nominal, 4, is expected")]),
    (LENDING, 'lending_limit = { a = "25 %" }', []),
    (LENDING, 'lending_limit = { a = "25.1 %" }', [
        (f'{Q}.lending_limit.a = "25.1 %":', "at most the nominal, 4, is expected"),
    ]),
    ("nominal = { a = 3 }", 'nominal = { a = "10 %" }, lending_limit = { a = 2 }', [
        (f"{Q}.changes[0].lending_limit.a = 2:", "at most the nominal, 10 %, is expected"),
    ]),
    ("nominal = { a = 2 } }", 'nominal = { a = 2 }, lending_limit = { a = "90 %" } }', []),
    ("nominal = { a = 4 }\n" + LENDING, 'nominal = { a = "25 %" }\nlending_limit = { a = "26 %" }', [
        (f'{Q}.lending_limit.a = "26 %":', "at most the nominal, 25 %"),
    ]),
    ("nominal = { a = 3 }", "lending_limit = { a = 7 }", [
        (f"{Q}.changes[0].lending_limit.a = 7:", "at most the nominal, 4"),
    ]),
    ("nominal = { a = 5 }", "nominal = { a = 5 }, lending_limit = { a = 6 }", [
        (f"{Q}.changes[1].lending_limit.a = 6:", "at most the nominal, 5"),
    ]),
    ("nominal = { a = 2 } }", "nominal = { a = 2 }, lending_limit = { a = 9 } }", []),
    # changes
    ("T06:00:00", "T18:00:00", [(f'{Q}.changes[1].at = "2026-03-02T12:00:00+08:00":', "in the order of time")]),
    ('at = "2026-03-02T06:00:00+08:00", ', "", [(f"{Q}.changes[0].at:", "missing; from when")]),
    ('"2026-03-02T06:00:00+08:00"', '"6 h"', [(f'{Q}.changes[0].at = "6 h":', "not a date and time")]),
    # limits
    ("max_running_jobs = 5", "max_running_jobs = -1", [("platforms.p.limits.max_running_jobs = -1:", "at least 0")]),
    ("max_running_jobs = 5", "max_running_jobs = 1.5", [
        ("platforms.p.limits.max_running_jobs = 1.5:", "a whole number"),
    ]),
    ("max_running_jobs = 5", "max_jobs = 5", [("platforms.p.limits.max_jobs = 5:", "unknown key; did you mean")]),
    ("max_running_jobs = 5", 'max_walltime = "0 s"', [('platforms.p.limits.max_walltime = "0 s":', "longer than 0")]),
    ("max_running_jobs = 5", "max_walltime = 3", [("platforms.p.limits.max_walltime = 3:", "the unit is missing")]),
    ("max_running_jobs = 5", "max_per_job = -2", [("platforms.p.limits.max_per_job = -2:", "must not be negative")]),
    ('cohort = "d"', 'queueing = "Strict"', [
        ('platforms.q.queueing = "Strict":', "'best-effort' or 'strict' is expected"),
    ]),
    # classes
    ("tier = 1", "tier = 1_000_001", [("platforms.q.tier = 1000001:", "at most 1,000,000 is expected")]),
    ("grace =", "tier = -1_000_001\ngrace =", [(f"{U}.tier = -1000001:", "at least -1,000,000 is expected")]),
    ("tier = 1", 'tier = "high"', [('platforms.q.tier = "high":', "a whole number is expected")]),
    ('every = "30 min"', 'every = "0 s"', [(f'{U}.checkpoint.every = "0 s":', "must be longer than 0")]),
    ('every = "30 min", ', "", [(f"{U}.checkpoint.every:", "missing; work between two checkpoints")]),
    ('write = "1 min"', 'write = "-1 min"', [(f'{U}.checkpoint.write = "-1 min":', "must not be negative")]),
    ('grace = "1 min"', "grace = 60", [(f"{U}.grace = 60:", "the unit is missing")]),
    ("requeue = 2", "requeue = -1", [(f"{U}.requeue = -1:", "at least 0 is expected")]),
    ("requeue = 2", 'preemptible = "no"', [(f'{U}.preemptible = "no":', "true or false is expected")]),
    # policies
    ('order = "fifo"', 'preemption = "tier"\nbackfill = "conservative"', [
        ('policy.preemption = "tier":', "needs backfill none, easy or easy-sjbf"),
    ]),
    ('order = "fifo"', 'preemption = "tier"\nreservations = 2', [
        ('policy.preemption = "tier":', "one reservation, and no code"),
    ]),
    ('order = "fifo"', 'preemption = "tiers"', [
        ('policy.preemption = "tiers":', "'none', 'tier', 'kueue' or 'order' is expected"),
    ]),
    ('order = "fifo"', 'preemption = "kueue"', [('policy.preemption = "kueue":', "it needs queue by-platform")]),
    ('order = "fifo"', 'queue = "by-platform"', [
        ('policy.queue = "by-platform":', "by-platform needs order priority, backfill none"),
    ]),
    ('order = "fifo"', 'fair_sharing = 1', [("policy.fair_sharing = 1:", "true or false is expected")]),
    ("tier = 1", 'preemption = { within = "any" }', [
        ('platforms.q.preemption.within = "any":', "'lower-or-newer-equal-priority' is expected"),
    ]),
    ("tier = 1", 'preemption = { borrow_within_cohort = "lower-priority" }', [
        ('platforms.q.preemption.borrow_within_cohort = "lower-priority":', "it needs reclaim lower-priority or any"),
    ]),
    ("tier = 1", "weight = -1", [("platforms.q.weight = -1:", "must not be negative")]),
    ('order = "fifo"', 'victims = "least"', [
        ('policy.victims = "least":', "'lowest-tier' or 'least-lost' is expected"),
    ]),
    ('order = "fifo"', 'flavors = "cheapest"', [
        ('policy.flavors = "cheapest":', "'as-listed' or 'next-before-borrowing'"),
    ]),
    ('order = "fifo"', 'preempt_after = "-1 s"', [('policy.preempt_after = "-1 s":', "must not be negative")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), SHARING_CASES)
def test_a_mistake_in_what_is_shared(old: str, new: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    text = GOOD.replace("[policy]", f"{SHARING}[policy]")
    assert old in text
    text = text.replace(old, new, 1)
    if not expected:
        (tmp_path / "good.toml").write_text(text, encoding="utf-8")
        load(tmp_path / "good.toml")
        return
    mistakes = mistakes_in(text, tmp_path)
    assert len(mistakes) == len(expected), mistakes
    assert agree(mistakes, expected), mistakes

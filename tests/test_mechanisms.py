"""docs/mechanisms.md is true: every example is run, by the core and by the naive twin, and every table compared."""

from dataclasses import replace
from typing import Any

import pytest
from onecenter_kernels import codes, schema
from oracle import simulate
from pages import (
    Cells,
    Example,
    Log,
    aligned,
    blocks,
    chart,
    example,
    log_of_table,
    log_table,
    markdown_table,
    places,
    plain_table,
    shown_minutes,
)

from onecenter.engine.center import Center
from onecenter.engine.reasons import waits_by_reason
from onecenter.policies import Policy
from onecenter.results.figures import figures
from onecenter.results.fragmentation import fragmentation_of_run
from onecenter.results.log import FATES
from onecenter.results.segments import fates
from onecenter.results.sharing import Shared, sharing_figures
from onecenter.results.tables import jobs_table
from onecenter.results.window import Window, whole_run
from onecenter.units import parse_duration

PAGE = "docs/mechanisms.md"
EXAMPLES = [example(block) for block in blocks(PAGE, "example")]
GIVEN = [example(block) for block in blocks(PAGE, "read")]

#: Columns of an example that hold what is expected under a variant of the policy.
VARIANTS: dict[str, dict[str, Any]] = {
    **{name: {"order": name, "preemption": "none"} for name in codes.ORDERS},
    **{name: {"order": name, "preemption": "order"} for name in codes.LIVE_ORDERS},
    **{name: {"backfill": name} for name in codes.BACKFILLS},
    **{name: {"placement": name} for name in codes.PLACEMENTS},
    "1 reservation": {"reservations": 1},
    "by walltime": {"estimate": "walltime"},
}


def run(case: Example, policy: Policy) -> Log:
    """Return the log of an example, on which core and twin agree."""
    center = Center(case.fleet, policy, case.workload, horizon=case.horizon)
    center.run()
    twin = simulate(case.fleet, policy, case.workload, case.horizon)
    assert center.log.tobytes() == twin.tobytes(), f"{case}: the core and the naive twin differ"
    return center.log


def window(case: Example, log: Log) -> Window:
    """Return what the figures of an example are about."""
    return whole_run(log) if case.horizon is None else Window(0, case.horizon)


def waited(case: Example, log: Log, policy: Policy) -> list[str]:
    """Return why each job waited, the longest first: "2 fragmentation, 1 queue ahead"."""
    waits = waits_by_reason(log, case.workload, case.fleet, policy.backfill, window(case, log).horizon)
    texts = []
    for row in waits:
        found = sorted(((-ms, codes.REASONS[code]) for code, ms in enumerate(row) if ms))
        texts.append(", ".join(f"{shown_minutes(-ms)} {reason}" for ms, reason in found) or "-")
    return texts


def columns(case: Example) -> dict[str, list[str]]:
    """Return all columns that an example may state."""
    log, n = run(case, case.policy), len(case.workload)
    fate = fates(log, n)
    found = {
        "start": ["-" if t < 0 else shown_minutes(t) for t in fate.start],
        "end": ["-" if t < 0 else shown_minutes(t) for t in fate.end],
        "on": places(log, n),
        "outcome": [FATES[code] for code in fate.outcome],
        "waited": waited(case, log, case.policy),
    }
    for name in set(case.rows[0]) & set(VARIANTS):
        other = run(case, replace(case.policy, **VARIANTS[name]))
        starts = ["-" if t < 0 else shown_minutes(t) for t in fates(other, n).start]
        found[name] = places(other, n) if "placement" in VARIANTS[name] else starts
    return found


@pytest.mark.equality
@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_an_example_of_the_page_is_true(case: Example) -> None:
    """The table, the chart and the log are what the core gives."""
    found = columns(case)
    stated = [name for name in case.rows[0] if name in found]
    assert stated or case.log or case.chart, f"{case}: nothing is expected"
    expected: list[Cells] = [{name: row[name] for name in stated} for row in case.rows]
    given = [{name: found[name][i] for name in stated} for i in range(len(case.rows))]
    assert given == expected
    log = run(case, case.policy)
    if case.chart:
        assert [line.rstrip() for line in case.chart] == chart(log, case.workload, case.fleet, case.horizon)
    if case.log:
        assert plain_table(case.log) == log_table(log), "\n".join(aligned(log_table(log)))


@pytest.mark.parametrize("case", [case for case in EXAMPLES if "figure" in case.settings], ids=str)
def test_a_figure_of_the_page_is_true(case: Example) -> None:
    """Lines such as `figure: wait_s.p50 = 2 min` hold."""
    check_figures(case, run(case, case.policy))


@pytest.mark.parametrize("case", GIVEN, ids=str)
def test_what_is_read_from_a_log_of_the_page_is_true(case: Example) -> None:
    """The table, the chart and the figures are what is read from the log that stands there."""
    log, jobs = log_of_table(plain_table(case.log)), case.workload
    table = jobs_table(jobs, fates(log, len(jobs)), case.fleet, window(case, log), window(case, log).horizon)
    found = {
        **{name: [shown_minutes(t) for t in table[f"{name}_ms"]] for name in ("start", "end", "wait", "requeued_wait")},
        **{name: list(map(str, table[name])) for name in ("restarts", "outcome")},
        "waited": waited(case, log, case.policy),
    }
    stated = [{name: row[name] for name in found} for row in case.rows]
    assert stated == [{name: column[i] for name, column in found.items()} for i in range(len(jobs))]
    assert [line.rstrip() for line in case.chart] == chart(log, jobs, case.fleet, case.horizon)
    check_figures(case, log)


def check_figures(case: Example, log: Log) -> None:
    """Fail if a figure of the page is not that of a log."""
    jobs = case.workload
    seen = window(case, log)
    fate = fates(log, len(jobs))
    found = figures(jobs, fate, case.fleet, seen, seen.horizon)
    found["fragmentation"] = fragmentation_of_run(jobs, log, fate, case.fleet, seen)
    preempts = case.policy.preemption != "none"
    shared = Shared(jobs, log, fate, case.fleet, seen, seen.horizon, preempts=preempts)
    found["sharing"] = sharing_figures(shared)
    for text in case.settings["figure"]:
        path, _, value = (part.strip() for part in text.partition("="))
        part: Any = found
        for name in path.split("."):
            part = part[name]
        assert part == pytest.approx(stated_figure(value), abs=5e-4), f"{text}: {part}"


def stated_figure(value: str) -> float | None:
    """Return null, a number, or a duration in seconds."""
    if value == "null":
        return None
    return parse_duration(value) / 1_000 if value.endswith(("min", "s", "h")) else float(value)


def test_every_rule_has_an_example() -> None:
    """Each order, backfill and placement is used by an example."""
    used = {part for case in EXAMPLES for part in (case.policy.order, case.policy.backfill, case.policy.placement)}
    used |= {name for case in EXAMPLES for name in case.rows[0]}
    assert set(codes.ORDERS) | set(codes.BACKFILLS) | set(codes.PLACEMENTS) <= used


def test_every_reason_has_an_example() -> None:
    """Each reason of a wait is shown."""
    shown = " ".join(row.get("waited", "") for case in EXAMPLES for row in case.rows)
    assert [reason for reason in codes.REASONS if reason not in shown] == []


def test_the_columns_of_the_log_are_those_of_the_core() -> None:
    """The page's table is that of the declarations."""
    stated = [(row["column"], row["type"], row["unit"], row["meaning"]) for row in markdown_table(PAGE, "Columns")]
    declared = [(f"`{name}`", SHOWN[kind], unit, meaning) for name, kind, unit, meaning in schema.LOG]
    assert stated == declared


SHOWN = {"i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64"}


@pytest.mark.parametrize(
    ("heading", "names"),
    [("Kinds of rows", codes.EVENTS), ("Reasons", codes.REASONS), ("The order of events", codes.TIMERS)],
)
def test_a_table_names_what_the_core_knows(heading: str, names: tuple[str, ...]) -> None:
    """Codes and names are those of the core, none is left out."""
    stated = [(int(row["code"]), row["name"].strip("`")) for row in markdown_table(PAGE, heading)]
    assert stated == list(enumerate(names))

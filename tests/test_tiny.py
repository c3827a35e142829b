"""docs/tiny.md, the scenario solved by hand, agrees with what the simulator gives."""

from typing import Any

import numpy as np
import pytest
from onecenter_kernels import codes
from pages import Cells, blocks, chart, log_table, markdown_table, plain_table, shown_minutes

import onecenter as oc
from onecenter.results.log import FATES
from onecenter.simulation.result import Result

PAGE = "docs/tiny.md"
DIGITS = "012345"


@pytest.fixture(scope="module")
def tiny() -> Result:
    """The scenario as shipped."""
    return oc.run("tiny")


def table(language: str) -> list[Cells]:
    """Return the page's table of a kind."""
    (block,) = blocks(PAGE, language)
    return plain_table(block.lines)


def test_the_jobs_are_those_of_the_scenario(tiny: Result) -> None:
    """What the page solves is what is shipped."""
    found = tiny.jobs.to_dicts()
    jobs = [
        {
            "job": str(row["job"]),
            "platform": row["platform"],
            "submit": shown_minutes(row["submit_ms"]),
            "tasks": str(row["tasks"]),
            "accelerators": f"{row['accelerators']:g}",
            "run": shown_minutes(int(tiny.workload.run[row["job"]])),
            "walltime": shown_minutes(row["walltime_ms"]),
        }
        for row in found
    ]
    assert jobs == table("jobs")
    assert (tiny.policy.order, tiny.policy.backfill, tiny.policy.placement) == ("fifo", "easy", "best-fit")


def test_the_solution_is_what_the_simulator_gives(tiny: Result) -> None:
    """Starts, ends, outcomes and reasons."""
    reasons = {row["job"]: row for row in tiny.job_reasons.to_dicts()}
    rows = []
    for job in range(len(tiny.workload)):
        start, end, outcome = (int(column[job]) for column in tiny.fates[:3])
        rows.append(
            {
                "job": str(job),
                "start": shown_minutes(start),
                "end": shown_minutes(end),
                "wait": shown_minutes(start - int(tiny.workload.submit[job])),
                "outcome": FATES[outcome],
                "waited for": why(reasons.get(job, {})),
            }
        )
    assert rows == table("fates")


def why(row: dict[str, Any]) -> str:
    """Return a job's reasons, the longest first."""
    named = [(row[f"{name.replace(' ', '_')}_ms"], name) for name in codes.REASONS if name] if row else []
    return ", ".join(f"{shown_minutes(ms)} {name}" for ms, name in sorted(named, reverse=True) if ms) or "-"


def test_the_chart_and_the_log_are_those_of_the_run(tiny: Result) -> None:
    """Line by line, and to the digest."""
    (drawn,) = blocks(PAGE, "chart")
    assert list(drawn.lines) == chart(tiny.decisions, tiny.workload, tiny.fleet, names=DIGITS)
    assert table("log") == log_table(tiny.decisions, DIGITS)
    (digest,) = blocks(PAGE, "digest")
    assert digest.lines == (tiny.log_digest,)


def test_the_figures_are_those_of_the_summary(tiny: Result) -> None:
    """Each row of the page's table."""
    rows = markdown_table(PAGE, "The figures")
    assert len(rows) == 10
    for row in rows:
        value: Any = tiny.summary()["center"]
        for name in row["figure"].strip("`").split("."):
            value = value[name]
        assert value == pytest.approx(float(row["value"])), row["figure"]
    targets = tiny.summary()["center"]["targets"]
    assert [(one["verdict"], one["few"]) for one in targets] == [("met", True), ("missed", True)]


def test_other_policies_start_the_jobs_as_the_page_says() -> None:
    """The starts a policy, and the means without and with backfill."""
    means = {}
    for row in table("policies"):
        policy = row.pop("policy")
        result = oc.run("tiny", policy=policy)
        assert [shown_minutes(t) for t in result.fates.start] == list(row.values()), policy
        means[policy] = result.summary()["center"]["wait_s"]["mean"] / 60
    assert np.round([means["fifo"], means["easy"]]).tolist() == [21, 12]

"""Conditions of --fail-if on figures that are known by their bounds only."""

import pytest

from onecenter.cli.conditions import holding, parse

OPEN = {"p95": None, "p95_low": 10.0, "p95_high": 20.0, "p99": None, "p99_low": 30.0, "p99_high": None}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("wait_s.p95 > 15 s", "null, at most 20.0"),
        ("wait_s.p95 > 20 s", None),
        ("wait_s.p95 >= 20", "null, at most 20.0"),
        ("wait_s.p95 < 21", "null, at most 20.0"),
        ("wait_s.p95_low > 9", "10.0"),
        ("wait_s.p99 > 1 y", "null"),
        ("wait_s.p99 < 1 y", None),
    ],
)
def test_a_figure_known_by_its_bounds_counts_as_the_upper_one(condition: str, found: str | None) -> None:
    held = holding([parse(condition)], {"wait_s": OPEN})
    assert held == ([] if found is None else [f"{condition}  ({condition.split()[0]} = {found})"])

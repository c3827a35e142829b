"""Saved runs of platforms that share a center, whose quotas, limits or classes somebody has edited."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from shared_center import solve
from test_case_edited import head_of, signed, with_edit
from test_preemption import SAVING, tiers

from onecenter.errors import ResultError
from onecenter.simulation.result import Result


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("members", []),
        ("members.1.parent", 1),
        ("members.2.parent", -1),
        ("members.1.platform", 2),
        ("members.1.platform", -2),
        ("members.1.nominal", [4_000, 4_000]),
        ("members.1.nominal", [-4_000]),
        ("members.1.nominal", ["40 %"]),
        ("members.1.lending_limit", [10**16]),
        ("members.1.strict", "no"),
        ("changes", []),
        ("changes.0.member", 3),
        ("changes.0.type", 1),
        ("changes.0.what", "weight"),
        ("changes.0.value", -2),
        ("changes.0.t", -1),
        ("platform_limits", [{}]),
        ("tenant_limits", [{}, {}, {}]),
        ("stream_limits", [{}]),
        ("stream_limits.0.max_submitted", -2),
        ("classes", [{}]),
        ("classes.0.every", -5),
        ("classes.0.grace", 10**16),
        ("classes.0.tier", -(10**16)),
        ("classes.0.color", 1),
        ("tiers", [0]),
        ("tiers.0", 10**16),
        ("", 3),
    ],
)
def test_a_saved_run_whose_sharing_was_edited_is_refused(saved: Path, tmp_path: Path, place: str, value: Any) -> None:
    head, path = head_of(saved), tmp_path / "edited.parquet"
    with_edit(head, f"sharing.{place}".rstrip("."), value)
    signed(path, pl.read_parquet(saved), head)
    with pytest.raises(ResultError, match=r"sharing|amount of a change"):
        Result.load(path)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a saved run of two platforms with quotas, of which one changes, and classes."""
    change = '[{ at = "2026-03-02T00:01:00", nominal = { n = 3 } }]'
    text = tiers("1 x 4", SAVING) + f"platforms.x.quota = {{ nominal = {{ n = 4 }}, changes = {change} }}"
    path = tmp_path_factory.mktemp("saved") / "run.parquet"
    whole = solve(text, "A x 0 9 2\nY y 1 3 2").result.save(path)
    head = head_of(whole)
    signed(whole, pl.read_parquet(whole), head)
    Result.load(whole)
    return whole

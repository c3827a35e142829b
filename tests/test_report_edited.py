"""Plans whose file was edited: a page, or one clear error."""

import copy
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reports import plan

from onecenter.errors import OnecenterError
from onecenter.report.page import page
from onecenter.report.sources import read
from onecenter.simulation.provenance import hash_of

VALUES: list[Any] = [
    None, True, -1, 0, 1e300, 1e-300, 2**70, "", "x", "\u202e$", [], {}, [1], {"a": 1}, math.nan, -0.0, "9" * 500,
]  # fmt: skip

Path_ = tuple[Any, ...]


def paths(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Give the path of each part of plain data, that of the whole aside."""
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from paths(part, (*path, name))


def edit(data: Any, path: Path_, draw: random.Random) -> None:
    """Replace or delete a part."""
    for name in path[:-1]:
        data = data[name]
    if draw.random() < 0.2:
        del data[path[-1]]
    else:
        data[path[-1]] = draw.choice(VALUES)


@pytest.mark.slow
def test_edited_plans_are_reported_or_refused(tmp_path: Path) -> None:
    draw, file = random.Random(9), tmp_path / "plan.json"
    reported, refused = 0, list[str]()
    known = list(paths(plan()))
    for _ in range(100):
        edited = copy.deepcopy(plan())
        edit(edited, draw.choice(known), draw)
        if isinstance(edited.get("resolved"), dict):
            edited["scenario_hash"] = hash_of(edited["resolved"])
        file.write_text(json.dumps(edited), encoding="utf-8")
        try:
            _, found = read([file])
        except OnecenterError as error:
            refused += error.mistakes
        else:
            reported += page([], found, "zh").startswith("<!DOCTYPE html>")
    assert 10 < reported < 90
    assert all("\n" not in mistake and len(mistake) < 1_000 for mistake in refused)

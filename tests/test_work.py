"""Exact work counts of small runs: the indexes look at no more than they did, with the JIT on and off."""

import json

import pytest

from benchmarks import work

pytestmark = pytest.mark.equality


def test_small_runs_look_at_as_much_as_committed() -> None:
    expected = json.loads(work.FILE.read_text())
    found = work.small_counts()
    assert {name: expected[name] for name in found} == found

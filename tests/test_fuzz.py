"""Seeded fuzzing: whatever is handed over is taken, or refused with an error of ours, in time and without much memory.

All of it runs at night, a tenth in the slow tests, a little always.
"""

import json
import subprocess
import sys
from pathlib import Path

import fuzz
import pytest
from fuzz_scenarios import full, places

from onecenter.scenario import shape
from onecenter.scenario.model import Scenario

#: How many cases there are of each kind.
ALL = {
    "fuzz_scenarios.case": 28_000,
    "fuzz_logs.case": 20_000,
    "fuzz_results.damaged": 2_000,
    "fuzz_results.edited": 600,
}

#: So many parts are tried in processes of their own.
PARTS = 10


def apart(kind: str, first: int, count: int) -> None:
    """Try cases in a process of its own, which must take little memory."""
    command = [sys.executable, fuzz.__file__, kind, str(first), str(count)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3_000:]
    found = json.loads(run.stdout)
    assert found["taken"] + found["refused"] == count
    assert found["memory"] < fuzz.MAX_MEMORY
    assert not run.stderr


@pytest.mark.parametrize("kind", ALL)
def test_a_few_cases(kind: str, tmp_path: Path) -> None:
    outcomes = fuzz.tried(kind, 1, max(10, ALL[kind] // 400), tmp_path)
    assert outcomes.refused > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL)
def test_a_tenth(kind: str) -> None:
    apart(kind, 0, ALL[kind] // PARTS)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ALL)
def test_all(kind: str, part: int) -> None:
    size = ALL[kind] // PARTS
    apart(kind, part * size, size)


def test_the_scenario_that_is_spoilt_has_every_key() -> None:
    there = {path[-1] for _, path in places() if isinstance(path[-1], str)}
    assert fields_of(Scenario, set()) <= there
    assert len(places()) * len(fuzz.KINDS) <= 0.6 * ALL["fuzz_scenarios.case"]
    assert full()["name"] == "full"


def fields_of(kind: object, seen: set[object]) -> set[str]:
    """Return the keys of a type of the scenario and of all below it."""
    found: set[str] = set()
    for each in shape.alternatives(kind):
        if each in seen:
            continue
        seen.add(each)
        if shape.is_table(each):
            found |= set(each.model_fields)
            found |= set().union(*(fields_of(field.annotation, seen) for field in each.model_fields.values()))
        elif (below := shape.below(each, 0)) is not None:
            found |= fields_of(below, seen)
    return found


def test_a_case_that_ends_otherwise_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spin(seed: int, folder: Path) -> None:
        if seed == 3:
            raise KeyError("x")
        while seed == 4:
            pass

    monkeypatch.setattr("fuzz_logs.case", spin)
    monkeypatch.setattr(fuzz, "LONGEST", 0.05)
    assert fuzz.tried("fuzz_logs.case", 0, 3, tmp_path) == (3, 0)
    for seed, name in ((3, "KeyError"), (4, "TooLongError")):
        with pytest.raises(AssertionError, match=f"case {seed}: {name}"):
            fuzz.tried("fuzz_logs.case", seed, 1, tmp_path)

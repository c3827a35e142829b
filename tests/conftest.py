"""Fixtures of all tests."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

VARIABLE = "ONECENTER_TRACES"


@pytest.fixture(scope="session")
def traces() -> Path:
    """Return the folder of real traces; docs/traces.md says how to fill it."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"real traces are not here: set {VARIABLE} to their folder (docs/traces.md)")
    assert Path(folder).is_dir(), f"{VARIABLE} = {folder!r} is no folder"
    return Path(folder)


@pytest.fixture(scope="session")
def trace_file(traces: Path) -> Callable[[str], Path]:
    """Return a search for a file below the folder of traces, packed with gzip or not; one that is missing fails."""

    def find(name: str) -> Path:
        plain = name.removesuffix(".gz")
        found = sorted(path for each in (f"{plain}.gz", plain) for path in traces.rglob(each))
        if not found:
            pytest.fail(f"{name} is not below {traces} (docs/traces.md)")
        return found[0]

    return find

"""Where a result comes from: what was run, with which software."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from onecenter.engine.kernels import software
from onecenter.scenario import Scenario


def describe(
    name: str,
    seed: int | None,
    scenario: Mapping[str, Any] | None,
    replay: Mapping[str, Any] | None = None,
    changes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what a result tells of its origin, as plain data.

    The name is of the scenario, or of the trace that was replayed. A scenario is resolved; in it the `changes`
    ("path=value") are applied. A replayed log has none; `replay` says on what it was replayed, and what was left out.
    """
    return {
        "name": name,
        "seed": seed,
        "set": list(changes),
        "scenario": None if scenario is None else dict(scenario),
        "scenario_hash": None if scenario is None else hash_of(scenario),
        "replay": None if replay is None else dict(replay),
        **software(),
    }


def told(scenario: Scenario) -> dict[str, Any]:
    """Return what files of plans and sweeps tell of the scenario that they are about, and of the software."""
    found = describe(scenario.name, scenario.time.seed, scenario.resolved(), changes=scenario.changes)
    resolved, _ = found.pop("scenario"), found.pop("replay")
    return {"scenario": found.pop("name"), "resolved": resolved, **found}


def hash_of(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of plain data, whatever the order of its keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

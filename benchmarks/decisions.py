"""Every decision of every policy on three frozen workloads of integers, with the waits that follow: exact figures.

At these loads the policies without backfill are unstable where gangs are large: a gang at the head leaves accelerators
empty, and the delay grows with the length of the workload. Their figures compare versions, not centers.
"""

from typing import Any, Final

from benchmarks.expectations import FOLDER
from benchmarks.freeze import Frozen, names, read
from onecenter.engine.center import Center
from onecenter.experiments.suite import policies
from onecenter.policies import Policy
from onecenter.results.figures import figures
from onecenter.results.log import digest
from onecenter.results.segments import fates
from onecenter.results.window import whole_run

FILE: Final = FOLDER / "decisions.json"


def measure() -> dict[str, dict[str, Any]]:
    """Return the figures by "workload, policy" of each policy on each frozen workload."""
    every = {name: read(name) for name in names()}
    return {
        f"{name}, {policy}": _figures(frozen, how)
        for name, frozen in every.items()
        for policy, how in policies().items()
    }


def _figures(frozen: Frozen, policy: Policy) -> dict[str, Any]:
    """Return mean and 95th percentile of wait (s) and bounded slowdown, utilisation and the log's digest.

    Figures are rounded: machines may differ in the last bits of a sum.
    """
    center = Center(frozen.fleet, policy, frozen.jobs)
    center.run()
    window = whole_run(center.log)
    found = figures(frozen.jobs, fates(center.log, len(frozen.jobs)), frozen.fleet, window, window.horizon)
    row = {
        f"{short}_{part}": round(found[name][part], 3)
        for short, name in {"wait": "wait_s", "slowdown": "bounded_slowdown"}.items()
        for part in ("mean", "p95")
    }
    return {**row, "utilisation": round(found["utilisation"], 5), "log_digest": digest(center.log)}

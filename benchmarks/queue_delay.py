"""Queue delay: wait and bounded slowdown of every policy on three frozen workloads.

At these loads the policies without backfill are unstable where gangs are large: a gang at the head leaves accelerators
empty, and the delay grows with the length of the workload. Their figures compare versions, not centers.
"""

from collections.abc import Iterable
from typing import Any, Final

from onecenter_kernels.codes import PLACEMENTS

from benchmarks.expectations import FOLDER
from benchmarks.freeze import Frozen, names, read
from onecenter.engine.center import Center
from onecenter.policies import NAMED, Policy
from onecenter.results.figures import figures
from onecenter.results.log import digest
from onecenter.results.segments import fates
from onecenter.results.window import whole_run

FILE: Final = FOLDER / "queue_delay.json"

#: Policies by name: the named ones, and EASY with each placement that it does not have by itself.
POLICIES: Final = NAMED | {
    f"easy, {placement}": Policy(placement=placement)
    for placement in PLACEMENTS
    if placement != NAMED["easy"].placement
}


def measure(workloads: Iterable[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the figures of each policy on each of the named workloads."""
    every = {name: read(name) for name in workloads}
    return {
        name: {policy: _figures(frozen, how) for policy, how in POLICIES.items()} for name, frozen in every.items()
    }


def wanted(quick: bool) -> tuple[str, ...]:
    """Return the names of the workloads to run: all, or the first one."""
    return names()[:1] if quick else names()


def flat(table: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return the same figures by "workload, policy"."""
    return {f"{name}, {policy}": row for name, rows in table.items() for policy, row in rows.items()}


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


def lines(table: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    """Return the table as text."""
    head = f"{'':18} {'wait (min)':>10} {'p95':>9} {'bounded slowdown':>17} {'p95':>9} {'utilisation':>12}  log"
    text: list[str] = []
    for name, rows in table.items():
        text += [f"{name}: {read(name).about}", head]
        for policy, row in rows.items():
            text.append(
                f"{policy:18} {row['wait_mean'] / 60:>10.1f} {row['wait_p95'] / 60:>9.1f} {row['slowdown_mean']:>17.2f}"
                f" {row['slowdown_p95']:>9.2f} {row['utilisation']:>12.3f}  {row['log_digest'][:12]}"
            )
        text.append("")
    return [*text, "Without backfill the delay grows with the length of the workload: compare versions by it only."]

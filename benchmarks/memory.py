"""Peak memory of a run in a process of its own: ``python -m benchmarks.memory JOBS LOAD BACKFILL``."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.workloads import fleet, poisson_jobs
from onecenter.engine.center import Center
from onecenter.policies import Policy

if TYPE_CHECKING:
    from benchmarks.ratios import Say

#: Nodes of the center, and the load.
NODES: Final = 64
LOAD: Final = 0.95

#: Jobs.
SIZES: Final = (1_000_000, 10_000_000)


def peak_bytes() -> int:
    """Return the peak resident memory of this process.

    On Linux from VmHWM: `getrusage` also counts what the parent held when this process was made.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(lines[0].split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure(jobs: int, load: float, backfill: str) -> dict[str, float]:
    """Return the peak (MB) of drawing the jobs and running them, then of working out the figures as well."""
    work = poisson_jobs(jobs, NODES, load)
    center = Center(fleet(NODES), Policy(backfill=backfill), work)
    center.run()
    after_run = peak_bytes()
    # Only now: the tables that these import take 27 MB, which a run does without.
    from onecenter.results.figures import figures
    from onecenter.results.segments import fates
    from onecenter.results.window import whole_run

    window = whole_run(center.log)
    figures(work, fates(center.log, len(work)), fleet(NODES), window, window.horizon)
    return {"run": round(after_run / 1e6, 1), "figures": round(peak_bytes() / 1e6, 1)}


def table(share: float, say: "Say") -> dict[str, Any]:
    """Return the peaks of runs of many jobs, with a share (0..1) of them."""
    rows = []
    for jobs in SIZES:
        count = max(round(share * jobs), 1_000)
        rows.append({"jobs": count, "load": LOAD, "policy": "easy", **measured_apart(count, LOAD, "easy")})
        say(f"{count:,} jobs: done")
    return {"rows": rows}


def lines(report: dict[str, Any]) -> list[str]:
    """Return a report as text."""
    text = [f"{'jobs':>12} {'MB':>9} {'MB with all figures':>20}"]
    return [*text, *(f"{row['jobs']:>12,} {row['run']:>9,.0f} {row['figures']:>20,.0f}" for row in report["rows"])]


def measured_apart(jobs: int, load: float, backfill: str) -> dict[str, float]:
    """Return what `measure` gives in a fresh process (MB)."""
    root = str(Path(__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "benchmarks.memory", str(jobs), str(load), backfill]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}, text=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])))

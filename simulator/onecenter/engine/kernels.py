"""The kernels, loaded or compiled before they are needed, and the software that makes a run."""

import platform
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from onecenter_kernels.jit import kernel_hash

from onecenter.engine import progress
from onecenter.engine.core import FOREVER, Core, kernel_of
from onecenter.engine.reasons import waits_by_reason
from onecenter.fleet import NodeType
from onecenter.policies import Policy
from onecenter.workload.sharing import Member, Sharing
from onecenter.workload.table import workload

#: Quotas of a center of one node type.
SHARED = Sharing((Member(nominal=(1_000,)),))


def compile_kernels(show_progress: bool, policies: Sequence[Policy] = (Policy(),), shared: bool = False) -> None:
    """Load the kernels of policies, or compile them where no earlier process has left them, by running nothing at all.

    `shared`: those where quotas or limits may keep a job from starting.

    Before worker processes start: each of them would compile all kernels on its own.
    """
    with progress.compiling(show_progress, [kernel_of(policy, shared) for policy in policies]):
        nothing = workload(submit=[], run=[], walltime=[], accelerators=[], sharing=SHARED if shared else None)
        fleet = (NodeType("node", 1, 1),)
        for policy in policies:
            core = Core(fleet, policy, nothing)
            core.advance(FOREVER)
            waits_by_reason(core.log, nothing, fleet, policy.backfill, 0)


PARTS = ("onecenter", "numpy", "numba", "simpy", "polars")


def software() -> dict[str, Any]:
    """Return the versions by part, None of one that is not installed, and the hash of the kernels' sources."""
    versions = {"python": platform.python_version(), **{part: _version(part) for part in PARTS}}
    return {"versions": versions, "kernel_hash": kernel_hash()}


def _version(part: str) -> str | None:
    try:
        return metadata.version(part)
    except metadata.PackageNotFoundError:
        return None

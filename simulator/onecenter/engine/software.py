"""Which software makes a run: the versions of its parts, and the kernels."""

import platform
from importlib import metadata
from typing import Any

from onecenter_kernels.jit import kernel_hash

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

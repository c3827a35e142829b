"""How much memory a process took."""

from pathlib import Path


def most_memory() -> int:
    """Return the most memory (MiB) that this program took; `getrusage` counts what it was forked from as well."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

"""Frozen workloads: committed columns of integers with their centers, checked against a digest when they are read."""

import csv
import gzip
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.expectations import FOLDER, load, save
from onecenter.errors import TraceError
from onecenter.fleet import NodeType
from onecenter.workload.table import COLUMNS, DEFAULTS, Workload, workload

#: Tells of each workload its center, what it is about, and its digest.
INDEX: Final = "workloads.json"


@dataclass(frozen=True)
class Frozen:
    """A workload with the center that it was made for.

    Attributes
    ----------
    about : str
        One line on the workload.
    fleet : tuple of NodeType
        The center.
    jobs : Workload
        The jobs.
    """

    about: str
    fleet: tuple[NodeType, ...]
    jobs: Workload


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the names of the frozen workloads."""
    return tuple(load(folder / INDEX))


def read(name: str, folder: Path = FOLDER) -> Frozen:
    """Return a frozen workload.

    Raises
    ------
    TraceError
        If its file is missing, cannot be unpacked, or is another than the one whose digest is committed.
    """
    entry, path = load(folder / INDEX)[name], folder / f"{name}.csv.gz"
    try:
        text = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise TraceError(str(path), [f"{error}: the committed file is expected"]) from error
    found = hashlib.sha256(text).hexdigest()
    if found != entry["sha256"]:
        raise TraceError(str(path), [f"SHA-256 of the unpacked text {found}: {entry['sha256']} is expected"])
    fleet = tuple(NodeType(**kind) for kind in entry["fleet"])
    return Frozen(entry["about"], fleet, _unpacked(text.decode(), entry["platforms"]))


def _unpacked(text: str, platforms: Sequence[str]) -> Workload:
    header, *rows = csv.reader(io.StringIO(text))
    values = np.array(rows, dtype=np.int64)
    columns: Mapping[str, Any] = dict(zip(header, values.T, strict=True))
    return workload(platforms, **columns)


def packed(jobs: Workload) -> str:
    """Return the columns of a workload that are not all at their default as CSV, whole numbers only."""
    kept = [name for name in COLUMNS if name not in DEFAULTS or (getattr(jobs, name) != DEFAULTS[name]).any()]
    rows = np.stack([getattr(jobs, name).astype(np.int64) for name in kept], axis=1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(kept)
    writer.writerows(rows.tolist())
    return text.getvalue()


def write(every: Mapping[str, Frozen], folder: Path = FOLDER) -> None:
    """Write workloads and their index."""
    index = {}
    for name, frozen in every.items():
        text = packed(frozen.jobs).encode()
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(text, 9, mtime=0))
        index[name] = {
            "about": frozen.about,
            "sha256": hashlib.sha256(text).hexdigest(),
            "jobs": len(frozen.jobs),
            "platforms": list(frozen.jobs.platforms),
            "fleet": [asdict(kind) for kind in frozen.fleet],
        }
    save(folder / INDEX, index)

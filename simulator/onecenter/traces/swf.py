"""The Standard Workload Format, version 2.2, of the Parallel Workloads Archive.

Fields and header: https://www.cs.huji.ac.il/labs/parallel/workload/swf.html
"""

import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from onecenter_kernels.schema import CANCELLED_RUNNING, COMPLETED, FAILED

from .clean import Rows, joined, trace
from .columns import ENOUGH, Array, Mistakes, numbers, seconds, split, squeezed, wholes
from .files import Block
from .trace import PARTIAL, REQUESTED, Trace

#: The 18 fields and how each is read.
FIELDS = {
    "job number": wholes,
    "submit time": seconds,
    "wait time": seconds,
    "run time": seconds,
    "allocated processors": wholes,
    "average CPU time": seconds,
    "used memory": numbers,
    "requested processors": wholes,
    "requested time": seconds,
    "requested memory": numbers,
    "status": wholes,
    "user": wholes,
    "group": wholes,
    "application": wholes,
    "queue": wholes,
    "partition": wholes,
    "preceding job": wholes,
    "think time": seconds,
}

#: Those that are only checked.
UNUSED = {
    "wait time",
    "average CPU time",
    "used memory",
    "requested memory",
    "group",
    "application",
    "preceding job",
    "think time",
}

#: A row of one of these is a part of a job that has a row of its own for the whole.
PARTS = (2, 3, 4)

KEY = re.compile(r";\s*([A-Z]\w*):[ \t]*(.*)")


def detect(name: str, first_line: str) -> int:
    """Return 100 for a name in .swf or .swf.gz, a header comment or 18 numbers, else 0."""
    if name.lower().removesuffix(".gz").endswith(".swf") or first_line.startswith(";"):
        return 100
    fields = first_line.split()
    return 100 if len(fields) == len(FIELDS) and re.fullmatch(r"[-+\d.\s]+", first_line) else 0


def read(blocks: Iterable[Block], mistakes: Mistakes) -> Trace:
    """Return the trace of an SWF log.

    Processors are those allocated, else those requested. Walltime is the requested time if > 0, else the run
    time, which is cut at it. Status 0 is `failed`, 5 `cancelled_running`, any other `completed`. Platforms
    are the partitions if there are several, else the queues if there are several, else "all".

    Raises
    ------
    TraceError
        With every mistake's line.
    """
    header: dict[str, str] = {}
    parts: list[dict[str, Array]] = []
    for block in blocks:
        header = header if parts else _header(block.data)
        parts.append(_columns(block, mistakes))
        mistakes.check(enough=ENOUGH)
    columns = joined(parts)
    kind, partition = _partition(columns)
    return trace(mistakes, "swf", _rows(columns, partition), header, _namer(kind, header))


def _columns(block: Block, mistakes: Mistakes) -> dict[str, Array]:
    lines, table = split(
        Block(block.line, squeezed(block.data)), tuple(FIELDS), mistakes, separator=" ", comment=";"
    )
    columns = {name: parse(table[name], lines, mistakes) for name, parse in FIELDS.items()}
    return {"line": lines} | {name: column for name, column in columns.items() if name not in UNUSED}


def _rows(columns: Mapping[str, Array], partition: Array) -> Rows:
    allocated, requested = columns["allocated processors"], columns["requested processors"]
    status = columns["status"]
    as_requested = (allocated <= 0) & (requested > 0)
    return Rows(
        submit=columns["submit time"],
        run=columns["run time"],
        asked=columns["requested time"],
        processors=np.where(as_requested, requested, allocated),
        user=columns["user"],
        line=columns["line"],
        outcome=np.select([status == 0, status == 5], [FAILED, CANCELLED_RUNNING], COMPLETED),
        partition=partition,
        names=columns["job number"],
        left_out={PARTIAL: np.isin(status, PARTS)},
        repaired={REQUESTED: as_requested},
    )


def _partition(columns: Mapping[str, Array]) -> tuple[str, Array]:
    """Return what tells the jobs apart, and its numbers."""
    for kind in ("partition", "queue"):
        values = columns[kind]
        if len(values) and (values != values[0]).any():
            return kind, np.maximum(values, -1)
    return "all", np.zeros(len(columns["line"]), np.int64)


def _header(data: bytes) -> dict[str, str]:
    """Return the header comments; a line without a key goes on with the one before."""
    header: dict[str, str] = {}
    key = ""
    for line in map(str.lstrip, data.decode().split("\n")):
        if line and not line.startswith(";"):
            break
        found = KEY.match(line)
        if found:
            key, text = found[1], found[2].strip()
        else:
            text = line.strip("; \t\r")
        if key and text:
            header[key] = f"{header[key]}\n{text}" if key in header else text
    return header


def _namer(kind: str, header: Mapping[str, str]) -> Callable[[Array], list[str]]:
    """Return the naming of partitions or queues: by the header ("Queue: 1 batch"), else by number."""
    known = dict(re.findall(r"^(\d+)\s+(\S+)", header.get(kind.capitalize(), ""), re.MULTILINE))

    def names(values: Array) -> list[str]:
        if kind == "all":
            return ["all"]
        plain = [f"{kind}-{n}" if n >= 0 else f"no-{kind}" for n in values.tolist()]
        named = [known.get(str(n), name) for n, name in zip(values.tolist(), plain, strict=True)]
        return named if len(set(named)) == len(named) else plain

    return names

"""A log of any format: its columns by their roles, its header, and the trace that they make."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

import numpy as np
from onecenter_kernels.schema import CANCELLED_RUNNING, COMPLETED, FAILED

from onecenter.checks import nearest
from onecenter.errors import TraceError
from onecenter.workload.table import OWN

from .clean import MORE, trace
from .columns import ENOUGH, Mistakes, quoted, reals, split, squeezed
from .files import Block
from .formats import Format, cells
from .trace import Array, Finding, Trace

#: A row with one of these in its status is a part of a job that has a row of its own for the whole.
PARTS = (2, 3, 4)

#: Columns of which job each comes after, and its think time.
LINKS = ("preceding", "think")

KEY = re.compile(r";\s*([A-Z]\w*):[ \t]*(.*)")

Columns = dict[str, Array]


def read(
    blocks: Iterable[Block], format: Format, mistakes: Mistakes, kept: Sequence[str] = (), preceding: bool = False
) -> Trace:
    """Return the trace of a log, with further columns of numbers by the names that it has for them.

    Preceding jobs are kept if they are asked for.

    Processors are those allocated, else those requested. Walltime is the requested time if > 0, else the run time,
    which is cut at it. Status 0 is `failed`, 5 `cancelled_running`, any other `completed`. Platforms are the partitions
    if there are several, else the queues if there are several, else "all". Where a log has timestamps, the first submit
    becomes 0.
    """
    stream, header, names = iter(blocks), {}, list(format.fields)
    if format.comment:
        first = next(stream)
        header = _comments(first.data)
        body: Iterator[Block] = chain([first], stream)
    else:
        names, body = _headed(stream, mistakes.source)
        _check_names(names, tuple(format.fields), mistakes.source)
    further = _further(names, kept, mistakes.source)
    parts = []
    for block in body:
        parts.append(_part(block, format, names, mistakes, further))
        mistakes.check(enough=ENOUGH)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if "instant" in columns:
        usable = (columns["run"] > 0) & (columns["processors"] > 0)
        start = int(columns["instant"][usable].min()) if usable.any() else 0
        columns["submit"] = np.where(usable, columns.pop("instant") - start, 0)
        header = {"StartTime": str(np.datetime64(start // 1000, "s")).replace("T", " ")}
    left_out, repaired = _worked_out(columns)
    if not preceding:
        columns = {name: values for name, values in columns.items() if name not in LINKS}
    elif "preceding" not in columns:
        raise TraceError(mistakes.source, [f"the format {format.name} names no preceding jobs: SWF does"])
    kind = _told_apart_by(columns)
    values = columns.get(kind, columns["nothing"])
    columns["partition"] = values if values.dtype == object else np.maximum(values, -1)
    name = partial(_names, kind, header=header)
    return trace(mistakes, format.name, columns, left_out, repaired, header, name)


def _further(names: list[str], kept: Sequence[str], source: str) -> list[str]:
    """Return those columns of a log that are asked for and not made of others; a TraceError says which there are."""
    unknown = [name for name in kept if name not in names and name not in OWN]
    if unknown:
        known = ", ".join(dict.fromkeys((*names, *OWN)))
        raise TraceError(source, [f"it has no column {quoted(name)}; there are {known}" for name in unknown])
    return [name for name in kept if name in names]


def _part(block: Block, format: Format, names: list[str], mistakes: Mistakes, further: Sequence[str]) -> Columns:
    """Return the columns of a block by their roles; `line` is the number of a row's line."""
    places = tuple(f"column {place}" for place in range(len(names)))
    if format.comment:
        data, separator, comment = squeezed(block.data), " ", format.comment.decode()
    else:
        data, separator, comment = block.data, ",", "\n"
    lines, table = split(Block(block.line, data), places, mistakes, separator=separator, comment=comment)
    found = {"line": lines}
    for name, (role, values) in format.fields.items():
        read = values(table[places[names.index(name)]].rename(name), lines, mistakes)
        if role:
            found[role] = read
    for name in further:
        found[MORE + name] = reals(table[places[names.index(name)]].rename(name), lines, mistakes)
    return found


def _worked_out(columns: Columns) -> tuple[Columns, Columns]:
    """Add the columns that a log lacks; return which rows are left out, and which repaired, by reason.

    What a log does not have is 0, and all its jobs complete.
    """
    left_out, repaired, nothing = {}, {}, np.zeros(len(columns["line"]), np.int64)
    columns |= {"nothing": nothing, "outcome": np.full(len(nothing), COMPLETED)}
    for name in ("asked", "user"):
        columns.setdefault(name, nothing)
    if "allocated" in columns:
        as_requested = (columns["allocated"] <= 0) & (columns["requested"] > 0)
        columns["processors"] = np.where(as_requested, columns["requested"], columns["allocated"])
        repaired[Finding.REQUESTED] = as_requested
    if "preceding" in columns:
        columns["linked"] = (columns["preceding"] > 0) | (columns["think"] > 0)
    if "status" in columns:
        status = columns["status"]
        columns["outcome"] = np.select([status == 0, status == 5], [FAILED, CANCELLED_RUNNING], COMPLETED)
        left_out[Finding.PARTIAL] = np.isin(status, PARTS)
    return left_out, repaired


def _told_apart_by(columns: Columns) -> str:
    """Return which column tells platforms apart: partition or queue where it has several, else "all"."""
    for kind in ("partition", "queue"):
        values = columns.get(kind, np.zeros(0))
        if len(values) and (values.dtype == object or (values != values[0]).any()):
            return kind
    return "all"


def _names(kind: str, values: Array, header: Mapping[str, str]) -> list[str]:
    """Return the names of platforms: their own, by the header ("Queue: 1 batch"), else by number."""
    if kind == "all":
        return ["all"]
    if values.dtype == object:
        return list(values.tolist())
    known = dict(re.findall(r"^(\d+)\s+(\S+)", header.get(kind.capitalize(), ""), re.MULTILINE))
    plain = [f"{kind}-{n}" if n >= 0 else f"no-{kind}" for n in values.tolist()]
    named = [known.get(str(n), name) for n, name in zip(values.tolist(), plain, strict=True)]
    return named if len(set(named)) == len(named) else plain


def _comments(data: bytes) -> dict[str, str]:
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


def _headed(stream: Iterator[Block], source: str) -> tuple[list[str], Iterator[Block]]:
    """Return the header's cells and the blocks behind it, free of quotes and carriage returns."""
    for block in stream:
        text = block.data.lstrip(b"\r\n")
        if text:
            line, _, rest = text.partition(b"\n")
            skipped = block.data.count(b"\n") - rest.count(b"\n")
            behind = Block(block.line + skipped, rest)
            return cells(line.decode()), map(_plain, chain([behind], stream))
    raise TraceError(source, ["holds no header line: a table of jobs is expected"])


def _plain(block: Block) -> Block:
    return Block(block.line, block.data.replace(b"\r\n", b"\n").replace(b'"', b""))


def _check_names(header: list[str], expected: tuple[str, ...], source: str) -> None:
    mistakes = []
    for name in expected:
        if name not in header:
            near = nearest(name, (cell for cell in header if cell not in expected))
            mistakes.append(f"column {name} is missing" + (f" (is {quoted(near)} meant?)" if near else ""))
        elif header.count(name) > 1:
            mistakes.append(f"column {name} stands {header.count(name)} times: once is expected")
    if mistakes:
        found = ", ".join(map(quoted, header[:20]))
        mistakes.append(f"expected are {', '.join(expected)}; found are {found}")
        raise TraceError(source, mistakes)

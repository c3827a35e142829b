"""Job tables in CSV: Microsoft ITP (elasticflow-traces) and Philly in its reduced form (adaptdl)."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from onecenter_kernels.schema import COMPLETED

from onecenter.errors import TraceError

from .clean import Rows, joined, trace
from .columns import ENOUGH, Array, Mistakes, quoted, seconds, split, wholes
from .files import Block
from .trace import Trace

if TYPE_CHECKING:
    import polars as pl

ITP = ("job_id", "submission_time", "duration", "num_gpu")
PHILLY = ("timestamp", "duration", "num_gpus", "cluster")

#: How a timestamp is written; decimals of a second may follow.
TIMESTAMP = "%Y-%m-%d %H:%M:%S%.f"

Parse = Callable[["pl.Series", Array, Mistakes], Array]


def cells(line: str) -> list[str]:
    """Return the cells of a header line."""
    return [cell.strip().strip('"').strip() for cell in line.split(",")]


def detector(columns: tuple[str, ...]) -> Callable[[str, str], int]:
    """Return a detection that counts the expected columns in the header line; fewer than two are none."""

    def detect(name: str, first_line: str) -> int:
        found = len(set(columns) & set(cells(first_line)))
        return found if found > 1 else 0

    return detect


def read_itp(blocks: Iterable[Block], mistakes: Mistakes) -> Trace:
    """Return the trace of an ITP table: job_id, submission_time (s), duration (s), num_gpu.

    Raises
    ------
    TraceError
        With every mistake's line.
    """
    parse: dict[str, Parse] = {
        "job_id": _texts,
        "submission_time": seconds,
        "duration": seconds,
        "num_gpu": wholes,
    }
    columns = _columns(blocks, parse, mistakes)
    submit, gpus = columns["submission_time"], columns["num_gpu"]
    partition = np.zeros(len(submit), np.int64)
    rows = _rows(columns, submit, gpus, partition, columns["job_id"])
    return trace(mistakes, "itp", rows, {}, lambda values: ["all"])


def read_philly(blocks: Iterable[Block], mistakes: Mistakes) -> Trace:
    """Return the trace of a Philly table: timestamp, duration (s), num_gpus, cluster (the platform).

    The first submit becomes 0. Raises as `read_itp`.
    """
    parse: dict[str, Parse] = {
        "timestamp": _instants,
        "duration": seconds,
        "num_gpus": wholes,
        "cluster": _texts,
    }
    columns = _columns(blocks, parse, mistakes)
    gpus, instant = columns["num_gpus"], columns["timestamp"]
    usable = (columns["duration"] > 0) & (gpus > 0)
    first = int(instant[usable].min()) if usable.any() else 0
    submit = np.where(usable, instant - first, 0)
    rows = _rows(columns, submit, gpus, columns["cluster"], None)
    header = {"StartTime": str(np.datetime64(first // 1000, "s")).replace("T", " ")}
    return trace(mistakes, "philly", rows, header, lambda values: values.tolist())


def _rows(
    columns: Mapping[str, Array], submit: Array, gpus: Array, partition: Array, names: Array | None
) -> Rows:
    nothing = np.zeros(len(submit), np.int64)
    return Rows(
        submit=submit,
        run=columns["duration"],
        asked=nothing,
        processors=gpus,
        user=nothing,
        line=columns["line"],
        outcome=np.full(len(submit), COMPLETED),
        partition=partition,
        names=names,
        left_out={},
        repaired={},
    )


def _columns(blocks: Iterable[Block], parse: Mapping[str, Parse], mistakes: Mistakes) -> dict[str, Array]:
    """Return the wanted columns of all blocks; `line` is the number of a row's line."""
    header, body = _header(blocks, mistakes.source)
    _check_header(header, tuple(parse), mistakes.source)
    places = {name: f"column {header.index(name)}" for name in parse}
    all_places = tuple(f"column {place}" for place in range(len(header)))
    parts = []
    for block in body:
        lines, table = split(block, all_places, mistakes, separator=",")
        part = {
            name: read(table[place].rename(name), lines, mistakes)
            for (name, place), read in zip(places.items(), parse.values(), strict=True)
        }
        parts.append({"line": lines} | part)
        mistakes.check(enough=ENOUGH)
    return joined(parts)


def _header(blocks: Iterable[Block], source: str) -> tuple[list[str], Iterator[Block]]:
    """Return the header's cells and the blocks behind it, free of quotes and carriage returns."""
    stream = iter(blocks)
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


def _check_header(header: list[str], expected: tuple[str, ...], source: str) -> None:
    mistakes = []
    for name in expected:
        if name not in header:
            others = [cell for cell in header if cell not in expected]
            close = difflib.get_close_matches(name, others, n=1)
            hint = f" (is {quoted(close[0])} meant?)" if close else ""
            mistakes.append(f"column {name} is missing{hint}")
        elif header.count(name) > 1:
            mistakes.append(f"column {name} stands {header.count(name)} times: once is expected")
    if mistakes:
        found = ", ".join(map(quoted, header[:20]))
        mistakes.append(f"expected are {', '.join(expected)}; found are {found}")
        raise TraceError(source, mistakes)


def _texts(column: "pl.Series", lines: Array, mistakes: Mistakes) -> Array:
    """Return a column of names, none of them empty."""
    names = column.str.strip_chars()
    for row in np.flatnonzero((names == "").to_numpy()):
        mistakes.add(int(lines[row]), f", {column.name} is empty: a name is expected")
    return np.array(names.to_list(), dtype=object)


def _instants(column: "pl.Series", lines: Array, mistakes: Mistakes) -> Array:
    """Return a column of timestamps in ms since 1970, rounded up."""
    import polars as pl

    times = column.str.strip_chars().str.to_datetime(TIMESTAMP, time_unit="us", strict=False)
    wrong = times.is_null()
    for row, text in zip(np.flatnonzero(wrong.to_numpy()), column.filter(wrong), strict=True):
        expected = "a time such as 2017-10-09 07:01:55 is expected"
        mistakes.add(int(lines[row]), f", {column.name} = {quoted(text)}: {expected}")
    micros: Array = times.cast(pl.Int64).fill_null(0).to_numpy()
    return -(-micros // 1000)

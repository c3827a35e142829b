"""Real logs: read, checked, and fitted to a fleet."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from os import PathLike, fspath
from pathlib import Path

from onecenter.checks import shown
from onecenter.errors import TraceError
from onecenter.system.forked import refuse_after_fork
from onecenter.system.inputs import label

from .columns import Mistakes
from .files import LIMIT, blocks, utf8
from .fit import to_workload
from .formats import FORMATS, Format, detected, named
from .logs import read as read_log
from .pools import flat_pool, parse_nodes
from .trace import Jobs, Quality, Trace

__all__ = ["FORMATS", "LIMIT", "Format", "Jobs", "Quality", "Trace", "flat_pool", "parse_nodes", "read", "to_workload"]


def read(
    path: str | PathLike[str],
    format: str | None = None,
    *,
    columns: Sequence[str] = (),
    preceding: bool = False,
    limit: int = LIMIT,
) -> Trace:
    """Read a log, plain or gzip.

    Parameters
    ----------
    path : path
        The file, or "-" for standard input.
    format : str, optional
        Name of one of `FORMATS`; by default found from the file's name and first line.
    columns : sequence of str
        Columns of numbers that are kept, by the names that the log has for them: for orders "column:NAME".
    preceding : bool
        Keep which job each comes after, and its think time; SWF has them.
    limit : int
        Bytes of text at most, uncompressed.

    Returns
    -------
    Trace
        The jobs in order of submission, times in ms, with a report of what was left out or repaired.

    Raises
    ------
    TraceError
        If the file cannot be read; lists the mistakes with their lines.
    """
    refuse_after_fork()
    if not isinstance(path, str | PathLike):
        raise TraceError("replay", [f"{shown(path)}: a log's file is expected"])
    source = fspath(path)
    known = None if format is None else named(format)
    digest = sha256()
    stream = blocks(Path(source), limit, digest)
    first = next(stream)
    if known is None:
        line = first.data.lstrip().partition(b"\n")[0].decode(errors="replace").strip()
        known = detected(label(source), Path(source).name, line)
    texts = (utf8(Path(source), block, known.comment) for block in chain([first], stream))
    found = read_log(texts, known, Mistakes(label(source)), columns, preceding)
    return replace(found, sha256=digest.hexdigest())

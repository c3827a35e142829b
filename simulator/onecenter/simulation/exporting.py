"""Results in formats of other tools, by the name of the file."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Final

from onecenter.errors import ResultError
from onecenter.simulation.chrome import chrome_trace
from onecenter.simulation.opening import ResultLike, opened
from onecenter.simulation.result import Result
from onecenter.simulation.swf import swf_text
from onecenter.system.atomic import write_text
from onecenter.visible import json_text

#: What writes a file, by how its name ends.
FORMATS: Final[dict[str, Callable[[Result], str]]] = {
    ".swf": swf_text,
    ".json": lambda result: json_text(chrome_trace(result), None),
}


def checked_target(path: str | PathLike[str]) -> Path:
    """Return where to write, if its name says in which format."""
    target = Path(path)
    if target.suffix.lower() not in FORMATS:
        right = "a name that ends in .swf (Standard Workload Format) or .json (Chrome trace, for Perfetto) is expected"
        raise ResultError(str(path), [right])
    return target


def export(result: ResultLike, path: str | PathLike[str]) -> Path:
    """Write a result for another tool, whole or not at all; return the path.

    Parameters
    ----------
    result : Result, str or path
        A result, a file, or a folder of `onecenter run --out`.
    path : str or path
        Its name says the format: .swf is the Standard Workload Format, .json a trace for Perfetto and Chrome.

    Raises
    ------
    ResultError
        If the name ends in something else, or the result cannot be read.
    """
    target = checked_target(path)
    write_text(target, FORMATS[target.suffix.lower()](opened(result)))
    return target

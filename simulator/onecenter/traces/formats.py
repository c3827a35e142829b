"""The formats a trace may have: a new one is an entry of `FORMATS`."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onecenter.checks import shown
from onecenter.errors import TraceError

from . import swf, tables
from .columns import Mistakes, quoted
from .files import Block
from .trace import Trace


@dataclass(frozen=True)
class Format:
    """A format of traces.

    Attributes
    ----------
    name : str
        Name in `format=`.
    about : str
        How a file of this format looks.
    detect : callable
        (file name, first line) -> how much speaks for the format; 0: nothing.
    read : callable
        (blocks, mistakes) -> Trace.
    comment : bytes
        How a line begins that may hold anything; empty: there are none.
    """

    name: str
    about: str
    detect: Callable[[str, str], int]
    read: Callable[[Iterable[Block], Mistakes], Trace]
    comment: bytes = b""


FORMATS = [
    Format("swf", "18 numbers a line, comments begin with ;", swf.detect, swf.read, b";"),
    Format("itp", f"CSV with {', '.join(tables.ITP)}", tables.detector(tables.ITP), tables.read_itp),
    Format(
        "philly", f"CSV with {', '.join(tables.PHILLY)}", tables.detector(tables.PHILLY), tables.read_philly
    ),
]


def named(name: str) -> Format:
    """Return the format of that name.

    Raises
    ------
    TraceError
        If there is none.
    """
    names = [known.name for known in FORMATS]
    if name in names:
        return FORMATS[names.index(name)]
    close = difflib.get_close_matches(str(name), names, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise TraceError("format", [f"{shown(name)}: one of {', '.join(names)} is expected{hint}"])


def detected(source: str, file_name: str, first_line: str) -> Format:
    """Return the format for which most speaks.

    Raises
    ------
    TraceError
        If nothing speaks for any.
    """
    best = max(FORMATS, key=lambda known: known.detect(file_name, first_line))
    if best.detect(file_name, first_line):
        return best
    if file_name.endswith(".toml"):
        raise TraceError(source, ["this is a scenario: `onecenter run` takes scenarios, replay takes logs"])
    known = "; ".join(f"{each.name}: {each.about}" for each in FORMATS)
    raise TraceError(source, [f"its first line, {quoted(first_line)}, fits no known format ({known})"])

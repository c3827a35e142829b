"""Files that are handed over: regular ones, or standard input by the name "-".

A named pipe without a writer, a terminal or a device would keep the reader for ever.
"""

import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Final

#: The name of standard input, as for other tools; a file of that name is given by its whole path.
STDIN: Final = "-"

_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NotAFileError(OSError):
    """The path leads to something else than a regular file; `strerror` says to what, and what is expected."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(None, f"{what}; a regular file is expected", path)


class TooLargeError(ValueError):
    """There is more than may be; the text says how much that is."""


def label(path: str | Path) -> str:
    """Return what a file is called in messages."""
    return "standard input" if str(path) == STDIN else str(path)


def opened(path: str | Path) -> BinaryIO:
    """Open a regular file for reading bytes; a NotAFileError refuses a folder, a named pipe, a socket or a device."""
    check_regular(path)
    # Not blocking, for what has taken its place meanwhile.
    handle = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")
    try:
        _check(path, os.fstat(handle.fileno()).st_mode)
    except NotAFileError:
        handle.close()
        raise
    return handle


def local(path: str | Path) -> str:
    """Return the absolute path of a file, which polars does not take for an address, such as "file:x" or "s3:x"."""
    return os.path.abspath(path)


def check_regular(path: str | Path) -> None:
    """Raise as `opened` does, without opening."""
    _check(path, os.stat(path).st_mode)


def _check(path: str | Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotAFileError(str(path), next((what for is_it, what in _KINDS if is_it(mode)), "no file"))


def standard_input() -> BinaryIO:
    """Return standard input as bytes; an OSError says that it is closed or is no stream of bytes."""
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise OSError(None, "standard input is closed")
    return stream


def read(path: str | Path, most: int) -> bytes:
    """Return what is in a file, or in standard input ("-"); a TooLargeError refuses more than `most` bytes."""
    if str(path) == STDIN:
        data = standard_input().read(most + 1)
    else:
        with opened(path) as handle:
            data = handle.read(most + 1)
    if len(data) > most:
        raise TooLargeError(f"larger than {most // 2**20} MiB")
    return data

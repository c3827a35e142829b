"""Standard output and error as they may be: closed, full, or without the letters."""

import codecs
import io
import json
import os
import select
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO

from onecenter.errors import OnecenterError
from onecenter.visible import json_text

#: What stands for a character that an encoding lacks; any other one becomes as many question marks as it is wide.
STAND_INS: Final = {"✓": "+", "✗": "x", "×": "x", "≤": "<=", "≥": ">=", "…": "...", **dict.fromkeys("·–—−", "-")}
REPLACED: Final = "onecenter.replaced"


class Descriptor(io.FileIO):
    """A descriptor (1 or 2) that output goes to; once its reader is gone, the rest is dropped."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "wb", closefd=False)

    def write(self, data: Any) -> int:
        """Write all or a part, as `io.RawIOBase.write`; wait for a reader that is slow."""
        try:
            while (count := super().write(data)) is None:
                select.select([], [self.fileno()], [])
        except OSError as error:
            # Else the interpreter would try again, and complain, when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if self.fileno() == 1 and not isinstance(error, BrokenPipeError):
                raise OnecenterError("standard output", [f"cannot be written: {error.strerror}"]) from None
            return len(data)
        return count


@contextmanager
def streams() -> Iterator[None]:
    """Print through descriptors that may be closed or full, with letters replaced that the encoding lacks."""
    codecs.register_error(REPLACED, _replaced)
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _opened(sys.stdout, sys.__stdout__, 1), _opened(sys.stderr, sys.__stderr__, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


class _Aside:
    """Standard error in place of standard output, which answers still go to."""

    def __init__(self, answers: Any) -> None:
        self.answers = answers

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


@contextmanager
def answers_alone(wanted: bool) -> Iterator[None]:
    """Let all that is not printed to `answers` go to standard error, if so wanted: policies may print, too."""
    before: Any = sys.stdout
    if wanted:
        sys.stdout = _Aside(before)
    try:
        yield
    finally:
        sys.stdout = before


def answers() -> Any:
    """Return the stream of what a program is to read."""
    return getattr(sys.stdout, "answers", sys.stdout)


def print_json(data: Any) -> None:
    """Print plain data as JSON; where the encoding lacks a letter, all such are escaped, so that none is lost."""
    text, out = json_text(data, 2), answers()
    try:
        text.encode(getattr(out, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2)
    print(text, file=out)


def _opened(stream: TextIO | None, original: TextIO | None, number: int) -> Any:
    """Return a stream over a `Descriptor`; one that a caller has set, such as a notebook's, is left alone."""
    if stream is not original or os.name != "posix":
        return stream
    if stream is None:
        _occupy(number)
    else:
        stream.flush()
    encoding = stream.encoding if stream is not None else "utf-8"
    buffer = io.BufferedWriter(Descriptor(number))
    return io.TextIOWrapper(buffer, encoding, REPLACED, line_buffering=number == 2 or os.isatty(number))


def _occupy(number: int) -> None:
    """Let no file that is opened later get the number of a closed descriptor, and be printed into."""
    while os.open(os.devnull, os.O_RDONLY) < number:
        pass


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for the characters that cannot be encoded, as a handler of `codecs`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_stand_in, error.object[error.start : error.end])), error.end


def _stand_in(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    wide = unicodedata.east_asian_width(character) in "WF"
    return STAND_INS.get(character, "??" if wide else "?")

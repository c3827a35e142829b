"""The text of a trace file, block by block: plain or gzip, never more than a limit."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from onecenter.checks import did_you_mean
from onecenter.errors import TraceError
from onecenter.system.inputs import STDIN, NotAFileError, label, opened, standard_input
from onecenter.units import format_bytes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: A trace may hold so many bytes of text, uncompressed; a gzip bomb stops here.
LIMIT = 4 * 2**30

#: Bytes read at once; no line may be longer. Each takes up to fifty times as much memory while it is split.
BLOCK = 2**20

#: Logs are packed to a fifth or a twentieth; text of more than this many times the packed bytes is a gzip bomb, once
#: it is more than FREE bytes.
RATIO, FREE = 100, 32 * 2**20

GZIP = b"\x1f\x8b"

#: First bytes of what people hand over by mistake.
STRANGERS = {
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"\xfd7zXZ": "packed with xz: unpack it first, or pack it with gzip",
    b"BZh": "packed with bzip2: unpack it first, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it first, or pack it with gzip",
    b"PAR1": "a Parquet table: write it as CSV (`onecenter run` repeats a saved replay)",
}


class Digest(Protocol):
    """A hash object of `hashlib`."""

    def update(self, data: memoryview, /) -> None:
        """Take in more bytes."""


class _Counted(io.RawIOBase):
    """A file whose bytes are counted and hashed as they are read."""

    def __init__(self, stream: BinaryIO, digest: Digest | None) -> None:
        self._stream = stream
        self._digest = digest
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        data = self._stream.read1(len(memoryview(buffer)))  # type: ignore[attr-defined]
        memoryview(buffer)[: len(data)] = data
        self.count += len(data)
        if self._digest is not None:
            self._digest.update(memoryview(data))
        return len(data)

    def close(self) -> None:
        if self._stream is not getattr(sys.stdin, "buffer", None):
            self._stream.close()
        super().close()


@dataclass(frozen=True)
class Block:
    """Whole lines of a file."""

    line: int  # number of the first of them; the file's first line is 1
    data: bytes  # the last byte is a newline


def blocks(path: Path, limit: int, digest: Digest | None = None) -> Iterator[Block]:
    """Yield the file's lines in blocks of about `BLOCK` bytes, of text at most `limit` in all.

    The digest takes the file's bytes as they lie on disk. A line longer than `BLOCK` is refused.
    """
    line, rest = 1, b""
    for chunk in _chunks(path, limit, digest):
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield Block(line, rest + chunk[:cut])
            line += chunk.count(b"\n", 0, cut)
            rest = b""
        rest += chunk[cut:]
        if len(rest) > BLOCK:
            raise TraceError(
                label(path), [f"line {line} is longer than {format_bytes(BLOCK)}: this is no table of jobs"]
            )
    if rest:
        yield Block(line, rest + b"\n")
    elif line == 1:
        raise TraceError(label(path), ["is empty: a table of jobs is expected"])


def utf8(path: Path, block: Block, comment: bytes) -> Block:
    """Return a block whose text is UTF-8; in lines that begin with `comment`, other bytes become U+FFFD."""
    try:
        block.data.decode()
    except UnicodeDecodeError:
        readable = [_decodable(line, comment) for line in block.data.split(b"\n")]
        block = Block(block.line, b"\n".join(readable))
    try:
        block.data.decode()
    except UnicodeDecodeError as error:
        line = block.line + block.data.count(b"\n", 0, error.start)
        byte = block.data[error.start]
        raise TraceError(
            label(path), [f"line {line}: byte 0x{byte:02x} is not UTF-8: save the file as UTF-8"]
        ) from None
    return block


def _decodable(line: bytes, comment: bytes) -> bytes:
    skipped = comment and line.lstrip().startswith(comment)
    return line.decode(errors="replace").encode() if skipped else line


def _chunks(path: Path, limit: int, digest: Digest | None) -> Iterator[bytes]:
    """Yield the unpacked bytes; the first chunk carries no byte-order mark."""
    total = 0
    with _opened(path, digest) as (stream, raw):
        while chunk := _read(path, stream, total):
            total += len(chunk)
            if total > limit:
                raise TraceError(label(path), [f"holds more than {format_bytes(limit)} of text, the limit of a trace"])
            if total > max(FREE, RATIO * raw.count):
                raise TraceError(label(path), [f"unpacks to more than {RATIO} times its size, as no log does"])
            if total == len(chunk):
                _known_bytes(path, chunk)
                chunk = chunk.removeprefix(b"\xef\xbb\xbf")
            yield chunk


@contextmanager
def _opened(path: Path, digest: Digest | None) -> Iterator[tuple[BinaryIO, _Counted]]:
    """Open a plain or gzip file; which, its first bytes tell."""
    raw = _open(path, digest)
    with io.BufferedReader(raw) as stream:
        head = _head(path, stream)
        if head == GZIP:
            with gzip.GzipFile(fileobj=stream) as unpacked:
                yield cast(BinaryIO, unpacked), raw
        elif path.suffix == ".gz" and head:
            raise TraceError(label(path), ["is not gzip although its name ends in .gz: rename or fetch it again"])
        else:
            yield stream, raw


def _open(path: Path, digest: Digest | None) -> _Counted:
    try:
        return _Counted(standard_input() if str(path) == STDIN else opened(path), digest)
    except NotAFileError as error:
        raise TraceError(label(path), [f"is {error.strerror}"]) from None
    except FileNotFoundError:
        raise TraceError(label(path), [f"there is no such file{_neighbour(path)}"]) from None
    except (OSError, ValueError) as error:
        raise TraceError(label(path), [f"cannot be opened: {_reason(error)}"]) from None


def _head(path: Path, stream: "io.BufferedReader[_Counted]") -> bytes:
    try:
        return stream.peek(2)[:2]
    except OSError as error:
        raise TraceError(label(path), [f"cannot be read: {_reason(error)}"]) from None


def _read(path: Path, stream: BinaryIO, total: int) -> bytes:
    try:
        return stream.read(BLOCK)
    except EOFError:
        what = "the gzip file is truncated"
    except (gzip.BadGzipFile, zlib.error) as error:
        what = f"the gzip file is damaged ({_reason(error)})"
    except OSError as error:
        what = f"cannot be read ({_reason(error)})"
    raise TraceError(label(path), [f"{what} behind byte {total:,} of its text: fetch it again"])


def _known_bytes(path: Path, chunk: bytes) -> None:
    if chunk[257:262] == b"ustar":
        raise TraceError(label(path), ["is a tar archive: unpack it first"])
    for magic, what in STRANGERS.items():
        if chunk.startswith(magic):
            raise TraceError(label(path), [f"is {what}"])


def _neighbour(path: Path) -> str:
    """Return a hint at the file that was probably meant."""
    if not path.parent.is_dir():
        return f", and no directory {path.parent}"
    names = []
    with suppress(OSError):
        names = [entry.name for entry in path.parent.iterdir()]
    return f"; {did_you_mean(path.name, names)}".rstrip("; ")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)

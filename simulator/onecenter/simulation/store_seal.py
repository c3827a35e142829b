"""The seal of a saved result: the SHA-256 of the whole file, in its metadata.

It is looked at before the file is parsed: in a damaged one a length may be anything, and a parser that believes it
takes all memory, or prints its own traceback.
"""

import hashlib
import re
from pathlib import Path
from typing import BinaryIO, Final

from onecenter.system.inputs import opened

#: The key of the seal, and what stands in its place while it is worked out.
KEY: Final = "onecenter.sha256"
BLANK: Final = "0" * 64

#: Both ends of a Parquet file; before the last one stands the length of the metadata.
MAGIC: Final = b"PAR1"

#: The metadata of no result is longer (bytes).
LONGEST: Final = 2**27

#: Key and value as Parquet's metadata have them: a text has its length before it.
_SEAL: Final = re.compile(re.escape(KEY.encode()) + rb"\x18\x40([0-9a-f]{64})", re.DOTALL)


def seal(path: Path) -> None:
    """Put the SHA-256 of a Parquet file into the place that its metadata keep for it."""
    with path.open("r+b") as file:
        place, _ = _found(file)
        digest = _digest(file, place)
        file.seek(place)
        file.write(digest.encode())


def check(path: str | Path) -> None:
    """Raise ValueError, which says why, unless a file is a sealed one as it was written; OSError as `opened`."""
    with opened(path) as file:
        place, found = _found(file)
        if _digest(file, place) != found:
            raise ValueError("damaged: it is not as it was saved; run it again")


def _found(file: BinaryIO) -> tuple[int, str]:
    """Return where the seal stands, and what it says."""
    size = file.seek(0, 2)
    length = _metadata_length(file, size)
    if length is None:
        raise ValueError("not a whole Parquet file; a result saved by onecenter is expected")
    start = size - 8 - length
    file.seek(start)
    matches = list(_SEAL.finditer(file.read(length)))
    if len(matches) != 1:
        raise ValueError("a Parquet file, but not a result saved by onecenter, or damaged")
    return start + matches[0].start(1), matches[0][1].decode()


def _metadata_length(file: BinaryIO, size: int) -> int | None:
    """Return the length of the metadata, or None if the file has not the ends of a Parquet file."""
    if size < 12:
        return None
    file.seek(0)
    first = file.read(4)
    file.seek(size - 8)
    length, last = int.from_bytes(file.read(4), "little"), file.read(4)
    return length if first == last == MAGIC and length <= min(size - 12, LONGEST) else None


def _digest(file: BinaryIO, place: int) -> str:
    """Return the SHA-256 of a file with zeros in the place of the seal."""
    total = hashlib.sha256()
    file.seek(0)
    left = place
    while left and (data := file.read(min(left, 2**20))):
        total.update(data)
        left -= len(data)
    total.update(BLANK.encode())
    file.seek(place + len(BLANK))
    while data := file.read(2**20):
        total.update(data)
    return total.hexdigest()

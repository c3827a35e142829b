"""Slurm's lists of hosts, such as gpu[001-040,050],login."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

#: Hosts of one list at most.
MAX_HOSTS: Final = 100_000

_PART: Final = re.compile(r"([^,\[\]]+|\[[^\[\]]*\])+")
_PIECE: Final = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_RANGE: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)


def hosts(text: str) -> list[str]:
    """Return the hosts of a list; a ValueError says what is wrong."""
    found: list[str] = []
    for part in _parts(text):
        pieces = [_ranges(match[1]) if match[2] is None else [match[2]] for match in _PIECE.finditer(part)]
        count = 1
        for piece in pieces:
            count *= len(piece)
        if len(found) + count > MAX_HOSTS:
            raise ValueError(f"at most {MAX_HOSTS:,} hosts are expected")
        found += map("".join, product(*pieces))
    return found


def _parts(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None or text[match.end() : match.end() + 1] not in ("", ","):
            raise ValueError("a list of hosts such as gpu[001-040,050] is expected")
        yield match[0]
        at = match.end() + 1


def _ranges(text: str) -> list[str]:
    found: list[str] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise ValueError("ranges of numbers in brackets are expected, such as [001-040,050]")
        first, last = match[1], match[2] or match[1]
        if not 0 <= int(last) - int(first) < MAX_HOSTS:
            raise ValueError(f"a rising range of at most {MAX_HOSTS:,} hosts is expected")
        found += [f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]
    return found

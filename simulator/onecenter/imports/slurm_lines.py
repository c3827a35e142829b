"""The lines of slurm.conf and gres.conf: keys and values with their places, continued lines and included files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from onecenter.errors import OnecenterError
from onecenter.imports.fields import Field, Place
from onecenter.imports.yaml_files import read_bytes
from onecenter.system import inputs

#: Files that include each other, and lines of all together.
MAX_FILES, MAX_LINES = 100, 100_000

_COMMENT: Final = re.compile(r"(?<!\\)#.*")
_INCLUDE: Final = re.compile(r"include\s+(\S.*)", re.IGNORECASE)
_WORD: Final = re.compile(r'([\w/-]+)\s*=\s*("[^"]*"|\S*)')


def text_of(path: str) -> str:
    """Return the text of a file."""
    data = read_bytes(path, "a configuration is small")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise OnecenterError(inputs.label(path), [f"line {line}: not UTF-8; save the file as UTF-8"]) from None


def lines_of(path: str, text: str, above: tuple[str, ...] = ()) -> Iterator[Field]:
    """Yield each line as a table of its keys, in lower case; the first key says what the line is about."""
    for number, line in _joined(text):
        include = _INCLUDE.fullmatch(line)
        if include is None:
            yield _table(path, number, line)
            continue
        other = str(Path(path).parent / include[1])
        chain = (*above, path)
        if other in chain or len(chain) >= MAX_FILES:
            right = "the files include each other; take one of the lines away"
            raise OnecenterError(path, [f"line {number}: Include {include[1]}: {right}"])
        yield from lines_of(other, text_of(other), chain)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines without comments, with what continues them, each with the number of its first."""
    kept, first = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        if number > MAX_LINES:
            return
        line = _COMMENT.sub("", raw).rstrip()
        first = first if kept else number
        if line.endswith("\\"):
            kept += line[:-1]
            continue
        whole = (kept + line).strip()
        kept = ""
        if whole:
            yield first, whole
    if kept.strip():
        yield first, kept.strip()


def _table(path: str, number: int, line: str) -> Field:
    place = Place(path, number)
    found = _WORD.findall(line)
    if _WORD.sub("", line).strip() or not found:
        raise OnecenterError(path, [f"line {number}: {line[:60]!r}: Key=Value is expected, or Include and a file"])
    values = {key.lower(): value.strip('"') for key, value in found}
    first, value = found[0][0], found[0][1]
    about = f"{first}={value}: " if len(found) > 1 else ""
    names = {key.lower(): key for key, _ in found}
    table = {key: Field(each, place, about + names[key], quoted=True) for key, each in values.items()}
    return Field(table, place, first)

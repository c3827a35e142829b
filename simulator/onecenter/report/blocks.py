"""What a page consists of: the template writes these, whatever they are about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Cell:
    """A cell of a table; `look` is a class of the style sheet: number, met, missed, undecided."""

    text: str
    look: str = ""


@dataclass(frozen=True)
class Table:
    """A table whose first column names the rows."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Figure:
    """A picture, drawn wide for screen and paper, and narrow for a phone; the legend is (colour, text)."""

    wide: str
    narrow: str
    caption: str
    legend: Sequence[tuple[str, str]] = ()
    kind: ClassVar[str] = "figure"


@dataclass(frozen=True)
class Paragraph:
    """Some sentences."""

    text: str
    look: str = ""
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list; each item has its language, "" for that of the page."""

    items: Sequence[tuple[str, str]]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Facts:
    """Names with their values."""

    pairs: Sequence[tuple[str, str]]
    kind: ClassVar[str] = "facts"


Block = Table | Figure | Paragraph | Bullets | Facts


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading; `identifier` is that of its anchor."""

    identifier: str
    title: str
    blocks: Sequence[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """The sections about one result, or about all; without a title where there is one result only."""

    identifier: str
    title: str
    sections: Sequence[Section]


def number(text: str) -> Cell:
    """Return a cell with a number, aligned right."""
    return Cell(text, "number")

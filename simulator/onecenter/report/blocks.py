"""What a page consists of beside tables (`results.views.View`): the template writes these, whatever they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from onecenter.results.views import View


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


Block = View | Figure | Paragraph | Bullets | Facts


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading; `identifier` is that of its anchor."""

    identifier: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Chapter:
    """The sections about one result, or about all; without a title where there is one result only."""

    identifier: str
    title: str
    sections: Sequence[Section]

"""Pictures as SVG that can stand inside a page, with text that the reader's own fonts write.

matplotlib lays text out with its own font, which has no Chinese. So a text is drawn as a run of Braille signs, which
that font has, of about the same width; afterwards the run is replaced by the text.
"""

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from onecenter.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLANK: Final = 0x2800
SIGNS: Final = 255

#: Widths in em: of a Braille sign in DejaVu Sans; of Latin letters and Chinese characters about.
BRAILLE, LATIN, WIDE = 0.73, 0.56, 1.0

#: A number beside an axis, which every font has.
NUMERIC: Final = re.compile("[-\N{MINUS SIGN}\\d.]+")

RUN: Final = re.compile("[\u2800-\u28ff]+")
SVG: Final = "{http://www.w3.org/2000/svg}"
LINK: Final = "{http://www.w3.org/1999/xlink}href"
REFERENCE: Final = re.compile(r"url\(#([^)]+)\)")


class Letters:
    """Texts that stand in a picture as runs of Braille signs until they are put back."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def __call__(self, text: str) -> str:
        """Return the run that stands for a text."""
        text = re.sub("[\t\n ]+", " ", visible(text, keep="\t\n")).strip(" ")
        if not text:
            return ""
        place = len(self._texts)
        self._texts.append(text)
        # Blanks fill up; the two signs of the place are never blank.
        signs = chr(BLANK + 1 + place // SIGNS % SIGNS) + chr(BLANK + 1 + place % SIGNS)
        return signs + chr(BLANK) * max(0, round(_width(text) / BRAILLE) - 2)

    def cover(self, ax: "Axes") -> None:
        """Let runs stand for the texts that have been drawn; numbers beside an axis stay."""
        from matplotlib.text import Text

        for axis in (ax.xaxis, ax.yaxis):
            labels = [label.get_text() for label in axis.get_ticklabels()]
            if any(label and not NUMERIC.fullmatch(label) for label in labels):
                axis.set_ticks(axis.get_ticklocs().tolist(), [self(label) for label in labels])
        ticks = {*ax.get_xticklabels(which="both"), *ax.get_yticklabels(which="both")}
        for text in ax.findobj(Text):
            if isinstance(text, Text) and text not in ticks:
                text.set_text(self(text.get_text()))

    def back(self, written: str) -> str:
        """Return a drawn text with the runs replaced."""
        return RUN.sub(lambda run: self._texts[self._place(run[0])], written)

    @staticmethod
    def _place(run: str) -> int:
        return (ord(run[0]) - BLANK - 1) * SIGNS + ord(run[1]) - BLANK - 1


def _width(text: str) -> float:
    return sum(WIDE if unicodedata.east_asian_width(letter) in "WF" else LATIN for letter in text)


def picture(draw: Callable[["Axes"], None], width: float, height: float, name: str, title: str) -> str:
    """Return a picture of width x height inches as an `<svg>` element; its title says what is seen.

    The name is before each id, so that pictures of one page do not share any.
    """
    from onecenter.plot import new_axes

    letters, out = Letters(), StringIO()
    with _settings(name):
        ax = new_axes(width, height, svg=True)
        draw(ax)
        letters.cover(ax)
        figure: Any = ax.get_figure()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    root = ET.fromstring(out.getvalue())
    _tidy(root, letters, name)
    _name(root, f"{name}-title", title)
    return ET.tostring(root, encoding="unicode")


@contextmanager
def _settings(salt: str) -> Iterator[None]:
    """Make matplotlib draw the same on every machine, whatever the user's own settings are."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": salt, "font.size": 10})
        yield


def _tidy(root: ET.Element, letters: Letters, name: str) -> None:
    """Drop what a page must not hold twice, and put the texts back."""
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in (f"{SVG}metadata", f"{SVG}style")]:
            parent.remove(child)
    used = {found for each in root.iter() for value in each.attrib.values() for found in REFERENCE.findall(value)}
    used |= {each.attrib[LINK].removeprefix("#") for each in root.iter() if LINK in each.attrib}
    for each in root.iter():
        each.tag = each.tag.removeprefix(SVG)
        each.attrib.update({key: REFERENCE.sub(rf"url(#{name}-\1)", value) for key, value in each.attrib.items()})
        if LINK in each.attrib:
            each.set("href", f"#{name}-{each.attrib.pop(LINK).removeprefix('#')}")
        identifier = each.attrib.pop("id", None)
        if identifier in used:
            each.set("id", f"{name}-{identifier}")
        if each.text:
            each.text = letters.back(each.text)


def _name(root: ET.Element, identifier: str, title: str) -> None:
    """Give a picture its role, and its title for those who do not see it."""
    box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update({"viewBox": box, "role": "img", "aria-labelledby": identifier})
    element = ET.Element("title", {"id": identifier})
    element.text = visible(title, keep="\t\n")
    root.insert(0, element)

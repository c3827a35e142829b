"""Letters that matplotlib's own font lacks, Chinese ones above all: a font of this machine draws them."""

import re
import unicodedata
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.text import Text

#: Fonts with Chinese letters, the most legible first: Linux, Windows, macOS.
FAMILIES: Final = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB",
    "Heiti SC", "Heiti TC", "STHeiti", "SimSun", "Songti SC", "Noto Serif CJK SC", "Noto Serif CJK JP",
    "Droid Sans Fallback", "Arial Unicode MS",
)  # fmt: skip

#: How the files of these fonts begin; matplotlib lists the fonts of a machine once and does not see newer ones.
FILES: Final = (
    "notosanscjk", "notosanssc", "sourcehansans", "wqy-", "msyh", "simhei", "pingfang", "hiragino", "stheiti",
    "simsun", "songti", "notoserifcjk", "droidsansfallback", "arialuni",
)  # fmt: skip

#: Numbers and powers of ten beside an axis: formulas of matplotlib's own.
OWN: Final = re.compile(r"\$\\mathdefault\{[-\N{MINUS SIGN}\d.^{}]*\}\$")

#: Drawn for a letter that no font has.
BOX: Final = "\N{WHITE SQUARE}"


class FontWarning(UserWarning):
    """Chinese letters are drawn as boxes, since no font has them."""

    def __init__(self) -> None:
        super().__init__("Chinese letters are drawn as boxes: install a font that has them, such as fonts-noto-cjk")


def legible(ax: "Axes") -> "Axes":
    """Make every text of Axes drawn letter by letter as it is: no formula, no letter without a font; return the Axes.

    A FontWarning says that there are Chinese letters and no font for them.
    """
    import matplotlib as mpl

    shown = _texts(ax)
    for text in shown:
        text.set_parse_math(OWN.fullmatch(text.get_text()) is not None)
        text.set_usetex(False)
    if _written_by_the_reader(ax):
        return ax
    drawn = _drawn_by(mpl.rcParams["font.family"], shown)
    missing = {letter for text in shown for letter in text.get_text() if letter != "\n"} - drawn
    if not missing:
        return ax
    chinese = any(unicodedata.east_asian_width(letter) in "WF" for letter in missing)
    family = chinese_family() if chinese else None
    if family:
        missing -= _drawn_by([family], shown)
        for text in shown:
            text.set_fontfamily([*text.get_fontfamily(), family])
    elif chinese:
        warnings.warn(FontWarning(), stacklevel=3)
    _box(ax, missing)
    return ax


def _written_by_the_reader(ax: "Axes") -> bool:
    """Whether the picture will be SVG whose texts stay texts: the fonts of whoever looks at it write them."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure = ax.get_figure()
    return figure is not None and isinstance(figure.canvas, FigureCanvasSVG) and mpl.rcParams["svg.fonttype"] == "none"


def chinese_family() -> str | None:
    """Return the family of a font with Chinese letters; None where there is none."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {font.name for font in fontManager.ttflist}
    if known.isdisjoint(FAMILIES):
        for path in findSystemFonts():
            if Path(path).name.lower().startswith(FILES):
                fontManager.addfont(path)
        known = {font.name for font in fontManager.ttflist}
    return next((family for family in FAMILIES if family in known), None)


def _texts(ax: "Axes") -> list["Text"]:
    """Return the texts of Axes, with the labels that their ticks will have."""
    from matplotlib.text import Text

    ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    found = [text for text in ax.findobj(Text) if isinstance(text, Text) and text.get_text()]
    return list(dict.fromkeys([*found, *ticks]))


def _drawn_by(families: Iterable[str], texts: Iterable["Text"]) -> set[str]:
    """Return which letters of texts a font of these families has."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    fonts = [get_font(findfont(FontProperties(family=[family]))) for family in families]
    letters = {letter for text in texts for letter in text.get_text()}
    return {letter for letter in letters if any(font.get_char_index(ord(letter)) for font in fonts)}


def _box(ax: "Axes", missing: set[str]) -> None:
    """Draw a box for each letter that no font has; matplotlib would do so with a warning each."""
    boxes: Any = str.maketrans(dict.fromkeys(missing, BOX))
    for text in _texts(ax):
        text.set_text(text.get_text().translate(boxes))
    for axis in (ax.xaxis, ax.yaxis):
        _box_ticks(axis, missing, boxes)


def _box_ticks(axis: "Axis", missing: set[str], boxes: Any) -> None:
    labels = [text.get_text() for text in axis.get_ticklabels()]
    if any(missing.intersection(label) for label in labels):
        axis.set_ticks(axis.get_ticklocs().tolist(), [label.translate(boxes) for label in labels])

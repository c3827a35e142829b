"""What all pictures share: colours, axes, labels beside lines, units of time."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onecenter import units
from onecenter.results.log import Array
from onecenter.results.window import Window
from onecenter.visible import visible
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

#: Colours that colour-blind people tell apart (Okabe and Ito, Color Universal Design, 2008).
OKABE_ITO: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
DARK: Final = "#222222"
FAINT: Final = "#999999"

SIZE: Final = (8.0, 4.2)

#: More points than this cannot be told apart; a longer run is drawn as averages of so many equal bins.
MAX_POINTS: Final = 2_000
BINS: Final = 720

#: The yellow of the palette reaches a contrast of 4.5 on white (WCAG 2.2, 1.4.3) at half its brightness.
DARKER: Final = 0.5


def colour(index: int) -> str:
    """Return the colour of the platform with this index."""
    return OKABE_ITO[index % len(OKABE_ITO)]


def text_colour(index: int) -> str:
    """Return the colour in which the platform with this index is written: its own, darkened to be read on white."""
    shade = colour(index)
    return "#" + "".join(f"{int(int(shade[place : place + 2], 16) * DARKER):02X}" for place in (1, 3, 5))


def new_axes(width: float = SIZE[0], height: float = SIZE[1], *, svg: bool = False) -> "Axes":
    """Return Axes on a figure of their own that pyplot does not know: for saving as SVG or as pixels, in any thread."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    (FigureCanvasSVG if svg else FigureCanvasAgg)(figure)
    return figure.add_subplot()


def prepared(ax: "Axes | None") -> "Axes":
    """Return the given Axes, or new ones of pyplot (a notebook shows them), open above and right."""
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots(figsize=SIZE, layout="constrained")[1]
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(colors=DARK)
    return ax


def log_ticks(axis: "Axis", ticks: Sequence[float], texts: Sequence[str]) -> None:
    """Write texts at just these places of a logarithmic axis."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter(texts))
    axis.set_minor_locator(NullLocator())


def names_of(names: Sequence[str], labels: Mapping[str, str] | None) -> list[str]:
    """Return names for people, those without a label as they are."""
    return [(labels or {}).get(name, name) for name in names]


def time_axis(ax: "Axes", edges: Array, window: Window, words: Words) -> Array:
    """Prepare the axis of the time since the start of a window; return the edges (ms) in its unit."""
    origin, (unit, ms) = window.origin, unit_of(window.horizon - window.origin)
    ax.set_xlabel(words("plot.time", unit=words.known(f"unit.{unit}")))
    if window.length:
        ax.set_xlim((window.warmup - origin) / ms, (window.horizon - origin) / ms)
    return (edges - origin) / ms


def unit_of(span: int) -> tuple[str, int]:
    """Return the unit of time, and its ms, in which a span (ms) is best read."""
    unit = next((unit for unit in ("d", "h", "min") if span > 2 * units.MS[unit]), "s")
    return unit, units.MS[unit]


def edges_of(t: Array, start: int, stop: int) -> Array:
    """Return the edges of bins (ms) over [start, stop): the steps at t themselves, or BINS equal bins."""
    # Runs in order are merged; unique would hash them all.
    inside = np.sort(t[(t > start) & (t < stop)], kind="stable")
    inside = inside[np.diff(inside, prepend=start) > 0]
    if len(inside) <= MAX_POINTS:
        return np.concatenate([[start], inside, [stop]]).astype(np.float64)
    return np.linspace(start, stop, BINS + 1)


def label_lines(
    ax: "Axes", names: Sequence[str], heights: Sequence[float], indices: Sequence[int] | None = None
) -> None:
    """Write names right of the Axes, as near to their heights (0..1 of the Axes) as leaves each its line.

    Each is in the colour of its index, by default of its place.
    """
    order = np.argsort(heights, kind="stable")
    for i, place in zip(order, spread([heights[i] for i in order]), strict=True):
        shade = text_colour(i if indices is None else indices[i])
        at: dict[str, Any] = {"xycoords": "axes fraction", "va": "center", "annotation_clip": False}
        ax.annotate(visible(names[i]), (1.01, place), **at, color=shade)


def spread(heights: Sequence[float], line: float = 0.06) -> list[float]:
    """Return rising heights moved so that they stand at least a line apart, in 0..1 as long as they fit."""
    places: list[float] = []
    for height in heights:
        places.append(max(float(height), places[-1] + line) if places else float(height))
    limit = max(1.0, line * (len(places) - 1))
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit)
        limit = places[i] - line
    return places

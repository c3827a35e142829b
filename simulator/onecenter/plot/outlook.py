"""Nodes over years of growth."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.visible import visible
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def outlook(
    purchases: Sequence[Any],
    failures: Sequence[tuple[str, str, int | None]],
    months: int,
    ax: "Axes | None" = None,
    words: Words | None = None,
) -> "Axes":
    """Draw the nodes in service by month as steps, orders as marks, and first failures of today's fleet as lines.

    A purchase that is not decided within the range is a dotted line up to the range's end. A failure is (platform,
    target, month); None: none.
    """
    ax, words = style.prepared(ax), words or Words()
    decided = [one for one in purchases if one.after is not None]
    if purchases:
        _steps(ax, purchases[0].before, decided, months, words)
    for one in purchases[len(decided) :]:
        ax.vlines(one.month, one.before, one.beyond, color=style.colour(5), linestyle=":", linewidth=2)
        text = words("years.beyond", most=one.beyond)
        ax.annotate(text, (one.month, one.beyond), xytext=(4, -4), textcoords="offset points", va="top")
    failing = sorted((month, platform, target) for platform, target, month in failures if month is not None)
    for place, (month, platform, target) in enumerate(failing):
        ax.axvline(month, color=style.FAINT, linestyle="--", linewidth=1)
        text = visible(words("years.fails", platform=platform, target=target))
        at: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "xytext": (3, 0), "textcoords": "offset points"}
        ax.annotate(text, (month, 0.98 - 0.06 * place), **at, va="top", fontsize="small")
    ax.set_xlim(0, months)
    ax.set_ylim(bottom=0)
    ax.set_xlabel(words("years.month"))
    ax.set_ylabel(words("years.nodes"))
    return legible(ax)


def _steps(ax: "Axes", today: int, bought: Sequence[Any], last: int, words: Words) -> None:
    """Draw the nodes in service, and a mark for each order."""
    counts, months = [today, *(one.after for one in bought)], [0, *(one.month for one in bought), last]
    ax.step(months, [*counts, counts[-1]], where="post", color=style.colour(0), linewidth=2)
    for one in bought:
        month = max(one.order, 0)
        ax.plot([month], [one.before], "v", color=style.colour(5))
        text = words("years.order", count=one.after - one.before)
        ax.annotate(text, (month, one.before), xytext=(0, 8), textcoords="offset points", ha="center")

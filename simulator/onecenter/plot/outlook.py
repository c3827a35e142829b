"""Nodes over years of growth."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "month": "month",
        "nodes": "nodes",
        "order": "order {count}",
        "fails": "{platform} {target} fails",
        "beyond": "not decided below {most}: raise the range",
    },
    "zh": {
        "month": "月",
        "nodes": "节点数",
        "order": "订购 {count} 个",
        "fails": "{platform} {target} 不达标",
        "beyond": "{most} 个以内不能确定：请扩大范围",
    },
}


def outlook(found: Mapping[str, Any], ax: "Axes | None" = None, language: str = "en") -> "Axes":
    """Draw the nodes in service by month as steps, orders as marks, and first failures of today's fleet as lines.

    A purchase that is not decided within the range is a dotted line up to the range's end.

    Parameters
    ----------
    found : mapping
        An outlook as plain data, from `Outlook.as_dict`.
    ax : Axes, optional
        Where to draw; default new Axes of pyplot.
    language : str
        "en" or "zh".
    """
    ax = style.prepared(ax)
    words = TEXTS[language]
    decided = [one for one in found["purchases"] if one["after"] is not None]
    if found["purchases"]:
        _steps(ax, found["purchases"][0]["before"], decided, found["months"], words)
    for one in found["purchases"][len(decided) :]:
        ax.vlines(one["month"], one["before"], one["beyond"], color=style.colour(5), linestyle=":", linewidth=2)
        text = words["beyond"].format(most=one["beyond"])
        ax.annotate(text, (one["month"], one["beyond"]), xytext=(4, -4), textcoords="offset points", va="top")
    failing = [one for one in found["failures"] if one["month"] is not None]
    for place, one in enumerate(sorted(failing, key=lambda each: each["month"])):
        ax.axvline(one["month"], color=style.FAINT, linestyle="--", linewidth=1)
        ax.annotate(
            visible(words["fails"].format(platform=one["platform"], target=one["target"])),
            (one["month"], 0.98 - 0.06 * place),
            xycoords=("data", "axes fraction"),
            xytext=(3, 0),
            textcoords="offset points",
            va="top",
            fontsize="small",
        )
    ax.set_xlim(0, found["months"])
    ax.set_ylim(bottom=0)
    ax.set_xlabel(words["month"])
    ax.set_ylabel(words["nodes"])
    return legible(ax)


def _steps(ax: "Axes", today: int, bought: Sequence[Mapping[str, Any]], last: int, words: Mapping[str, str]) -> None:
    """Draw the nodes in service, and a mark for each order."""
    counts = [today, *(one["after"] for one in bought)]
    ax.step(
        [0, *(one["month"] for one in bought), last],
        [*counts, counts[-1]],
        where="post",
        color=style.colour(0),
        linewidth=2,
    )
    for one in bought:
        month = max(one["order"], 0)
        ax.plot([month], [one["before"]], "v", color=style.colour(5))
        text = words["order"].format(count=one["after"] - one["before"])
        ax.annotate(text, (month, one["before"]), xytext=(0, 8), textcoords="offset points", ha="center")

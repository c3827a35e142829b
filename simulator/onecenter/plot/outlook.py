"""Nodes over years of growth."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def outlook(found: Mapping[str, Any], ax: "Axes | None" = None) -> "Axes":
    """Draw the nodes in service by month as steps, orders as marks, and first failures of today's fleet as lines.

    Parameters
    ----------
    found : mapping
        An outlook as plain data, from `Outlook.as_dict`.
    ax : Axes, optional
        Where to draw; default new Axes of pyplot.
    """
    ax = style.prepared(ax)
    bought = found["purchases"]
    if bought:
        months = [0, *(one["month"] for one in bought), found["months"]]
        nodes = [bought[0]["before"], *(one["after"] for one in bought), bought[-1]["after"]]
        ax.step(months, nodes, where="post", color=style.colour(0), linewidth=2)
        orders = [max(one["order"], 0) for one in bought]
        ax.plot(orders, [one["before"] for one in bought], "v", color=style.colour(5), label="order")
        for one, month in zip(bought, orders, strict=True):
            text = f"order {one['after'] - one['before']}"
            ax.annotate(text, (month, one["before"]), xytext=(0, 8), textcoords="offset points", ha="center")
    failing = [one for one in found["failures"] if one["month"] is not None]
    for place, one in enumerate(sorted(failing, key=lambda each: each["month"])):
        ax.axvline(one["month"], color=style.FAINT, linestyle="--", linewidth=1)
        ax.annotate(
            visible(f"{one['platform']} {one['target']} fails"),
            (one["month"], 0.98 - 0.06 * place),
            xycoords=("data", "axes fraction"),
            xytext=(3, 0),
            textcoords="offset points",
            va="top",
            fontsize="small",
        )
    ax.set_xlim(0, found["months"])
    ax.set_ylim(bottom=0)
    ax.set_xlabel("month")
    ax.set_ylabel("nodes")
    return legible(ax)

"""How long jobs wait, by platform, with the targets."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from onecenter import units
from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.results.log import Array
from onecenter.results.targets import Target
from onecenter.statistics.sample import Sample
from onecenter.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Ticks of the axis of waits (ms).
TICKS: Final = tuple(
    number * units.MS[unit] for unit, most in (("ms", 100), ("s", 10), ("min", 10), ("h", 10), ("d", 1_000))
    for number in (1, 10, 100, 1_000) if number <= most
)  # fmt: skip

#: The lowest share drawn.
LOWEST: Final = 1e-3


def waits(
    samples: Mapping[str, Sample],
    targets: Mapping[str, Sequence[Target]] | None = None,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
    words: Words | None = None,
    *,
    named: bool = True,
) -> "Axes":
    """Draw by platform the share of all jobs of the window that wait longer than a time, both axes logarithmic.

    A job that was refused or cancelled while it waited never starts: the curve does not fall below their share. Where
    jobs still waited when they were last seen, the share lies in the shaded band. A target p95 <= 30 min is a dashed
    line at 30 min with a mark at 5 %: a curve that passes below the mark meets it. Targets of size classes and
    expansion factors are not drawn.
    """
    ax, words = style.prepared(ax), words or Words()
    drawn = {name: _drawn(targets, name) for name in samples}
    limits = [target.limit for listed in drawn.values() for target in listed]
    left, right = _range([sample.seen for sample in samples.values()], limits)
    _axes(ax, left, right, words)
    at = np.geomspace(left, right, style.MAX_POINTS)
    shares = {name: [_longer(durations, at) for durations in (each.low, each.high)] for name, each in samples.items()}
    for index, (name, (low, high)) in enumerate(shares.items()):
        ax.plot(at, low, color=style.colour(index), drawstyle="steps-post")
        ax.fill_between(at, low, high, color=style.colour(index), alpha=0.25, linewidth=0, step="post")
        for target in drawn[name]:
            _mark(ax, target, index, max(target.limit, left), words)
    middle = [float(low[len(at) // 2]) for low, _ in shares.values()]
    if named:
        style.label_lines(ax, style.names_of(list(samples), labels), list(map(_height, middle)))
    return legible(ax)


def _drawn(targets: Mapping[str, Sequence[Target]] | None, name: str) -> list[Target]:
    return [one for one in (targets or {}).get(name, ()) if one.kind == "wait" and one.whole]


def _range(durations: Sequence[Array], limits: Sequence[float]) -> tuple[float, float]:
    """Return the first and last wait drawn (ms): from 1 s, or less where all is shorter than 10 s."""
    longest = max([float(t.max()) for t in durations if len(t)] + [float(limit) for limit in limits] + [10.0])
    left = 1_000.0 if longest >= 10_000 else 1.0
    return left, 1.1 * longest


def _longer(durations: Array, at: Array) -> Array:
    """Return the share of durations longer than each of the instants; nan without any."""
    if len(durations) == 0:
        return np.full(len(at), np.nan)
    return 1 - np.searchsorted(np.sort(durations), at, side="right") / len(durations)


def _height(share: float) -> float:
    """Return where a share stands on the logarithmic axis, 0..1."""
    if not share > LOWEST:
        return 0.0
    return 1 - float(np.log10(share) / np.log10(LOWEST))


def _mark(ax: "Axes", target: Target, index: int, at: float, words: Words) -> None:
    """Mark a target at a wait (ms): its limit, or the left end of the logarithmic axis where the limit lies before."""
    shade = style.colour(index)
    ax.axvline(at, color=shade, linestyle="--", linewidth=1)
    ax.plot([at], [1 - target.percentile / 100], marker="v", color=shade, clip_on=False)
    ax.annotate(
        f"{words.percentile(target.percentile)} {words('at most', limit=target.limit_said(words))}",
        # Platforms with the same limit stand below each other.
        xy=(at, 0.99 - 0.22 * (index % 4)),
        xycoords=("data", "axes fraction"),
        xytext=(2, 0),
        textcoords="offset points",
        rotation=90,
        va="top",
        color=style.text_colour(index),
        fontsize=8,
    )


def _axes(ax: "Axes", left: float, right: float, words: Words) -> None:
    ticks = [tick for tick in TICKS if left <= tick <= right]
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(left, right)
    ax.set_ylim(LOWEST, 1.0)
    style.log_ticks(ax.xaxis, ticks, [words.exact(tick) for tick in ticks])
    shares = [1.0, 0.1, 0.01, 0.001]
    style.log_ticks(ax.yaxis, shares, [f"{100 * share:g} %" for share in shares])
    ax.set_xlabel(words("plot.wait"))
    ax.set_ylabel(words("plot.longer"))

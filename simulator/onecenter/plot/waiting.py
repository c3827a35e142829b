"""How long jobs wait, by platform, with the targets."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from onecenter import units
from onecenter.plot import style
from onecenter.plot.fonts import legible
from onecenter.results.log import CANCELLED_WAITING, FATES, REFUSED, WAITING, names_of
from onecenter.results.targets import Target
from onecenter.statistics.sample import Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[Any]

TICKS: Final = tuple(
    number * units.MS[unit]
    for unit, numbers in (
        ("ms", (1, 10, 100)),
        ("s", (1, 10)),
        ("min", (1, 10)),
        ("h", (1, 10)),
        ("d", (1, 10, 100, 1_000)),
    )
    for number in numbers
)

#: The lowest share drawn.
LOWEST: Final = 1e-3


def waits(
    jobs: pl.DataFrame,
    until: int,
    targets: Mapping[str, Sequence[Target]] | None = None,
    labels: Mapping[str, str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw by platform the share of all jobs of the window that wait longer than a time, both axes logarithmic.

    A job that was refused or cancelled while it waited never starts: the curve does not fall below their share. Where
    jobs still waited when they were last seen, the share lies in the shaded band. A target p95 <= 30 min is a dashed
    line at 30 min with a mark at 5 %: a curve that passes below the mark meets it. Targets of size classes and
    expansion factors are not drawn.

    Parameters
    ----------
    jobs : DataFrame
        From `tables.jobs_table`.
    until : int
        Until when the jobs were seen, ms.
    targets : mapping, optional
        By platform.
    labels : mapping, optional
        Names for people by platform.
    ax : Axes, optional
        Where to draw; default new Axes of pyplot.
    """
    ax = style.prepared(ax)
    names = names_of(jobs["platform"])
    samples = {name: _sample(jobs.filter("in_window", pl.col("platform") == name), until) for name in names}
    drawn = {name: _drawn(targets, name) for name in names}
    limits = [target.limit for listed in drawn.values() for target in listed]
    left, right = _range([sample.seen for sample in samples.values()], limits)
    _axes(ax, left, right)
    at = np.geomspace(left, right, style.MAX_POINTS)
    shares = {name: [_longer(durations, at) for durations in (each.low, each.high)] for name, each in samples.items()}
    for index, (name, (low, high)) in enumerate(shares.items()):
        ax.plot(at, low, color=style.colour(index), drawstyle="steps-post")
        ax.fill_between(at, low, high, color=style.colour(index), alpha=0.25, linewidth=0, step="post")
        for target in drawn[name]:
            _mark(ax, target, index, max(target.limit, left))
    middle = [float(low[len(at) // 2]) for low, _ in shares.values()]
    colours = [style.colour(i) for i in range(len(names))]
    style.label_lines(ax, [(labels or {}).get(name, name) for name in names], list(map(_height, middle)), colours)
    return legible(ax)


def _sample(jobs: pl.DataFrame, until: int) -> Sample:
    """Return the waits of jobs (ms)."""
    left = pl.coalesce("start_ms", "end_ms", pl.when(pl.col("outcome") == FATES[WAITING]).then(until), "submit_ms")
    wait = jobs.select(left - pl.col("submit_ms")).to_series().to_numpy()
    outcome = jobs["outcome"].to_physical().to_numpy()
    return Sample(wait, outcome == WAITING, np.isin(outcome, (REFUSED, CANCELLED_WAITING)))


def _drawn(targets: Mapping[str, Sequence[Target]] | None, name: str) -> list[Target]:
    listed = (targets or {}).get(name, ())
    whole = (None, None)
    return [one for one in listed if one.kind == "wait" and (one.above, one.max_accelerators) == whole]


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


def _mark(ax: "Axes", target: Target, index: int, at: float) -> None:
    """Mark a target at a wait (ms): its limit, or the left end of the logarithmic axis where the limit lies before."""
    shade = style.colour(index)
    ax.axvline(at, color=shade, linestyle="--", linewidth=1)
    ax.plot([at], [1 - target.percentile / 100], marker="v", color=shade, clip_on=False)
    ax.annotate(
        f"p{units.plain(target.percentile)} ≤ {target.limit_text}",
        # Platforms with the same limit stand below each other.
        xy=(at, 0.99 - 0.22 * (index % 4)),
        xycoords=("data", "axes fraction"),
        xytext=(2, 0),
        textcoords="offset points",
        rotation=90,
        va="top",
        color=shade,
        fontsize=8,
    )


def _axes(ax: "Axes", left: float, right: float) -> None:
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    ticks = [tick for tick in TICKS if left <= tick <= right]
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(left, right)
    ax.set_ylim(LOWEST, 1.0)
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_major_formatter(FixedFormatter([units.duration_text(tick) for tick in ticks]))
    ax.xaxis.set_minor_locator(NullLocator())
    shares = [1.0, 0.1, 0.01, 0.001]
    ax.yaxis.set_major_locator(FixedLocator(shares))
    ax.yaxis.set_major_formatter(FixedFormatter([f"{100 * share:g} %" for share in shares]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("wait (logarithmic)")
    ax.set_ylabel("jobs that wait longer or never start (%, logarithmic)")

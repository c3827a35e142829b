"""Policies or scenarios side by side on the same random numbers: paired differences and ratios, with intervals."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from onecenter.checks import PAIRED, one
from onecenter.errors import OnecenterError
from onecenter.period import Period, period_of
from onecenter.policies import Policy, policy_of, texts_of
from onecenter.replications import CENTER, Replications, task_of
from onecenter.scenario import Scenario
from onecenter.simulation import ScenarioLike, scenario_of
from onecenter.statistics.estimates import Paired, holm, paired, paired_log_ratio
from onecenter.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[Any]
Side = Policy | Scenario | str

#: A difference is called beyond chance where its adjusted p value is below this.
SIGNIFICANCE = 0.05

DIFFERENCE = ("difference_s", "difference_low_s", "difference_high_s")
RATIO = ("ratio", "ratio_low", "ratio_high")

SCHEMA = {
    "platform": pl.String,
    "base": pl.String,
    "other": pl.String,
    "base_s": pl.Float64,
    "other_s": pl.Float64,
    **dict.fromkeys((*DIFFERENCE, *RATIO), pl.Float64),
    "not_started": pl.Int64,
    "p": pl.Float64,
    "p_holm": pl.Float64,
    "beyond_chance": pl.Boolean,
}


def compare(
    sides: Sequence[Side] | Mapping[str, Side],
    scenario: ScenarioLike | None = None,
    *,
    n: int = 10,
    executor: Executor | None = None,
) -> "Comparison":
    """Compare policies on one scenario, or scenarios, over replications that see the same random numbers.

    Parameters
    ----------
    sides : sequence, or mapping of names to sides
        Policies (or names of `policies.NAMED`) where a scenario is given, else scenarios (or names, or paths). The
        first is the base that the others are compared with.
    scenario : Scenario, str or path, optional
        What the policies run on.
    n : int
        Replications, at least 2.
    executor : concurrent.futures.Executor, optional
        Runs them; by default this process does.

    Raises
    ------
    OnecenterError
        If there are fewer than two sides or replications, or scenarios differ in their platforms.
    """
    named = dict(sides) if isinstance(sides, Mapping) else {_name(side, i): side for i, side in enumerate(sides)}
    if len(named) < max(2, len(sides)):
        right = "two or more sides are expected, each under a name of its own"
        raise OnecenterError("compare", [f"{', '.join(named) or 'none'}: {right}"])
    one("n", n, PAIRED)
    pairs = {name: _resolved(side, scenario) for name, side in named.items()}
    platforms = {tuple(chosen.platforms) for chosen, _ in pairs.values()}
    if len(platforms) > 1:
        raise OnecenterError("compare", [f"the scenarios' platforms differ: {'; '.join(map(', '.join, platforms))}"])
    period: Period = period_of(*next(iter(pairs.values())))
    runs = {name: Replications(task_of(*pair, period), n, executor) for name, pair in pairs.items()}
    return Comparison(runs)


def _name(side: Side, place: int) -> str:
    if isinstance(side, Scenario):
        return f"{side.name} ({place + 1})" if place else side.name
    return side if isinstance(side, str) else f"{side.order}+{side.backfill}+{side.placement}"


def _resolved(side: Side, scenario: ScenarioLike | None) -> tuple[Scenario, Policy]:
    if scenario is None:
        if isinstance(side, Policy):
            raise OnecenterError("compare", ["a scenario is expected beside policies"])
        chosen = scenario_of(side)
        return chosen, chosen.policy_
    if isinstance(side, Scenario):
        raise OnecenterError("compare", ["policies are expected beside a scenario, or scenarios alone"])
    chosen = scenario_of(scenario)
    return chosen, policy_of(side, chosen.policy_)


@dataclass(frozen=True)
class Comparison:
    """Replications of several sides, paired.

    Attributes
    ----------
    runs : mapping of str to Replications
        By side, the base first.
    """

    runs: Mapping[str, Replications]

    @property
    def base(self) -> str:
        """The side that the others are compared with."""
        return next(iter(self.runs))

    @property
    def policies(self) -> dict[str, Policy]:
        """The policy of each side."""
        return {name: runs.task.policy for name, runs in self.runs.items()}

    @property
    def platforms(self) -> tuple[str, ...]:
        """Names of the platforms, and "center"."""
        return (*self.runs[self.base].platforms, CENTER)

    def mean_waits(self, side: str, platform: str) -> Array:
        """Return each replication's mean wait (s), restricted where jobs did not start; nan without jobs."""
        waits = [seen.waits.restricted_mean for seen in self.runs[side].seen(platform)]
        return np.array([np.nan if ms is None else ms / 1_000 for ms in waits])

    def paired(self, other: str, platform: str) -> Paired:
        """Return the difference of mean waits (s), other - base."""
        return paired(self.mean_waits(self.base, platform), self.mean_waits(other, platform))

    def paired_log_ratio(self, other: str, platform: str) -> Paired | None:
        """Return the logarithm of the ratio of mean waits, other / base; None where in a replication nobody waits."""
        return paired_log_ratio(self.mean_waits(self.base, platform), self.mean_waits(other, platform))

    @cached_property
    def table(self) -> pl.DataFrame:
        """A row a platform and pair: mean waits (s), difference and ratio with 95 % intervals, and p values.

        The ratio is the geometric mean of the replications' ratios; null where in one of them nobody waited: then `p`
        is that of the difference. `p_holm` is adjusted for the number of rows; `beyond_chance`: it is below 0.05.
        `not_started`: jobs that did not start before the cap or were cancelled while they waited, on both sides.
        """
        rows = [self._row(other, name) for other in list(self.runs)[1:] for name in self.platforms]
        known = [row for row in rows if row["p"] is not None]
        for row, adjusted in zip(known, holm([row["p"] for row in known]), strict=True):
            row |= {"p_holm": adjusted, "beyond_chance": adjusted < SIGNIFICANCE}
        return pl.DataFrame(rows, SCHEMA)

    def _row(self, other: str, platform: str) -> dict[str, Any]:
        a, b = self.mean_waits(self.base, platform), self.mean_waits(other, platform)
        row: dict[str, Any] = dict.fromkeys(SCHEMA) | {"platform": platform, "base": self.base, "other": other}
        if np.isnan(a).any() or np.isnan(b).any():
            return row
        found, log = paired(a, b), paired_log_ratio(a, b)
        row |= {"base_s": float(a.mean()), "other_s": float(b.mean())}
        row |= dict(zip(DIFFERENCE, found.interval(), strict=True))
        row |= {"p": (found if log is None else log).p, "not_started": self._not_started(other, platform)}
        if log is not None:
            row |= {name: exp(value) for name, value in zip(RATIO, log.interval(), strict=True)}
        return row

    def _not_started(self, other: str, platform: str) -> int:
        return sum(int(seen.censored.sum()) for side in (self.base, other) for seen in self.runs[side].seen(platform))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"base": self.base, "replications": len(self.runs[self.base]), "pairs": self.table.to_dicts()}

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the ratios of mean waits with their intervals."""
        from onecenter.plot.comparison import ratios
        from onecenter.plot.style import prepared

        ax = prepared(ax)
        ax.set_title("\n".join(map(visible, texts_of(self.policies))), loc="left", fontsize="medium")
        return ratios(self.table, ax)

    def __repr__(self) -> str:
        return f"<{', '.join(self.runs)}: {len(self.runs[self.base])} paired replications>"

    def _repr_html_(self) -> str:
        return str(self.table._repr_html_())

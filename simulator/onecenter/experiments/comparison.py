"""Policies or scenarios side by side on the same random numbers: paired differences and ratios, with intervals."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from onecenter.checks import PAIRED, SAMPLE, one
from onecenter.errors import OnecenterError
from onecenter.experiments.contrast import SCHEMA, SIGNIFICANCE, Side, adjusted, contrast
from onecenter.experiments.measurement import common_measurement, measurement_of
from onecenter.experiments.replications import CENTER, Replications, task_of
from onecenter.policies import Policy, policy_of, texts_of
from onecenter.results.log import Array
from onecenter.results.sharing import OF_CENTER, SUMS
from onecenter.results.sizes import in_order
from onecenter.scenario import Scenario
from onecenter.simulation.running import ScenarioLike, scenario_of
from onecenter.statistics.estimates import Paired, mean, paired, paired_log_ratio, ratio
from onecenter.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SideLike = Policy | Scenario | str


def compare(
    sides: Sequence[SideLike] | Mapping[str, SideLike],
    scenario: ScenarioLike | None = None,
    *,
    n: int = 10,
    fair_starts: int = 0,
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
    fair_starts : int
        Jobs of all replications of a side of which it is worked out when they would have started had nobody submitted
        after them, at the cost of a run each.
    executor : concurrent.futures.Executor, optional
        Runs them; by default this process does.

    Raises
    ------
    OnecenterError
        If there are fewer than two sides or replications, scenarios differ in their platforms or seeds, or nothing in
        them is drawn at random.
    """
    named = dict(sides) if isinstance(sides, Mapping) else {_name(side, i): side for i, side in enumerate(sides)}
    if len(named) < max(2, len(sides)):
        right = "two or more sides are expected, each under a name of its own"
        raise OnecenterError("compare", [f"{', '.join(named) or 'none'}: {right}"])
    one("n", n, PAIRED)
    pairs = {name: _resolved(side, scenario) for name, side in named.items()}
    _check_pairing([chosen for chosen, _ in pairs.values()])
    measurement = common_measurement([measurement_of(*pair) for pair in pairs.values()])
    sample = -(-one("fair_starts", fair_starts, SAMPLE) // n)
    tasks = {
        name: task_of(*pair, measurement)._replace(sample=sample, fragments=True, shares=True)
        for name, pair in pairs.items()
    }
    return Comparison({name: Replications(task, n, executor) for name, task in tasks.items()})


def _check_pairing(scenarios: Sequence[Scenario]) -> None:
    """Raise unless replications of scenarios see the same random numbers for the same platforms."""
    mistakes = []
    platforms = dict.fromkeys(", ".join(chosen.platforms) for chosen in scenarios)
    if len(platforms) > 1:
        mistakes.append(f"the scenarios' platforms differ: {'; '.join(platforms)}")
    seeds = dict.fromkeys(str(chosen.time.seed) for chosen in scenarios)
    if len(seeds) > 1:
        mistakes.append(f"time.seed differs: {', '.join(seeds)}; one seed is expected, so that all see the same jobs")
    if mistakes:
        raise OnecenterError("compare", mistakes)


def _name(side: SideLike, place: int) -> str:
    if isinstance(side, Scenario):
        return f"{side.name} ({place + 1})" if place else side.name
    return side if isinstance(side, str) else f"{side.order}+{side.backfill}+{side.placement}"


def _resolved(side: SideLike, scenario: ScenarioLike | None) -> tuple[Scenario, Policy]:
    if scenario is None:
        if isinstance(side, Policy):
            raise OnecenterError("compare", ["a scenario is expected beside policies"])
        chosen = scenario_of(side)
        return chosen, chosen.policy_
    if isinstance(side, Scenario):
        raise OnecenterError("compare", ["policies are expected beside a scenario, or scenarios alone"])
    chosen = scenario_of(scenario)
    return chosen, policy_of(side, chosen.policy_)


def pooled_fairness(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fairness of replications: means of the indices with their intervals, and the longest waits of all."""
    found = _means(parts, ("jain_tenants", "jain_platforms"))
    longest: dict[str, float] = {}
    for part in parts:
        for name, wait in part["longest_wait_s"].items():
            longest[name] = max(longest.get(name, 0.0), wait)
    found["longest_wait_s"] = {name: longest[name] for name in in_order(longest)}
    return found | (_later(parts) if all("sampled" in part for part in parts) else {})


def pooled_fragmentation(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fragmentation of replications: means with their intervals."""
    return _means(parts, ("mean", "end", "share"))


def pooled_sharing(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the center's figures of sharing: means of the replications with their intervals; empty without any."""
    if not all(parts):
        return {}
    return {"center": _means([part["center"] for part in parts], (*SUMS, *OF_CENTER))}


def _means(parts: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> dict[str, Any]:
    """Return the mean of each figure over the replications that have it, with its interval."""
    found: dict[str, Any] = {}
    for key in keys:
        value, low, high, _ = mean([part[key] for part in parts if part[key] is not None])
        found |= {key: value, f"{key}_low": low, f"{key}_high": high}
    return found


def _later(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how many sampled jobs of all replications started later than fair, and by how much."""
    later, sampled = ([part[key] for part in parts] for key in ("later", "sampled"))
    value, low, high, _ = ratio(later, sampled)
    excess = sum(part["later"] * (part["later_mean_s"] or 0.0) for part in parts)
    found = {"sampled": sum(sampled), "later": sum(later), "later_share": value}
    found |= {"later_share_low": low, "later_share_high": high}
    return found | {"later_mean_s": excess / sum(later) if sum(later) else None}


@dataclass(frozen=True)
class Comparison:
    """Replications of several sides, paired."""

    runs: Mapping[str, Replications]  # by side, the base first

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

    def _side(self, name: str, platform: str) -> Side:
        return Side(name, self.runs[name].seen(platform))

    def mean_waits(self, side: str, platform: str) -> Array:
        """Return each replication's mean time (s) that jobs waited until they started or left; nan without jobs."""
        return self._side(side, platform).mean_waits()

    def paired(self, other: str, platform: str) -> Paired:
        """Return the difference of mean waits (s), other - base."""
        return paired(self.mean_waits(self.base, platform), self.mean_waits(other, platform))

    def paired_log_ratio(self, other: str, platform: str) -> Paired | None:
        """Return the logarithm of the ratio of mean waits, other / base; None where in a replication nobody waits."""
        return paired_log_ratio(self.mean_waits(self.base, platform), self.mean_waits(other, platform))

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row per pair and platform: mean waits (s), what is tested, its interval, p value and verdict, counts.

        `tested`: the ratio, whose estimate is the geometric mean of the replications' ratios, or where in a replication
        nobody waits the difference; null where `reason` stands in the way. Interval, `p` and `beyond_chance` are those
        of what is tested, for all rows at once: with 95 % certainty all intervals hold (Bonferroni), and one leaves
        out 1 (a difference: 0) exactly where `p`, adjusted likewise, is below 0.05. `base_s` and `other_s` are means of
        the time until jobs started or left, null where jobs still waited; `base_low_s`, `other_low_s` bound them.
        Counts are over all replications.
        """
        found = [
            contrast(name, self._side(self.base, name), self._side(other, name))
            for other in list(self.runs)[1:]
            for name in self.platforms
        ]
        tests = sum(tested is not None for _, tested in found)
        rows = [row if tested is None else adjusted(row, tested, tests) for row, tested in found]
        return pl.DataFrame(rows, SCHEMA)

    def fairness(self) -> dict[str, dict[str, Any]]:
        """Return by side Jain's indices, means of the replications with 95 % intervals, and the longest waits of all.

        See `fairness.fairness`.
        """
        return {name: pooled_fairness([each.fairness for each in runs]) for name, runs in self.runs.items()}

    def fragmentation(self) -> dict[str, dict[str, Any]]:
        """Return by side how much of what is idle its tasks cannot use: means of the replications with 95 % intervals.

        See `fragmentation.fragmentation`.
        """
        return {name: pooled_fragmentation([each.fragmentation for each in runs]) for name, runs in self.runs.items()}

    def sharing(self) -> dict[str, dict[str, Any]]:
        """Return by side the center's figures of sharing and preemption: means of the replications with 95 % intervals.

        Empty where a side neither shares by quotas nor evicts; see `sharing.sharing_figures`.
        """
        return {name: pooled_sharing([each.sharing for each in runs]) for name, runs in self.runs.items()}

    @cached_property
    def overloaded(self) -> list[str]:
        """The sides on which work piles up."""
        return [name for name, runs in self.runs.items() if runs.overloaded]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        runs, shared = self.runs[self.base], self.sharing()
        return {
            "base": self.base,
            "replications": len(runs),
            **runs.task.measurement.as_dict(),
            "confidence": 1 - SIGNIFICANCE,
            "tests": self.table["tested"].count(),
            "sides": {name: {"overloaded": name in self.overloaded} for name in self.runs},
            "pairs": self.table.to_dicts(),
            "fairness": self.fairness(),
            "fragmentation": self.fragmentation(),
            **({"sharing": shared} if any(shared.values()) else {}),
        }

    def text(self) -> str:
        """Say what the figures are about, what the intervals hold for, and which sides are overloaded."""
        runs = self.runs[self.base]
        tests = self.table["tested"].count()
        said = f"{len(runs)} paired replications; {runs.task.measurement.text()}; intervals and verdicts hold"
        said += " for 1 test" if tests == 1 else f" for all {tests} tests at once (Bonferroni)"
        piles = ": work piles up, and waits grow with the time simulated"
        return said + (f"; overloaded under {', '.join(self.overloaded)}{piles}" if self.overloaded else "")

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
        return f"<p>{escape(self.text())}</p>{self.table._repr_html_()}"

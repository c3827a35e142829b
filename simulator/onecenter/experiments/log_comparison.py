"""Policies side by side on a real log: differences paired by window of the log, with intervals."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, Final

import numpy as np
import polars as pl

from onecenter.checks import LOAD, SAMPLE, WINDOWS, one
from onecenter.errors import OnecenterError
from onecenter.experiments.contrast import SIGNIFICANCE
from onecenter.experiments.log_runs import CENTER, LogRun, LogTask
from onecenter.fleet import accelerators_of
from onecenter.policies import Given, PlacementLike, Policy, PolicyLike
from onecenter.simulation.replaying import Machine, TraceLike, machine_of, machine_of_header
from onecenter.simulation.running import ScenarioLike
from onecenter.statistics.blocks import RELATED, Blocks
from onecenter.traces import Quality, Trace, read, to_workload
from onecenter.traces.log_window import LogWindow
from onecenter.units import HOUR, format_duration

NUMBERS: Final = ("base_mean", "other_mean", "difference", "low", "high", "p")

SCHEMA: Final = {
    "load": pl.Float64,
    **dict.fromkeys(("figure", "platform", "base", "other"), pl.String),
    "jobs": pl.Int64,
    **dict.fromkeys(NUMBERS, pl.Float64),
    "beyond_chance": pl.Boolean,
    "correlation": pl.Float64,
    "reason": pl.String,
}


def compare_log(
    trace: TraceLike,
    policies: Sequence[PolicyLike] | Mapping[str, PolicyLike | Given],
    *,
    windows: int = 10,
    loads: Sequence[float] = (1.0,),
    fair_starts: int = 0,
    placement: PlacementLike | None = None,
    processors: int | None = None,
    nodes: str | None = None,
    center: ScenarioLike | None = None,
    format: str | None = None,
    horizon: str | int | None = None,
    warmup: str | int = 0,
    skip_first: float = 0.0,
    executor: Executor | None = None,
) -> "LogComparison":
    """Compare policies on a real log, paired by window.

    Parameters
    ----------
    trace : Trace, str or path
        The log.
    policies : sequence, or mapping of names to policies
        Policies, names or keys, at least two; the first is the base that the others are compared with.
    windows : int
        How many windows of equal length the log is cut into, 5 to 1,000. Each policy runs the whole log once, and a job
        counts in the window in which it is submitted.
    loads : sequence of float
        Each scales the rate of arrivals: 1.1 divides the gaps between submits by 1.1.
    fair_starts : int
        Jobs of which it is worked out when they would have started had nobody submitted after them, at the cost of a
        run each.
    placement : str, Score or callable, optional
        Instead of that of each policy.
    processors, nodes, center, format, horizon, warmup, skip_first
        As for `replay`.
    executor : concurrent.futures.Executor, optional
        Runs them; by default this process does.

    Raises
    ------
    OnecenterError
        With what would be right.
    """
    part = LogWindow(warmup, horizon, skip_first)  # type: ignore[arg-type]  # text is read and checked
    given = machine_of(processors, nodes, center)
    sides = sides_of(policies, given.policy if given else Policy(), placement)
    columns = list(dict.fromkeys(name for policy in sides.values() for name in policy.columns))
    found = trace if isinstance(trace, Trace) else read(trace, format, columns=columns)
    machine = given or machine_of_header(found)
    one("windows", windows, WINDOWS)
    sample = one("fair_starts", fair_starts, SAMPLE)
    factors = list(dict.fromkeys(one("loads", load, LOAD) for load in loads))
    if not factors:
        raise OnecenterError("loads", ["one load or more is expected, such as 1.0"])
    tasks = {(load, name): LogTask(found, machine, policy, part, load, sample)
             for load in factors for name, policy in sides.items()}  # fmt: skip
    runs = dict(zip(tasks, _run(list(tasks.values()), executor), strict=True))
    by_load = {load: {name: runs[load, name] for name in sides} for load in factors}
    return LogComparison(found, machine, sides, windows, by_load)


def sides_of(
    policies: Sequence[PolicyLike] | Mapping[str, PolicyLike | Given],
    default: Policy,
    placement: PlacementLike | None = None,
) -> dict[str, Policy]:
    """Return policies by name, two or more; parts that are not named are those of the default."""
    named = dict(policies) if isinstance(policies, Mapping) else {_name(each): each for each in policies}
    if len(named) < max(2, len(policies)):
        right = "two or more policies are expected, each under a name of its own"
        raise OnecenterError("compare", [f"{', '.join(named) or 'none'}: {right}"])
    return {name: Given.of(policy, placement).on(default) for name, policy in named.items()}


def _name(policy: PolicyLike) -> str:
    if isinstance(policy, str):
        return policy
    return policy.text if isinstance(policy, Policy) else getattr(policy, "__name__", "key")


def _run(tasks: Sequence[LogTask], executor: Executor | None) -> list[LogRun]:
    if executor is None:
        return [task.run() for task in tasks]
    return [future.result() for future in [executor.submit(task.run) for task in tasks]]


@dataclass(frozen=True, eq=False)
class LogComparison:
    """Runs of one log under several policies, at one load or several."""

    trace: Trace
    machine: Machine
    policies: Mapping[str, Policy]  # by side, the base first
    windows: int
    runs: Mapping[float, Mapping[str, LogRun]]  # by load and side

    @property
    def base(self) -> str:
        """The side that the others are compared with."""
        return next(iter(self.policies))

    @property
    def quality(self) -> Quality:
        """What was left out of the log, repaired or refused."""
        return to_workload(self.trace, self.machine.fleet)[1]

    @property
    def platforms(self) -> tuple[str, ...]:
        """Names of the platforms, and "center"."""
        names = self.trace.partitions
        return (*names, CENTER) if len(names) > 1 else (CENTER,)

    def blocks(self, load: float, other: str, platform: str, figure: str) -> Blocks:
        """Return the differences other - base of a figure's values, by window."""
        a, b = self.runs[load][self.base], self.runs[load][other]
        rows = a.rows(platform) & ~a.seen.refused
        place = a.window_of(self.windows)[rows]
        off = (b.figures[figure] - a.figures[figure])[rows]
        return Blocks(
            np.bincount(place, off, self.windows),
            np.bincount(place, minlength=self.windows).astype(np.float64),
        )

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row per load, figure, pair and platform: means of the jobs, the difference other - base, its interval.

        Figures: `wait_s` (until a job started or left) and `bounded_slowdown`, over all jobs that the center does not
        refuse. With 95 % certainty all intervals hold at once (Bonferroni); one leaves out 0 exactly where `p`,
        adjusted likewise, is below 0.05. `correlation` is that of neighbouring windows. Where jobs still wait when the
        runs end, nothing is tested, and `reason` says so.
        """
        rows, tested = [], []
        for row, found in self._pairs():
            rows.append(row)
            tested.append(found)
        tests = sum(each is not None for each in tested)
        filled = [row if found is None else _judged(row, found, tests) for row, found in zip(rows, tested, strict=True)]
        return pl.DataFrame(filled, SCHEMA)

    def _pairs(self) -> Iterator[tuple[dict[str, Any], Blocks | None]]:
        """Give the rows before anything is adjusted for their number, and what each tests."""
        for load, runs in self.runs.items():
            for figure in runs[self.base].figures:
                for other in list(self.policies)[1:]:
                    for platform in self.platforms:
                        yield self._pair(load, figure, other, platform)

    def _pair(self, load: float, figure: str, other: str, platform: str) -> tuple[dict[str, Any], Blocks | None]:
        row: dict[str, Any] = dict.fromkeys(SCHEMA) | {"load": load, "figure": figure, "platform": platform}
        row |= {"base": self.base, "other": other}
        counted = self.runs[load][self.base].rows(platform) & ~self.runs[load][self.base].seen.refused
        row["jobs"] = int(counted.sum())
        row["reason"] = self._obstacle(load, (self.base, other), counted)
        if row["reason"]:
            return row, None
        for name, side in (("base_mean", self.base), ("other_mean", other)):
            row[name] = float(self.runs[load][side].figures[figure][counted].mean())
        return row, self.blocks(load, other, platform, figure)

    def _obstacle(self, load: float, sides: Sequence[str], rows: Any) -> str:
        """Return why two sides cannot be tested against each other, or nothing."""
        if not rows.any():
            return "no jobs"
        for side in sides:
            count = int((self.runs[load][side].seen.waiting & rows).sum())
            if count:
                return f"{count:,} jobs still waited when the run under {side} ended"
        return ""

    def offered(self, load: float) -> float:
        """Return the share of the center that the jobs ask for between the first and the last submit."""
        run = self.runs[load][self.base]
        return run.hours / (accelerators_of(self.machine.fleet) * run.span.length / HOUR)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        loads = [
            {"load": load, "offered": self.offered(load),
             "utilisation": {name: run.used / run.capacity for name, run in runs.items()},
             "fairness": {name: dict(run.fairness) for name, run in runs.items()},
             "fragmentation": {name: dict(run.fragmentation) for name, run in runs.items()}}
            for load, runs in self.runs.items()
        ]  # fmt: skip
        return {
            "base": self.base,
            "trace": {"source": self.trace.source, "sha256": self.trace.sha256},
            "quality": self.quality.as_dict(),
            "center": dict(self.machine.given),
            "windows": self.windows,
            "confidence": 1 - SIGNIFICANCE,
            "tests": self.table["p"].count(),
            "policies": {name: policy.as_dict() for name, policy in self.policies.items()},
            "loads": loads,
            "pairs": self.table.to_dicts(),
        }

    def text(self) -> str:
        """Say what the windows are and what the intervals hold for."""
        lengths = {sides[self.base].span.length // self.windows for sides in self.runs.values()}
        long = " to ".join(map(format_duration, dict.fromkeys((min(lengths), max(lengths)))))
        tests = self.table["p"].count()
        said = f"{self.windows} windows of {long} by submit, each policy runs the log once; intervals and verdicts hold"
        return said + (" for 1 test" if tests == 1 else f" for all {tests} tests at once (Bonferroni)")

    @property
    def related(self) -> float | None:
        """The largest correlation of neighbouring windows where intervals are too narrow for it, else None."""
        most = self.table["correlation"].max()
        return float(most) if isinstance(most, float) and most > RELATED else None

    def __repr__(self) -> str:
        return f"<{', '.join(self.policies)} on {self.trace.source}: {self.windows} windows>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text())}</p>{self.table._repr_html_()}"


def _judged(row: dict[str, Any], found: Blocks, tests: int) -> dict[str, Any]:
    """Return a row with the interval, p value and verdict of its difference, as one of several tests at once."""
    numbers = found.interval(1 - SIGNIFICANCE, tests)
    row |= dict(zip(("difference", "low", "high"), map(_finite, numbers), strict=True))
    p = found.p(tests)
    return row | {"p": p, "beyond_chance": p < SIGNIFICANCE, "correlation": found.correlation}


def _finite(x: float) -> float | None:
    return x if np.isfinite(x) else None

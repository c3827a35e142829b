"""How a tuned policy does on jobs that it was not tuned on, against policies as they are, with intervals."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, Final, Protocol

import numpy as np
import polars as pl

from onecenter.experiments.comparison import compare
from onecenter.experiments.contrast import SIGNIFICANCE
from onecenter.experiments.log_comparison import LogComparison
from onecenter.experiments.log_runs import CENTER
from onecenter.experiments.replications import Replications
from onecenter.experiments.tuning.training import value_of
from onecenter.policies import Policy
from onecenter.scenario import Scenario
from onecenter.statistics.blocks import Blocks
from onecenter.statistics.estimates import paired

TUNED: Final = "tuned"

SCHEMA: Final = {
    "objective": pl.String,
    "other": pl.String,
    **dict.fromkeys(("tuned_mean", "other_mean", "difference", "low", "high", "relative", "p"), pl.Float64),
    "better": pl.Boolean,
    "reason": pl.String,
}


class Difference(Protocol):
    """A difference tuned - other with its interval and p value."""

    def interval(self, confidence: float, tests: int) -> tuple[float, float, float]:
        """Return the difference and the ends of its interval."""

    def p(self, tests: int) -> float:
        """Return its p value."""


#: Objective, other side, mean of tuned, mean of the other, the difference; or why there is none.
Row = tuple[str, str, float, float, Difference | str]


def scored(rows: Sequence[Row]) -> pl.DataFrame:
    """Return one row per objective and other policy: means, the difference tuned - other, its interval and verdict.

    All intervals hold at once with 95 % certainty (Bonferroni); `relative` is the difference as a share of the other's
    mean, `better` says that the whole interval lies below 0.
    """
    tests = sum(not isinstance(found, str) for *_, found in rows)
    return pl.DataFrame([_scored(row, tests) for row in rows], SCHEMA)


def _scored(row: Row, tests: int) -> dict[str, Any]:
    objective, other, mine, theirs, found = row
    known: dict[str, Any] = dict.fromkeys(SCHEMA) | {"objective": objective, "other": other}
    known |= {"tuned_mean": mine, "other_mean": theirs}
    if isinstance(found, str):
        return known | {"reason": found}
    difference, low, high = found.interval(1 - SIGNIFICANCE, tests)
    ends = {"low": low if np.isfinite(low) else None, "high": high if np.isfinite(high) else None}
    known |= {"difference": difference, "p": found.p(tests), "better": high < 0, "reason": ""} | ends
    return known | {"relative": difference / theirs if theirs else None}


def on_log(found: LogComparison, objectives: Sequence[str]) -> pl.DataFrame:
    """Return the score on the windows of a log; the first side is the tuned one."""
    return scored(list(_rows_of_log(found, objectives)))


def _rows_of_log(found: LogComparison, objectives: Sequence[str]) -> Iterator[Row]:
    means = {(row["figure"], row["other"]): row for row in found.table.to_dicts() if row["platform"] == CENTER}
    for objective in objectives:
        for other in list(found.policies)[1:]:
            row = means[objective, other]
            blocks = found.blocks(1.0, other, CENTER, objective)
            # The table says other - tuned.
            difference = row["reason"] or Blocks(-blocks.sums, blocks.counts)
            yield objective, other, row["base_mean"], row["other_mean"], difference


def on_scenario(
    scenario: Scenario, sides: Mapping[str, Policy], n: int, objectives: Sequence[str], executor: Executor | None
) -> pl.DataFrame:
    """Return the score over replications of a scenario; the first side is the tuned one."""
    runs = compare(sides, scenario, n=n, executor=executor).runs
    return scored(list(_rows_of_scenario(runs, objectives)))


def _rows_of_scenario(runs: Mapping[str, Replications], objectives: Sequence[str]) -> Iterator[Row]:
    tuned, *others = runs
    for objective in objectives:
        values = {name: np.array([value_of(objective, [run.everyone]) for run in each]) for name, each in runs.items()}
        for other in others:
            waiting = sum(int(run.everyone.waiting.sum()) for name in (tuned, other) for run in runs[name])
            difference = f"{waiting:,} jobs still waited when the runs ended" if waiting else paired(
                values[other], values[tuned]
            )
            yield objective, other, float(values[tuned].mean()), float(values[other].mean()), difference

"""Which values matter most: Sobol' indices of a figure."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from onecenter.checks import POINTS, one
from onecenter.errors import PlanError
from onecenter.experiments.sweeping.design import point_at, range_of
from onecenter.experiments.sweeping.running import Pool, sweep
from onecenter.policies import Given, PlacementLike, PolicyLike
from onecenter.simulation.running import ScenarioLike, scenario_of
from onecenter.workload.draws import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Sensitivity:
    """Sobol' indices of one figure.

    Attributes
    ----------
    figure : str
        A column of a sweep's table, such as "talent.wait_p95_s".
    table : pl.DataFrame
        One row per path: first, first_low, first_high, total, total_low, total_high (95 % bootstrap intervals).
    """

    figure: str
    table: pl.DataFrame

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw a tornado: the total index of each path, the largest on top, with the first-order one inside."""
        from onecenter.plot.tornado import tornado

        return tornado(self.table, self.figure, ax)


def sensitivity(
    scenario: ScenarioLike,
    vary: Mapping[str, Any],
    figure: str = "center.wait_mean_s",
    *,
    policy: PolicyLike | Given | None = None,
    placement: PlacementLike | None = None,
    n: int = 64,
    executor: Executor | Pool | None = None,
) -> Sensitivity:
    """Return how much of a figure's variance each path's value explains.

    Parameters
    ----------
    scenario : Scenario, str or path
        What varies.
    vary : mapping of str to range
        (low, high) or "low:high" by path; each value in it is as likely.
    figure : str
        A column of a sweep's table.
    policy, placement : optional
        As for `run`: instead of the scenario's, at each point.
    n : int
        A power of two; n (paths + 2) runs are made, each on the same random numbers.
    executor
        As for `sweep`.

    Raises
    ------
    PlanError
        If a path or the figure does not exist, or a run does not reach the figure.
    """
    chosen = scenario_of(scenario)
    ranges = {path: range_of(path, bounds) for path, bounds in vary.items()}

    def figures(units: Floats) -> Floats:
        points = [point_at(chosen, ranges, row) for row in units]
        unique = [dict(pairs) for pairs in dict.fromkeys(tuple(point.items()) for point in points)]
        rows = sweep(chosen, unique, policy=policy, placement=placement, executor=executor).rows
        values = {tuple(point.items()): _value(row, figure) for point, row in zip(unique, rows, strict=True)}
        return np.array([values[tuple(point.items())] for point in points])

    return Sensitivity(figure, sobol(figures, list(ranges), n, seed=chosen.time.seed))


def _value(row: Mapping[str, Any], figure: str) -> float:
    if row["error"] is not None:
        raise PlanError("sensitivity", [row["error"]])
    if figure not in row:
        known = [name for name in row if "." in name and not name.startswith(("center.nodes", "platforms."))]
        raise PlanError("figure", [f"{figure!r}: one of {', '.join(known)} is expected"])
    if row[figure] is None:
        raise PlanError("figure", [f"{figure} is not reached by every run: take shorter ranges or a longer horizon"])
    return float(row[figure])


def sobol(function: Callable[[Floats], Floats], names: Sequence[str], n: int, seed: int = 0) -> pl.DataFrame:
    """Return the Sobol' indices of a function of the unit cube.

    It takes points, float64 (rows, names) in [0, 1), and returns one value per row; n is a power of two. A. Saltelli et
    al., Computer Physics Communications 181 (2010) 259-270, as SciPy has it.
    """
    from scipy.stats import sobol_indices, uniform

    if one("n", n, POINTS, PlanError) & (n - 1):
        raise PlanError("n", [f"{n}: a power of two is expected, such as 64"])
    found = sobol_indices(
        func=lambda x: np.atleast_2d(function(np.asarray(x.T))), n=n, dists=[uniform()] * len(names), rng=seed
    )
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        # A path without influence has nothing to resample: its interval is nan, and told as null.
        warnings.simplefilter("ignore")
        boot = found.bootstrap(confidence_level=0.95, n_resamples=499)
    columns: dict[str, Any] = {"path": list(names)}
    for name, value, interval in (
        ("first", found.first_order, boot.first_order.confidence_interval),
        ("total", found.total_order, boot.total_order.confidence_interval),
    ):
        columns |= {name: np.ravel(value), f"{name}_low": np.ravel(interval.low)}
        columns[f"{name}_high"] = np.ravel(interval.high)
    return pl.DataFrame(columns).fill_nan(None).sort("total", descending=True)

"""The table of the suite: a row per workload, policy, platform and figure, over seeds."""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from onecenter.experiments.suite.measuring import Measured
from onecenter.statistics.estimates import quantile_of_t

#: Digits of figures that are kept: machines may differ in the last bits of a sum.
DIGITS: Final = 6

#: What a mean may move before it counts as another: a part of its standard error, or of itself. The seeds are the same
#: ones, so a policy that decides as before gives the same mean.
PART_OF_ERROR, PART_OF_MEAN = 0.1, 0.001


class Row(NamedTuple):
    """One figure over the seeds of a part: its mean, its standard deviation, and what its mean may move (limit)."""

    part: str
    workload: str
    policy: str
    platform: str
    figure: str
    mean: float
    sd: float
    runs: int
    limit: float

    @property
    def key(self) -> tuple[str, ...]:
        """What it is about."""
        return self[:5]

    @property
    def half(self) -> float:
        """Half of the 95 % interval of the mean; nan of one run."""
        return quantile_of_t(0.95, self.runs - 1) * self.sd / self.runs**0.5 if self.runs > 1 else math.nan


def rows_of(part: str, workload: str, seeds: Iterable[Sequence[Measured]]) -> list[Row]:
    """Return the rows of a workload, from what each of its seeds gave."""
    values: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for measured in seeds:
        for policy, platform, figure, value in measured:
            values[policy, platform, figure].append(value)
    return [_row(part, workload, *key, found) for key, found in values.items()]


def _row(part: str, workload: str, policy: str, platform: str, figure: str, values: Sequence[float]) -> Row:
    mean, runs = rounded(statistics.fmean(values)), len(values)
    sd = rounded(statistics.stdev(values)) if runs > 1 else 0.0
    limit = rounded(max(PART_OF_ERROR * sd / runs**0.5, PART_OF_MEAN * abs(mean)))
    return Row(part, workload, policy, platform, figure, mean, sd, runs, limit)


def rounded(value: float) -> float:
    """Return a figure with the digits that are kept."""
    return float(f"{value:.{DIGITS}g}")

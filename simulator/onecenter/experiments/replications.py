"""Replications of a scenario, and what they say together: figures with intervals, and whether it is overloaded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import cached_property
from html import escape
from typing import Any, Final, overload

import polars as pl

from onecenter.checks import INNER_SHARE, REPLICATIONS, one, percentage
from onecenter.errors import OnecenterError
from onecenter.experiments.measurement import Measurement, Task, measurement_of
from onecenter.experiments.replication import Replication, refuse_alike
from onecenter.policies import PlacementLike, PolicyLike, policy_of
from onecenter.results.seen import Seen
from onecenter.simulation.running import ScenarioLike, scenario_of
from onecenter.statistics.estimates import Estimate, mean, ratio
from onecenter.statistics.pooled import Pooled
from onecenter.units import HOUR
from onecenter.workload.load import asked_in

#: The row of all platforms together.
CENTER: Final = "center"

PERCENTILES: Final = (50, 95, 99)

#: Replications before the first look at the precision, how many more at a time, and the most.
FIRST_REPLICATIONS, STEP, MAX_REPLICATIONS = 10, 5, 1_000


def task_of(
    scenario: ScenarioLike,
    policy: PolicyLike | None = None,
    measurement: Measurement | None = None,
    *,
    placement: PlacementLike | None = None,
) -> Task:
    """Return the task of a scenario, its start-up cut worked out where it is not given."""
    chosen = scenario_of(scenario)
    rules = policy_of(policy, chosen.policy_, placement=placement)
    return Task(chosen, rules, measurement or measurement_of(chosen, rules))


def replicate(
    scenario: ScenarioLike,
    n: int | None = None,
    *,
    precision: float | str | None = None,
    policy: PolicyLike | None = None,
    placement: PlacementLike | None = None,
    measurement: Measurement | None = None,
    executor: Executor | None = None,
) -> "Replications":
    """Return replications of a scenario: a given number, or as many as a precision takes.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its seed is that of all replications, each of which is the same whether others run or not.
    n : int, optional
        How many; default 10. They run when they are first asked for.
    precision : float or str, optional
        Such as 0.05 or "5 %": replications are added until half the 95 % interval of the center's mean time waited is
        no more than this share of it (at least 10, at most 1,000 replications). It stops where more would not help,
        because nobody waits or jobs are left waiting.
    policy : Policy, str or callable, optional
        Instead of the scenario's.
    placement : str or callable, optional
        Instead of the policy's.
    measurement : Measurement, optional
        Start-up cut and window; by default those of `measurement.measurement_of`.
    executor : concurrent.futures.Executor, optional
        Runs them; by default this process does.

    Raises
    ------
    OnecenterError
        If the numbers are impossible, both are given, or nothing in the scenario is drawn at random.
    """
    if n is not None and precision is not None:
        raise OnecenterError("replicate", ["n or a precision is expected, not both"])
    count = one("n", FIRST_REPLICATIONS if n is None else n, REPLICATIONS)
    wanted = None if precision is None else one("precision", precision, _share)
    task = task_of(scenario, policy, measurement, placement=placement)
    found = Replications(task, count, executor)
    while wanted is not None and len(found) < MAX_REPLICATIONS and _wider(found.pooled(CENTER).spent(), wanted):
        found = found.extended(len(found) + STEP)
    return found


def _wider(found: Estimate, wanted: float) -> bool:
    """Whether an interval is wider than wanted; one that more replications cannot narrow is not."""
    return bool(found.value) and found.relative_half_width > wanted


def _share(precision: float | str) -> float:
    try:
        return INNER_SHARE(percentage(precision) if isinstance(precision, str) else precision)
    except ValueError:
        raise ValueError('a share such as 0.05 or "5 %" is expected') from None


class Replications(Sequence[Replication]):
    """Replications of one scenario, each run when it is first asked for."""

    def __init__(self, task: Task, n: int, executor: Executor | None = None) -> None:
        """Take n replications of a task; see `refuse_alike` for several in which nothing is drawn."""
        refuse_alike(task.scenario, n)
        self.task = task
        self._n = n
        self._executor = executor
        self._done: dict[int, Replication] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return self._n

    @overload
    def __getitem__(self, index: int) -> Replication: ...
    @overload
    def __getitem__(self, index: slice) -> list[Replication]: ...
    def __getitem__(self, index: int | slice) -> Replication | list[Replication]:
        """Return one, or some."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self._n))]
        place = range(self._n)[index]
        if place not in self._done:
            self._done[place] = self.task.run(place)
        return self._done[place]

    def __iter__(self) -> Iterator[Replication]:
        """Give one after the other, each as soon as it is there."""
        if self._executor is None:
            yield from (self[index] for index in range(self._n))
            return
        missing = [index for index in range(self._n) if index not in self._done]
        futures = {index: self._executor.submit(self.task.run, index) for index in missing}
        for index in range(self._n):
            if index in futures:
                self._done[index] = futures.pop(index).result()
            yield self._done[index]

    def extended(self, n: int) -> "Replications":
        """Return n of them; those that have run are kept."""
        more = Replications(self.task, n, self._executor)
        more._done = dict(self._done)
        return more

    @property
    def platforms(self) -> tuple[str, ...]:
        """Names of the platforms."""
        return tuple(self.task.scenario.platforms)

    def seen(self, platform: str) -> list[Seen]:
        """Return what each replication saw of a platform's jobs, or with "center" of all jobs."""
        return [each.everyone if platform == CENTER else each.platforms[platform] for each in self]

    def pooled(self, platform: str) -> Pooled:
        """Return the waits (ms) of a platform's jobs, or with "center" of all jobs."""
        return Pooled([seen.waits for seen in self.seen(platform)])

    def wait(self, platform: str, percentile: float | None = None) -> Estimate:
        """Return a platform's mean wait, or a percentile of it, in ms; of an overloaded center that of its window."""
        waits = self.pooled(platform)
        return waits.mean() if percentile is None else waits.percentile(percentile)

    def waits(self, platform: str) -> dict[str, Estimate]:
        """Return a platform's mean wait, mean time waited, and percentiles of the wait, in s."""
        waits = self.pooled(platform)
        found = {"wait mean": waits.mean(), "time waited mean": waits.spent()}
        found |= {f"wait p{percent}": waits.percentile(percent) for percent in PERCENTILES}
        return {figure: each.scaled(1_000) for figure, each in found.items()}

    @cached_property
    def backlog_slope(self) -> Estimate:
        """By how many accelerator-hours the waiting ones grow per hour, with its 95 % interval."""
        return mean([each.backlog_slope for each in self])

    @cached_property
    def overloaded(self) -> bool:
        """Whether work piles up for good, so that waits grow with the time simulated.

        Two things must hold: the backlog grows beyond chance, and jobs ask for more on average than the center gives
        while one of them waits. The first alone is also true of a center that begins empty and is still filling.
        """
        low = self.backlog_slope.low
        if low is None or low <= 0:
            return False
        window = self.task.measurement.window
        asked = asked_in(self.task.scenario, window.warmup, window.horizon) / (window.length / HOUR)
        hours = sum(each.waiting.hours for each in self)
        return asked * hours > sum(each.waiting.used for each in self)

    def figures(self) -> pl.DataFrame:
        """Return one row per platform and figure: value, low, high (95 % interval), unit, n and reason.

        Null: the data do not tell it, or the interval is withheld; `reason` says why. `n` is the number of
        replications. `time waited mean` counts a job that left while it waited for as long as it did, a refused one
        as 0; the mean wait is then unbounded.
        """
        rows = [row for name in (*self.platforms, CENTER) for row in self._rows(name)]
        numbers = dict.fromkeys(("value", "low", "high"), pl.Float64)
        schema = {"platform": pl.String, "figure": pl.String, **numbers, "unit": pl.String, "n": pl.Int64}
        return pl.DataFrame(rows, schema | {"reason": pl.String}, orient="row")

    def _rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        for figure, (*numbers, reason) in self.waits(name).items():
            yield name, figure, *numbers, "s", len(self), reason
        used = [sum(one.used.values()) if name == CENTER else one.used[name] for one in self]
        *numbers, reason = ratio(used, [one.capacity for one in self])
        yield name, "utilisation", *numbers, "1", len(self), reason

    def __repr__(self) -> str:
        return f"<{len(self)} replications of {self.task.scenario.name}: {self.task.measurement.how}>"

    def text(self) -> str:
        """Say which part of the time counts, and whether the center is overloaded."""
        cut = self.task.measurement.text()
        if not self.overloaded:
            return cut
        return f"{cut}; overloaded: work piles up, and waits grow with the time simulated"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text())}</p>{self.figures()._repr_html_()}"

"""A sweep: every point, every replication, on any executor, kept run by run."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

from onecenter.checks import REPLICATIONS, one
from onecenter.errors import PlanError, PolicyError
from onecenter.experiments.executors import alone, local
from onecenter.experiments.replication import nothing_drawn, refuse_alike
from onecenter.experiments.sweeping.dataset import Dataset
from onecenter.experiments.sweeping.design import Design, Point, points_of
from onecenter.experiments.sweeping.runs import Columns, key_of, may_share, one_row
from onecenter.policies import Given, PlacementLike, PolicyLike
from onecenter.scenario import Scenario, with_set
from onecenter.scenario.overrides import names
from onecenter.simulation.provenance import told
from onecenter.simulation.running import ScenarioLike, scenario_of

#: Runs handed to the executor before any is done, so that a sweep of a million does not stand in memory.
IN_FLIGHT: Final = 16

#: How often a run is tried, and how often a pool whose process died is made anew.
TRIES: Final = 3

#: Makes an executor, anew where its processes died.
Pool = Callable[[], AbstractContextManager[Executor]]


@dataclass(frozen=True)
class Sweep:
    """The rows of a sweep.

    Attributes
    ----------
    points : list of dict
        In their order.
    rows : list of dict
        One per run: by point, then by replication, whatever order they were run in.
    origin : mapping
        What was varied and with which software: scenario, seed, set, scenario_hash, resolved (the scenario), policy,
        versions, kernel_hash.
    columns : Columns or None
        Names and types of the table's columns; None: as the rows have them.
    """

    points: list[Point]
    rows: list[dict[str, Any]]
    origin: Mapping[str, Any] = field(default_factory=dict)
    columns: Columns | None = None

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row per run: the point's values, the replication, the figures; `error` where it failed."""
        return pl.DataFrame(self.rows) if self.columns is None else self.columns.table(self.rows)

    @property
    def failed(self) -> list[dict[str, Any]]:
        """What is known of the runs that failed."""
        return [{name: value for name, value in row.items() if value is not None} for row in self.rows if row["error"]]


def sweep(
    scenario: ScenarioLike,
    vary: Mapping[str, Any] | Sequence[Point],
    n: int = 1,
    *,
    policy: PolicyLike | Given | None = None,
    placement: PlacementLike | None = None,
    design: Design = "grid",
    points: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    executor: Executor | Pool | None = None,
    on_row: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Run variants of a scenario, each n times on the same random numbers.

    Parameters
    ----------
    scenario : Scenario, str or path
        What varies.
    vary, design, points
        As `design.points_of` takes them.
    n : int
        Replications of each point.
    policy, placement : optional
        As for `run`: instead of the scenario's, at each point.
    out : path, optional
        A folder that keeps each run as soon as it is done.
    resume : bool
        Go on with what the folder holds, perhaps with more points or replications; its other runs are kept.
    executor : concurrent.futures.Executor or callable, optional
        Runs them; or returns a context manager that gives an executor, such as `executors.local`, and is called again
        where its processes died. By default the processes of this machine; this process where others would not find
        the policy, such as a function of a notebook.
    on_row : callable, optional
        Called with (runs done, runs in all) after each.

    Raises
    ------
    PlanError
        If a path does not exist, the folder holds something else, or cannot be written.
    OnecenterError
        If there are several replications of points in which nothing is drawn.
    """
    chosen, given = scenario_of(scenario), Given.of(policy, placement)
    one("n", n, REPLICATIONS, PlanError)
    wanted = points_of(chosen, vary, design, points)
    _refuse_without_effect(wanted, given)
    if nothing_drawn(chosen) and all(nothing_drawn(with_set(chosen, point)) for point in wanted):
        refuse_alike(chosen, n)
    origin, platforms = origin_of(chosen, given), list(chosen.platforms)
    kept, shares = None, may_share(chosen, given, wanted)
    if out is not None:
        kept = Dataset(Path(out), {**origin, "points": wanted, "replications": n}, platforms, resume, shares=shares)
    columns = Columns.of(wanted, platforms, shares=shares) if kept is None else kept.columns
    tasks = {key_of(point, index): (chosen, point, index, given) for point in wanted for index in range(n)}
    rows = {key: row for key in tasks if kept is not None and (row := kept.read(key)) is not None}
    missing = {key: task for key, task in tasks.items() if key not in rows}
    # Closed here: an interrupt that comes while the pool is being left would be lost in a generator's collection.
    with closing(_rows(missing, executor or (local if given.can_be_sent else alone))) as done:
        for key, row in done:
            rows[key] = columns.row(key, row)
            if kept is not None and row["error"] is None:
                kept.write(key, rows[key])
            if on_row is not None:
                on_row(len(rows), len(tasks))
    return Sweep(wanted, [rows[key] for key in tasks], origin, columns)


def _refuse_without_effect(points: Sequence[Point], given: Given) -> None:
    """Refuse to vary what is the same at each point, since it is given."""
    fixed = {("policy", part) for part in given.parts}
    paths = dict.fromkeys(path for point in points for path in point if tuple(names(path)[:2]) in fixed)
    if paths:
        right = "leave it out, or what is given for it"
        raise PlanError("vary", [f"{path}: it is the same everywhere, as a policy is given: {right}" for path in paths])


def origin_of(scenario: Scenario, given: Given) -> dict[str, Any]:
    """Return what a sweep is of, as plain data; `versions` has one entry for each set of versions that added runs."""
    found = told(scenario)
    return found | {"policy": given.on(scenario.policy_).as_dict(), "versions": [found["versions"]]}


def _rows(
    tasks: Mapping[str, tuple[Any, ...]], executor: Executor | Pool
) -> Generator[tuple[str, dict[str, Any]], None, None]:
    """Give each run's row as soon as it is there; a run that fails is tried again, then its row tells the error."""
    pool = (lambda: nullcontext(executor)) if isinstance(executor, Executor) else executor
    left, tries = dict(tasks), dict.fromkeys(tasks, 0)
    while left:
        try:
            with pool() as workers:
                for key, row in _through(workers, left, tries):
                    del left[key]
                    yield key, row
        except BrokenProcessPool as error:
            # Whose fault it was cannot be told: all that were there count a try.
            for key in [key for key in left if tries[key] >= TRIES]:
                yield key, _failure(left.pop(key), error)


def _through(
    executor: Executor, tasks: Mapping[str, tuple[Any, ...]], tries: dict[str, int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    waiting = iter(list(tasks.items()))
    running: dict[Future[Any], str] = {}

    def submit(key: str) -> None:
        tries[key] += 1
        running[executor.submit(one_row, *tasks[key])] = key

    for _, (key, _) in zip(range(IN_FLIGHT), waiting, strict=False):
        submit(key)
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            key = running.pop(future)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                raise error
            if isinstance(error, PolicyError):  # the same each time
                raise error
            if error is not None and tries[key] < TRIES:
                submit(key)
                continue
            yield key, future.result() if error is None else _failure(tasks[key], error)
            following = next(waiting, None)
            if following is not None:
                submit(following[0])


def _failure(task: tuple[Any, ...], error: BaseException) -> dict[str, Any]:
    _, point, index, _ = task
    return {**point, "replication": index, "error": f"{type(error).__name__}: {error}"}

"""Runs the suite, or a part of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future

from onecenter.experiments.suite.measuring import Measured, SeedTask
from onecenter.experiments.suite.parts import PARTS, WORKLOADS, policies
from onecenter.experiments.suite.rows import Row, rows_of
from onecenter.policies import Policy
from onecenter.simulation.running import scenario_of

#: Is called after each seed of a workload.
Moved = Callable[[], object]


def suite(
    part: str = "full",
    chosen: Mapping[str, Policy] | None = None,
    *,
    workloads: Sequence[str] = WORKLOADS,
    executor: Executor | None = None,
    moved: Moved = lambda: None,
) -> list[Row]:
    """Return the table of a part of the suite.

    Parameters
    ----------
    part : str
        "full", ten seeds, or "quick", the first of them.
    chosen : mapping of names to policies, optional
        By default the built-in ones.
    workloads : sequence of str
        Which of WORKLOADS; each file of a scenario will do.
    executor : concurrent.futures.Executor, optional
        Runs it; by default this process does.
    moved : callable
        Is called after each seed of a workload.
    """
    found = measured(PARTS[part].seeds, chosen, workloads=workloads, executor=executor, moved=moved)
    return [row for name, seeds in found.items() for row in rows_of(part, name, seeds)]


def measured(
    seeds: int,
    chosen: Mapping[str, Policy] | None = None,
    *,
    workloads: Sequence[str] = WORKLOADS,
    executor: Executor | None = None,
    moved: Moved = lambda: None,
) -> dict[str, list[list[Measured]]]:
    """Return what each of the first seeds of each workload gives; for the arguments see `suite`."""
    sides = policies() if chosen is None else dict(chosen)
    tasks = {name: SeedTask(scenario_of(name), sides) for name in workloads}
    asked = {name: [_submitted(executor, task, index) for index in range(seeds)] for name, task in tasks.items()}
    return {name: list(_answers(answers, moved)) for name, answers in asked.items()}


def _submitted(executor: Executor | None, task: SeedTask, index: int) -> Callable[[], list[Measured]]:
    """Return what gives the figures of a seed, begun already where an executor runs it."""
    if executor is None:
        return lambda: task.run(index)
    begun: Future[list[Measured]] = executor.submit(task.run, index)
    return begun.result


def _answers(answers: Sequence[Callable[[], list[Measured]]], moved: Moved) -> Iterator[list[Measured]]:
    for answer in answers:
        yield answer()
        moved()

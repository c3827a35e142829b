"""A run: a scenario in, a result out."""

import time
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Final

import numpy as np

from onecenter.checks import shown
from onecenter.engine import progress
from onecenter.engine.center import Center
from onecenter.engine.kernels import compile_kernels
from onecenter.errors import ResultError, ScenarioError
from onecenter.fleet import NodeType
from onecenter.policies import EstimateLike, PlacementLike, Policy, PolicyLike, policy_of
from onecenter.results.accuracy import accuracy
from onecenter.results.seen import submitted_in
from onecenter.results.segments import fates
from onecenter.results.targets import targets_of
from onecenter.results.window import Window, whole_run
from onecenter.scenario import Scenario, from_dict, load, with_set, with_texts
from onecenter.simulation.log_so_far import told_log
from onecenter.simulation.provenance import describe
from onecenter.simulation.result import Result
from onecenter.simulation.running_on import Arrivals, arrivals_of, cap_of, run_on
from onecenter.system.forked import refuse_after_fork
from onecenter.workload.build import build
from onecenter.workload.sharing import asks
from onecenter.workload.table import Workload

ScenarioLike = Scenario | str | PathLike[str]

#: How the file of a saved result ends.
SAVED: Final = ".parquet"


def scenario_of(scenario: ScenarioLike, seed: int | None = None, set: str | Sequence[str] = ()) -> Scenario:
    """Return a scenario, whichever way it is given, with another seed and other values.

    A saved run (.parquet) is its scenario under its policy.
    """
    refuse_after_fork()
    if isinstance(scenario, Scenario):
        found = with_texts(scenario, set)
    elif not isinstance(scenario, str | PathLike):
        right = "a scenario, the name of a shipped one, or a file is expected"
        raise ScenarioError("scenario", [f"{shown(scenario)}: {right}"])
    elif str(scenario).endswith(SAVED):
        found = with_texts(_scenario_of_run(str(scenario)), set)
    else:
        found = load(scenario, set=set)
    return found if seed is None else with_set(found, {"time.seed": seed})


def _scenario_of_run(path: str) -> Scenario:
    """Return the scenario of a saved run, under the policy that was used."""
    saved = Result.load(path)
    words = saved.provenance.get("scenario")
    if not isinstance(words, Mapping) or "time" not in words:
        right = "`onecenter run` and oc.replay repeat it"
        raise ResultError(path, [f"it is the replay of a log, so it holds no scenario; {right}"])
    changes = [str(text) for text in saved.provenance.get("set") or ()]
    return from_dict(words, path).with_policy(saved.policy).with_changes(changes)


def without_jobs(scenario: Scenario) -> Scenario:
    """Return a scenario's center and platforms, to which nobody sends work."""
    empty = {name: platform.model_copy(update={"demand": {}}) for name, platform in scenario.platforms.items()}
    return scenario.model_copy(update={"platforms": empty, "growth": None})


def run(
    scenario: ScenarioLike,
    *,
    seed: int | None = None,
    policy: PolicyLike | None = None,
    placement: PlacementLike | None = None,
    estimate: EstimateLike | None = None,
    stride: str = "calendar",
    set: str | Sequence[str] = (),
    show_progress: bool = False,
) -> Result:
    """Simulate a scenario to its horizon, and on until each job of its window has started or left; see `running_on`.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, the name of a shipped one, a file, or a saved run (.parquet), which is repeated.
    seed : int, optional
        Instead of the scenario's.
    policy : Policy, str or callable, optional
        Instead of the scenario's; a name of `policies.NAMED` sets order and backfill, a key (a
        function, or "FILE:NAME") the order; the rest stays the scenario's.
    placement : str, Score or callable, optional
        Instead of the policy's: a name, or a score (a function of node and job, or "FILE:NAME").
    estimate : str, Estimate or callable, optional
        Instead of the policy's: a name, or a function of a job that returns s, or "FILE:NAME".
    stride : str
        "calendar" (compiled between two SimPy events) or "event"; the decision log is the same.
    set : str or sequence of str
        "path=value" texts, such as "center.nodes.910b.count=64", applied in order.
    show_progress : bool
        Show a progress bar on standard error.

    Raises
    ------
    ScenarioError, PolicyError
        With all mistakes.
    """
    chosen = scenario_of(scenario, seed, set)
    rules = policy_of(policy, chosen.policy_, placement=placement, estimate=estimate)
    labels = {name: platform.label for name, platform in chosen.platforms.items()}
    return simulate(
        chosen.fleet,
        rules,
        build(chosen),
        stride=stride,
        window=Window(chosen.time.warmup, chosen.time.horizon),
        arrivals=arrivals_of(chosen),
        show_progress=show_progress,
        targets={name: targets_of(platform) for name, platform in chosen.platforms.items()},
        labels={name: label.model_dump() if label else {} for name, label in labels.items()},
        provenance=describe(chosen.name, chosen.time.seed, chosen.resolved(), changes=chosen.changes),
    )


def simulate(
    fleet: Sequence[NodeType],
    policy: Policy,
    workload: Workload,
    *,
    stride: str,
    window: Window | Callable[[int], Window],
    arrivals: Arrivals | None = None,
    show_progress: bool,
    **about: Any,
) -> Result:
    """Return the result of a run.

    The window is whose jobs are waited for; see `running_on.run_on`. A callable: it runs until nothing is left, and the
    window is what that returns for the instant (ms) at which it ends. Without `arrivals` the workload holds all jobs;
    `about` are the other fields of the result.
    """
    refuse_after_fork()
    compile_kernels(show_progress, [policy], asks(workload.sharing))
    known = window if isinstance(window, Window) else None
    horizon = None if known is None else known.horizon if arrivals else cap_of(known)
    center = Center(fleet, policy, workload, stride=stride, horizon=horizon)
    first, last = (int(workload.submit[place]) if len(workload) else 0 for place in (0, -1))
    with progress.running(center, first, last if known is None else known.horizon, show_progress), told_log(center):
        begin = time.perf_counter()
        until = _run_to_the_end(center) if known is None else run_on(center, known, arrivals)
        center.check_progress()
        seconds = time.perf_counter() - begin
    # Jobs that were drawn for later than the run went on are nobody's.
    jobs = center.workload if arrivals is None else _submitted_before(center.workload, until)
    shown = window if isinstance(window, Window) else window(until)
    if policy.estimates is not None:
        about["provenance"] |= {"estimates": _accuracy(center, jobs, shown)}
    given = {"fleet": tuple(fleet), "policy": policy, "stride": stride, **about}
    return Result(decisions=center.log, workload=jobs, window=shown, until=until, seconds=seconds, **given)


def _accuracy(center: Center, jobs: Workload, window: Window) -> dict[str, Any]:
    """Return how good the estimates of a user's function were, which the result cannot ask again."""
    fate = fates(center.log, len(jobs))
    return dict(accuracy(center.estimates[: len(jobs)], fate, submitted_in(jobs, fate, window)))


def _run_to_the_end(center: Center) -> int:
    center.run()
    return whole_run(center.log).horizon


def _submitted_before(workload: Workload, instant: int) -> Workload:
    count = int(np.searchsorted(workload.submit, instant))
    return workload if count == len(workload) else workload.take(np.arange(count))

"""A run: a scenario or a real log in, a result out."""

import time
from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from onecenter import progress
from onecenter.center import Center
from onecenter.core import FOREVER, Core
from onecenter.errors import PolicyError, TraceError
from onecenter.fleet import NodeType
from onecenter.policies import NAMED, Policy
from onecenter.provenance import describe
from onecenter.result import Result
from onecenter.scenario import Scenario, load, with_set
from onecenter.targets import targets_of
from onecenter.traces import Trace, flat_pool, parse_nodes, read, to_workload
from onecenter.units import parse_duration
from onecenter.waits import waits_by_reason
from onecenter.window import Window, whole_run
from onecenter.workload.build import build
from onecenter.workload.table import Workload

ScenarioLike = Scenario | str | PathLike[str]


def scenario_of(scenario: ScenarioLike, seed: int | None = None, set: Sequence[str] = ()) -> Scenario:
    """Return a scenario, read if it is a name or path, with another seed and other values if given."""
    found = scenario if isinstance(scenario, Scenario) else load(scenario, set=set)
    return found if seed is None else with_set(found, {"time.seed": seed})


def policy_of(policy: Policy | str | None, default: Policy) -> Policy:
    """Return a policy, looked up if it is a name of `NAMED`; a named one keeps the default's placement.

    Raises
    ------
    PolicyError
        If there is no policy of that name.
    """
    if policy is None:
        return default
    if isinstance(policy, Policy):
        return policy
    if policy not in NAMED:
        raise PolicyError("policy", [f"{policy!r}: one of {', '.join(NAMED)} is expected"])
    return replace(NAMED[policy], placement=default.placement, age_rate=default.age_rate, max_age=default.max_age)


def run(
    scenario: ScenarioLike,
    *,
    seed: int | None = None,
    policy: Policy | str | None = None,
    stride: str = "calendar",
    set: Sequence[str] = (),
    show_progress: bool = False,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, the name of a shipped one, or a file.
    seed : int, optional
        Instead of the scenario's.
    policy : Policy or str, optional
        Instead of the scenario's; a name of `policies.NAMED` keeps the scenario's placement.
    stride : str
        "calendar" (compiled between two SimPy events) or "event"; the decision log is the same.
    set : sequence of str
        Further "path=value" texts for a scenario that is read.
    show_progress : bool
        Show a progress bar on standard error.

    Raises
    ------
    ScenarioError, PolicyError
        With all mistakes.
    """
    chosen = scenario_of(scenario, seed, set)
    rules = policy_of(policy, chosen.policy_)
    workload = build(chosen)
    origin = describe(chosen.name, chosen.time.seed, chosen.resolved())
    log, jobs, seconds = _simulate(
        chosen.fleet, rules, workload, stride=stride, horizon=chosen.time.horizon, show_progress=show_progress
    )
    return Result(
        decisions=log,
        workload=jobs,
        fleet=chosen.fleet,
        policy=rules,
        window=Window(chosen.time.warmup, chosen.time.horizon),
        targets={name: targets_of(platform) for name, platform in chosen.platforms.items()},
        labels=labels_of(chosen),
        provenance=origin,
        stride=stride,
        seconds=seconds,
    )


def labels_of(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Return the platforms' names for people by language."""
    found = {name: platform.label for name, platform in scenario.platforms.items()}
    return {name: {} if label is None else {"en": label.en, "zh": label.zh} for name, label in found.items()}


def replay(
    trace: Trace | str | PathLike[str],
    *,
    processors: int | None = None,
    nodes: str | None = None,
    center: ScenarioLike | None = None,
    policy: Policy | str | None = None,
    format: str | None = None,
    horizon: str | int | None = None,
    warmup: str | int = 0,
    skip_first: float = 0.0,
    stride: str = "calendar",
    show_progress: bool = False,
) -> Result:
    """Simulate a real log on a center; without a horizon it runs until the last end.

    Parameters
    ----------
    trace : Trace, str or path
        The log; see `traces.read` for the formats.
    processors, nodes, center : int, str, scenario
        One of them: a flat pool of so many accelerators; "128x8", nodes and accelerators a node; a scenario's center.
    policy : Policy or str, optional
        By default EASY with best-fit, or the scenario's.
    format : str, optional
        The log's format where its name and first line do not tell it.
    horizon, warmup : str or int, optional
        A duration such as "28 d" (or ms), from the log's zero and from its first submit.
    skip_first : float
        Share (0..1) of the jobs, in order of submission, that only warm up.
    stride, show_progress
        As for `run`.

    Raises
    ------
    TraceError, ScenarioError, PolicyError
        With all mistakes.
    """
    fleet, default = _center_of(processors, nodes, center)
    found = trace if isinstance(trace, Trace) else read(trace, format)
    workload, _ = to_workload(found, fleet)
    if len(workload) == 0:
        raise TraceError(found.source, ["no job is left: the center is too small for all of them, or the log is empty"])
    end = None if horizon is None else _ms(horizon)
    rules = policy_of(policy, default)
    log, jobs, seconds = _simulate(fleet, rules, workload, stride=stride, horizon=end, show_progress=show_progress)
    given = {"trace": found.source, "format": found.format, "processors": processors, "nodes": nodes}
    return Result(
        decisions=log,
        workload=jobs,
        fleet=fleet,
        policy=rules,
        window=_window(log, workload, end, _ms(warmup), skip_first),
        targets={},
        labels={},
        provenance=describe(Path(found.source).name, None, given),
        stride=stride,
        seconds=seconds,
    )


def _window(log: Any, workload: Workload, horizon: int | None, warmup: int, skip_first: float) -> Window:
    """Return the window of a replay: after the warm-up, to the horizon or the last end."""
    if not 0 <= skip_first < 1:
        raise TraceError("skip_first", [f"{skip_first}: a share from 0 to below 1 (0 % to below 100 %) is expected"])
    whole = whole_run(log)
    first = int(workload.submit[int(np.floor(skip_first * len(workload)))])
    return Window(max(whole.warmup + warmup, first if skip_first else 0), whole.horizon if horizon is None else horizon)


def _center_of(
    processors: int | None, nodes: str | None, center: ScenarioLike | None
) -> tuple[tuple[NodeType, ...], Policy]:
    given = [what for what in (processors, nodes, center) if what is not None]
    if len(given) != 1:
        raise TraceError("center", ["one of processors, nodes (such as 128x8) and center (a scenario) is expected"])
    if processors is not None:
        return flat_pool(processors), Policy()
    if nodes is not None:
        return parse_nodes(nodes), Policy()
    assert center is not None
    chosen = scenario_of(center)
    return chosen.fleet, chosen.policy_


def _simulate(
    fleet: Sequence[NodeType],
    policy: Policy,
    workload: Workload,
    *,
    stride: str,
    horizon: int | None,
    show_progress: bool,
) -> tuple[Any, Workload, float]:
    """Return the decision log, all jobs, and the seconds that it took, compilation aside."""
    with progress.compiling(show_progress):
        _warm(fleet, policy, workload)
    center = Center(fleet, policy, workload, stride=stride, horizon=horizon)
    last = int(workload.submit[-1]) if len(workload) else 0
    with progress.running(center, last if horizon is None else horizon, show_progress):
        begin = time.perf_counter()
        center.run()
        seconds = time.perf_counter() - begin
    return center.log, center.workload, seconds


def _warm(fleet: Sequence[NodeType], policy: Policy, workload: Workload) -> None:
    """Load or compile the kernels on nothing at all."""
    empty = workload.take(np.arange(0))
    core = Core(fleet, policy, empty)
    core.advance(FOREVER)
    waits_by_reason(core.log, empty, fleet, policy.backfill, 0)


def _ms(duration: str | int) -> int:
    return duration if isinstance(duration, int) else parse_duration(duration)

"""A replay: a real log in, a result out."""

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from onecenter.errors import TraceError
from onecenter.fleet import NodeType
from onecenter.policies import Policy, policy_of
from onecenter.provenance import describe
from onecenter.result import Result
from onecenter.simulation import ScenarioLike, scenario_of, simulate
from onecenter.traces import Trace, flat_pool, parse_nodes, read, to_workload
from onecenter.units import parse_duration
from onecenter.window import Window, whole_run
from onecenter.workload.table import Workload


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
    log, jobs, seconds = simulate(fleet, rules, workload, stride=stride, horizon=end, show_progress=show_progress)
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


def _ms(duration: str | int) -> int:
    return duration if isinstance(duration, int) else parse_duration(duration)

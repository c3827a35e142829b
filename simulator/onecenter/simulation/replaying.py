"""A replay: a real log in, a result out."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

from onecenter.checks import shown
from onecenter.errors import OnecenterError, ResultError, TraceError
from onecenter.fleet import NodeType
from onecenter.policies import Policy, PolicyLike, policy_of
from onecenter.results.window import Window
from onecenter.simulation.provenance import describe, hash_of
from onecenter.simulation.result import Result
from onecenter.simulation.running import SAVED, ScenarioLike, scenario_of, simulate
from onecenter.simulation.store import origin_of
from onecenter.system.inputs import STDIN, label
from onecenter.traces import Trace, flat_pool, parse_nodes, read, to_workload
from onecenter.traces.log_window import LogWindow

TraceLike = Trace | str | PathLike[str]

ONE_OF: Final = "processors, nodes (such as 128x8) and center (a scenario)"


@dataclass(frozen=True)
class Machine:
    """What a log is replayed on."""

    fleet: tuple[NodeType, ...]
    policy: Policy  # where no other is given
    given: Mapping[str, Any]  # how the nodes were, such as {"processors": 100, "by": "MaxProcs of the log's header"}


def machine_of(processors: int | None, nodes: str | None, center: ScenarioLike | None) -> Machine | None:
    """Return the machine that one of three gives, None where none does; see `replay`."""
    given = {"processors": processors, "nodes": nodes, "center": center}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise TraceError("replay", [f"{' and '.join(named)} are given: at most one of {ONE_OF} is expected"])
    if center is not None:
        chosen = scenario_of(center)
        told = {"scenario": chosen.name, "scenario_hash": hash_of(chosen.resolved())}
        return Machine(chosen.fleet, chosen.policy_, told)
    if nodes is not None:
        return Machine(parse_nodes(nodes), Policy(), {"nodes": nodes})
    if processors is not None:
        return Machine(flat_pool(processors), Policy(), {"processors": processors})
    return None


def machine_of_header(trace: Trace) -> Machine:
    """Return the machine of a log's header: one flat pool."""
    if trace.machine is None:
        raise TraceError(trace.source, [f"its header names no MaxProcs: one of {ONE_OF} is expected"])
    key, count = trace.machine
    try:
        return Machine(flat_pool(count), Policy(), {"processors": count, "by": f"{key} of the log's header"})
    except OnecenterError as error:
        raise TraceError(trace.source, [f"{key} of its header: {mistake}" for mistake in error.mistakes]) from None


def replay(
    trace: TraceLike,
    *,
    processors: int | None = None,
    nodes: str | None = None,
    center: ScenarioLike | None = None,
    policy: PolicyLike | None = None,
    format: str | None = None,
    horizon: str | int | None = None,
    warmup: str | int = 0,
    skip_first: float = 0.0,
    preceding: bool = False,
    stride: str = "calendar",
    show_progress: bool = False,
) -> Result:
    """Simulate a real log on a center; without a horizon it runs until the last end.

    Parameters
    ----------
    trace : Trace, str or path
        The log; see `traces.read` for the formats. Or a saved replay (.parquet), which is repeated.
    processors, nodes, center : int, str, scenario
        At most one of them: a flat pool of that many accelerators; "128x8", nodes and accelerators per node; a
        scenario's center. Without one, a flat pool of the processors that the log's header names (MaxProcs).
    policy : Policy, str or callable, optional
        By default EASY with best-fit, or the scenario's, or that of the saved replay.
    format : str, optional
        The log's format where its name and first line do not tell it.
    warmup, horizon : str or int, optional
        Where the figures begin and end, both from the first submit that is used: a duration such as "28 d", or ms.
    skip_first : float
        Share (0 to below 1) of the jobs, in order of submission, that only warm up.
    preceding : bool
        Hold each job until the preceding job that an SWF log names (field 17) has ended, and its think time (field 18)
        has passed; it is submitted when the log says. By default both fields are ignored.
    stride, show_progress
        As for `run`.

    Raises
    ------
    TraceError, ScenarioError, PolicyError, ResultError
        With all mistakes.
    """
    window = LogWindow(warmup, horizon, skip_first)  # type: ignore[arg-type]  # text is read and checked
    if isinstance(trace, Trace) and (format is not None or preceding):
        given_too_late = f"format = {shown(format)}" if format is not None else "preceding = True"
        raise TraceError("replay", [f"{given_too_late}: the log has been read already"])
    if isinstance(trace, str | PathLike) and fspath(trace).endswith(SAVED):
        if preceding or (processors, nodes, center, format, window) != (None, None, None, None, LogWindow()):
            raise TraceError("replay", ["a saved replay is repeated as it was: only policy and stride may be given"])
        return repeat(trace, policy=policy, stride=stride, show_progress=show_progress)
    given = machine_of(processors, nodes, center)
    chosen = policy_of(policy, given.policy if given else Policy())
    found = trace if isinstance(trace, Trace) else read(trace, format, columns=chosen.columns, preceding=preceding)
    machine = given or machine_of_header(found)
    return play(found, machine, chosen, window, stride=stride, show_progress=show_progress)


def play(
    trace: Trace, machine: Machine, policy: Policy, part: LogWindow, *, stride: str, show_progress: bool
) -> Result:
    """Simulate a log on a machine under a policy; see `replay`."""
    workload, quality = to_workload(trace, machine.fleet)
    begin, end = part.bounds(trace.source, workload.submit)
    first, last = (int(workload.submit[place]) for place in (0, -1))
    told: dict[str, Any] = {"trace": _log(trace, first, last), "quality": quality.as_dict()}
    told |= {"center": dict(machine.given)} | ({} if trace.jobs.preceding is None else {"preceding": True})
    return simulate(
        machine.fleet,
        policy,
        workload,
        stride=stride,
        window=(lambda until: Window(begin, until, first)) if end is None else Window(begin, end, first),
        show_progress=show_progress,
        targets={},
        labels={},
        provenance=describe(Path(trace.source).name, None, None, replay={**told, **part.as_dict()}),
    )


def _log(trace: Trace, first: int, last: int) -> dict[str, Any]:
    """Return which log was replayed, and its first and last submit (ms), as plain data."""
    path = None if trace.source == label(STDIN) else str(Path(trace.source).absolute())
    ends = {"first_submit_s": first / 1_000, "last_submit_s": last / 1_000}
    return {"path": path, "format": trace.format, "sha256": trace.sha256, **ends}


def repeat(
    path: str | PathLike[str], *, policy: PolicyLike | None = None, stride: str, show_progress: bool
) -> Result:
    """Replay the log of a saved replay once more, on the same machine, under its policy or another."""
    saved = Result.load(Path(path))
    origin = saved.provenance.get("replay")
    if origin is None:
        raise ResultError(str(path), ["it is no replay of a log: `onecenter run` repeats the run of a scenario"])
    try:
        part = LogWindow(origin["warmup"], origin["horizon"], origin["skip_first"])
    except TraceError as error:
        raise ResultError(str(path), [f"damaged: {mistake}" for mistake in error.mistakes]) from error
    chosen = policy_of(policy, saved.policy)
    trace = _again(str(path), origin, chosen)
    machine = Machine(saved.fleet, saved.policy, origin["center"])
    return play(trace, machine, chosen, part, stride=stride, show_progress=show_progress)


def is_replay(path: str | PathLike[str]) -> bool:
    """Tell whether a file, by its name a saved result, holds the replay of a log."""
    return fspath(path).endswith(SAVED) and origin_of(Path(path)).get("replay") is not None


def _again(source: str, replayed: Mapping[str, Any], policy: Policy) -> Trace:
    """Return the log that was replayed, if its file is there and the same."""
    origin, preceding = replayed["trace"], replayed.get("preceding", False)
    if origin["path"] is None:
        raise ResultError(source, ["its log came from standard input, which cannot be read again"])
    try:
        trace = read(origin["path"], origin["format"], columns=policy.columns, preceding=preceding)
    except TraceError as error:
        raise ResultError(source, [f"its log cannot be replayed again: {error}"]) from error
    if trace.sha256 != origin["sha256"]:
        change = f"its SHA-256 was '{origin['sha256']}', now it is '{trace.sha256}'"
        raise ResultError(source, [f"its log {origin['path']} is another one now: {change}"])
    return trace

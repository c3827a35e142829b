"""The jobs of a scenario: all streams drawn and merged."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from onecenter_kernels.schema import OUTCOMES

from onecenter import units
from onecenter.errors import ScenarioError
from onecenter.scenario.arrivals import Poisson, Timetable
from onecenter.scenario.demand import Stream
from onecenter.scenario.model import Scenario
from onecenter.workload.arrivals import arrivals, burst_count, expected_jobs
from onecenter.workload.columns import Column, outcomes, request_columns, size_columns, tenants, walltimes
from onecenter.workload.dependencies import link_count, listed_jobs, ties_of
from onecenter.workload.draws import Draws, Ints, Uniforms, rounded_up
from onecenter.workload.quotas import sharing_of
from onecenter.workload.runtimes import run_times
from onecenter.workload.table import Workload, type_code, workload
from onecenter.workload.timetable import STRIDE

#: Beyond these a scenario is a mistake; memory would run out first.
MAX_JOBS = 100_000_000
MAX_FACTORS = 10_000_000
MAX_LINKS = 10_000_000

#: A stream's columns, each of one entry per job, or of one value for all.
Columns = dict[str, Column]


def build(scenario: Scenario) -> Workload:
    """Return the jobs that the scenario's platforms submit in [0, horizon).

    A job's id is its rank by (submit, place of its platform, place of its stream, index in the stream).
    Nothing of the policy, of the nodes or of another stream changes a stream's jobs.
    """
    mistakes = too_large(scenario)
    if mistakes:
        raise ScenarioError(scenario.name, mistakes)
    streams, horizon = [stream for _, _, stream in scenario.streams], scenario.time.horizon
    parts = [_stream_columns(scenario, *named) for named in scenario.streams]
    more = _add_more(parts, streams, horizon)
    platforms = list(scenario.platforms)
    for index, (part, (platform, _, _)) in enumerate(zip(parts, scenario.streams, strict=True)):
        part["platform"] = np.array(platforms.index(platform), dtype=np.int32)
        part["stream"] = np.array(index, dtype=np.int32)
    names = [f"{platform}.{name}" for platform, name, _ in scenario.streams]
    tied = ties_of(streams, [len(part["submit"]) for part in parts], horizon)
    columns: dict[str, Any] = _joined(parts)
    others = {name: columns.pop(key) for name, key in more.items()}
    return workload(platforms, names, more=others, ties=tied, sharing=sharing_of(scenario), **columns)


def _add_more(parts: Sequence[Columns], streams: Sequence[Stream], horizon: int) -> dict[str, str]:
    """Add the columns that listed jobs have of their own to all streams; return by name under which key."""
    listed = [[job.columns for job in listed_jobs(stream, horizon)] for stream in streams]
    more = {name: f"column {name}" for name in sorted({name for jobs in listed for own in jobs for name in own})}
    for name, key in more.items():
        for part, jobs in zip(parts, listed, strict=True):
            part[key] = np.array([own.get(name, np.inf) for own in jobs] if jobs else np.inf, np.float64)
    return more


def too_large(scenario: Scenario) -> list[str]:
    """Return the mistakes of streams that are too large to be drawn."""
    origin, horizon = scenario.time.origin, scenario.time.horizon
    mistakes: list[str] = []
    total = 0.0
    for platform, name, stream in scenario.streams:
        mistakes += _too_fine(f"platforms.{platform}.demand.{name}.arrivals", stream, horizon)
        total += sum(job.count for job in stream.jobs or () if job.submit < horizon)
        if stream.arrivals is not None:
            total += stream.at_once * expected_jobs(stream.arrivals, stream.scale, origin, horizon)
    links = link_count([stream for _, _, stream in scenario.streams], horizon)
    if links > MAX_LINKS:
        mistakes.append(
            f"platforms: arrays come after arrays, {links:,} pairs of jobs; at most {MAX_LINKS:,} are expected; "
            "put one job between two arrays"
        )
    if total > MAX_JOBS:
        mistakes.append(
            f"platforms: about {total:,.0f} jobs in {units.duration_text(horizon)}; at most {MAX_JOBS:,} "
            "are expected; lower the rates, the scales or the horizon"
        )
    return mistakes


def _too_fine(path: str, stream: Stream, horizon: int) -> Iterator[str]:
    spec = stream.arrivals
    if isinstance(spec, Timetable) and spec.roster * stream.scale > STRIDE:
        seats = f"{spec.roster * stream.scale:,.0f}"
        yield f"{path}.roster: {seats} seats with the scale; at most {STRIDE:,} are expected"
    burst = spec.burst if isinstance(spec, Poisson) else None
    if burst is not None and burst_count(burst, horizon) > MAX_FACTORS:
        every = units.duration_text(-(-horizon // MAX_FACTORS))
        given = units.duration_text(burst.every)
        yield f"{path}.burst.every: {given} is too short for the horizon; {every} or longer is expected"


def _stream_columns(scenario: Scenario, platform: str, name: str, stream: Stream) -> Columns:
    if stream.jobs is not None:
        columns = _listed(stream, scenario.time.horizon)
    else:
        columns = _drawn(scenario, platform, name, stream)
    true_run = columns.pop("true_run")
    own = stream.priority
    columns["priority"] = np.array(scenario.platforms[platform].priority if own is None else own)
    columns["types"] = np.array(type_code(scenario.node_types(stream)))
    columns["patience"] = np.array(-1 if stream.patience is None else stream.patience)
    columns["deadline"] = _deadline(stream, columns["submit"], true_run)
    return columns


def _drawn(scenario: Scenario, platform: str, name: str, stream: Stream) -> Columns:
    assert stream.arrivals is not None
    assert stream.sizes is not None
    assert stream.run_time is not None
    draws = Draws(scenario.time.seed, platform, name)
    submit, jobs = arrivals(stream.arrivals, stream.scale, draws, scenario.time.origin, scenario.time.horizon)
    uniforms: Uniforms = draws.of(jobs.times(stream.at_once))
    once = _repeated(draws.of(jobs), stream.at_once)
    true_run = run_times(stream.run_time, uniforms)
    outcome, used = outcomes(stream.outcome, uniforms)
    return {
        "submit": np.repeat(submit, stream.at_once) if stream.at_once > 1 else submit,
        "true_run": true_run,
        "run": rounded_up(true_run * used),
        "walltime": walltimes(stream.walltime, true_run, uniforms),
        "outcome": outcome.astype(np.int8),
        "tenant": tenants(stream.tenants, once).astype(np.int32),
        **size_columns(stream.sizes, once),
    }


def _repeated(uniforms: Uniforms, count: int) -> Uniforms:
    """Return the function that gives the same uniforms so many times each."""
    return uniforms if count == 1 else lambda purpose: np.repeat(uniforms(purpose), count)


def _listed(stream: Stream, horizon: int) -> Columns:
    jobs = listed_jobs(stream, horizon)
    run = np.array([job.run_time for job in jobs], dtype=np.int64)
    walltime = [job.run_time if job.walltime is None else job.walltime for job in jobs]
    return {
        "submit": np.array([job.submit for job in jobs], dtype=np.int64),
        "true_run": run,
        "run": run,
        "walltime": np.array(walltime, dtype=np.int64),
        "outcome": np.array([OUTCOMES.index(job.outcome) for job in jobs], dtype=np.int8),
        "tenant": np.array(0),
        **request_columns(jobs),
    }


def _deadline(stream: Stream, submit: Ints, true_run: Ints) -> Column:
    if stream.deadline is None:
        return np.array(-1)
    if stream.deadline.after is not None:
        return submit + stream.deadline.after
    assert stream.deadline.factor is not None
    return submit + rounded_up(true_run * stream.deadline.factor)


def _joined(parts: Sequence[Columns]) -> Columns:
    """Join the streams' columns one by one, so that few stand in memory twice."""
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        return dict.fromkeys(("submit", "run", "walltime", "accelerators"), nothing)
    counts = [len(part["submit"]) for part in parts]
    return {name: _joined_column([part.pop(name) for part in parts], counts) for name in list(parts[0])}


def _joined_column(columns: Sequence[Column], counts: Sequence[int]) -> Column:
    first = columns[0]
    if all(column.ndim == 0 and column == first for column in columns):
        return first
    full = [np.broadcast_to(column, count) for column, count in zip(columns, counts, strict=True)]
    return np.concatenate(full)

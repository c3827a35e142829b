"""Offered load: what the platforms ask of the center on average, before anything is simulated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from onecenter import units
from onecenter.fleet import NodeType
from onecenter.scenario.demand import Request, Stream
from onecenter.scenario.model import Scenario
from onecenter.workload.arrivals import expected_jobs
from onecenter.workload.columns import endings, fits
from onecenter.workload.draws import Floats
from onecenter.workload.runtimes import limited_means

RESOURCES = ("accelerators", "cpus", "memory")

#: Points of the Gauss-Legendre rule over the share of the run time used and over the walltime factor.
POINTS = 32


@dataclass(frozen=True)
class Offered:
    """What one row of a stream's table of sizes, or one listed job, asks for on average."""

    platform: str
    path: str  # where it is in the scenario
    jobs: float  # mean number in [0, horizon)
    # Mean amounts (accelerators, cpus, MiB) in use if no job had to wait: jobs per ms times mean run time times the
    # gang's request.
    busy: Floats
    # allowed node types whose empty nodes hold the gang, the preferred first; empty: it is refused
    types: tuple[int, ...]


@dataclass(frozen=True)
class LoadRow:
    """The load of a platform on a node type, or of all on one, or of one or all on the center; None: all."""

    platform: str | None
    node_type: str | None
    jobs_per_hour: float  # mean over the horizon; jobs that are refused are not counted
    accelerators: float  # mean number in use if no job had to wait
    capacity: float  # accelerators of the node type or of the center

    @property
    def load(self) -> float:
        """Accelerators over capacity; 0 where neither is any."""
        if self.accelerators == 0.0:
            return 0.0
        return self.accelerators / self.capacity if self.capacity > 0.0 else float("inf")


@dataclass(frozen=True)
class OfferedLoad:
    """The offered load of a scenario."""

    # One per platform and node type that it sends work to first; then one per node type, one per platform, and one for
    # the whole center.
    rows: tuple[LoadRow, ...]
    warnings: tuple[str, ...]  # jobs that can never fit or are never submitted; load above capacity

    def of(self, platform: str | None = None, node_type: str | None = None) -> LoadRow:
        """Return one row; None: all platforms, all node types."""
        for row in self.rows:
            if (row.platform, row.node_type) == (platform, node_type):
                return row
        raise KeyError((platform, node_type))


def offered_load(scenario: Scenario) -> OfferedLoad:
    """Return what each platform asks of each node type on average over the horizon, in accelerators.

    Work that may use several node types counts for the first allowed one that it fits on. The mean run time takes the
    cap, the share that the outcome uses, and the kill at the walltime into account; the rounding up of walltimes, which
    matters only for walltime factors below 1, it does not.
    """
    fleet = scenario.fleet
    parts = list(_offered(scenario))
    rows = list(_rows(scenario, parts, fleet))
    warnings = [*_never_submitted(scenario), *_never_fitting(parts, scenario), *_above_capacity(parts, fleet)]
    return OfferedLoad(tuple(rows), tuple(warnings))


def never_held(scenario: Scenario) -> list[str]:
    """Return the paths of the drawn sizes that fit no allowed node type, even on the empty center: they are refused."""
    fleet = scenario.fleet
    return [
        f"platforms.{platform}.demand.{name}.sizes[{i}]"
        for platform, name, stream in scenario.streams
        for i, size in enumerate(stream.sizes or ())
        if size.share > 0 and stream.scale > 0
        if not any(fits(size, fleet[index]) for index in scenario.node_types(stream))
    ]


def asked_in(scenario: Scenario, begin: int, end: int) -> float:
    """Return how many accelerator-hours the jobs submitted in [begin, end) ms ask for on average; refused ones none."""

    def until(instant: int) -> float:
        if instant == 0:
            return 0.0
        time = scenario.time.model_copy(update={"horizon": instant})
        load = offered_load(scenario.model_copy(update={"time": time}))
        return load.of().accelerators * instant / units.MS["h"]

    return until(end) - until(begin)


def mean_run_time(stream: Stream) -> float:
    """Return the mean run time (ms) of a drawn stream, ended early by outcome, cap and walltime."""
    assert stream.run_time is not None
    low, high, limit = 1.0, 1.0, float(units.MAX_DURATION)
    if stream.walltime is not None:
        low, high = stream.walltime.factor
        limit = float(stream.walltime.limit or units.MAX_DURATION)
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    points, weights = (points + 1.0) / 2.0, weights / 2.0
    factors = low * (high / low) ** points
    mean = 0.0
    for _, share, least, most in endings(stream.outcome):
        used = least + (most - least) * points
        # A job uses min(used * run time, factor * run time, limit), at least next to nothing.
        used_or_killed = np.maximum(np.minimum(used[:, None], factors[None, :]), 1e-9)
        each = used_or_killed * limited_means(stream.run_time, limit / used_or_killed)
        mean += share * float(weights @ each @ weights)
    return mean


def _offered(scenario: Scenario) -> Iterator[Offered]:
    fleet, horizon = scenario.fleet, scenario.time.horizon
    for platform, name, stream in scenario.streams:
        allowed = scenario.node_types(stream)
        for key, request, jobs, run_time in _requests(scenario, stream):
            asked = (request.accelerators / 1_000, request.cpus / 1_000, request.memory)
            busy = jobs * run_time / horizon * request.tasks * np.array(asked, dtype=np.float64)
            types = tuple(index for index in allowed if fits(request, fleet[index]))
            yield Offered(platform, f"platforms.{platform}.demand.{name}.{key}", jobs, busy, types)


def _requests(scenario: Scenario, stream: Stream) -> Iterator[tuple[str, Request, float, float]]:
    """Yield key, request, mean number of jobs and mean run time (ms) of each size or listed job."""
    horizon = scenario.time.horizon
    for i, job in enumerate(stream.jobs or ()):
        if job.submit < horizon:
            yield f"jobs[{i}]", job, float(job.count), float(min(job.run_time, job.walltime or job.run_time))
    if stream.arrivals is not None:
        jobs = stream.at_once * expected_jobs(stream.arrivals, stream.scale, scenario.time.origin, horizon)
        run_time = mean_run_time(stream)
        total = sum(size.share for size in stream.sizes or ())
        for i, size in enumerate(stream.sizes or ()):
            yield f"sizes[{i}]", size, jobs * size.share / total, run_time


def _rows(scenario: Scenario, parts: Sequence[Offered], fleet: Sequence[NodeType]) -> Iterator[LoadRow]:
    hours = scenario.time.horizon / units.MS["h"]
    room = [float(node_type.count * node_type.accelerators) for node_type in fleet]

    def row(platform: str | None, index: int | None) -> LoadRow:
        mine = [
            part
            for part in parts
            if part.types and platform in (None, part.platform) and index in (None, part.types[0])
        ]
        jobs, busy = sum(part.jobs for part in mine), sum((float(part.busy[0]) for part in mine), 0.0)
        name, capacity = (None, sum(room)) if index is None else (fleet[index].name, room[index])
        return LoadRow(platform, name, jobs / hours, busy, capacity)

    pairs = {(part.platform, part.types[0]) for part in parts if part.types}
    every_pair = ((platform, i) for platform in scenario.platforms for i in range(len(fleet)))
    yield from (row(*pair) for pair in every_pair if pair in pairs)
    yield from (row(None, i) for i in range(len(fleet)))
    yield from (row(platform, None) for platform in scenario.platforms)
    yield row(None, None)


def _never_submitted(scenario: Scenario) -> Iterator[str]:
    for platform, name, stream in scenario.streams:
        late = [i for i, job in enumerate(stream.jobs or ()) if job.submit >= scenario.time.horizon]
        if late:
            path = f"platforms.{platform}.demand.{name}.jobs[{late[0]}]"
            more = f" and {len(late) - 1} more" if len(late) > 1 else ""
            yield f"{path}{more}: never submitted, at or after the horizon"


def _never_fitting(parts: Sequence[Offered], scenario: Scenario) -> Iterator[str]:
    names = list(scenario.center.nodes)
    jobs: dict[str, float] = {}
    refused: dict[str, list[Offered]] = {}
    for part in parts:
        jobs[part.platform] = jobs.get(part.platform, 0.0) + part.jobs
        if not part.types and part.jobs > 0.0:
            refused.setdefault(part.path.rsplit(".", 1)[0], []).append(part)
    allowed = {f"platforms.{p}.demand.{n}": scenario.node_types(stream) for p, n, stream in scenario.streams}
    for path, found in refused.items():
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        tried = ", ".join(names[index] for index in allowed[path])
        share = units.format_percent(sum(part.jobs for part in found) / jobs[found[0].platform])
        what = f"never fits, even on the empty center ({tried}); {share} of the platform's jobs are refused"
        yield f"{found[0].path}{more}: {what}"


def _above_capacity(parts: Sequence[Offered], fleet: Sequence[NodeType]) -> Iterator[str]:
    """Warn where the work that can only run on some node types asks for more than they have."""
    everywhere = frozenset(range(len(fleet)))
    groups = {frozenset(part.types) for part in parts if part.types} - {everywhere}
    for group in (*sorted(groups, key=sorted), everywhere):
        busy = sum((part.busy for part in parts if part.types and group.issuperset(part.types)), np.zeros(3))
        room = sum((_room(fleet[index]) for index in group), np.zeros(3))
        whole = group == everywhere
        place = "the center" if whole else ", ".join(fleet[index].name for index in sorted(group))
        only = "" if whole else " by jobs that can run nowhere else"
        for resource, asked, has in zip(RESOURCES, busy, room, strict=True):
            if asked > has:
                ratio = f"{asked / has:.2f} times the {resource}"
                yield f"{place}: load above capacity, {ratio} asked for{only}"


def _room(node_type: NodeType) -> Floats:
    each = (node_type.accelerators, node_type.cpus / 1_000, node_type.memory)
    return node_type.count * np.array(each, dtype=np.float64)

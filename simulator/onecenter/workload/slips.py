"""What a planner should know of a scenario before it is simulated: what is lawful but almost surely a slip.

Slips are a percentage for a share, a limit that ends most jobs, and the like.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from onecenter_kernels.schema import AMOUNTS

from onecenter import units
from onecenter.policies.parts import NO_PREEMPTION
from onecenter.scenario.demand import Request, Stream
from onecenter.scenario.growth import Growth, Pace
from onecenter.scenario.model import Platform, Scenario, SizeTarget
from onecenter.scenario.time import Time
from onecenter.units import THOUSAND, format_percent
from onecenter.workload.arrivals import expected_jobs
from onecenter.workload.columns import share_too_short
from onecenter.workload.load import offered_load
from onecenter.workload.quotas import sharing_of
from onecenter.workload.runtimes import longer_than

#: What happens to more than this share of a stream's jobs is not meant.
MAJORITY: Final = 0.5

#: Growth per month beyond which a percentage was written for a share: 14 times as much a year later.
FASTEST: Final = 0.25

#: Yearly rates of giving up, and of moving up, beyond which tenants stay less than a year, or a quarter.
EXIT, UP = 1.0, 4.0

#: A first factor of growth beyond which a percentage was written.
LEAP: Final = 10.0

#: kg CO2 per kWh: twice that of coal.
DIRTIEST: Final = 2.0

#: A node that is written off sooner has a lifetime in the wrong unit.
SHORTEST_LIFETIME: Final = 180 * units.MS["d"]


def slips(scenario: Scenario) -> Iterator[str]:
    """Give each slip with its place, the value, and what was perhaps meant."""
    yield from _time(scenario)
    yield from _center(scenario)
    for name, platform in scenario.platforms.items():
        yield from _targets(f"platforms.{name}", platform)
        yield from _unjudged(f"platforms.{name}", platform, scenario.time)
    for owner, name, stream in scenario.streams:
        yield from _stream(f"platforms.{owner}.demand.{name}", stream, scenario.time.horizon)
    yield from _policy(scenario)
    yield from _quotas(scenario)
    yield from _checkpoints(scenario)
    if scenario.growth is not None:
        yield from _growth(scenario.growth)


def _time(scenario: Scenario) -> Iterator[str]:
    warmup, horizon = scenario.time.warmup, scenario.time.horizon
    if 2 * warmup > horizon:
        yield f"time.warmup = {_duration(warmup)}: more than half of the {units.duration_text(horizon)} does not count"


def _center(scenario: Scenario) -> Iterator[str]:
    carbon = scenario.center.site.carbon
    if carbon > DIRTIEST:
        yield f"center.site.carbon = {carbon:g}: it is in kg CO2 per kWh, and coal power has about 1"
    for name, nodes in scenario.center.nodes.items():
        if nodes.price and nodes.lifetime < SHORTEST_LIFETIME:
            lifetime = _duration(nodes.lifetime)
            yield f"center.nodes.{name}.lifetime = {lifetime}: the price is written off sooner than in half a year"


def _targets(path: str, platform: Platform) -> Iterator[str]:
    parts: list[tuple[str, Platform | SizeTarget]] = [(path, platform)]
    parts += [(f"{path}.sizes[{i}]", size) for i, size in enumerate(platform.sizes or ())]
    for place, part in parts:
        yield from _percentiles(f"{place}.wait", {p: (ms, _duration(ms)) for p, ms in (part.wait or {}).items()})
        factors = {p: (factor, f"{factor:g}") for p, factor in (part.expansion or {}).items()}
        yield from _percentiles(f"{place}.expansion", factors)


def _percentiles(path: str, limits: Mapping[str, tuple[float, str]]) -> Iterator[str]:
    rising = sorted((float(name[1:]), name) for name in limits)
    for percent, name in rising:
        if percent < 100 * MAJORITY:
            meant = 100 * percent if percent < 1 else 100 - percent
            yield f"{path}.{name} = {limits[name][1]}: {percent:g} % of the jobs suffice (p{meant:g}?)"
    for (_, lower), (_, upper) in pairwise(rising):
        if limits[lower][0] > limits[upper][0]:
            yield f"{path}.{lower} = {limits[lower][1]}: it says nothing beside {upper} = {limits[upper][1]}"


def _unjudged(path: str, platform: Platform, time: Time) -> Iterator[str]:
    """Warn of targets that cover no job."""
    gangs = [gang for stream in platform.demand.values() for gang in _gangs(stream, time)]
    if not gangs and (platform.wait or platform.expansion or platform.sizes):
        yield f"{path}: it has targets, but no job from the warm-up to the horizon"
        return
    above = -1
    for i, size in enumerate(platform.sizes or ()):
        if not any(above < gang <= size.max_accelerators for gang in gangs):
            yield f"{path}.sizes[{i}]: no job of the platform is of this size"
        above = size.max_accelerators


def _gangs(stream: Stream, time: Time) -> list[int]:
    """Return the accelerators (thousandths) of the gangs that a stream submits after the warm-up."""
    rows: list[Request] = [job for job in stream.jobs or () if time.warmup <= job.submit < time.horizon]
    if stream.arrivals is not None and expected_jobs(stream.arrivals, stream.scale, time.origin, time.horizon):
        rows += [size for size in stream.sizes or () if size.share]
    return [row.accelerators * row.tasks for row in rows]


def _stream(path: str, stream: Stream, horizon: int) -> Iterator[str]:
    rows: list[tuple[str, Request]] = [(f"{path}.sizes[{i}]", size) for i, size in enumerate(stream.sizes or ())]
    rows += [(f"{path}.jobs[{i}]", job) for i, job in enumerate(stream.jobs or ())]
    empty = [place for place, row in rows if row.accelerators == row.cpus == row.memory == 0]
    if empty:
        more = f" and {len(empty) - 1} more" if len(empty) > 1 else ""
        yield f"{empty[0]}{more}: asks for no accelerator, cpu or memory, so it can never wait for any"
    if stream.outcome is not None:
        ends = [part.share for part in (stream.outcome.cancelled, stream.outcome.failed) if part is not None]
        if sum(ends) >= 1:
            yield f"{path}.outcome: no job completes"
    yield from _run_time(path, stream, horizon)


def _checkpoints(scenario: Scenario) -> Iterator[str]:
    """Warn of walltimes that leave no time to write checkpoints, where a policy preempts."""
    if scenario.policy.preemption == NO_PREEMPTION:
        return
    for owner, name, stream in scenario.streams:
        saved, asked = stream.checkpoint, stream.walltime
        if saved is None or not saved.write:
            continue
        tight = stream.run_time is not None and (asked is None or (asked.factor == (1.0, 1.0) and asked.round is None))
        listed = [job for job in stream.jobs or () if job.run_time > saved.every]
        if tight or any(job.walltime in (None, job.run_time) for job in listed):
            told = f"platforms.{owner}.demand.{name}.checkpoint.write = {_duration(saved.write)}"
            yield f"{told}: walltimes as long as run times leave no time for it, so such jobs are killed; ask for more"


def _run_time(path: str, stream: Stream, horizon: int) -> Iterator[str]:
    """Warn of durations that are shorter than most of the stream's jobs."""
    spec = stream.run_time
    if spec is None:
        return
    yield from _factors(path, stream)
    limits = [
        ("run_time.cap", spec.cap, "are cut to it"),
        ("walltime.limit", None if stream.walltime is None else stream.walltime.limit, "are killed at it"),
        ("deadline.after", None if stream.deadline is None else stream.deadline.after, "cannot keep it"),
    ]
    for name, limit, what in limits:
        if limit is not None and (share := longer_than(spec, limit)) > MAJORITY:
            yield f"{path}.{name} = {_duration(limit)}: {format_percent(share)} of the jobs run longer and {what}"
    if (share := longer_than(spec, horizon)) > MAJORITY and (spec.cap is None or spec.cap > horizon):
        length = units.duration_text(horizon)
        yield f"{path}.run_time: {format_percent(share)} of the jobs run longer than the whole horizon of {length}"


def _factors(path: str, stream: Stream) -> Iterator[str]:
    """Warn of factors of the run time below 1."""
    if stream.walltime is not None and (share := share_too_short(stream.walltime)) >= MAJORITY:
        factor = stream.walltime.model_dump(mode="json")["factor"]
        yield f"{path}.walltime.factor = {factor}: {format_percent(share)} of the jobs are killed before they end"
    if stream.deadline is not None and (stream.deadline.factor or 1) < 1:
        late = "it is over before a job that starts at once can have ended"
        yield f"{path}.deadline.factor = {stream.deadline.factor:g}: {late}"


def _policy(scenario: Scenario) -> Iterator[str]:
    policy = scenario.policy
    if policy.backfill == "none" and policy.backfill_depth:
        yield f'policy.backfill_depth = {policy.backfill_depth}: not used where backfill = "none"'
    if policy.order != "priority" and policy.age_rate:
        yield f'policy.age_rate = {policy.age_rate / 1e6:g}: used by order = "priority" only'


def _quotas(scenario: Scenario) -> Iterator[str]:
    """Warn of node types of which more is given as quota than there is, at the start or from a change on."""
    sharing = sharing_of(scenario)
    if sharing is None:
        return
    for index, kind in enumerate(scenario.fleet):
        there = kind.count * kind.accelerators
        given = {n: member.nominal[index] for n, member in enumerate(sharing.members)}
        most = sum(given.values())
        for change in sharing.changes:
            if change.type == index and change.what == AMOUNTS[0]:
                given[change.member] = change.value
                most = max(most, sum(given.values()))
        if most > THOUSAND * there:
            told = f"quota.nominal.{kind.name} = {most / THOUSAND:,g} in all"
            yield f"{told}: there are {there:,}, so not all can have their own at once; lower some, or add nodes"


def _growth(growth: Growth) -> Iterator[str]:
    for name, part in growth.platforms.items():
        path = f"growth.platforms.{name}"
        yield from _pace(path, part)
        for stream, pace in part.demand.items():
            yield from _pace(f"{path}.demand.{stream}", pace)
    chain = growth.chain
    if chain is None:
        return
    rates = [(f"stages.{name}.exit", stage.exit, EXIT) for name, stage in chain.stages.items()]
    rates += [(f"stages.{name}.up", stage.up, UP) for name, stage in chain.stages.items()]
    rates += [(f"graduates.{name}.exit", part.exit, EXIT) for name, part in chain.graduates.items()]
    for name, rate, most in rates:
        if rate > most:
            days = f"they stay for {365 / rate:.0f} d on average"
            yield f"growth.chain.{name} = {rate:g}: a rate per year, so {days}; 1 % per year is 0.01"


def _pace(path: str, pace: Pace) -> Iterator[str]:
    if pace.monthly is not None and abs(pace.monthly) >= FASTEST:
        yearly = (1 + pace.monthly) ** 12
        times = f"{yearly:,.0f}" if yearly >= 1 else f"{yearly:.2g}"
        what = f"{pace.monthly:+.0%} per month, {times} times the demand a year later"
        yield f"{path}.monthly = {pace.monthly:g}: {what}; 1 % is 0.01"
    if pace.factors is not None and pace.factors[0] > LEAP:
        yield f"{path}.factors[0] = {pace.factors[0]:g}: so many times the demand of month 0; 1 % more is 1.01"


def _duration(ms: int) -> str:
    return f'"{units.duration_text(ms)}"'


def warnings_of(scenario: Scenario) -> list[str]:
    """Return the warnings of a scenario, each with its place.

    They are about jobs that are never submitted or never fit, load above capacity, and what is almost surely a slip.
    """
    return [*offered_load(scenario).warnings, *slips(scenario)]

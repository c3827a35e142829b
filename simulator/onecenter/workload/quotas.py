"""How a scenario's platforms share its center, with its shares and dates as numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from onecenter_kernels.schema import AMOUNTS

from onecenter.scenario.demand import Stream
from onecenter.scenario.model import Platform, Scenario
from onecenter.scenario.sharing import Limits, resolved
from onecenter.units import THOUSAND
from onecenter.workload.sharing import NONE, Change, JobClass, Limit, Member, Sharing


def sharing_of(scenario: Scenario) -> Sharing | None:
    """Return how a scenario's platforms share its center; None where it says nothing of it."""
    center = scenario.center
    cohorts = _parents_first(center.cohorts)
    named: list[tuple[str, Any, str | None]] = [("", center.quota, None)]
    named += [(name, cohort.quota, cohort.parent) for name, cohort in cohorts]
    places = {name: place for place, (name, _, _) in enumerate(named) if place}
    parents = [-1, *(places.get(parent or "", 0) for _, _, parent in named[1:])]
    members = [_member(scenario, name, part, parent) for (name, part, _), parent in zip(named, parents, strict=True)]
    members[1:] = [replace(member, weight=each.weight) for member, (_, each) in zip(members[1:], cohorts, strict=True)]
    parts = [part for _, part, _ in named]
    for index, (name, platform) in enumerate(scenario.platforms.items()):
        member = _member(scenario, name, platform.quota, places.get(platform.cohort or "", 0))
        strict = platform.queueing == "strict"
        members.append(replace(member, platform=index, strict=strict, weight=platform.weight, **_evicts(platform)))
        parts.append(platform.quota)
    found = Sharing(
        members=tuple(members),
        changes=tuple(sorted(_changes(scenario, parts), key=lambda change: change.t)),
        platform_limits=tuple(_limit(platform.limits) for platform in scenario.platforms.values()),
        tenant_limits=tuple(_limit(platform.tenant_limits) for platform in scenario.platforms.values()),
        stream_limits=tuple(_limit(stream.limits) for _, _, stream in scenario.streams),
        classes=tuple(_class(stream, scenario.platforms[name].tier) for name, _, stream in scenario.streams),
        tiers=tuple(platform.tier for platform in scenario.platforms.values()),
    )
    return None if found.says_nothing else found


def _evicts(platform: Platform) -> dict[str, Any]:
    """Return whom the jobs of a platform may evict for quota."""
    given = platform.preemption
    if given is None:
        return {}
    most = given.max_priority_threshold
    found = {"within": given.within, "reclaim": given.reclaim, "while_borrowing": given.borrow_within_cohort != "never"}
    return found | ({} if most is None else {"threshold": most})


def _parents_first(cohorts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return cohorts by name, each after its parent, else in the order of the file."""
    def depth(name: str | None) -> int:
        return 0 if name is None else 1 + depth(cohorts[name].parent)

    return sorted(cohorts.items(), key=lambda item: depth(item[0]))


def _member(scenario: Scenario, name: str, part: Any, parent: int) -> Member:
    amounts: dict[str, Any] = {what: tuple(_amounts(scenario, part, what)) for what in AMOUNTS}
    return Member(name=name, parent=parent, **amounts)


def _amounts(scenario: Scenario, part: Any, what: str) -> Iterator[int]:
    given = getattr(part, what, {})
    for kind in scenario.fleet:
        default = 0 if what == AMOUNTS[0] else NONE
        yield _resolved(given[kind.name], kind) if kind.name in given else default


def _resolved(amount: int | str, kind: Any) -> int:
    return resolved(amount, kind.count * kind.accelerators)


def _changes(scenario: Scenario, parts: Sequence[Any]) -> Iterator[Change]:
    fleet = scenario.fleet
    for member, part in enumerate(parts):
        for change in getattr(part, "changes", ()):
            t = _instant(scenario, change.at)
            for what in AMOUNTS:
                given = getattr(change, what)
                for index, kind in enumerate(fleet):
                    if kind.name in given:
                        yield Change(t, member, index, what, _resolved(given[kind.name], kind))


def _instant(scenario: Scenario, at: datetime) -> int:
    """Return an instant in ms after the scenario's start; at the start where it was before."""
    local = at.replace(tzinfo=scenario.time.tz) if at.tzinfo is None else at
    return max(0, round((local - scenario.time.origin).total_seconds() * THOUSAND))


def _class(stream: Stream, tier: int) -> JobClass:
    saved = stream.checkpoint
    times = {} if saved is None else {"every": saved.every, "write": saved.write, "restart": saved.restart}
    return JobClass(
        tier=tier if stream.tier is None else stream.tier,
        grace=stream.grace,
        preemptible=stream.preemptible,
        requeue=NONE if stream.requeue is None else stream.requeue,
        **times,
    )


def _limit(limits: Limits | None) -> Limit:
    if limits is None:
        return Limit()
    given = {each.name: getattr(limits, each.name) for each in fields(Limit)}
    return Limit(**{name: value for name, value in given.items() if value is not None})

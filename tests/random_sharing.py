"""Small random scenarios whose platforms share the center by quotas, limits and strict queues."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from onecenter_kernels import codes
from onecenter_kernels.codes import AMOUNTS
from random_scenarios import Choices, RandomScenario, Seeded, build

from onecenter.fleet import NodeType
from onecenter.policies import NAMED, Multifactor, Policy
from onecenter.workload.sharing import Change, JobClass, Limit, Member, Sharing
from onecenter.workload.table import COLUMNS, workload


def shared_scenario(seed: int, backfill: str | None = None) -> RandomScenario:
    """Return a scenario whose platforms share by quotas, limits and strict queues, or some of these."""
    choices = Seeded(seed)
    base = build(choices, None, backfill, None)
    count = choices.pick((2, 3, 3, 4))
    names = ("one", "two", "three", "four")[:count]
    table, rows = base.workload, range(len(base.workload))
    columns = {name: getattr(table, name) for name in COLUMNS}
    columns["platform"] = [choices.pick(range(count)) for _ in rows]
    columns["tenant"] = [choices.pick((0, 0, 1)) for _ in rows]
    columns["stream"] = [choices.pick((0, 1)) for _ in rows]
    policy = with_preemption(choices, base.policy)
    if not isinstance(policy.order, Multifactor) and choices.chance(30):
        policy = replace(policy, flavors="next-before-borrowing")
    sharing = sharing_of_some(choices, base.fleet, count)
    jobs = workload(names, ("one.a", "two.b"), more=table.more, ties=table.ties, sharing=sharing, **columns)
    return RandomScenario(base.fleet, policy, jobs, base.horizon)


def preempting_scenario(seed: int) -> RandomScenario:
    """Return a scenario in which jobs evict others: tiers differ, most jobs are long, and quota is seldom asked for."""
    choices = Seeded(seed)
    base = shared_scenario(seed, choices.pick(("none", "easy", "easy", "easy-sjbf")))
    policy = replace(base.policy, reservations=1, depth=choices.pick((0, 0, 0, 3)))
    if policy.preemption == "none":
        policy = replace(policy, preemption="tier", estimate="walltime")
    sharing: Sharing = base.workload.sharing
    if choices.chance(70):
        sharing = Sharing((Member(),), classes=sharing.classes, tiers=sharing.tiers)
    longer = choices.pick((1, 2, 3))
    return lengthened(base, policy, sharing, longer, 2)


def lengthened(
    base: RandomScenario, policy: Policy, sharing: Sharing | None, longer: int, spare: int
) -> RandomScenario:
    """Return a scenario whose jobs run so many times as long, with a walltime that spares some ms more."""
    given = base.workload
    columns = {name: getattr(given, name) for name in COLUMNS}
    columns |= {"run": longer * columns["run"], "walltime": longer * columns["walltime"] + spare}
    names = given.platforms, given.streams
    jobs = workload(*names, ties=given.ties, more=given.more, sharing=sharing, **columns)
    return RandomScenario(base.fleet, policy, jobs, base.horizon)


def by_platform(seed: int) -> RandomScenario:
    """Return a scenario in which each platform has a queue of its own, most with jobs that run for long."""
    choices = Seeded(seed)
    base = shared_scenario(seed, "none")
    unit = int(base.workload.run.min())
    policy = Policy(
        "priority", "none", base.policy.placement, flavors=base.policy.flavors,
        queue="by-platform", preemption=choices.pick(("none", "kueue", "kueue", "kueue", "kueue")),
        preempt_after=unit * choices.pick((0, 0, 0, 0, 2)), fair_sharing=choices.chance(40),
        usage_half_life=choices.pick((0, 0, unit, 10 * unit)),
    )  # fmt: skip
    sharing: Sharing = base.workload.sharing
    scarce = choices.chance(70)
    members = tuple(claimant(choices, member) for member in sharing.members)
    if scarce:
        totals = [1000 * kind.count * kind.accelerators for kind in base.fleet]
        members = tuple(lender(choices, member, totals) for member in members)
    if choices.chance(60):
        sharing = Sharing(members, sharing.changes, classes=sharing.classes)
    else:
        sharing = replace(sharing, members=members)
    sharing = replace(sharing, classes=tuple(slowed(each, unit) for each in sharing.classes))
    longer = choices.pick((2, 3, 5)) if scarce else choices.pick((1, 2))
    columns = {name: getattr(base.workload, name) for name in COLUMNS}
    columns |= {"run": longer * columns["run"], "walltime": longer * columns["walltime"] + 2 * unit}
    if scarce:
        columns |= {name: columns[name] // 4 for name in ("cpus", "memory")}
        columns["patience"] = [-1] * len(base.workload)
        columns["walltime"] = columns["walltime"] + columns["run"]
        if choices.chance(70):  # the first platform borrows, then the others come
            early = columns["submit"] <= unit
            columns["platform"] = np.where(early, 0, np.maximum(columns["platform"], 1))
            columns["priority"] = np.where(early, columns["priority"] // 2, columns["priority"])
    names = base.workload.platforms, base.workload.streams
    more = {"ties": base.workload.ties, "more": base.workload.more}
    jobs = workload(*names, sharing=None if choices.chance(3) else sharing, **more, **columns)
    return RandomScenario(base.fleet, policy, jobs, base.horizon)


def lender(choices: Choices, member: Member, totals: Sequence[int]) -> Member:
    """Return a member of the tree of which others may borrow, as a rule all that it has."""
    free = (-1,) * len(totals)
    share = choices.pick((2, 3, 3, 4))
    nominal = tuple(total // 1000 // share * 1000 if member.platform >= 0 else 0 for total in totals)
    if choices.chance(80):
        return replace(member, nominal=nominal, borrowing_limit=free, lending_limit=free)
    limit = tuple(choices.pick((-1, 0, 1000)) if member.parent >= 0 else -1 for _ in totals)
    lent = tuple(min(most, own) for most, own in zip(limit, nominal, strict=True)) if member.platform >= 0 else limit
    return replace(member, nominal=nominal, borrowing_limit=limit, lending_limit=lent)


def slowed(kind: JobClass, unit: int) -> JobClass:
    """Return a class with times in a unit."""
    return replace(kind, **{name: unit * getattr(kind, name) for name in ("grace", "every", "write", "restart")})


def in_units(scenario: RandomScenario) -> RandomScenario:
    """Return a scenario with the times of its classes in its unit of time, which the twin counts by pieces."""
    sharing, unit = scenario.workload.sharing, int(scenario.workload.run.min())
    if sharing is None:
        return scenario
    sharing = replace(sharing, classes=tuple(slowed(each, unit) for each in sharing.classes))
    return scenario._replace(workload=replace(scenario.workload, sharing=sharing))


def claimant(choices: Choices, member: Member) -> Member:
    """Return a member of the tree that may evict others, with a weight."""
    weight = choices.pick((1000, 1000, 1000, 2000, 500, 0))
    if member.platform < 0:
        return replace(member, weight=weight)
    reclaim = choices.pick(("never", "lower-priority", "any", "any", "any"))
    return replace(
        member,
        weight=weight,
        within=choices.pick(("never", "lower-priority", "lower-priority", "lower-or-newer-equal-priority")),
        reclaim=reclaim,
        while_borrowing=reclaim != "never" and choices.chance(40),
        threshold=choices.pick((2**62, 1, 0)),
    )


def ordered_scenario(seed: int) -> RandomScenario:
    """Return a scenario in which jobs evict others by the order; runs without checkpoints, quotas or limits, too."""
    choices = Seeded(seed)
    base = shared_scenario(seed, "none")
    order = choices.pick(codes.LIVE_ORDERS)
    placement = base.policy.placement
    unit = int(base.workload.run.min())
    policy = replace(
        NAMED[order],
        placement=placement,
        flavors=base.policy.flavors,
        preempt_after=choices.pick((0, 0, 0, 0, 2 * unit)),
        time_slice=choices.pick((1, 1, 2, 3)) * unit,
        thresholds=choices.pick(((2 * unit, 5 * unit), (unit, 3 * unit, 9 * unit), (4 * unit + 1,), ())),
    )
    sharing: Sharing | None = base.workload.sharing
    assert sharing is not None
    classes = tuple(
        replace(each, **{name: unit * getattr(each, name) for name in ("grace", "every", "write", "restart")})
        for each in sharing.classes
    )
    sharing = replace(sharing if choices.chance(50) else Sharing((Member(),)), classes=classes)
    if choices.chance(20):
        sharing = None
    longer = choices.pick((1, 2, 3, 5))
    return lengthened(base, policy, sharing, longer, 3)


def sharing_of_some(choices: Choices, fleet: Sequence[NodeType], platforms: int) -> Sharing:
    """Return a quota tree with up to two cohorts, changes in it, and limits; each may be missing."""
    cohorts = choices.pick((0, 0, 1, 2))
    totals = [1000 * kind.count * kind.accelerators for kind in fleet]
    quotas = choices.chance(80)
    members = [Member("", nominal=amounts(choices, totals, quotas and choices.chance(20)))]
    for n in range(cohorts):
        parent, given = choices.pick(range(n + 1)), quotas and choices.chance(40)
        members.append(member_of(choices, f"cohort{n}", parent, -1, totals, given))
    for n in range(platforms):
        member = member_of(choices, f"platform{n}", choices.pick(range(cohorts + 1)), n, totals, quotas)
        members.append(replace(member, strict=choices.chance(25)))
    classes = tuple(class_of(choices) for _ in range(2))
    tiers = tuple(choices.pick((0, 0, 1, 2)) for _ in range(platforms))
    changes = [change_of(choices, len(members), totals) for _ in range(choices.pick((0, 0, 1, 3)) if quotas else 0)]
    limited = choices.chance(50)
    return Sharing(
        members=tuple(members),
        changes=tuple(sorted(changes, key=lambda change: change.t)),
        platform_limits=tuple(limit_of(choices, limited) for _ in range(platforms)),
        tenant_limits=tuple(limit_of(choices, limited) for _ in range(platforms)),
        stream_limits=tuple(limit_of(choices, limited) for _ in range(2)),
        classes=classes,
        tiers=tiers,
    )


def with_preemption(choices: Choices, policy: Policy) -> Policy:
    """Return a policy, in half of the cases in which that can be with preemption by tier."""
    if policy.backfill == "conservative" or policy.reservations > 1 or not choices.chance(60):
        return policy
    after, victims = choices.pick((0, 0, 0, 2)), choices.pick(("lowest-tier", "lowest-tier", "least-lost"))
    return replace(policy, preemption="tier", preempt_after=after, victims=victims)


def class_of(choices: Choices) -> JobClass:
    """Return a class of jobs; times in ms."""
    every = choices.pick((0, 0, 1, 2, 3))
    return JobClass(
        tier=choices.pick((0, 1, 1, 2)),
        grace=choices.pick((0, 0, 0, 1, 2, 4)),
        preemptible=not choices.chance(10),
        requeue=choices.pick((-1, -1, -1, 0, 1, 2)),
        every=every,
        write=choices.pick((0, 0, 1)) if every else 0,
        restart=choices.pick((0, 1, 2)) if every else 0,
    )


def amounts(choices: Choices, totals: Sequence[int], given: bool) -> tuple[int, ...]:
    """Return amounts by node type, of which some are 0."""
    return tuple(choices.pick((total // 3, total // 2, 1000, total, 0, 1500)) if given else 0 for total in totals)


def limits_by_type(choices: Choices, totals: Sequence[int], given: bool) -> tuple[int, ...]:
    """Return limits by node type; -1: none."""
    return tuple(choices.pick((-1, 0, 500, 1000, total // 2)) if given else -1 for total in totals)


def member_of(
    choices: Choices, name: str, parent: int, platform: int, totals: Sequence[int], given: bool
) -> Member:
    """Return a cohort or platform; a platform lends no more than it has."""
    nominal = amounts(choices, totals, given)
    lending = limits_by_type(choices, totals, given and choices.chance(40))
    if platform >= 0:
        lending = tuple(min(most, own) for most, own in zip(lending, nominal, strict=True))
    borrowing = limits_by_type(choices, totals, given and choices.chance(40))
    return Member(name, parent, platform, False, nominal, borrowing, lending)


def change_of(choices: Choices, members: int, totals: Sequence[int]) -> Change:
    """Return a change of the nominal amount of a member, or of a limit."""
    kind, what = choices.pick(range(len(totals))), choices.pick((*AMOUNTS, "nominal"))
    value = choices.pick((0, 1000, totals[kind] // 2, totals[kind]))
    member = choices.pick(range(members)) if what == "nominal" else choices.pick(range(1, members))
    return Change(choices.pick((0, 1, 2, 5, 9)), member, kind, what, value)


def limit_of(choices: Choices, given: bool) -> Limit:
    """Return limits of which most are missing."""
    if not given or choices.chance(50):
        return Limit()
    return Limit(
        max_running_jobs=choices.pick((-1, -1, 1, 2, 0)),
        max_accelerators=choices.pick((-1, -1, 1000, 2500, 4000)),
        max_submitted=choices.pick((-1, -1, -1, 2, 4)),
        max_per_job=choices.pick((-1, -1, -1, 2000)),
        max_walltime=choices.pick((-1, -1, -1, 4)),
    )

"""The naive twin's orders that go by who ran what: each time worked out anew from the whole log."""

from collections.abc import Mapping
from itertools import groupby
from math import inf, sqrt
from typing import TYPE_CHECKING

from onecenter_kernels import codes

from onecenter.policies import Multifactor

if TYPE_CHECKING:
    from oracle import Center
    from oracle_jobs import Job

#: A tenant: its platform and its number there.
User = tuple[int, int]

MOST = 2**62 - 1


def past_key(center: "Center", job: "Job") -> float:
    """Return the order's key of a job now, lowest first."""
    if isinstance(center.policy.order, Multifactor):
        return -priority(center, center.policy.order, job)
    return predicted_area(center, job)


def instants(center: "Center", *kinds: int) -> dict[int, int]:
    """Return the instant of each job's first row of some kinds in the log, in the order of the log."""
    found: dict[int, int] = {}
    for t, _, kind, job, *_ in center.log:
        if kind in kinds:
            found.setdefault(job, t)
    return found


# ---- predictions


def stays_of(center: "Center") -> list[tuple[int, int, int]]:
    """Return the job, start and end of each attempt, in the order of the starts; what runs ends now."""
    found: list[list[int]] = []
    running: dict[int, list[int]] = {}
    for t, _, kind, job, *_ in center.log:
        if kind == codes.E_START and job not in running:
            running[job] = [job, t, center.now]
            found.append(running[job])
        elif kind in (codes.E_END, codes.E_KILL, codes.E_REQUEUE):
            running.pop(job)[2] = t
    return [(job, start, end) for job, start, end in found]


def ended_of_tenant(center: "Center", job: "Job") -> list["Job"]:
    """Return the jobs of a job's tenant that had ended when it was submitted, in the order of their ends."""
    rows = [(kind, number) for _, _, kind, number, *_ in center.log]
    last = rows.index((codes.E_SUBMIT, job.id)) if (codes.E_SUBMIT, job.id) in rows else len(rows)
    by_itself = [kind != codes.E_END or reason != codes.PREEMPTED for _, _, kind, *_, reason in center.log]
    before = zip(rows[:last], by_itself, strict=False)
    ended = [center.jobs[number] for (kind, number), own in before if own and kind in (codes.E_END, codes.E_KILL)]
    return [each for each in ended if (each.platform, each.tenant) == (job.platform, job.tenant)]


def lengths_of(center: "Center", jobs: list["Job"]) -> list[int]:
    """Return how long the last attempts of jobs were that have ended (ms)."""
    lengths = {job: end - start for job, start, end in stays_of(center)}
    return [lengths[each.id] for each in jobs]


def recent_average(center: "Center", job: "Job") -> int:
    """Return the mean run time of the last two ended jobs of the tenant (ms), at most the walltime."""
    lengths = lengths_of(center, ended_of_tenant(center, job)[-2:])
    return min(max(sum(lengths) // len(lengths), 1), job.limit) if lengths else job.limit


def longer(job: "Job", now: int) -> int:
    """Return the next estimate of a job that has outlived the present one: 2, 5, 10, 20, 50 ... times the first."""
    ran = now - job.claim.begin
    times = (digit * 10**zeros for zeros in range(20) for digit in (1, 2, 5))
    return min(next(each * job.estimate for each in times if each * job.estimate > ran), job.limit)


def predicted_area(center: "Center", job: "Job") -> float:
    """Return accelerators times predicted run time, by what had ended when the job was submitted."""
    own = ended_of_tenant(center, job)
    alike = [each for each in own if each.gang == job.gang]
    lengths = lengths_of(center, (alike or own)[-5:])
    predicted = sum(lengths) / len(lengths) if lengths else float(job.walltime)
    return job.gang / 1000.0 * (predicted / 1000.0)


# ---- multifactor


def priority(center: "Center", order: Multifactor, job: "Job") -> int:
    """Return Slurm's priority of a job now."""
    nodes, demand = center.nodes, job.demand
    cpus = share(demand.tasks * demand.cpus, sum(node.cpus for node in nodes))
    size = (share(demand.tasks, len(nodes)) + cpus) / 2.0
    factors = {
        "fairshare": fairshare(center, order)[job.platform, job.tenant] if order.fairshare else 0.0,
        "size": 1.0 - size if order.favor_small else size,
        "qos": float(job.priority),
        "accelerators": share(job.gang, sum(1000 * node.accelerators for node in nodes)),
        "cpus": cpus,
        "memory": share(demand.tasks * demand.memory, sum(node.memory for node in nodes)),
        "age": share(center.now - job.submit, center.policy.max_age),
    }
    total = 0.0
    for name, factor in factors.items():
        total += getattr(order, name) * factor
    return int(min(max(total, 1.0), 2**32 - 1))


def share(amount: int, whole: int) -> float:
    """Return an amount as a share of what there is, at most 1."""
    return min(float(amount) / float(whole), 1.0) if whole > 0 else 0.0


def fairshare(center: "Center", order: Multifactor) -> dict[User, float]:
    """Return the fairshare factors of all tenants that have submitted a job."""
    submitted = instants(center, codes.E_SUBMIT)
    users = {(center.jobs[job].platform, center.jobs[job].tenant) for job in submitted}
    used = {user: usage(center, order, user) for user in users}
    shares = {(p, tenant): order.shares_of(center.platforms[p], tenant) for p, tenant in users}
    of_platforms = {p: order.shares_of(center.platforms[p]) for p, _ in users}
    return (tree if order.fair_share == "tree" else classic)(shares, of_platforms, used)


def usage(center: "Center", order: Multifactor, user: User) -> int:
    """Return the decayed usage of a tenant at the last multiple of the period."""
    left = 1.0 - 0.693 / (order.half_life / 1000.0) if order.half_life else 1.0
    decay = round(2**32 * left ** (order.calc_period / 1000.0))
    stays = [
        (center.jobs[job].gang, start, end)
        for job, start, end in stays_of(center)
        if (center.jobs[job].platform, center.jobs[job].tenant) == user
    ]
    found = 0
    for end in range(order.calc_period, center.now + 1, order.calc_period):
        begin = end - order.calc_period
        spent = sum(gang * max(0, min(end, last) - max(begin, first)) for gang, first, last in stays)
        found = min((found + spent) * decay // 2**32, MOST)
    return found


def summed(used: Mapping[User, int], platform: int | None = None) -> int:
    """Return the usage of a platform, or of all."""
    mine = [each for (p, _), each in used.items() if platform in (None, p)]
    return min(sum(mine), MOST)


def level(shares: int, of: int, used: int, of_used: int) -> float:
    """Return the level fairshare of one among siblings."""
    if shares == 0:
        return 0.0
    return inf if used == 0 else float(shares) / float(of) / (float(used) / float(of_used))


def tree(shares: Mapping[User, int], above: Mapping[int, int], used: Mapping[User, int]) -> dict[User, float]:
    """Walk the tree, the best level first; the tenants of tied platforms are looked at together."""
    levels = {p: level(above[p], sum(above.values()), summed(used, p), summed(used)) for p in above}
    factors, rank = {}, len(shares)
    for _, tied in groupby(sorted(above, key=lambda p: -levels[p]), key=lambda p: levels[p]):
        platforms = set(tied)
        own = {}
        for p, tenant in shares:
            if p in platforms:
                siblings = sum(each for (q, _), each in shares.items() if q == p)
                own[p, tenant] = level(shares[p, tenant], siblings, used[p, tenant], summed(used, p))
        for _, equals in groupby(sorted(own, key=lambda user: -own[user]), key=lambda user: own[user]):
            together = list(equals)
            factors.update(dict.fromkeys(together, rank / len(shares)))
            rank -= len(together)
    return factors


def classic(shares: Mapping[User, int], above: Mapping[int, int], used: Mapping[User, int]) -> dict[User, float]:
    """Return 2 ** -(effective usage / share) of each."""
    factors, all_used = {}, float(summed(used))
    for (p, tenant), own in shares.items():
        if own == 0 or above[p] == 0 or all_used == 0:
            factors[p, tenant] = 0.0 if own == 0 or above[p] == 0 else 1.0
            continue
        part = float(own) / float(sum(each for (q, _), each in shares.items() if q == p))
        mine, platforms = used[p, tenant] / all_used, summed(used, p) / all_used
        effective = mine + (platforms - mine) * part
        factors[p, tenant] = half_to(effective / (float(above[p]) / float(sum(above.values())) * part))
    return factors


def half_to(x: float) -> float:
    """Return 1/2 to the power of x, of whose digits after the point forty count."""
    whole = min(int(x), 1100)
    digits = int((min(x, 1100.0) - whole) * 2**40)
    found, root = 1.0, 0.5
    for place in range(39, -1, -1):
        root = sqrt(root)
        if digits >> place & 1:
            found *= root
    return found * 0.5**whole

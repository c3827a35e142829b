"""The rows of the quota tree and of limits, and whose jobs count in which of them."""

from typing import Any, Final

import numpy as np
from onecenter_kernels import heap, state
from onecenter_kernels.codes import AMOUNTS, PREEMPTION_POLICIES, T_CHANGE
from onecenter_kernels.handle import handle_of
from onecenter_kernels.quota import derive_quotas, potential
from onecenter_kernels.revisions import set_amount
from onecenter_kernels.state import State, grown, table

from onecenter.policies import BY_ORDER, Policy
from onecenter.policies.parts import BY_ITS_SCHEDULER, NO_PREEMPTION
from onecenter.workload.sharing import NONE, JobClass, Limit, Member, Sharing, asks
from onecenter.workload.table import Workload

#: A tree in which nobody asks for quota.
NOBODY: Final = Sharing((Member(),))

#: The fields of an amount of the tree, as the kernels call them.
FIELDS: Final = dict(zip(AMOUNTS, ("nominal", "borrowing", "lending"), strict=True))


def sharing_under(policy: Policy, workload: Workload) -> Sharing | None:
    """Return what of the sharing counts under a policy.

    Where the order or a scheduler preempts, the classes of jobs do by themselves; where each platform has a queue of
    its own they are a tree, also if nothing is said of it.
    """
    sharing = workload.sharing
    if policy.preemption in (BY_ORDER, BY_ITS_SCHEDULER):
        return sharing or NOBODY
    if not policy.by_platform:
        return sharing if asks(sharing) else None
    platforms = (Member(name, 0, place) for place, name in enumerate(workload.platforms))
    return sharing or Sharing((Member(), *platforms))


def may_evict(policy: Policy, workload: Workload) -> bool:
    """Tell whether jobs may evict others under a policy, and so have attempts as their classes say."""
    return policy.preemption != NO_PREEMPTION and sharing_under(policy, workload) is not None


class Shares:
    """Who shares the center by which quota and limits.

    Parameters
    ----------
    sharing : Sharing
        The quota tree, and limits.
    """

    def __init__(self, sharing: Sharing) -> None:
        self.sharing = sharing
        self._members = {member.platform: place for place, member in enumerate(sharing.members) if member.platform >= 0}
        self._owners = 0
        self._rows: dict[tuple[str, int, int], int] = {}
        self._tenants: dict[tuple[int, int], int] = {}
        self._circles: dict[tuple[int, ...], int] = {}

    def tables(self, kinds: int) -> dict[str, Any]:
        """Return the quota tree of so many node types, and what changes in it, by the kernels' names."""
        members, changes = self.sharing.members, self.sharing.changes
        tree = table(len(members), state.QUOTA_TREE_DTYPE)
        quotas = table((kinds, len(tree)), state.QUOTA_DTYPE)
        for n, member in enumerate(members):
            for name in ("weight", "while_borrowing", "threshold"):
                tree[n][name] = getattr(member, name)
            for name in ("within", "reclaim"):
                tree[n][name] = PREEMPTION_POLICIES.index(getattr(member, name))
            tree[n]["parent"], tree[n]["platform"], tree[n]["strict"] = member.parent, member.platform, member.strict
            for what, name in FIELDS.items():
                quotas[name][:, n] = getattr(member, what) or (0 if name == "nominal" else NONE)
        revisions = table(max(len(changes), 1), state.REVISION_DTYPE)
        for row, change in zip(revisions, changes, strict=False):
            row["t"], row["node"], row["type"] = change.t, change.member, change.type
            row["what"], row["value"] = AMOUNTS.index(change.what), change.value
        potentials = np.zeros((len(revisions), len(tree)), np.int64)
        return {"tree": tree, "quotas": quotas, "revisions": revisions, "potentials": potentials}

    def begin(self, found: State) -> State:
        """Return the state with the quota tree, and timers for what changes in it."""
        heads = table(len(self.sharing.members), state.HEAD_DTYPE)
        found = found._replace(**self.tables(found.types.shape[1]), heads=heads)
        self._fill_potentials(found)
        for name in ("quotas", "strict"):
            found.clock[name] = getattr(self.sharing, name)
        found.clock["sharing"] = 1
        return self._set_timers(found)

    def _set_timers(self, found: State) -> State:
        need = len(self.sharing.changes) + 1
        if need > len(found.timers):
            found = found._replace(timers=grown(found.timers, need))
        for k, change in enumerate(self.sharing.changes):
            heap.push(handle_of(found), change.t, T_CHANGE, k, heap.POSTED)
        return found

    def _fill_potentials(self, found: State) -> None:
        """Write the most that each platform could use, now and from each change on."""
        handle, kinds, changes = handle_of(found), range(found.types.shape[1]), self.sharing.changes
        first = found.quotas.copy()
        most = np.zeros((len(changes) + 1, len(kinds), len(found.tree)), np.int64)
        for k in range(len(changes) + 1):
            if k > 0:
                set_amount(handle, k - 1)
            for kind in kinds:
                derive_quotas(handle, kind)
                most[k, kind] = [potential(handle, n, kind) for n in range(len(found.tree))]
        for k in range(len(changes) - 1, 0, -1):
            if changes[k].t == changes[k - 1].t:
                most[k] = most[k + 1]  # nobody sees what is between two changes of an instant
        most = np.maximum.accumulate(most[::-1])[::-1]
        found.quotas[:] = first
        for kind in kinds:
            derive_quotas(handle, kind)
        found.quotas["most"] = most[0]
        for k, change in enumerate(changes):
            found.potentials[k] = most[k + 1, change.type]

    def know(self, found: State, owners: int) -> State:
        """Return the state with the owners, of which there are so many, under their quota and limits."""
        new = found.owners[self._owners : owners]
        limits = self.place(new, found.limits)
        for owner in new:
            circle = tuple(int(owner[name]) for name in ("member", "of_platform", "of_tenant", "of_stream"))
            owner["circle"] = self._circles.setdefault(circle, len(self._circles))
        if len(self._circles) > len(found.circles):
            found = found._replace(circles=grown(found.circles, len(self._circles)))
        self._owners = owners
        if found.clock["usage_half_life"][0]:
            found = self._know_tenants(found, new)
        found.clock["lowest_tier"] = new["tier"].min(initial=found.clock["lowest_tier"][0])
        return found if limits is found.limits else found._replace(limits=limits)

    def _know_tenants(self, found: State, owners: Any) -> State:
        """Return the state with rows of the tenants of owners, all of weight 1, who has none of no tenant."""
        for owner in owners:
            key = int(owner["platform"]), int(owner["tenant"])
            owner["user"] = self._tenants.setdefault(key, len(self._tenants))
        if len(self._tenants) > len(found.tenants):
            found = found._replace(tenants=grown(found.tenants, len(self._tenants)))
        found.tenants["weight"] = 1_000
        return found

    def place(self, owners: Any, limits: state.Array) -> state.Array:
        """Put owners, rows with a platform, a tenant and a stream, under their quota and limits; return the limits."""
        sharing = self.sharing
        for owner in owners:
            platform, tenant, stream = (int(owner[name]) for name in ("platform", "tenant", "stream"))
            owner["member"] = self._members.get(platform, -1)
            self._set_class(owner, platform, stream)
            for name, index, of, given in (
                ("of_platform", platform, -1, sharing.platform_limits),
                ("of_tenant", platform, tenant, sharing.tenant_limits),
                ("of_stream", stream, -1, sharing.stream_limits),
            ):
                limit = given[index] if 0 <= index < len(given) else Limit()
                limits, owner[name] = self._row(limits, (name, index, of), limit)
        return limits

    def _set_class(self, owner: Any, platform: int, stream: int) -> None:
        """Write what holds for the jobs of an owner where a policy preempts; rows of reasons have no such fields."""
        if "tier" not in owner.dtype.names:
            return
        sharing = self.sharing
        found = JobClass(tier=sharing.tiers[platform] if 0 <= platform < len(sharing.tiers) else 0)
        if 0 <= stream < len(sharing.classes):
            found = sharing.classes[stream]
        for name in ("tier", "grace", "every", "write", "restart"):
            owner[name] = getattr(found, name)
        owner["spared"], owner["requeues"] = not found.preemptible, found.requeue

    def _row(self, limits: state.Array, key: tuple[str, int, int], limit: Limit) -> tuple[state.Array, int]:
        """Return the limits with the row of one, and the number of it; -1: there is no limit."""
        if limit == Limit():
            return limits, -1
        if key not in self._rows:
            place = self._rows[key] = len(self._rows)
            if place == len(limits):
                limits = grown(limits, place + 1)
            for name, value in vars(limit).items():
                limits[place][name] = value
        return limits, self._rows[key]


def with_dominants(found: State, owners: int) -> State:
    """Return the state with a row for each of so many owners; the first of a platform, or tenant, counts for it."""
    if owners > len(found.dominants):
        found = found._replace(dominants=grown(found.dominants, owners))
    platforms: dict[int, int] = {}
    tenants: dict[tuple[int, int], int] = {}
    for k, owner in enumerate(found.owners[:owners]):
        platform, tenant = int(owner["platform"]), int(owner["tenant"])
        found.dominants["platform"][k] = platforms.setdefault(platform, k)
        found.dominants["tenant"][k] = tenants.setdefault((platform, tenant), k)
    return found

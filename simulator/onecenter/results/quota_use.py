"""Use against quota over time: what each platform holds of each node type, borrows and lends."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from onecenter_kernels.schema import AMOUNTS

from onecenter.fleet import NodeType, node_types
from onecenter.results.capacity import places_of
from onecenter.results.log import Array
from onecenter.results.segments import Attempts
from onecenter.results.window import Window
from onecenter.workload.sharing import NONE, Sharing
from onecenter.workload.table import Workload


class Steps(NamedTuple):
    """Amounts of one node type over time, in thousandths of an accelerator; column i holds from edge i to the next."""

    edges: Array  # ms, rising, from one end of the window to the other
    used: Array  # by (platform, step)
    quotas: dict[str, Array]  # by the name of an amount: by (member of the quota tree, step); -1: no limit

    @property
    def lengths(self) -> Array:
        """How long each step is (ms)."""
        return np.diff(self.edges)


def steps_of(
    jobs: Workload, stays: Attempts, fleet: Sequence[NodeType], window: Window, sharing: Sharing, kind: int
) -> Steps:
    """Return use and quotas of a node type, by its index, over a window."""
    mine = np.flatnonzero(node_types(stays.node, fleet) == kind)
    platform = places_of(jobs, stays.job[mine])
    gang = jobs.gang[stays.job[mine]]
    begin, end = window.bounded(stays.start[mine], stays.end[mine])
    changes = [change for change in sharing.changes if change.type == kind]
    inside = [change.t for change in changes if window.warmup < change.t < window.horizon]
    ends = np.array([window.warmup, window.horizon, *inside], np.int64)
    edges = rising(begin, end, ends)
    used = np.zeros((len(jobs.platforms) + 1, len(edges)), np.int64)
    np.add.at(used, (platform, np.searchsorted(edges, begin)), gang)
    np.add.at(used, (platform, np.searchsorted(edges, end)), -gang)
    used = np.cumsum(used, axis=1)[:-1, :-1]
    return Steps(edges, used, {what: _amounts(sharing, what, kind, edges[:-1]) for what in AMOUNTS})


def rising(*instants: Array) -> Array:
    """Return all instants (at least one), each once, in order of time."""
    # Runs in order are merged; unique would hash them all.
    found = np.sort(np.concatenate(instants), kind="stable")
    return np.asarray(found[np.diff(found, prepend=found[0] - 1) > 0])


def _amounts(sharing: Sharing, what: str, kind: int, instants: Array) -> Array:
    """Return an amount of each member of the tree at instants."""
    found = np.full((len(sharing.members), len(instants)), 0 if what == AMOUNTS[0] else NONE, np.int64)
    for row, member in zip(found, sharing.members, strict=True):
        given = getattr(member, what)
        row[:] = given[kind] if given else row
    for change in sharing.changes:
        if change.type == kind and change.what == what:
            found[change.member, np.searchsorted(instants, change.t) :] = change.value
    return found


def of_platforms(amounts: Array, sharing: Sharing, platforms: int) -> Array:
    """Return the rows of the platforms, of rows by member of the tree; 0 of a platform that is none."""
    found = np.zeros((platforms, amounts.shape[1]), amounts.dtype)
    for place, member in enumerate(sharing.members):
        if member.platform >= 0:
            found[member.platform] = amounts[place]
    return found


def nominal_of(steps: Steps, sharing: Sharing) -> Array:
    """Return the nominal quota by (platform, step)."""
    return of_platforms(steps.quotas[AMOUNTS[0]], sharing, len(steps.used))


def lent(steps: Steps, sharing: Sharing) -> Array:
    """Return what others hold of each platform's nominal quota, by (platform, step), float64.

    In each cohort, from the innermost on, what its members hold beyond their nominal is taken from what its other
    members leave unused and may lend, and from its own nominal, from each in proportion; what is missing or left is
    the cohort's own need or offer, further up.
    """
    nominal, lending = (steps.quotas[name].astype(np.float64) for name in ("nominal", "lending_limit"))
    count, width = len(sharing.members), len(steps.lengths)
    need, found = np.zeros((count, width)), np.zeros((count, width))
    # What a source, a member's nominal, still offers at the member of the tree that is looked at.
    offers: list[dict[int, Array]] = [{} for _ in range(count)]
    for n in range(count - 1, -1, -1):
        member = sharing.members[n]
        use = steps.used[member.platform] if member.platform >= 0 else 0.0
        offers[n][n] = np.maximum(nominal[n] - use, 0)
        need[n] += np.maximum(use - nominal[n], 0)
        _settle(offers[n], need, n, found)
        if member.parent >= 0:
            offered = _limited(offers[n], lending[n])
            offers[member.parent] |= offered
            need[member.parent] += need[n]
    return of_platforms(found, sharing, len(steps.used))


def _settle(offers: dict[int, Array], need: Array, n: int, found: Array) -> None:
    """Meet the need of a member of the tree from what is offered in it."""
    total = sum(offers.values())
    taken = np.minimum(need[n], total)
    share = np.divide(taken, total, out=np.zeros_like(taken), where=total > 0)
    for source, offer in offers.items():
        found[source] += offer * share
        offers[source] = offer * (1 - share)
    need[n] -= taken


def _limited(offers: dict[int, Array], limit: Array) -> dict[int, Array]:
    """Return what is offered beyond a member of the tree that lends no more than a limit; -1: it has none."""
    total = sum(offers.values())
    most = np.where(limit < 0, total, np.minimum(total, np.maximum(limit, 0)))
    share = np.divide(most, total, out=np.zeros_like(most), where=total > 0)
    return {source: offer * share for source, offer in offers.items()}

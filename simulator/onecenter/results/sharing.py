"""The figures of sharing and preemption: who uses what of whose quota, and what evictions cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from onecenter.fleet import NodeType
from onecenter.results.capacity import Capacity, capacity_of, places_of
from onecenter.results.evictions import evicted_in, reclaimed
from onecenter.results.fairness import fairness
from onecenter.results.log import ENDED, FATES, RUNNING, Array
from onecenter.results.quota_use import Steps, lent, nominal_of, rising, steps_of
from onecenter.results.seen import seen, submitted_in
from onecenter.results.segments import Fates, Rows, rows_of
from onecenter.results.window import Window
from onecenter.results.work import Work, work_of
from onecenter.units import HOUR, THOUSAND
from onecenter.workload.sharing import Sharing
from onecenter.workload.table import Workload

#: Figures of a platform, and of all together, that are sums: accelerator-hours, and numbers.
QUOTA_HOURS: Final = ("borrowed_hours", "lent_hours", "reclaimed_hours")
FATE_HOURS: Final = ("useful_hours", "lost_hours", "overhead_hours", "leaving_hours")  # by HELD_FATES
NUMBERS: Final = ("preemptions", "restarts")
SUMS: Final = (*QUOTA_HOURS, *FATE_HOURS, *NUMBERS)

#: Figures of a platform that are shares, and those of the center alone.
SHARES: Final = ("dominant_share", "above_nominal")
OF_CENTER: Final = ("idle_hours", "goodput", "jain_tenants", "jain_platforms")

#: Figures of a platform on a node type: accelerators (means over time, and the most), a share of time, hours.
ON_TYPE: Final = ("nominal", "used", "peak", "above_nominal", *QUOTA_HOURS)

#: Resources of which a share may be the dominant one.
RESOURCES: Final = ("accelerators", "cpus", "memory")


def tells(sharing: Sharing | None, *, preempts: bool) -> bool:
    """Tell whether there are such figures at all: quotas are shared, or jobs may be evicted."""
    return preempts or (sharing is not None and sharing.quotas)


@dataclass(frozen=True)
class Shared:
    """A run whose platforms share by quotas, or whose jobs may be evicted."""

    jobs: Workload
    log: Array
    fate: Fates
    fleet: Sequence[NodeType]
    window: Window
    until: int
    preempts: bool

    @cached_property
    def _rows(self) -> Rows:
        return rows_of(self.log, self.fate.attempts)

    @cached_property
    def work(self) -> Work:
        """What each attempt did."""
        return work_of(self.jobs, self.log, self.fate, self._rows, preempts=self.preempts)

    @cached_property
    def capacity(self) -> Capacity:
        """What became of the accelerator time of the window."""
        return capacity_of(self.jobs, self.fate, self.work, self.fleet, self.window)

    @property
    def quotas(self) -> Sharing | None:
        """The quota tree, where there are quotas."""
        sharing = self.jobs.sharing
        return sharing if sharing is not None and sharing.quotas else None

    @cached_property
    def steps(self) -> list[Steps]:
        """Use and quotas by node type; empty where there are no quotas."""
        if self.quotas is None:
            return []
        run = self.jobs, self.fate.attempts, self.fleet, self.window, self.quotas
        return [steps_of(*run, kind) for kind in range(len(self.fleet))]

    @cached_property
    def on_types(self) -> list[list[dict[str, float]]]:
        """The figures ON_TYPE by platform and node type; empty where there are no quotas."""
        if self.quotas is None:
            return [[] for _ in self.jobs.platforms]
        taken = self._reclaimed(self.quotas)
        by_type = [list(_of_type(steps, self.quotas, taken[:, k])) for k, steps in enumerate(self.steps)]
        return [list(row) for row in zip(*by_type, strict=True)]

    def _reclaimed(self, sharing: Sharing) -> Array:
        """Return by (platform, node type) what was reclaimed in the window (thousandths x ms)."""
        amount, ms = reclaimed(self.jobs, self.fate, self._rows, self.work, self.fleet, sharing)
        mine = np.flatnonzero(evicted_in(self.work, self.window))
        stays = self.fate.attempts
        found = np.zeros((len(self.jobs.platforms) + 1, len(self.fleet)), np.int64)
        last = np.cumsum([kind.count for kind in self.fleet])
        kind = np.searchsorted(last, stays.node[mine], side="right")
        np.add.at(found, (places_of(self.jobs, stays.job[mine]), kind), amount[mine] * ms[mine])
        return found


def _of_type(steps: Steps, sharing: Sharing, taken: Array) -> Iterator[dict[str, float]]:
    """Give the figures of each platform on one node type; `taken` is what was reclaimed of it (thousandths x ms)."""
    nominal, given, lengths = nominal_of(steps, sharing), lent(steps, sharing), steps.lengths
    whole = max(int(lengths.sum()), 1)
    for row, used in enumerate(steps.used):
        over = np.maximum(used - nominal[row], 0)
        yield {
            "nominal": int(nominal[row] @ lengths) / (THOUSAND * whole),
            "used": int(used @ lengths) / (THOUSAND * whole),
            "peak": int(used.max(initial=0)) / THOUSAND,
            "above_nominal": int(lengths[over > 0].sum()) / whole,
            "borrowed_hours": int(over @ lengths) / (THOUSAND * HOUR),
            "lent_hours": float(given[row] @ lengths) / (THOUSAND * HOUR),
            "reclaimed_hours": int(taken[row]) / (THOUSAND * HOUR),
        }


def sharing_figures(run: Shared) -> dict[str, Any]:
    """Return the figures of sharing and preemption as plain data: of the center, and by platform.

    `platforms` have SHARES, `dominant_resource`, SUMS, and under `node_types` those of ON_TYPE; the `center` has SUMS
    over all platforms, OF_CENTER, `useful_hours_of` by what became of the job, and under `node_types` the hours of each
    fate of capacity. Hours are accelerator-hours of the window; without quotas those of quotas are None.
    """
    platforms = {name: _platform(run, place) for place, name in enumerate(run.jobs.platforms)}
    return {"center": _center(run), "platforms": platforms}


def _platform(run: Shared, place: int) -> dict[str, Any]:
    share, resource = _dominant(run, place)
    types = dict(zip([kind.name for kind in run.fleet], run.on_types[place], strict=False))
    found: dict[str, Any] = {"dominant_share": share, "dominant_resource": resource, "above_nominal": None}
    if run.quotas is not None:
        found["above_nominal"] = _above(run, place)
    found |= _sums(run, run.capacity.held[:, place].sum(axis=1), list(types.values()), place)
    return found | {"node_types": types}


def _above(run: Shared, place: int) -> float:
    """Return the share of the window in which a platform is beyond its nominal quota on some node type."""
    assert run.quotas is not None
    edges = rising(*(steps.edges for steps in run.steps))
    over = np.zeros(max(len(edges) - 1, 0), bool)
    for steps in run.steps:
        row = np.searchsorted(steps.edges, edges[:-1], side="right") - 1
        over |= (steps.used[place] > nominal_of(steps, run.quotas)[place])[row]
    return float(np.diff(edges)[over].sum()) / max(run.window.length, 1)


def _sums(run: Shared, held: Array, types: Sequence[dict[str, float]], place: int | None) -> dict[str, Any]:
    """Return SUMS of a platform; None: of all jobs."""
    quotas = {name: sum(part[name] for part in types) if types else None for name in QUOTA_HOURS}
    hours = {name: int(amount) / (THOUSAND * HOUR) for name, amount in zip(FATE_HOURS, held, strict=True)}
    stays = run.fate.attempts
    mine = np.ones(len(stays.job), bool) if place is None else places_of(run.jobs, stays.job) == place
    begun = (stays.start >= run.window.warmup) & (stays.start < run.window.horizon) & ~stays.first
    evicted = evicted_in(run.work, run.window)
    return {**quotas, **hours, "preemptions": int((evicted & mine).sum()), "restarts": int((begun & mine).sum())}


def _dominant(run: Shared, place: int) -> tuple[float, str]:
    """Return the largest of a platform's shares of the center's resources over the window, and which it is."""
    jobs, stays = run.jobs, run.fate.attempts
    mine = np.flatnonzero(places_of(jobs, stays.job) == place)
    job = stays.job[mine]
    ms = run.window.clipped(stays.start[mine], stays.end[mine]).astype(np.float64)
    shares = {}
    for name in RESOURCES:
        unit = THOUSAND if name == "accelerators" else 1
        whole = sum(kind.count * getattr(kind, name) for kind in run.fleet) * unit * run.window.length
        asked = getattr(jobs, name)[job].astype(np.float64) * jobs.tasks[job]
        shares[name] = float(asked @ ms) / whole if whole else 0.0
    top = max(shares, key=lambda name: shares[name])
    return shares[top], top


def _center(run: Shared) -> dict[str, Any]:
    capacity, hour = run.capacity, THOUSAND * HOUR
    by_type = capacity.by_type
    whole = int(capacity.whole.sum())
    names = ("idle_hours", *FATE_HOURS)
    types = [part for row in run.on_types for part in row]
    found = _sums(run, capacity.held.sum(axis=(1, 2)), types, None)
    inside = submitted_in(run.jobs, run.fate, run.window)
    fair = fairness(seen(run.jobs, run.fate, run.until).where(inside), run.jobs.platform[inside],
                    run.jobs.tenant[inside])  # fmt: skip
    return {
        **found,
        "idle_hours": int(by_type[0].sum()) / hour,
        "goodput": int(by_type[1].sum()) / whole if whole else None,
        "jain_tenants": fair["jain_tenants"],
        "jain_platforms": fair["jain_platforms"],
        "useful_hours_of": {FATES[code]: int(capacity.useful[code]) / hour for code in (*ENDED, RUNNING)},
        "node_types": {
            kind.name: {name: int(row[k]) / hour for name, row in zip(names, by_type, strict=True)}
            for k, kind in enumerate(run.fleet)
        },
    }

"""The configuration of Kueue's own load test (generator.yaml): queues that are alike, and the jobs that they get."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, Final

from onecenter import units
from onecenter.imports.answer import TIME, Notes
from onecenter.imports.fields import Field
from onecenter.imports.kueue_nodes import nodes_text, sized
from onecenter.imports.kueue_objects import Objects
from onecenter.imports.kueue_preemption import preemption_of
from onecenter.imports.scalars import name_of, quantity, text, whole
from onecenter.scenario.quantities import MAX_COUNT, PRIORITIES, thousandths_text
from onecenter.system.extent import MAX_TOML

#: Queues of one class, and in all.
_QUEUES: Final = 1_000

#: Jobs in all: the keys of one and the marks between them take up to twelve of what a scenario may have.
_JOBS: Final = MAX_TOML // 12

_AMOUNTS: Final = {
    "nominal": "nominalQuota", "borrowing_limit": "borrowingLimit", "lending_limit": "lendingLimit",
}  # fmt: skip


def policy_of(platforms: Mapping[str, Any]) -> dict[str, str]:
    """Return Kueue's policy: a queue of each platform, no backfill, and preemption where one of them has it."""
    evicts = any("preemption" in each for each in platforms.values())
    policy = {"order": "priority", "backfill": "none", "queue": "by-platform"}
    return policy | ({"preemption": "kueue"} if evicts else {})


def load_test(objects: Objects, notes: Notes) -> dict[str, Any]:
    """Return the parts of the scenario of one load test, which has jobs and all."""
    first, *more = objects.load_tests
    for other in (*more, *objects.all()):
        notes.mistakes.append(f"{other.place}: {first.place} is a load test; it is expected alone")
    notes.check("scenario from-kueue")
    return _LoadTest(first, notes).parts()


class _LoadTest:
    """Cohorts, platforms and listed jobs of a configuration."""

    def __init__(self, of: Field, notes: Notes) -> None:
        self._of, self._notes = of, notes
        self.flavor = name_of(text(of.at("resourceFlavor", "name"), notes)) or "default"
        self.cohorts: dict[str, Any] = {}
        self.platforms: dict[str, Any] = {}
        self.nominal, self.jobs, self.end = 0, 0, 1

    def parts(self) -> dict[str, Any]:
        """Return center, platforms, policy and time."""
        for cohort in self._of.entries("cohorts"):
            for name in self._names(cohort, ""):
                self._add_cohort(name, cohort)
        self._notes.assumed.append("cpus are counted as accelerators")
        center = {"nodes": {self.flavor: self._nodes()}, "cohorts": self.cohorts}
        self._notes.leave_out_rest(self._of)
        time = TIME | {"horizon": units.duration_text(self.end)}
        return {"time": time, "center": center, "platforms": self.platforms, "policy": policy_of(self.platforms)}

    def _names(self, of: Field, prefix: str) -> Iterator[str]:
        kind = name_of(text(of.at("className"), self._notes))
        for i in range(whole(of.at("count"), self._notes, 0, _QUEUES, 1)):
            yield f"{prefix}{kind}-{i}"

    def _add_cohort(self, name: str, of: Field) -> None:
        self.cohorts[name] = {"quota": {"borrowing_limit": {self.flavor: 0}, "lending_limit": {self.flavor: 0}}}
        for queue in of.entries("queuesSets"):
            amounts = {key: quantity(queue.at(theirs), self._notes) for key, theirs in _AMOUNTS.items()}
            quota = {key: {self.flavor: thousandths_text(each)} for key, each in amounts.items() if each is not None}
            demand, evicts = self._demand(queue), preemption_of(queue, self._notes)
            evicts = {"preemption": evicts} if evicts else {}
            for platform in self._names(queue, f"{name}-"):
                self.jobs += sum(len(stream["jobs"]) for stream in demand.values())
                if len(self.platforms) >= _QUEUES or self.jobs > _JOBS:
                    right = f"at most {_QUEUES:,} queues with {_JOBS:,} jobs in all are expected"
                    self._notes.mistakes.append(f"{queue.place}: {queue.path}: {right}")
                    return
                self.nominal += amounts["nominal"] or 0
                self.platforms[platform] = {"cohort": name, "quota": quota, **evicts, "demand": demand}

    def _demand(self, queue: Field) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for some in queue.entries("workloadsSets"):
            count = whole(some.at("count"), self._notes, 0, _JOBS, 1)
            every = whole(some.at("creationIntervalMs"), self._notes, 0, units.MS["y"])
            self.end = max(self.end, count * every)
            for each in some.entries("workloads"):
                name = name_of(text(each.at("className"), self._notes))
                priority, job = whole(each.at("priority"), self._notes, *PRIORITIES), self._job(each)
                jobs = [{"submit": units.duration_text(i * every)} | job for i in range(count)]
                found[name] = {"priority": priority, "jobs": jobs}
        return found

    def _job(self, of: Field) -> dict[str, Any]:
        run_time = whole(of.at("runtimeMs"), self._notes, 1, units.MS["y"], 1)
        tasks = whole(of.at("podCount"), self._notes, 1, MAX_COUNT, 1)
        request = of.at("request")
        each = quantity(request, self._notes) or 0
        asks: dict[str, Any] = {"accelerators": thousandths_text(each)} | ({"tasks": tasks} if tasks > 1 else {})
        if each > 1000 and each % 1000:
            if each * tasks % 1000 and request is not None:
                self._notes.wrong(request, "whole accelerators of all pods together are expected")
            asks = {"accelerators": 1, "tasks": each * tasks // 1000, "spread": "any"}
        return {"run_time": units.duration_text(run_time)} | asks

    def _nodes(self) -> dict[str, Any]:
        """Return the nodes of the topology, or one of all quota."""
        levels = self._of.entries("topology", "levels")
        size = (quantity(levels[-1].at("capacity", "cpu"), self._notes) or 0) // 1000 if levels else 0
        if size:
            counts = [whole(each.at("count"), self._notes, 1, MAX_COUNT, 1) for each in levels]
            return {"count": prod(counts), "accelerators": size, "nodes_per_rack": counts[-1]}
        count, size = sized(self.nominal)
        self._notes.assumed.append(f"{nodes_text(count, size)}, the sum of all quotas")
        return {"count": count, "accelerators": size}

"""The naive twin's jobs: what each brings along, and where it is in its life."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Any

from onecenter_kernels import codes
from oracle_room import Claim, Demand
from oracle_scores import features

from onecenter.policies import Estimate
from onecenter.workload.table import Workload, type_order

FUTURE, HELD, WAITING, RUNNING, GONE = "future", "held", "waiting", "running", "gone"


@dataclass(eq=False)
class Job:
    """A job: what it brings along, and where it is in its life."""

    id: int
    submit: int
    run: int
    walltime: int  # or the estimate in its place
    limit: int
    patience: int
    deadline: int
    priority: int
    types: list[int]
    demand: Demand
    outcome: int
    platform: int
    tenant: int
    stream: int
    numbers: dict[str, float] = field(default_factory=dict)  # by column, of those by which orders go
    after: list[tuple[int, bool]] = field(default_factory=list)  # jobs that it comes after, and which must complete
    think: int = 0
    array: int = -1
    places: int = 0  # of its array
    estimate: int = 0  # at its start
    state: str = FUTURE
    left: int = 0  # of its work
    saved: int = 0
    lasts: int = 0  # its attempt, if nothing cuts it short
    leaves: int | None = None  # evicted: when it has left
    requeues: int = 0
    attained: int = 0  # by order: how long its attempts were up to the last eviction, together
    turn: int | None = None  # round-robin: when it went behind those that waited
    evicted: int = -1  # las: when it was evicted last
    joined: int = -1  # las: when it reached the last threshold
    reached: int = 0  # las: how many it had reached by then
    first_until: int | None = None  # it goes first in its tier while its victims leave
    waits_on: int = 0  # by platform: the node type on which they do
    leaves_for: int = -1  # by platform: for whom it leaves
    held: Claim | None = None
    promise: Claim | None = None

    @property
    def gang(self) -> int:
        """Accelerators of the whole job, in thousandths."""
        return self.demand.tasks * self.demand.accelerators

    @property
    def claim(self) -> Claim:
        """What it holds while it runs."""
        assert self.held is not None
        return self.held

    @property
    def end(self) -> int:
        """When it ends if nobody cancels it."""
        return self.claim.begin + min(self.lasts, self.limit) if self.leaves is None else self.leaves


def jobs_of(table: Workload, first: int, columns: Sequence[str] = ()) -> list[Job]:
    """Return the rows of a workload as jobs, numbered from `first`, with their numbers in some columns."""
    last = [inf] * len(table)
    numbers = {name: table.more.get(name, getattr(table, name, last)) for name in columns if name}
    return [
        Job(
            id=first + i,
            submit=int(table.submit[i]),
            run=int(table.run[i]),
            walltime=int(table.walltime[i]),
            limit=int(table.walltime[i]),
            patience=int(table.patience[i]),
            deadline=int(table.deadline[i]),
            priority=int(table.priority[i]),
            types=type_order(int(table.types[i])),
            demand=Demand(
                tasks=int(table.tasks[i]),
                accelerators=int(table.accelerators[i]),
                cpus=int(table.cpus[i]),
                memory=int(table.memory[i]),
                anywhere=bool(table.spread[i] == codes.SPREAD_ANY),
            ),
            outcome=int(table.outcome[i]),
            platform=int(table.platform[i]),
            tenant=int(table.tenant[i]),
            stream=int(table.stream[i]),
            numbers={name: float(column[i]) for name, column in numbers.items()},
            **tied_of(table, i),
        )
        for i in range(len(table))
    ]


def tied_of(table: Workload, i: int) -> dict[str, Any]:
    """Return what ties the job in row i of a workload."""
    ties = table.ties
    if ties is None:
        return {}
    array, mine = int(ties.array[i]), ties.job == i
    return {
        "after": list(zip(ties.other[mine].tolist(), ties.ok[mine].astype(bool).tolist(), strict=True)),
        "think": int(ties.think[i]),
        "array": array,
        "places": int(ties.places[array]) if array >= 0 else 0,
    }


def own_estimate(estimate: Estimate, job: Job) -> int:
    """Return what a user's function takes for a job's run time (ms), at least 1 and at most the walltime."""
    assert estimate.function is not None
    return min(max(ceil(1000.0 * min(estimate.function(features(job)), 1e12)), 1), job.limit)

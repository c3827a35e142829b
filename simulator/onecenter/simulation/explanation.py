"""What happened to one job of a run: what it asked, why it waited from when to when, and where it went."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from onecenter_kernels import schema

from onecenter.checks import Whole, one, shown
from onecenter.engine.ordering import in_order
from onecenter.errors import OnecenterError
from onecenter.fleet import node_types
from onecenter.policies import Code
from onecenter.results.log import FATES, FUTURE, REFUSED, Array
from onecenter.results.segments import segments
from onecenter.results.waits import waits
from onecenter.simulation.record import Record
from onecenter.units import THOUSAND, format_instant
from onecenter.workload.table import type_order

#: Reasons that are about others in the queue.
ABOUT_OTHERS: Final = tuple(schema.REASONS[code] for code in (schema.R_RESERVATION, schema.R_QUEUE))


@dataclass(frozen=True)
class Interval:
    """A part of a wait, and its reason.

    Attributes
    ----------
    begin_ms, end_ms : int
        From when to when, since the start.
    reason : str
        One of REASONS.
    ahead : tuple of int or None
        Where the reason is "reservation ahead" or "queue ahead": the jobs before it in the queue at `begin_ms`, the
        first first. None otherwise, and under a key of the user's own.
    ran : tuple of int
        The jobs that ran meanwhile, those with the most accelerators first.
    """

    begin_ms: int
    end_ms: int
    reason: str
    ahead: tuple[int, ...] | None
    ran: tuple[int, ...]

    @property
    def wait_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.begin_ms


@dataclass(frozen=True)
class Place:
    """A part of a job on one node, from when to when.

    Attributes
    ----------
    attempt : int
        Which stay of the job on nodes, from 0.
    node : int
    node_type : str
    device : int or None
        For fractions: of the node.
    amount : int
        Tasks there; spread any: accelerators.
    start_ms : int
    end_ms : int or None
        None: not seen.
    """

    attempt: int
    node: int
    node_type: str
    device: int | None
    amount: int
    start_ms: int
    end_ms: int | None


@dataclass(frozen=True)
class Explanation:
    """What happened to a job.

    Attributes
    ----------
    job : int
    name : str or None
        Its id in a log that was replayed.
    platform, stream : str
    tenant : int
    tasks : int
    accelerators, cpus : float
        Of a task; spread any: of an accelerator.
    memory_mib : int
        Likewise.
    spread : str
    node_types : tuple of str
        Those that it may use, the first preferred.
    walltime_ms, submit_ms : int
    start_ms, end_ms : int or None
        As in `Result.jobs`.
    outcome : str
        What became of it.
    until_ms : int
        Until when the run was seen.
    intervals : tuple of Interval
        All of its wait, as far as seen, with reasons.
    places : tuple of Place
        Where it ran.
    """

    job: int
    name: str | None
    platform: str
    stream: str
    tenant: int
    tasks: int
    accelerators: float
    cpus: float
    memory_mib: int
    spread: str
    node_types: tuple[str, ...]
    walltime_ms: int
    submit_ms: int
    start_ms: int | None
    end_ms: int | None
    outcome: str
    until_ms: int
    intervals: tuple[Interval, ...]
    places: tuple[Place, ...]

    @property
    def wait_ms(self) -> int:
        """How long it waited, as far as seen."""
        return sum(part.wait_ms for part in self.intervals)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, as `onecenter explain --json` prints it."""
        parts = [
            asdict(part) | {"wait_ms": part.wait_ms, "share": part.wait_ms / self.wait_ms} for part in self.intervals
        ]
        return asdict(self) | {"wait_ms": self.wait_ms, "intervals": parts}


def explain(of: Record, job: int) -> Explanation:
    """Return what happened to a job; see `Result.explain`."""
    job, jobs, fate = _checked(of, job), of.workload, of.fates
    instants = {"start_ms": fate.start[job], "end_ms": fate.end[job]}
    return Explanation(
        job=job,
        name=None if jobs.names is None else jobs.names[job],
        platform=jobs.platforms[jobs.platform[job]],
        stream=jobs.streams[jobs.stream[job]],
        tenant=int(jobs.tenant[job]),
        tasks=int(jobs.tasks[job]),
        accelerators=int(jobs.accelerators[job]) / THOUSAND,
        cpus=int(jobs.cpus[job]) / THOUSAND,
        memory_mib=int(jobs.memory[job]),
        spread=schema.SPREADS[jobs.spread[job]],
        node_types=tuple(of.fleet[index].name for index in type_order(int(jobs.types[job]))),
        walltime_ms=int(jobs.walltime[job]),
        submit_ms=int(jobs.submit[job]),
        **{name: int(ms) if ms >= 0 else None for name, ms in instants.items()},
        outcome=FATES[fate.outcome[job]],
        until_ms=of.until,
        intervals=intervals(of, job),
        places=tuple(_places(of, job)),
    )


def _checked(of: Record, given: Any) -> int:
    """Return the number of a job of which something can be told."""
    if len(of.workload) == 0:
        raise OnecenterError("job", [f"{shown(given)}: the result has no jobs"])
    job: int = one("job", given, Whole(0, len(of.workload) - 1))
    if of.fates.outcome[job] == REFUSED:
        wrong = "it was refused at its submit, as it can never run on this center, so it never waited"
        raise OnecenterError(f"job {job}", [wrong])
    if of.fates.outcome[job] == FUTURE:
        when, until = (format_instant(ms) for ms in (of.workload.submit[job], of.until))
        raise OnecenterError(f"job {job}", [f"it is submitted at {when}, and the run ends at {until}"])
    return job


def intervals(of: Record, job: int, since: int = 0) -> tuple[Interval, ...]:
    """Return the parts of a job's wait from an instant (ms) on, as far as seen, each with one reason."""
    found = waits(of.fates)
    ends = np.where(found.end >= 0, found.end, of.until)
    mine = found.job == job
    spans = zip(np.maximum(found.begin[mine], since).tolist(), ends[mine].tolist(), strict=True)
    parts = _held(of, job, since) + _reasoned(of, job, [(begin, end) for begin, end in spans if begin < end])
    # A result holds no code of a user's own, no further columns of the jobs, nor what an order remembers: nobody knows
    # who was ahead by them.
    coded = isinstance(of.policy.order, Code) or of.policy.estimates is not None
    unknown = of.policy.goes_by_past or of.policy.column is not None or coded
    about = () if unknown else ABOUT_OTHERS
    queues = [
        (begin, found.job[(found.begin <= begin) & (ends > begin)]) for begin, _, reason in parts if reason in about
    ]
    ordered = iter(in_order(of.workload, of.fleet, of.policy, queues) if queues else ())
    return tuple(
        Interval(*part, _before(job, next(ordered)) if part[2] in about else None, _ran(of, *part[:2]))
        for part in parts
    )


def _held(of: Record, job: int, since: int) -> list[tuple[int, int, str]]:
    """Return the span (ms) in which a job was held, from an instant (ms) on, if there is one."""
    fate = of.fates
    left = fate.eligible[job] if fate.eligible[job] >= 0 else fate.end[job]
    begin, end = max(int(of.workload.submit[job]), since), int(left) if left >= 0 else of.until
    return [(begin, end, schema.REASONS[schema.R_HELD])] if begin < end else []


def _reasoned(of: Record, job: int, spans: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Return the spans (ms) in which a job waits, cut where its reason changes, each part with its reason."""
    if not spans:
        return []
    since, codes = of.reasons_of(job)
    parts = []
    for begin, end in spans:
        first, last = np.searchsorted(since, begin, "right") - 1, np.searchsorted(since, end)
        cuts = [begin, *since[first + 1 : last].tolist(), end]
        names = [schema.REASONS[code] for code in codes[first:last]]
        parts += list(zip(cuts, cuts[1:], names, strict=False))
    return parts


def _before(job: int, queue: Array) -> tuple[int, ...]:
    """Return the jobs before one in the queue."""
    return tuple(queue[: np.flatnonzero(queue == job)[0]].tolist())


def _ran(of: Record, begin: int, end: int) -> tuple[int, ...]:
    """Return the jobs that ran at some time between two instants (ms), those with the most accelerators first."""
    stays = of.fates.attempts
    jobs = np.unique(stays.job[(stays.start < end) & ((stays.end < 0) | (stays.end > begin))])
    return tuple(jobs[np.argsort(-of.workload.gang[jobs], kind="stable")].tolist())


def _places(of: Record, job: int) -> Iterator[Place]:
    """Yield where a job ran."""
    found = segments(of.decisions, of.fates.attempts)
    for row in np.flatnonzero(found.job == job):
        node, device, end = (int(column[row]) for column in (found.node, found.device, found.end))
        kind = of.fleet[int(node_types(found.node[row : row + 1], of.fleet)[0])].name
        yield Place(
            attempt=int(found.attempt[row]),
            node=node,
            node_type=kind,
            device=device if device >= 0 else None,
            amount=int(found.amount[row]),
            start_ms=int(found.start[row]),
            end_ms=end if end >= 0 else None,
        )

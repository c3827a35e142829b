"""The fields of jobs, of what they ask and of who owns them: each declared once with name, dtype, unit and meaning."""

from typing import Final

from .schema import Field

#: One row per job; the row is its id. Ordered by size, so that no byte is left empty between them.
JOB: Final[tuple[Field, ...]] = (
    ("submit", "i8", "ms", "instant of submission"),
    ("run", "i8", "ms", "effective run time: what the outcome uses of the true run time, >= 1"),
    ("walltime", "i8", "ms", "what was asked, or the estimate in its place, >= 1"),
    ("patience", "i8", "ms", "a waiting job is cancelled so long after its submit; -1: never"),
    ("start", "i8", "ms", "start; while it waits, the start it has reserved; -1: none"),
    ("priority", "i4", "1", "higher goes first under order = priority"),
    ("ask", "i4", "index", "what it asks, in asks"),
    ("owner", "i4", "index", "who submits it, in owners"),
    ("first", "i4", "index", "first of its start rows in the log"),
    ("rows", "i4", "1", "its start rows in the log"),
    ("epoch", "i4", "1", "starts and ends so far; a timer of another epoch is stale"),
    ("hold", "i4", "index", "first of the amounts it has reserved, in holds; -1: none"),
    ("state", "i1", "code", "STATES"),
    ("outcome", "i1", "code", "OUTCOMES: how it ends if it is not killed"),
    ("watched", "i1", "0/1", "advance returns after a step that changed it"),
)

#: What of its row a job brings along.
JOB_INPUT: Final = ("submit", "run", "walltime", "patience", "priority", "outcome")

#: By job: keys that are given, of orders that need them; where a user's key is compiled, deadlines (s).
KEY: Final[tuple[Field, ...]] = (
    ("key", "f8", "1", "lowest first"),
    ("behind", "f8", "1", "the same for the order of backfill"),
    ("victim", "f8", "1", "of a running job, in a user's order of victims"),
    ("habit", "i8", "index", "where run times are predicted: what its tenant has run of its size, in habits"),
    ("deadline", "f8", "s", "for a user's score; inf: none"),
)

#: What tells one ask from another.
ASK_INPUT: Final[tuple[Field, ...]] = (
    ("types", "i8", "code", "allowed node types in order, four bits each: type + 1, first lowest"),
    ("accelerators", "i8", "1/1000", "accelerators per task: whole thousands, 1..999 or 0"),
    ("cpus", "i8", "1/1000", "cpus per task (spread any: per accelerator)"),
    ("memory", "i8", "MiB", "memory per task (spread any: per accelerator)"),
    ("tasks", "i8", "1", "equal tasks, started all at once (spread any: accelerators)"),
    ("spread", "i8", "code", "SPREADS"),
)

#: What jobs ask: one row per distinct ask, with what follows from it.
ASK: Final[tuple[Field, ...]] = (
    *ASK_INPUT,
    ("whole", "i8", "1", "whole devices per task"),
    ("part", "i8", "1/1000", "part of a device per task"),
    ("gang", "i8", "1/1000", "accelerators of all tasks"),
    ("most_rows", "i8", "1", "start rows at most"),
    ("fits", "i8", "code", "node types that it may use whose nodes, all empty, hold it; 0: none"),
    ("kind", "i8", "index", "under fgd: the first ask whose tasks ask the same, memory aside"),
    ("place", "i8", "index", "under fgd, of such a first ask: its place in kinds; -1: none of it has been submitted"),
    ("form", "i8", "index", "its shape; 0: it shares that of all that have none; -1: no such job has waited yet"),
)

#: Who submits jobs: one row per distinct owner. -1: the job has none.
OWNER_INPUT: Final[tuple[Field, ...]] = (
    ("platform", "i8", "code", "platform"),
    ("tenant", "i8", "code", "tenant within the platform"),
    ("stream", "i8", "code", "its class: the stream of demand that it is from"),
)

OWNER: Final[tuple[Field, ...]] = (
    *OWNER_INPUT,
    ("user", "i8", "index", "its tenant: multifactor, in users; with a half-life of usage by platform, in tenants"),
    ("member", "i8", "index", "its platform in the quota tree; -1: none"),
    ("of_platform", "i8", "index", "limits of its platform, in limits; -1: none"),
    ("of_tenant", "i8", "index", "those of its tenant"),
    ("of_stream", "i8", "index", "those of its stream"),
    ("circle", "i8", "index", "all that count in the same quota and limits"),
    ("tier", "i8", "1", "its jobs may evict those of lower ones"),
    ("grace", "i8", "ms", "how long an evicted job holds its nodes"),
    ("spared", "i8", "0/1", "its jobs are evicted by nobody"),
    ("requeues", "i8", "1", "how often its jobs are requeued; -1: always"),
    ("every", "i8", "ms", "work between two checkpoints; 0: there are none"),
    ("write", "i8", "ms", "how long one is written"),
    ("restart", "i8", "ms", "how long a job that has saved something begins with restarting"),
)

"""The fields of what attempts leave behind where jobs may be evicted, and of plans: each declared once."""

from typing import Final

from .schema import Field

#: By job, where a policy preempts.
ATTEMPT: Final[tuple[Field, ...]] = (
    ("left", "i8", "ms", "what it has to run yet, what it has saved taken off"),
    ("saved", "i8", "ms", "what it has saved, in all attempts"),
    ("leaves", "i8", "ms", "evicted: when it has left its nodes; 0: it has not been evicted"),
    ("walltime", "i8", "ms", "while it leaves: its walltime, in place of which jobs has when it leaves"),
    ("requeues", "i8", "1", "how often it has been requeued"),
    ("first_until", "i8", "ms", "up to this instant it goes first in its tier: its victims leave; 0: none do"),
    ("kind", "i8", "index", "by platform: the node type on which its victims leave"),
    ("by", "i8", "job", "by platform: for whom it leaves"),
    ("next", "i8", "job", "scratch: the next running job of its platform; -1: none"),
    ("nodes", "i8", "1", "scratch: nodes that it holds"),
    ("lost", "i8", "ms", "scratch: what it would lose were it evicted now"),
    ("place", "i8", "code", "scratch: what victims are ordered by, lowest first: tier and nodes, loss, or a key"),
    ("began", "i8", "ms", "scratch: when its attempt started"),
    ("chosen", "i8", "0/1", "scratch: it is a victim"),
    ("attained", "i8", "ms", "by order: how long its attempts were up to the last eviction, together"),
    ("turn", "i8", "ms", "round-robin: when it went behind those that waited; las: when it was evicted; 0: never yet"),
    ("queue", "i8", "1", "las: thresholds that it had reached in the last pass while it ran"),
    ("joined", "i8", "ms", "las: when it reached the last of them; 0: none yet"),
    ("due", "i8", "ms", "by order: the timer set for its attempt; 0, -1: none"),
    ("plan", "i8", "code", "scratch: PLANS"),
    ("pick", "i8", "index", "scratch: the first row of its place in plan"),
    ("picks", "i8", "1", "scratch: rows of it"),
)

#: By order: where the plan of a pass puts jobs that do not run there.
PLAN: Final[tuple[Field, ...]] = (
    ("node", "i8", "index", "node"),
    ("slot", "i8", "index", "device of the node, for fractions; -1: none"),
    ("amount", "i8", "1", "tasks there"),
)

#: By owner, under drf. Amounts are of the jobs that the pass has chosen so far.
DOMINANT: Final[tuple[Field, ...]] = (
    ("platform", "i8", "index", "the row that counts for its platform"),
    ("tenant", "i8", "index", "the row that counts for its tenant"),
    ("accelerators", "i8", "1/1000", "of the platform"),
    ("cpus", "i8", "1/1000", "of the platform"),
    ("memory", "i8", "MiB", "of the platform"),
    ("own_accelerators", "i8", "1/1000", "of the tenant"),
    ("own_cpus", "i8", "1/1000", "of the tenant"),
    ("own_memory", "i8", "MiB", "of the tenant"),
    ("first", "i8", "index", "its next candidate"),
    ("last", "i8", "index", "behind its last candidate"),
)

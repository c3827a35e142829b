"""The fields of quotas and of the choice of victims: each declared once with name, dtype, unit and meaning."""

from typing import Final

from .schema import Field

#: One row per node of the quota tree: the center, then cohorts, each behind its parent, then platforms.
TREE: Final[tuple[Field, ...]] = (
    ("parent", "i8", "index", "the cohort that it is in, in tree; -1: none, it is the center"),
    ("platform", "i8", "code", "its platform; -1: it is a cohort or the center"),
    ("weight", "i8", "1/1000", "its share is divided by it; 0: it has the largest share as soon as it borrows"),
    ("within", "i8", "code", "PREEMPTION_POLICIES: whom its jobs may evict in the platform itself"),
    ("reclaim", "i8", "code", "PREEMPTION_POLICIES: whom they may evict in others that borrow"),
    ("while_borrowing", "i8", "0/1", "they may do so while the platform borrows, from jobs of lower priority"),
    ("threshold", "i8", "1", "of such a job, the most priority; 2**62: any"),
    ("meets", "i8", "index", "scratch: the lowest node above it that the preemptor is below, too; of those, itself"),
    ("advantage", "i8", "0/1", "scratch: a node below it, above the preemptor, has quota for what is asked"),
    ("lendable", "i8", "1/1000", "scratch: the most that its parent could use of all node types"),
    ("first", "i8", "index", "scratch: its first candidate that is left, by place in the order"),
    ("last", "i8", "index", "scratch: behind its last candidate"),
    ("pruned", "i8", "0/1", "scratch: nothing below it will be a victim any more"),
    ("strict", "i8", "0/1", "a platform: no job of it overtakes its first that does not start"),
    ("closed", "i8", "1", "a platform: the step in which one did not start; 0: none"),
)

#: By (node type, node of the quota tree). `subtree`, `local` and a cohort's `usage` follow from the others.
QUOTA: Final[tuple[Field, ...]] = (
    ("nominal", "i8", "1/1000", "accelerators of its own; a cohort's come on top of those of its children"),
    ("borrowing", "i8", "1/1000", "the most that it may use beyond its subtree's; -1: no limit"),
    ("lending", "i8", "1/1000", "the most of its subtree's that others may use; -1: no limit"),
    ("local", "i8", "1/1000", "of its subtree's, what nobody else may use"),
    ("subtree", "i8", "1/1000", "its own and what its children lend"),
    ("usage", "i8", "1/1000", "what its jobs hold; a cohort: what its children use beyond what is local to them"),
    ("most", "i8", "1/1000", "a platform: the most that it could use now, or after a change that is to come"),
)

#: An amount of the tree that changes at an instant; in the order of time.
REVISION: Final[tuple[Field, ...]] = (
    ("t", "i8", "ms", "when"),
    ("node", "i8", "index", "whose, in tree"),
    ("type", "i8", "index", "node type"),
    ("what", "i8", "code", "AMOUNTS"),
    ("value", "i8", "1/1000", "what it is from then on; -1: no limit"),
)

#: Limits of the jobs of a platform, a tenant or a stream; -1: there is none.
LIMIT: Final[tuple[Field, ...]] = (
    ("max_running_jobs", "i8", "1", "jobs that run at once"),
    ("max_accelerators", "i8", "1/1000", "accelerators in use at once"),
    ("max_submitted", "i8", "1", "jobs that wait or run at once"),
    ("max_per_job", "i8", "1/1000", "accelerators of a job"),
    ("max_walltime", "i8", "ms", "walltime of a job"),
    ("running", "i8", "1", "jobs that run"),
    ("accelerators", "i8", "1/1000", "accelerators that they hold"),
    ("submitted", "i8", "1", "jobs that wait or run"),
)

#: By (circle of owners, shape of jobs).
CIRCLE: Final[tuple[Field, ...]] = (("group", "i8", "index", "its group of jobs, in groups; 0: none yet"),)

#: Waiting jobs that ask the same and count in the same quota and limits.
GROUP: Final[tuple[Field, ...]] = (("types", "i8", "code", "node types on which they may start, in the order tried"),)

#: One row: the job for which victims are chosen.
PREEMPTOR: Final[tuple[Field, ...]] = (
    ("node", "i8", "index", "its platform, in tree"),
    ("kind", "i8", "index", "the node type on which it asks more than is available"),
    ("amount", "i8", "1/1000", "accelerators that it asks"),
    ("priority", "i8", "1", "its priority; higher goes first"),
    ("since", "i8", "ms", "from when its place in the queue counts"),
    ("rule", "i8", "code", "VICTIM_RULES"),
    ("candidates", "i8", "1", "running jobs on that node type, in the first rows of candidates"),
    ("taken", "i8", "1", "victims"),
)

#: A running job that may be evicted, were it not for quotas, priorities and shares.
CANDIDATE_INPUT: Final[tuple[Field, ...]] = (
    ("job", "i8", "job", "the job"),
    ("node", "i8", "index", "its platform, in tree"),
    ("amount", "i8", "1/1000", "accelerators that it holds"),
    ("priority", "i8", "1", "its priority; lower goes first"),
    ("since", "i8", "ms", "from when its place in the queue counts"),
    ("admitted", "i8", "ms", "when it started"),
    ("evicted", "i8", "0/1", "it is leaving anyway"),
    ("tenant", "i8", "usage", "what its tenant has used; 0 where tenants do not matter"),
)

CANDIDATE: Final[tuple[Field, ...]] = (
    *CANDIDATE_INPUT,
    ("claim", "i8", "code", "CLAIMS: by what right it may be evicted"),
    ("group", "i8", "code", "scratch: lower groups go first"),
    ("used", "i8", "usage", "scratch: `tenant` where it counts"),
    ("kept", "i8", "0/1", "scratch: it is left for the second comparison of shares"),
    ("order", "i8", "index", "scratch: the candidate in this place of the order"),
    ("victim", "i8", "index", "the victim in this place, in candidates"),
)

"""The fields of Kueue's cycle, in which the first job of each platform is looked at: each declared once."""

from typing import Final

from .schema import Field

HEAD_INPUT: Final[tuple[Field, ...]] = (
    ("open", "i8", "0/1", "a platform: it has a first job that is still to be looked at in this cycle"),
    ("job", "i8", "job", "that job"),
    ("kind", "i8", "index", "the node type on which it is to start"),
    ("amount", "i8", "1/1000", "accelerators that it asks"),
    ("priority", "i8", "1", "its priority; higher goes first"),
    ("since", "i8", "ms", "from when its place in the queue counts"),
    ("level", "i8", "1", "how far it borrows: the height of the lowest node whose quota holds it; 0: its platform"),
)

#: By node of the quota tree.
HEAD: Final[tuple[Field, ...]] = (
    *HEAD_INPUT,
    ("winner", "i8", "index", "scratch: the platform at or below it whose job goes first; -1: none"),
    ("child", "i8", "index", "scratch: the child at or above that"),
    ("borrowed", "i8", "1/1000", "scratch: what it borrows of all node types if that job starts"),
    ("borrows", "i8", "0/1", "scratch: it then borrows of the node type of that job"),
    ("next", "i8", "index", "a platform: the place of its next job in this pass, among the candidates of the queue"),
    ("last", "i8", "index", "behind its last job"),
    ("closed", "i8", "0/1", "no further job of it is looked at in this pass"),
    ("failed", "i8", "job", "scratch: the last job that did not start; -1: none"),
    ("stamp", "i8", "1", "scratch: the clock's stamp then"),
    ("kept", "i8", "1/1000", "quota that is kept for its first job; in use meanwhile"),
    ("kept_kind", "i8", "index", "of which node type"),
    ("waits_for", "i8", "job", "its job whose victims leave; -1: none"),
    ("displaced", "i8", "job", "the first in order of its jobs that were evicted in this pass; -1: none"),
    ("running", "i8", "job", "scratch: its first running job, of a list linked by `next` of attempts; -1: none"),
)

#: By tenant, where a platform takes the jobs of those that have used least first. Amounts are smoothed: a tenant that
#: holds 8 accelerators for long has consumed 8.
TENANT: Final[tuple[Field, ...]] = (
    ("weight", "i8", "1/1000", "what it has consumed is divided by it; 0: its jobs are last"),
    ("holds", "i8", "1/1000", "accelerators that its jobs hold"),
    ("consumed", "i8", "2**-32/1000", "accelerators, smoothed, at the last sample"),
)

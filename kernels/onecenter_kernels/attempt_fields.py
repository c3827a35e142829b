"""The fields of what attempts leave behind, where jobs may be evicted: each declared once."""

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
    ("chosen", "i8", "0/1", "scratch: it is a victim"),
)

"""The fields of what is kept to find things fast: each declared once with name, dtype, unit and meaning.

None of it decides anything: all of it follows from the jobs, the nodes and the queue.
"""

from typing import Final

from .schema import Field

#: By node.
HOST: Final[tuple[Field, ...]] = (
    ("run", "i8", "index", "the first of its rows in runs; -1: none"),
    ("step", "i8", "index", "the first of its rows in steps"),
    ("touch", "i8", "1", "the last change of what it holds, in the order of changes"),
    ("part", "i8", "1/1000", "the most that is left of a device of it that is broken, now"),
    ("head", "i8", "0/1", "a part of the head's reservation is on it"),
    ("held", "i8", "1", "the head's tasks that it holds at the shadow time"),
    ("before", "i8", "1", "the head's tasks that it holds just before"),
    ("at", "i8", "ms", "scratch: the walltime end at which it was last projected"),
)

#: What running jobs hold, a row for each start row in the log, linked by node and walltime end (EASY).
RUN: Final[tuple[Field, ...]] = (
    ("end", "i8", "ms", "walltime end"),
    ("job", "i8", "job", "who"),
    ("row", "i8", "index", "its start row in the log"),
    ("slot", "i8", "index", "device of the node, for fractions; -1: none"),
    ("free", "i8", "1", "whole accelerators"),
    ("cpus", "i8", "1/1000", "cpus"),
    ("memory", "i8", "MiB", "memory"),
    ("next", "i8", "index", "next row of the node, or next unused row; -1: none"),
)

#: The last changes of what nodes hold, by their number modulo the rows.
CHANGE: Final[tuple[Field, ...]] = (("node", "i8", "index", "node"),)

#: Sets of nodes and levels, by (0: now, 1: shadow time); see levels.
BITS: Final[tuple[Field, ...]] = (("word", "i8", "bits", "32 bits"),)

#: By (0: now, 1: shadow time), node type and level.
COUNT: Final[tuple[Field, ...]] = (("nodes", "i8", "1", "nodes in the level"),)

#: The shapes of waiting jobs: asks, as far as there are rows. Row 0 stands for all others.
SHAPE: Final[tuple[Field, ...]] = (("ask", "i8", "index", "the ask of this shape, in asks"),)

#: By block of the queue, which has 2**BLOCK_BITS places.
BLOCK: Final[tuple[Field, ...]] = (("groups", "i8", "bits", "no job of any other group waits there"),)

#: Trees of minima, by (shape, place in the queue): the walltime of the job that waits there; by (tree, node): the
#: earliest walltime end at which the node holds a task.
LEAF: Final[tuple[Field, ...]] = (("least", "i8", "ms", "of a leaf its own, else the least below"),)

#: The asks for whose tasks trees of earliest times are kept.
TREE: Final[tuple[Field, ...]] = (
    ("whole", "i8", "1", "accelerators per task"),
    ("cpus", "i8", "1/1000", "cpus per task"),
    ("memory", "i8", "MiB", "memory per task"),
    ("seen", "i8", "1", "changes that it has taken in; -1: unused"),
    ("used", "i8", "1", "when it was last asked for, in steps"),
)

#: The head's reservation.
RESERVED: Final[tuple[Field, ...]] = (
    ("node", "i8", "index", "node"),
    ("slot", "i8", "index", "device of the node, for fractions; -1: none"),
    ("amount", "i8", "1", "tasks there"),
    ("again", "i8", "0/1", "an earlier row is on the same node"),
)

#: Scratch: a heap of nodes by the next walltime end there.
COMING: Final[tuple[Field, ...]] = (
    ("end", "i8", "ms", "walltime end"),
    ("run", "i8", "index", "its row in runs"),
)

#: The profile of conservative backfill: what is free on a node over time, rows linked by node and time.
STEP: Final[tuple[Field, ...]] = (
    ("t", "i8", "ms", "from when it holds; the first of a node holds from now on"),
    ("free", "i8", "1", "free accelerators"),
    ("cpus", "i8", "1/1000", "free cpus"),
    ("memory", "i8", "MiB", "free memory"),
    ("next", "i8", "index", "next row of the node, or next unused row; -1: none"),
)

#: Scratch: what a node holds of a job's tasks from a start tried for the job's walltime.
SPAN: Final[tuple[Field, ...]] = (
    ("row", "i8", "index", "the row of steps at the start"),
    ("held", "i8", "1", "tasks that it holds"),
    ("rise", "i8", "ms", "the earliest later start from which it may hold more"),
    ("until", "i8", "ms", "the earliest later start from which it may hold more or fewer"),
)

#: The last changes of the profile or the book, by their number modulo the rows.
NOTE: Final[tuple[Field, ...]] = (
    ("node", "i8", "index", "node"),
    ("begin", "i8", "ms", "from when something is more or less"),
    ("end", "i8", "ms", "until when"),
    ("most", "i8", "1", "the most free accelerators of the node meanwhile, after the change"),
    ("fresh", "i8", "0/1", "nothing else ends then: the book has a new instant at which a job may start"),
)

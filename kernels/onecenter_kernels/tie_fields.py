"""The fields of what holds jobs back, jobs that come after others and arrays: each declared once.

They are kept only where some job is tied.
"""

from typing import Final

from .schema import Field

#: By job. What counts from 1 has 0 for none, so that rows that are added need no filling in.
TIE: Final[tuple[Field, ...]] = (
    ("first", "i8", "index", "the first link to a job that comes after it, plus 1; 0: none"),
    ("left", "i8", "1", "jobs that it comes after, and that have not ended"),
    ("ready", "i8", "ms", "not released before this instant"),
    ("think", "i8", "ms", "how long after the last of those has ended it may be released"),
    ("array", "i8", "index", "its array, plus 1; 0: none"),
    ("next", "i8", "job", "behind it in the line of its array, plus 1; 0: nobody"),
    ("due", "i8", "job", "scratch: a heap of the jobs to be looked at, the lowest first"),
    ("tied", "i1", "0/1", "it comes after others, or is of an array"),
    ("lost", "i1", "0/1", "a job that it needs has not completed"),
    ("listed", "i1", "0/1", "scratch: it is in the heap"),
    ("lined", "i1", "0/1", "it has been in the line of its array"),
)

#: A job that comes after another one.
LINK: Final[tuple[Field, ...]] = (
    ("job", "i8", "job", "which comes after"),
    ("next", "i8", "index", "the next link of the same other job, plus 1; 0: none"),
    ("ok", "i8", "0/1", "the other one must have completed"),
)

#: By array.
ARRAY: Final[tuple[Field, ...]] = (
    ("places", "i8", "1", "jobs of it that may be in the queue or run at a time"),
    ("taken", "i8", "1", "jobs of it that do"),
    ("first", "i8", "job", "the first that is held for a place alone, plus 1; 0: nobody"),
    ("last", "i8", "job", "the last of those, plus 1; 0: nobody"),
)

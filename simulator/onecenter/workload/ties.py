"""What ties jobs to each other: which come after which, and which are of arrays that let few of them run at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]


@dataclass(frozen=True)
class Ties:
    """Jobs that come after others, and arrays; all int64."""

    job: Ints  # by link: the job that comes after
    other: Ints  # by link: the job that must have ended before
    ok: Ints  # by link, 0/1: it must have completed
    think: Ints  # by job: ms, how long after the last of those has ended it may start
    array: Ints  # by job: its array, numbered as first jobs come; -1: none
    places: Ints  # by array: jobs of it that may be in the queue or run at a time

    @property
    def tied(self) -> Ints:
        """Which jobs are held at their submit, as a bool array."""
        found: Ints = self.array >= 0
        found[self.job] = True
        return found

    def take(self, rows: Ints, count: int) -> "Ties":
        """Return the ties of the jobs of `rows` (indices or a mask) out of `count`; links to others are left out."""
        kept = np.arange(count)[rows]
        place = np.full(count, -1)
        place[kept] = np.arange(len(kept))
        job, other = place[self.job], place[self.other]
        both = (job >= 0) & (other >= 0)
        return ties(
            self.think[kept], self.array[kept], self.places, job=job[both], other=other[both], ok=self.ok[both]
        )

    def begins(self, longer: "Ties", count: int) -> bool:
        """Tell whether longer ties are these in their first `count` jobs, of which none comes after a later one."""
        if (longer.other[longer.job < count] >= count).any():
            return False
        first = longer.take(np.arange(count), len(longer.array))
        return all(np.array_equal(getattr(self, each.name), getattr(first, each.name)) for each in fields(self))


def ties(
    think: Any, array: Any, places: Any, *, job: Any = (), other: Any = (), ok: Any = ()
) -> Ties:
    """Return ties in the one order that they have: links by job, then by the other one; arrays as first jobs come."""
    given = think, array, places, job, other, ok
    think, array, places, job, other, ok = (np.asarray(each, np.int64) for each in given)
    order = np.lexsort((ok, other, job))
    known, first, number = np.unique(array, return_index=True, return_inverse=True)
    met = np.argsort(first[known >= 0], kind="stable")
    rank = np.full(len(known), -1)
    rank[np.flatnonzero(known >= 0)[met]] = np.arange(len(met))
    return Ties(job[order], other[order], ok[order], think, rank[number], places[known[known >= 0][met]])


def no_ties(count: int) -> Ties:
    """Return the ties of so many jobs of which none is tied."""
    return ties(np.zeros(count), np.full(count, -1), [])


def with_links(known: Ties | None, count: int, more: int, links: Sequence[tuple[int, int, int]]) -> Ties | None:
    """Return the ties of `count` jobs and of so many more, which come after others as the links say."""
    if known is None and not links:
        return None
    before = known or no_ties(count)
    job, other, ok = zip(*links, strict=True) if links else ((), (), ())
    return ties(
        np.append(before.think, np.zeros(more)),
        np.append(before.array, np.full(more, -1)),
        before.places,
        job=np.append(before.job, job),
        other=np.append(before.other, other),
        ok=np.append(before.ok, ok),
    )

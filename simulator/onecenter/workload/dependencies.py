"""Listed jobs with their arrays, and which of them come after which."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from onecenter.scenario.demand import Array, ListedJob, Stream
from onecenter.workload.ties import Ints, Ties, ties


def listed_jobs(stream: Stream, horizon: int) -> list[ListedJob]:
    """Return the jobs that a stream lists before the horizon (ms), one of an array as often as there are jobs."""
    return [job for job in stream.jobs or () if job.submit < horizon for _ in range(job.count)]


def _before(streams: Sequence[Stream], horizon: int) -> Iterator[ListedJob]:
    """Yield what streams list before the horizon (ms), an array once."""
    return (job for stream in streams for job in stream.jobs or () if job.submit < horizon)


def _others(job: ListedJob) -> Iterator[tuple[str, int]]:
    """Yield the names of the jobs that one comes after, and whether they must complete (0/1)."""
    for ok, names in enumerate((job.after, job.after_ok)):
        yield from ((name, ok) for name in names or ())


def link_count(streams: Sequence[Stream], horizon: int) -> int:
    """Return how many pairs there are of a job and one that it comes after."""
    counts = {job.name: job.count for job in _before(streams, horizon)}
    return sum(job.count * counts[name] for job in _before(streams, horizon) for name, _ in _others(job))


def ties_of(streams: Sequence[Stream], counts: Sequence[int], horizon: int) -> Ties | None:
    """Return what ties the jobs of streams, numbered stream by stream, of which each has so many; None: nothing."""
    rows: list[tuple[ListedJob, int]] = []
    arrays: list[tuple[Array | None, int, int]] = []
    for stream, count, first in zip(streams, counts, accumulate(counts, initial=0), strict=False):
        arrays.append((stream.array, first, count))
        for job in _before([stream], horizon):
            rows.append((job, first))
            arrays.append((job.array, first, job.count))
            first += job.count
    array, places = _arrays(arrays, sum(counts))
    links = list(_links(rows))
    if not links and not places:
        return None
    pairs = np.concatenate([np.zeros((3, 0), np.int64), *links], axis=1)
    return ties(np.zeros(len(array)), array, places, job=pairs[0], other=pairs[1], ok=pairs[2])


def _arrays(given: Sequence[tuple[Array | None, int, int]], count: int) -> tuple[Ints, list[int]]:
    """Return the array of each of `count` jobs, and the places of each array, given those of rows of jobs."""
    found, places = np.full(count, -1), list[int]()
    for array, first, jobs in given:
        if array is not None and array.at_most is not None:
            found[first : first + jobs] = len(places) + np.arange(jobs) // array.size
            places += [array.at_most] * (jobs // array.size)
    return found, places


def _links(rows: Sequence[tuple[ListedJob, int]]) -> Iterator[Ints]:
    """Yield job, other job and whether that must complete, for all jobs of two arrays at a time."""
    named = {job.name: (job, first) for job, first in rows}
    for job, first in rows:
        for name, ok in _others(job):
            other, place = named[name]
            mine, others = np.indices((job.count, other.count)).reshape(2, -1)
            yield np.stack([mine + first, others + place, np.full(len(mine), ok)])

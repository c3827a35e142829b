"""Jobs that come after others: their names are there, and lead round no circle."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, NamedTuple

from onecenter import units
from onecenter.checks import did_you_mean
from onecenter.scenario.table import Mistake

#: The keys that name jobs.
KEYS: Final = ("after", "after_ok")

#: Jobs that a message lists.
TOLD: Final = 8


class Listed(NamedTuple):
    """A listed job that is right by itself, with its place in the scenario."""

    place: tuple[str | int, ...]
    job: Any


def mistakes_in(listed: Sequence[Listed]) -> Iterator[Mistake]:
    """Yield the mistakes in the names of listed jobs, and in those that they come after."""
    named: dict[str, Listed] = {}
    for each in listed:
        name = each.job.name
        if name is not None and name in named:
            yield (*each.place, "name"), "another job has this name; each named job of the scenario has its own"
        elif name is not None:
            named[name] = each
    for each in listed:
        for loc, name in _others(each):
            yield from _wrong(each, loc, name, named)
    yield from _circle(named)


def _others(each: Listed) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the jobs that one comes after, each with its place in the scenario."""
    for key in KEYS:
        for i, name in enumerate(getattr(each.job, key) or ()):
            yield (*each.place, key, i), name


def _wrong(each: Listed, loc: tuple[str | int, ...], name: str, named: Mapping[str, Listed]) -> Iterator[Mistake]:
    if name not in named:
        near = did_you_mean(name, named)
        yield loc, f"no listed job has this name; {near}{_told(named) or 'none has a name: give one with name'}"
    elif named[name] is each:
        what = "an array" if each.job.array is not None else "a job"
        yield loc, f"{what} cannot wait for itself; leave it out"
    elif named[name].job.submit > each.job.submit:
        when = units.duration_text(named[name].job.submit)
        yield loc, f"it is submitted later, at {when}; submit this job then or later, or leave it out"


def _told(names: Mapping[str, Any] | Sequence[str]) -> str:
    some = list(names)[:TOLD]
    return ", ".join(some) + (f" and {len(names) - TOLD} more" if len(names) > TOLD else "")


def _circle(named: Mapping[str, Listed]) -> Iterator[Mistake]:
    """Yield the first circle, at one of the entries that make it."""
    graph = {name: {other for _, other in _others(each)} - {name} for name, each in named.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        before, name = error.args[1][:2]
        loc = next(loc for loc, other in _others(named[name]) if other == before)
        jobs = _told(error.args[1][1:])
        yield loc, f"jobs wait for each other in a circle, {jobs}; leave one of these entries out"

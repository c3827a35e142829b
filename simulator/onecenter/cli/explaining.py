"""What `onecenter explain` and `onecenter diff` do: one job of a result, and the first difference of two results."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Final

from onecenter import units
from onecenter.cli.printing import console, heading, print_view
from onecenter.cli.status import FINE
from onecenter.cli.streams import print_json
from onecenter.results.views import REASONS, Cell, View, number
from onecenter.simulation.difference import Difference, Side, Start, diff
from onecenter.simulation.explanation import Explanation, Interval
from onecenter.simulation.opening import opened
from onecenter.simulation.result import Result
from onecenter.words import Words

#: Jobs or nodes that a list names.
NAMED: Final = 6


def command_explain(options: argparse.Namespace) -> int:
    """Say what happened to one job of a result."""
    result = opened(options.result)
    found = result.explain(options.job)
    if options.json:
        print_json(found.as_dict())
        return FINE
    out = console()
    out.print(f"  {heading(result)} · policy {result.policy.text}\n")
    for text in _story(found):
        out.print(f"  {text}")
    for view in (_intervals(found.intervals, found.wait_ms), _places(found)):
        if view.rows:
            out.print()
            print_view(out, view)
    return FINE


def command_diff(options: argparse.Namespace) -> int:
    """Say where two results differ first."""
    sides = {name: opened(getattr(options, name)) for name in ("a", "b")}
    found = diff(*sides.values())
    if options.json:
        print_json({"same": found is None, "difference": None if found is None else found.as_dict()})
        return FINE
    out = console()
    for name, result in sides.items():
        out.print(f"  {name}: {getattr(options, name)} · {heading(result)} · policy {result.policy.text}")
    out.print()
    for text in _same(*sides.values()) if found is None else _told(found):
        out.print(f"  {text}")
    return FINE


def _story(found: Explanation) -> Iterator[str]:
    """Give the sentences about a job."""
    name = "" if found.name is None else f" ({found.name})"
    yield f"job {found.job}{name} · {found.platform} · stream {found.stream} · tenant {found.tenant}"
    types, walltime = ", ".join(found.node_types), units.duration_text(found.walltime_ms)
    yield f"asks {_asked(found)}; on {types}; walltime {walltime}"
    yield f"submitted {units.format_instant(found.submit_ms)}, {_fate(found)}"


def _asked(found: Explanation) -> str:
    """Return what a job asks: "2 tasks of 4 accelerators, 8 cpus each"."""
    amounts = [_many(found.accelerators, "accelerator")]
    if found.cpus:
        amounts.append(_many(found.cpus, "cpu"))
    if found.memory_mib:
        amounts.append(units.memory_text(found.memory_mib))
    parts = _many(found.tasks, "part" if found.spread == "any" else "task")
    each = " each" if found.tasks > 1 else ""
    return f"{parts} of {', '.join(amounts)}{each}{' anywhere' if found.spread == 'any' else ''}"


def _many(count: float, what: str) -> str:
    return f"{count:,g} {what}{'' if count == 1 else 's'}"


def _fate(found: Explanation) -> str:
    """Return when a job started and ended, and how."""
    outcome, wait = found.outcome.replace("_", " "), units.format_duration(found.wait_ms)
    until = f"when the run ends, {units.format_instant(found.until_ms)}"
    ended = until if found.end_ms is None else units.format_instant(found.end_ms)
    if found.start_ms is None:
        return f"{outcome} {ended}; waited {wait}{' so far' if found.end_ms is None else ''}"
    return f"started {units.format_instant(found.start_ms)}, {outcome} {ended}; waited {wait}"


def _intervals(parts: Sequence[Interval], total: int) -> View:
    """Return the intervals of a wait as a table."""
    words = Words()
    columns = ["from", "to", "waits", "share", "reason", "ahead in the queue", "ran meanwhile"]
    rows = [
        [
            number(units.format_instant(part.begin_ms)),
            number(units.format_instant(part.end_ms)),
            number(units.format_duration(part.wait_ms)),
            number(units.format_percent(part.wait_ms / total)),
            Cell(_reason(words, part)),
            Cell(units.NOTHING if part.ahead is None else _jobs(part.ahead)),
            Cell(_jobs(part.ran)),
        ]
        for part in parts
    ]
    return View(columns, rows)


def _reason(words: Words, part: Interval) -> str:
    return words.known(REASONS.get(part.reason, part.reason))


def _jobs(jobs: Sequence[int]) -> str:
    """Return the first of some jobs, and how many more there are."""
    named = ", ".join(str(job) for job in jobs[:NAMED])
    more = f" and {units.format_count(len(jobs) - NAMED)} more" if len(jobs) > NAMED else ""
    return f"{named}{more}" or units.NOTHING


def _places(found: Explanation) -> View:
    """Return where a job ran as a table."""
    what = "accelerators" if found.spread == "any" else "tasks"
    rows = [
        [
            number(units.format_count(place.node)),
            Cell(place.node_type),
            number(units.NOTHING if place.device is None else str(place.device)),
            number(units.format_count(place.amount)),
            number(units.format_instant(place.start_ms)),
            number(units.NOTHING if place.end_ms is None else units.format_instant(place.end_ms)),
        ]
        for place in found.places
    ]
    return View(["node", "node type", "device", what, "from", "to"], rows)


def _same(a: Result, b: Result) -> Iterator[str]:
    """Say that two results decide the same, and until when that is known."""
    until = units.format_instant(min(a.until, b.until))
    rows = "" if a.until == b.until else f" until {until}, when the shorter run ends"
    yield f"both decide the same{rows}"


def _told(found: Difference) -> Iterator[str]:
    """Give the sentences about the first difference of two results."""
    yield f"the first difference: {units.format_instant(found.t_ms)}, row {found.row} of the decision log"
    free = ", ".join(f"{name} {units.plain(count)}" for name, count in found.free.items())
    yield f"just before: free accelerators: {free} · waiting: {_jobs(found.waiting)} · running: {_jobs(found.running)}"
    for name, side in (("a", found.a), ("b", found.b)):
        yield f"{name} {_did(side)}"
        yield from (f"  {text}" for text in _kept(side, found.t_ms))


def _did(side: Side) -> str:
    """Return what a side did."""
    if side.kind is None:
        return "does nothing then"
    if side.starts and side.kind == "start":
        first, *others = side.starts
        also = f", then {_jobs([each.job for each in others])}" if others else ""
        return f"starts job {first.job} on {_where(first)}{also}"
    then = f", then starts job {_jobs([each.job for each in side.starts])}" if side.starts else ""
    return f"writes a row {side.kind!r}{then}"


def _where(start: Start) -> str:
    """Return the nodes of a start: "node 0", "nodes 0, 3"."""
    nodes = list(dict.fromkeys(node for node, *_ in start.nodes))
    return f"node{'' if len(nodes) == 1 else 's'} {_jobs(nodes)}"


def _kept(side: Side, t: int) -> Iterator[str]:
    """Say why a side did not start the job that the other one started."""
    if side.kept is None:
        return
    words, total = Words(), sum(part.wait_ms for part in side.intervals)
    yield f"job {side.kept} waits {units.format_duration(total)} more:"
    for part in side.intervals:
        ahead = f", behind {_jobs(part.ahead)}" if part.ahead else ""
        span = f"{units.format_instant(part.begin_ms)} to {units.format_instant(part.end_ms)}"
        yield f"  {span} {_reason(words, part)}{ahead}"

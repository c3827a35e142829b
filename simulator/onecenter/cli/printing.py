"""What is said around figures: warnings before the work begins, headings, tables, and remarks below them."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from onecenter import units
from onecenter.fleet import accelerators_of
from onecenter.results.views import View
from onecenter.scenario import Scenario
from onecenter.simulation.result import Result
from onecenter.visible import visible
from onecenter.words import Words
from onecenter.workload.slips import slips, warnings_of


class _Plain(Console):
    """A terminal for which every text is data: no markup, no codes of emoji, nothing invisible."""

    def render_str(self, text: str, **looks: Any) -> Text:
        """Return a text as it is shown."""
        return super().render_str(visible(text, keep="\n"), **looks)


def console() -> Console:
    """Return the terminal; where output goes to a file or pipe, wide enough for every table."""
    return _Plain(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False, emoji=False)


def print_view(out: Console, view: View) -> None:
    """Print a table without lines, its caption above it."""
    title = view.caption or None
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), header_style="bold")
    for place, column in enumerate(view.columns):
        table.add_column(column, justify="right" if view.is_number(place) else "left")
    for row in view.rows:
        table.add_row(*(cell.text for cell in row))
    out.print(table)


def markdown(view: View) -> str:
    """Return a table as GitHub and GitLab read it in a comment."""
    right = [view.is_number(place) for place in range(len(view.columns))]
    rows = [view.columns, ["---:" if number else ":---" for number in right]]
    rows += [[visible(cell.text).replace("|", "\\|") for cell in row] for row in view.rows]
    title = [f"**{visible(view.caption)}**", ""] if view.caption else []
    return "\n".join([*title, *("| " + " | ".join(row) + " |" for row in rows), ""])


def size_text(nodes: int, accelerators: int) -> str:
    """Return how large a center is: "124 nodes · 992 accelerators"."""
    listed = f"{units.format_count(nodes)} node{'' if nodes == 1 else 's'}"
    return f"{listed} · {units.format_count(accelerators)} accelerators"


def heading(result: Result) -> str:
    """Return what was run: its name, nodes, accelerators, the length of the window, the seed, the overrides."""
    seed = result.provenance.get("seed")
    parts = [
        visible(str(result.provenance.get("name"))),
        size_text(sum(kind.count for kind in result.fleet), accelerators_of(result.fleet)),
        units.format_duration(result.window.length),
        *([] if seed is None else [f"seed {seed}"]),
        *(f"with {visible(str(change))}" for change in result.provenance.get("set") or ()),
    ]
    return " · ".join(parts)


def warn(scenario: Scenario, *, json: bool = False, fleet: bool = True, about: str = "") -> list[str]:
    """Print the warnings of a scenario on standard error; return them.

    With `json` they are only returned, for the one JSON object. Without `fleet` its fleet is not what is simulated, and
    what does not fit on it is no warning. `about` says which of several scenarios it is.
    """
    found = warnings_of(scenario) if fleet else list(slips(scenario))
    for text in () if json else found:
        print(visible(f"onecenter: {about + ': ' if about else ''}warning: {text}"), file=sys.stderr)
    return found


def remarks(result: Result, words: Words) -> Iterator[str]:
    """Give the sentences about a run's figures."""
    summary = result.summary()
    yield from refusals(summary)
    yield from growth(summary)
    for name, target, one in result.judged():
        if one["verdict"] != "met":
            yield f"{one['verdict']}: {name}, {target.said(words)}: {one['reason']}"


def remarks_on_sides(summaries: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Give the sentences about several policies on the same jobs: each refuses the same ones, queues differ."""
    yield from refusals(next(iter(summaries.values())))
    for name, summary in summaries.items():
        yield from (f"{name}: {text}" for text in growth(summary))


def refusals(summary: Mapping[str, Any]) -> Iterator[str]:
    """Say how many jobs can never run on the center, if there are any."""
    center = summary["center"]
    if center["refused"]:
        count = f"{units.format_count(center['refused'])} of {units.format_count(center['submitted'])} jobs"
        parts = {name: part["refused"] for name, part in summary["platforms"].items() if part["refused"]}
        listed = ", ".join(f"{name} {units.format_count(number)}" for name, number in parts.items())
        yield f"refused: {count} can never run on this center ({listed})"


def growth(summary: Mapping[str, Any]) -> Iterator[str]:
    """Say that the queue grows, if it does."""
    center, window = summary["center"], summary["window_s"]
    if not center["queue_grows"]:
        return
    longer = units.format_seconds(window["until"] - window["horizon"])
    text = f"the queue grows: {units.format_count(center['waiting_at_horizon'])} jobs of the window wait at its end"
    if center["waiting"]:
        yield f"{text}, and {units.format_count(center['waiting'])} still {longer} later, when the run stops"
    else:
        yield f"{text}; the run goes on for {longer} until all of them have started or left"

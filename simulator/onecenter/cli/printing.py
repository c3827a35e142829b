"""Tables and headings on the terminal."""

import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from onecenter import units
from onecenter.fleet import accelerators_of
from onecenter.results.views import View
from onecenter.simulation.result import Result
from onecenter.visible import visible


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

"""The suite's table for people."""

from collections.abc import Collection, Sequence
from typing import Final

from onecenter import units
from onecenter.experiments.suite.measuring import CENTER
from onecenter.experiments.suite.rows import Row
from onecenter.results.views import Cell, View, number, view
from onecenter.words import Words

#: Figures by the columns that show them.
COLUMNS: Final = {
    "mean": "wait_mean_s",
    "p50": "wait_p50_s",
    "p95": "wait_p95_s",
    "slowdown": "slowdown_mean",
    "use": "utilisation",
    "fragmentation": "fragmentation",
}


def of_workload(words: Words, rows: Sequence[Row], caption: str, marked: Collection[str] = ()) -> View:
    """Return one row per policy with the figures of the center; those that are `marked` have a star."""
    by = {(row.policy, row.figure): row for row in rows if row.platform == CENTER}
    found = []
    for policy in dict.fromkeys(policy for policy, _ in by):
        cells = {"policy": Cell(f"{policy} *" if policy in marked else policy)}
        cells |= {column: number(_said(words, column, by.get((policy, name)))) for column, name in COLUMNS.items()}
        found.append(cells)
    return view(words, ("policy", *COLUMNS), found, caption)


def _said(words: Words, column: str, row: Row | None) -> str:
    if row is None:
        return units.NOTHING
    shares = dict.fromkeys(("use", "fragmentation"), words.percent)
    write = {"slowdown": "{:,.1f}".format, **shares}.get(column, words.seconds)
    if row.runs < 2:
        return write(row.mean)
    return words.estimate(row.mean, row.mean - row.half, row.mean + row.half, write)

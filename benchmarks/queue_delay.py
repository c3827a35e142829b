"""Queue delay: the suite, `onecenter suite`, against its committed table."""

from typing import Any

from onecenter.experiments.executors import eventually
from onecenter.experiments.suite import PARTS, WORKLOADS, Row, frozen, measured, save, suite
from onecenter.experiments.suite.rows import rows_of
from onecenter.experiments.suite.view import of_workload
from onecenter.words import Words


def measure(quick: bool) -> dict[str, Any]:
    """Return the rows of the suite, or of its quick part."""
    with eventually() as executor:
        return {"rows": [row._asdict() for row in suite("quick" if quick else "full", executor=executor)]}


def _rows(report: dict[str, Any]) -> list[Row]:
    return [Row(**row) for row in report["rows"]]


def changes(report: dict[str, Any]) -> list[str]:
    """Return how a report differs from the committed table."""
    return frozen().changes(_rows(report))


def update() -> None:
    """Write the table of all parts; the seeds of one part are the first ones of the other."""
    with eventually() as executor:
        found = measured(max(part.seeds for part in PARTS.values()), executor=executor)
    parts = [(part, name, seeds[: part.seeds]) for part in PARTS.values() for name, seeds in found.items()]
    save(row for part, name, seeds in parts for row in rows_of(part.name, name, seeds))


def lines(report: dict[str, Any]) -> list[str]:
    """Return the table as text."""
    rows, text = _rows(report), []
    for workload in WORKLOADS:
        table = of_workload(Words(), [row for row in rows if row.workload == workload], workload)
        widths = [max(len(row[i].text) for row in table.rows) for i in range(len(table.columns))]
        widths = [max(width, len(title)) for width, title in zip(widths, table.columns, strict=True)]
        head = "  ".join(title.rjust(width) for title, width in zip(table.columns, widths, strict=True))
        text += [f"{workload}:", head]
        for row in table.rows:
            text.append("  ".join(cell.text.rjust(width) for cell, width in zip(row, widths, strict=True)))
        text.append("")
    return [*text, "Without backfill the delay grows with the length of a workload: compare versions by it only."]

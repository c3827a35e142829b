"""The tables of docs/performance.md, each between two marks and written by the benchmark that measured it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import memory, ratios, scaling, start_up
from benchmarks.peers import table as peers
from benchmarks.throughput import machine
from onecenter.errors import ResultError

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"

#: Titles of the columns, by benchmark and key of its rows.
TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "throughput": {
        "nodes": "nodes",
        "policy": "backfill",
        "load": "load",
        "work": "jobs are",
        "stride": "stride",
        "jobs": "jobs",
        "us": "us per job",
        "ratio": "times as fast as bare SimPy",
    },
    "scale": {"nodes": "nodes", "jobs": "jobs", "us": "us per job"},
    "queue": {"waiting": "waiting", "jobs": "jobs", "us": "us per job"},
    "start-up": {"what": "process", "s": "CPU s", "ratio": "times the floor"},
    "memory": {"jobs": "jobs", "load": "load", "policy": "backfill", "run": "MB", "figures": "MB with all figures"},
    "peers": {
        "policy": "policy",
        "cores": "cores of a job",
        "simulator": "simulator",
        "jobs": "jobs",
        "waited": "waited",
        "speed": "jobs per s",
        "ratio": "times as long as onecenter",
        "differ": "starts that differ",
        "largest": "by at most (s)",
    },
}

#: How many rows each table has.
ROWS: Final[Mapping[str, int]] = {
    "throughput": len(ratios.ROWS) + 1,
    "scale": len(scaling.NODES),
    "queue": len(scaling.QUEUES),
    "start-up": len(start_up.PROCESSES),
    "memory": len(memory.SIZES),
    "peers": len(peers.ROWS),
}


def write(name: str, report: Mapping[str, Any]) -> None:
    """Put the table of a report between its marks.

    Raises
    ------
    ResultError
        If a row is missing, or the page has no such marks.
    """
    if len(report["rows"]) != ROWS[name]:
        raise ResultError(name, [f"{len(report['rows'])} rows: {ROWS[name]} are expected"])
    text = PAGE.read_text(encoding="utf-8")
    begin, end = _marks(name)
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ResultError(str(PAGE), [f"{begin} and {end} are expected around the table"])
    PAGE.write_text(f"{before}{begin}\n{chr(10).join(_lines(name, report))}\n{end}{after}", encoding="utf-8")


def table(name: str) -> list[list[str]]:
    """Return the cells of the rows that the page has for a benchmark, without the header."""
    begin, end = _marks(name)
    section = PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->", f"<!-- end of {name} -->"


def _lines(name: str, report: Mapping[str, Any]) -> list[str]:
    titles = TITLES[name]
    text = [_row(list(titles.values())), _row(["---"] * len(titles))]
    text += [_row([_shown(row[key]) for key in titles]) for row in report["rows"]]
    if "exponent" in report:
        by = next(iter(titles))
        growth = f"{titles[by]} ^ {report['exponent']}, fitted from {scaling.FITTED_FROM[by]} on"
        text += ["", f"The cost grows as {growth}."]
    here = machine()
    return [*text, "", f"Measured on {here['processor']}, {here['cores']} cores, {here['system']}."]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int | float) else str(value)

"""The formats a trace may have: what their columns are, as data. A new one is an entry of `FORMATS`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from onecenter.checks import did_you_mean, shown
from onecenter.errors import TraceError

from .columns import Mistakes, instants, numbers, quoted, seconds, texts, wholes
from .trace import Array

if TYPE_CHECKING:
    import polars as pl


class Field(NamedTuple):
    """A column of a log."""

    # A column that `clean.trace` takes; or what one is worked out from: "allocated" and "requested" processors,
    # "status", "queue", "instant" of the submit, "preceding" job and "think" time. "": it is checked, and not used.
    role: str
    read: Callable[["pl.Series", Array, Mistakes], Array]  # (texts, lines, mistakes) -> its values; it says the unit


@dataclass(frozen=True)
class Format:
    """A format of traces."""

    name: str
    fields: Mapping[str, Field]
    # How a line begins that may hold anything. Such a file has just these fields, in this order, with blanks between
    # them; one without (empty) is CSV whose first line names its columns.
    comment: bytes = b""

    @property
    def about(self) -> str:
        """How a file of this format looks."""
        if self.comment:
            return f"{len(self.fields)} numbers per line, comments begin with {self.comment.decode()}"
        return f"CSV with {', '.join(self.fields)}"

    def evidence(self, name: str, first_line: str) -> int:
        """Return how much of a file's name and first line speaks for the format; 0: nothing."""
        if not self.comment:
            found = len(self.fields.keys() & set(cells(first_line)))
            return found if found > 1 else 0
        fits = len(first_line.split()) == len(self.fields) and re.fullmatch(r"[-+\d.\s]+", first_line)
        named = name.lower().removesuffix(".gz").endswith(f".{self.name}")
        return 100 if fits or named or first_line.startswith(self.comment.decode()) else 0


def cells(line: str) -> list[str]:
    """Return the cells of a header line."""
    return [cell.strip().strip('"').strip() for cell in line.split(",")]


#: SWF: the Standard Workload Format, version 2.2, of the Parallel Workloads Archive
#: (https://www.cs.huji.ac.il/labs/parallel/workload/swf.html). ITP: job tables of Microsoft (elasticflow-traces).
#: Philly: in its reduced form (adaptdl).
FORMATS: Final = (
    Format(
        "swf",
        {
            "job number": Field("names", wholes),
            "submit time": Field("submit", seconds),
            "wait time": Field("", seconds),
            "run time": Field("run", seconds),
            "allocated processors": Field("allocated", wholes),
            "average CPU time": Field("", seconds),
            "used memory": Field("", numbers),
            "requested processors": Field("requested", wholes),
            "requested time": Field("asked", seconds),
            "requested memory": Field("", numbers),
            "status": Field("status", wholes),
            "user": Field("user", wholes),
            "group": Field("", wholes),
            "application": Field("", wholes),
            "queue": Field("queue", wholes),
            "partition": Field("partition", wholes),
            "preceding job": Field("preceding", wholes),
            "think time": Field("think", seconds),
        },
        b";",
    ),
    Format(
        "itp",
        {
            "job_id": Field("names", texts),
            "submission_time": Field("submit", seconds),
            "duration": Field("run", seconds),
            "num_gpu": Field("processors", wholes),
        },
    ),
    Format(
        "philly",
        {
            "timestamp": Field("instant", instants),
            "duration": Field("run", seconds),
            "num_gpus": Field("processors", wholes),
            "cluster": Field("partition", texts),
        },
    ),
)


def named(name: str) -> Format:
    """Return the format of that name."""
    known = {each.name: each for each in FORMATS}
    if name not in known:
        right = f"one of {', '.join(known)} is expected; {did_you_mean(str(name), known)}".rstrip("; ")
        raise TraceError("format", [f"{shown(name)}: {right}"])
    return known[name]


def detected(source: str, file_name: str, first_line: str) -> Format:
    """Return the format for which most speaks."""
    best = max(FORMATS, key=lambda known: known.evidence(file_name, first_line))
    if best.evidence(file_name, first_line):
        return best
    if file_name.endswith(".toml"):
        raise TraceError(source, ["this is a scenario: `onecenter run` takes scenarios, replay takes logs"])
    known = "; ".join(f"{each.name}: {each.about}" for each in FORMATS)
    raise TraceError(source, [f"its first line, {quoted(first_line)}, fits no known format ({known})"])

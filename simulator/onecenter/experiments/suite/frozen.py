"""What is committed of the suite, and how a run differs from it."""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from onecenter.errors import ResultError
from onecenter.experiments.suite.rows import Row

#: The committed table.
FILE: Final = Path(__file__).with_name("frozen.csv")

HEAD: Final = ",".join(Row._fields)


@dataclass(frozen=True)
class Frozen:
    """The committed table."""

    rows: Sequence[Row]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the table, by which a paper can name it."""
        return hashlib.sha256("\n".join(_line(row) for row in self.rows).encode()).hexdigest()

    @cached_property
    def by_key(self) -> Mapping[tuple[str, ...], Row]:
        """The rows by part, workload, policy, platform and figure."""
        return {row.key: row for row in self.rows}

    def of(self, part: str) -> list[Row]:
        """Return the rows of a part."""
        return [row for row in self.rows if row.part == part]

    def changes(self, found: Iterable[Row]) -> list[str]:
        """Return a line for each figure that has moved by more than its limit, or is on one side only."""
        now = {row.key: row for row in found}
        parts, policies = ({key[place] for key in now} for place in (0, 2))
        lines = [change for key, row in now.items() for change in _change(self.by_key.get(key), row)]
        gone = [key for key in self.by_key if key[0] in parts and key[2] in policies and key not in now]
        return lines + [f"{_about(key)}: committed, but not found" for key in gone]


def _change(before: Row | None, after: Row) -> list[str]:
    if before is None:
        return [f"{_about(after.key)}: found, but not committed"]
    moved = after.mean - before.mean
    if abs(moved) <= before.limit:
        return []
    share = f" ({100 * moved / before.mean:+.3g} %)" if before.mean else ""
    return [f"{_about(after.key)} from {before.mean:g} to {after.mean:g}{share}, limit {before.limit:g}"]


def _about(key: Sequence[str]) -> str:
    part, workload, policy, platform, figure = key
    return f"{workload}, {policy}, {platform}: {figure}" + ("" if part == "full" else f" ({part})")


def _line(row: Row) -> str:
    return ",".join(value if isinstance(value, str) else f"{value:.9g}" for value in row)


def frozen(path: Path = FILE) -> Frozen:
    """Return the committed table.

    Raises
    ------
    ResultError
        If it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        if lines[:1] != [HEAD]:
            raise ValueError(f"it does not begin with {HEAD}")
        return Frozen([_read(fields) for fields in csv.DictReader(lines)])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultError(str(path), [f"{error}: the committed table of the suite is expected"]) from error


def _read(fields: Mapping[str, str]) -> Row:
    kinds = Row.__annotations__
    return Row(**{name: kinds[name](fields[name]) for name in Row._fields})


def save(rows: Iterable[Row], path: Path = FILE) -> None:
    """Write the table."""
    path.write_text("\n".join([HEAD, *map(_line, rows)]) + "\n", encoding="utf-8")

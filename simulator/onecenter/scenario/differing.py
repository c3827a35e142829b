"""Where two resolved scenarios differ."""

from collections.abc import Iterator, Mapping
from typing import Any

from onecenter.scenario.mistakes import written

Path = tuple[str, ...]


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[Path, tuple[str, str]]:
    """Return by path the values that differ, as they are written; "missing" where there is none."""
    its, their = dict(flat(one)), dict(flat(other))
    absent = object()
    paths = [path for path in dict.fromkeys([*its, *their]) if its.get(path, absent) != their.get(path, absent)]
    return {path: (_shown(its, path), _shown(their, path)) for path in paths}


def flat(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give each single value, list or empty table with its path."""
    if isinstance(data, Mapping) and data:
        for name, value in data.items():
            yield from flat(value, (*path, str(name)))
    else:
        yield path, data


def _shown(values: Mapping[Path, Any], path: Path) -> str:
    return written(values[path]) if path in values else "missing"

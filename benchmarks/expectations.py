"""What is committed about the benchmarks' exact figures, and how a run differs from it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from onecenter.errors import ResultError

#: Where committed figures and workloads lie.
FOLDER: Final = Path(__file__).parent / "frozen"

#: Figures by the names of what was run.
Figures = Mapping[str, Mapping[str, Any]]


def load(path: Path) -> dict[str, Any]:
    """Return the content of a committed JSON file.

    Raises
    ------
    ResultError
        If it is missing or is no JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(str(path), [f"{error}: a file written by --update is expected"]) from error
    if not isinstance(content, dict):
        raise ResultError(str(path), [f"{type(content).__name__}: a JSON object is expected"])
    return content


def save(path: Path, content: Mapping[str, Any]) -> None:
    """Write a committed JSON file, one line a value."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def changes(expected: Figures, found: Figures) -> list[str]:
    """Return one line for each figure that differs, with the name of the run and both values."""
    lines = []
    for name in [*expected, *(name for name in found if name not in expected)]:
        if name not in found:
            lines.append(f"{name}: expected, but not run")
        elif name not in expected:
            lines.append(f"{name}: run, but not expected (--update takes it in)")
        else:
            lines += [f"{name}: {change}" for change in _of_one(expected[name], found[name])]
    return lines


def _of_one(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = [*before, *(key for key in after if key not in before)]
    return [
        f"{key} from {_shown(before.get(key))} to {_shown(after.get(key))}{_percent(before.get(key), after.get(key))}"
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _shown(value: Any) -> str:
    return f"{value[:12]}..." if isinstance(value, str) and len(value) > 12 else json.dumps(value)


def _percent(before: Any, after: Any) -> str:
    if not (isinstance(before, int | float) and isinstance(after, int | float)) or not before:
        return ""
    return f" ({100 * (after - before) / before:+.3g} %)"

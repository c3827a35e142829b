"""`--set path=value`: one value of a scenario changed from outside."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from onecenter.checks import did_you_mean
from onecenter.scenario import shape
from onecenter.scenario.model import Scenario
from onecenter.system.extent import DEEPEST, check_toml

#: One name of a path and the dot behind it; a name in quotes may hold anything else.
_NAME = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s."'=\[\]]+))\s*(\.|$)""")


def split(text: str) -> tuple[str, str]:
    """Return path and value of `path=value`."""
    found = isinstance(text, str) and re.match(r"""((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'=])*)=(.*)""", text, re.DOTALL)
    if not found or not found[1].strip():
        raise ValueError("write path=value, for example --set center.nodes.910b.count=220")
    return found[1].strip(), found[2].strip()


def names(path: str) -> list[str]:
    """Return the names of a dotted path."""
    found: list[str] = []
    at = 0
    while at < len(path) or not found:
        if len(found) == DEEPEST:
            raise ValueError(f"a path of more than {DEEPEST} names")
        name = _NAME.match(path, at)
        if name is None or (name[4] == "." and name.end() == len(path)):
            raise ValueError('not a path; write names with dots between them, such as time.horizon or wait."p99.9"')
        quoted, literal, bare = name[1], name[2], name[3]
        found.append(_unescaped(quoted) if quoted is not None else literal if literal is not None else bare)
        at = name.end()
    return found


def _unescaped(quoted: str) -> str:
    try:
        return str(json.loads(f'"{quoted}"'))
    except ValueError:
        raise ValueError(f'"{quoted}" is not a name in quotes') from None


def value_of(text: str) -> Any:
    """Return a value read as TOML, else as text: `3`, `[1, 2]`, `{ p95 = "1 h" }`, `28 d`."""
    line = f"value = {text}"
    check_toml(line)
    try:
        read = tomllib.loads(line)
    except (ValueError, RecursionError):
        return text
    return read["value"] if len(read) == 1 else text


def put(data: dict[str, Any], path: list[str], value: Any) -> None:
    """Put a value at a path of the data of a scenario; what was there is replaced."""
    table: Any = data
    for i, name in enumerate(path):
        last = i == len(path) - 1
        kinds = shape.expected(Scenario, data, path[:i])
        if not isinstance(table, dict):
            raise ValueError(_no_table(path[:i], table))
        if name not in table and not _may_be_added(kinds, name, isinstance(value, Mapping) if last else False):
            raise ValueError(_nowhere(path[:i], name, list(dict.fromkeys([*table, *shape.keys(kinds)]))))
        if last:
            table[name] = value
        else:
            table = table.setdefault(name, {})


def _may_be_added(kinds: list[Any], name: str, whole: bool) -> bool:
    """Known keys may; a name chosen by the user only with its value, as a whole table, or where it refers to one."""
    if name in shape.keys(kinds):
        return True
    chosen = [part for kind in kinds if shape.is_mapping(kind) for part in shape.alternatives(shape.below(kind, name))]
    return any(whole or not shape.is_table(part) or part.refers for part in chosen)


def _no_table(path: list[str], value: Any) -> str:
    if isinstance(value, list):
        return f"{'.'.join(path)} is a list; set it as a whole"
    return f"{'.'.join(path)} is a value, not a table"


def _nowhere(path: list[str], name: str, known: list[str]) -> str:
    where = f"in {'.'.join(path)}" if path else "in a scenario"
    return f'there is no "{name}" {where}; {did_you_mean(name, known)}known there: {shape.listed(known)}'

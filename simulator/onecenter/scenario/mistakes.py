"""Mistakes in the words of the scenario file: path, value, what would be right."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic import ValidationError

from onecenter.checks import did_you_mean, exactly
from onecenter.scenario import shape
from onecenter.scenario.table import MAX_MISTAKES, Absent, Table

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST = 60

#: A path in a message may have so many characters: names are chosen by whoever wrote the file.
_LONGEST_PATH = 200

#: Ends pydantic's location of a mistake in a key itself.
_OF_A_KEY = "[key]"

#: What is said where a value has the wrong type or size; the keys are pydantic's.
_TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "bool_type": lambda ctx: "true or false is expected",
    "int_type": lambda ctx: "a whole number is expected",
    "int_from_float": lambda ctx: "a whole number is expected",
    "float_type": lambda ctx: "a number is expected",
    "finite_number": lambda ctx: "a finite number is expected",
    "string_type": lambda ctx: "text in quotes is expected",
    "model_type": lambda ctx: "a table is expected",
    "model_attributes_type": lambda ctx: "a table is expected",
    "dict_type": lambda ctx: "a table is expected",
    "mapping_type": lambda ctx: "a table is expected",
    "tuple_type": lambda ctx: "a list is expected",
    "list_type": lambda ctx: "a list is expected",
    "greater_than_equal": lambda ctx: f"at least {exactly(ctx['ge'])} is expected",
    "greater_than": lambda ctx: f"more than {exactly(ctx['gt'])} is expected",
    "less_than_equal": lambda ctx: f"at most {exactly(ctx['le'])} is expected",
    "less_than": lambda ctx: f"less than {exactly(ctx['lt'])} is expected",
    "literal_error": lambda ctx: f"{ctx['expected']} is expected",
    "too_short": lambda ctx: f"{_entries(ctx['min_length'], 'at least ')}; there {_is(ctx['actual_length'])}",
    "too_long": lambda ctx: f"{_entries(ctx['max_length'], 'at most ')}; there {_is(ctx['actual_length'])}",
    "value_error": lambda ctx: str(ctx["error"]),
}


def mistakes_of(error: ValidationError, root: type[Table], data: Any, origin: Callable[[shape.Path], str]) -> list[str]:
    """Return pydantic's errors as `path = value: what is right`, each once; of many the first.

    `origin` returns for a path which file it comes from, or nothing where that is plain.
    """
    found = [each for each in error.errors(include_url=False) if not _follows(each)]
    told: dict[str, None] = {}
    for each in found:
        if len(told) == MAX_MISTAKES:
            return [*told, "and more; correct these first"]
        told[_mistake(each, root, data, origin)] = None
    return list(told)


def _follows(found: Any) -> bool:
    """Return whether a list is called too short only because its entries are wrong."""
    too_short = found["type"] == "too_short" and hasattr(found["input"], "__len__")
    return too_short and len(found["input"]) >= found["ctx"]["min_length"]


def _mistake(found: Any, root: type[Table], data: Any, origin: Callable[[shape.Path], str]) -> str:
    path, kind = _path(found, data), found["type"]
    if _is_absent(found):
        return f"{dotted(path)}: {_missing(found, root, data, path)}"
    if kind == "extra_forbidden":
        text = _unknown(root, data, path)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        return _which_kind(found, root, data, path, origin)
    else:
        text = _TEXTS[kind](found.get("ctx", {})) if kind in _TEXTS else found["msg"]
    value = path[-1] if found["loc"][-1:] == (_OF_A_KEY,) else shape.at(data, path)
    if kind == "literal_error":
        text = did_you_mean(_word(value), re.findall(r"'([^']*)'", text)) + text
    return f"{dotted(path)} = {written(value)}{origin(path)}: {text}"


def _word(value: Any) -> str:
    return value if isinstance(value, str) else written(value)


def _is_absent(found: Any) -> bool:
    return found["type"] == "missing" or isinstance(found.get("ctx", {}).get("error"), Absent)


def _path(found: Any, data: Any) -> list[str | int]:
    """Return where a mistake stands in the data: pydantic's location without its marks of variants."""
    path: list[str | int] = []
    loc = found["loc"]
    for i, key in enumerate(loc):
        if shape.has(data, key):
            data = shape.child(data, key)
            path.append(key)
        elif _is_absent(found) and i == len(loc) - 1:
            path.append(key)
    return path


def _missing(found: Any, root: type[Table], data: Any, path: list[str | int]) -> str:
    if found["type"] != "missing":
        return str(found["ctx"]["error"])
    *parents, last = path
    if isinstance(last, int):
        return "missing; a pair is expected: [low, high]"
    for kind in shape.expected(root, data, parents):
        if shape.is_table(kind) and last in kind.model_fields:
            return f"missing; {kind.model_fields[last].description}"
    return "missing"


def _unknown(root: type[Table], data: Any, path: list[str | int]) -> str:
    *parents, last = path
    known = shape.keys(shape.expected(root, data, parents))
    if root in shape.expected(root, data, parents):
        known.append("extends")
    return f"unknown key; {did_you_mean(str(last), known)}known here: {', '.join(known)}"


def _which_kind(
    found: Any, root: type[Table], data: Any, path: list[str | int], origin: Callable[[shape.Path], str]
) -> str:
    kinds = shape.expected(root, data, path)
    tags = [tag for tag in map(shape.tag, kinds) if tag is not None]
    if found["type"] == "union_tag_not_found":
        if not isinstance(shape.at(data, path), Mapping):
            return f"{dotted(path)} = {written(shape.at(data, path))}{origin(path)}: a table is expected"
        return f"{dotted([*path, 'kind'])}: missing; one of {', '.join(tags)}"
    value = shape.at(data, path)["kind"]
    hint = did_you_mean(_word(value), tags)
    path = [*path, "kind"]
    return f"{dotted(path)} = {written(value)}{origin(path)}: {hint}one of {', '.join(tags)} is expected"


def dotted(path: shape.Path) -> str:
    """Return a path as `--set` takes it, with the place in a list, from 0, in brackets."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += "." * bool(text) + (key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False))
    return shortened(text) or "(all)"


def shortened(text: str) -> str:
    """Return a path, cut where it is longer than a message should be."""
    return text if len(text) <= _LONGEST_PATH else text[: _LONGEST_PATH - 1] + "…"


def written(value: Any) -> str:
    """Return a value as a TOML file has it, shortened."""
    text = _toml(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value[: 2 * _LONGEST], ensure_ascii=False)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return (
            "{}"
            if not value
            else "{ " + ", ".join(f"{key} = {_toml(entry)}" for key, entry in list(value.items())[:9]) + " }"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(entry) for entry in value[:30]) + "]"
    if isinstance(value, int) and abs(value) > 10**30:
        return f"a number of {value.bit_length()} bits"
    return str(value)


def _entries(count: int, bound: str) -> str:
    return f"{bound}{count} {'entry is' if count == 1 else 'entries are'} expected"


def _is(count: int | None) -> str:
    return "are more" if count is None else f"is {count}" if count == 1 else f"are {count}"

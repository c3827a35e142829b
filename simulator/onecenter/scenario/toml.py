"""A scenario as a TOML file."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from onecenter.visible import visible

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dump(data: Mapping[str, Any]) -> str:
    """Return the text of a TOML file with the words of a scenario, such as `Scenario.resolved` gives."""
    return "\n".join(_lines(data, ())).strip() + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    parts = {key: value for key, value in table.items() if _stands_alone(key, value, path)}
    own = {key: value for key, value in table.items() if key not in parts}
    if path and (own or not parts):
        yield ""
        yield f"[{'.'.join(map(_key, path))}]"
    for key, value in own.items():
        yield from _entry(key, value)
    for key, value in parts.items():
        yield from _lines(value, (*path, key))


def _stands_alone(key: str, value: Any, path: tuple[str, ...]) -> bool:
    """Return whether a table gets a header: all down to streams, node types and parts of the chain, not inside them."""
    if not isinstance(value, dict):
        return False
    return (
        (not path and key != "title")
        or path[-1:] in (("nodes",), ("platforms",), ("demand",), ("growth",), ("chain",))
        or key in ("nodes", "demand")
    )


def _entry(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, list) and value and (isinstance(value[0], dict) or key.startswith("notes")):
        yield f"{_key(key)} = ["
        for entry in value:
            yield f"    {_value(entry)},"
        yield "]"
    else:
        yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(letter if visible(letter) == letter else f"\\U{ord(letter):08X}" for letter in quoted)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)

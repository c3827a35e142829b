"""The scenario reference and the JSON schema, written from the models."""

import inspect
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from pydantic.fields import FieldInfo

from onecenter import units
from onecenter.scenario import shape
from onecenter.scenario.model import Scenario
from onecenter.scenario.table import Table

#: What stands in a path for a name chosen by the user.
_CHOSEN = {"nodes": "TYPE", "platforms": "PLATFORM", "demand": "STREAM", "stages": "STAGE", "graduates": "PLATFORM"}


def reference() -> str:
    """Return the scenario reference in Markdown."""
    text = files("onecenter.scenario").joinpath("reference.md").read_text(encoding="utf-8")
    head = text.format(durations=", ".join(units.MS), memory=", ".join(units.BYTES), power=", ".join(units.WATT))
    return head + "".join(f"\n{section}" for section in _sections())


def _sections() -> Iterator[str]:
    seen: list[type[Table]] = []
    waiting: list[tuple[str, type[Table]]] = [("", Scenario)]
    while waiting:
        path, table = waiting.pop(0)
        if table in seen:
            continue
        seen.append(table)
        yield "\n".join(_section(path, table)) + "\n"
        waiting = [*_below(path, table), *waiting]


def _section(path: str, table: type[Table]) -> Iterator[str]:
    tag = shape.tag(table)
    title = f"`{path}`" if path else "The whole file"
    yield f"## {title}" + (f', `kind = "{tag}"`' if tag else "")
    yield ""
    yield inspect.cleandoc(table.__doc__ or "")
    yield ""
    yield "| key | meaning | type | default |"
    yield "|---|---|---|---|"
    for name, field in table.model_fields.items():
        if name != "kind":
            kind = _words(table.model_json_schema()["properties"][name])
            cells = (f"`{name}`", field.description or "", kind, _default(table, name, field))
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _below(path: str, table: type[Table]) -> Iterator[tuple[str, type[Table]]]:
    for name, field in table.model_fields.items():
        at = f"{path}.{name}" if path else name
        for kind in shape.alternatives(field.annotation):
            if shape.is_table(kind):
                yield at, kind
                continue
            mark = f".{_CHOSEN[name]}" if shape.is_mapping(kind) and name in _CHOSEN else "[]"
            for entry in shape.alternatives(shape.below(kind, "")):
                if shape.is_table(entry):
                    yield at + mark, entry


def _default(table: type[Table], name: str, field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    if field.default is None or field.default_factory is not None or isinstance(field.default, Table):
        return ""
    shown = table.model_construct().model_dump(mode="json", include={name})[name]
    return f"`{json.dumps(shown)}`" if shown not in ("", [], {}) else ""


def _words(schema: dict[str, Any]) -> str:
    """Return the type of a value in words, from its JSON schema."""
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_words(part) for part in schema[several] if part.get("type") != "null"))
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    match schema.get("type"):
        case "string" if "examples" in schema:
            return "such as " + ", ".join(f"`{json.dumps(example)}`" for example in schema["examples"])
        case "string":
            return "text"
        case "integer":
            return "whole number" + _bounds(schema)
        case "number":
            return "number" + _bounds(schema)
        case "boolean":
            return "`true`, `false`"
        case "array":
            return _list(schema)
        case "object" if "additionalProperties" in schema:
            return "table, by name: " + _words(schema["additionalProperties"])
    return "table"


def _list(schema: dict[str, Any]) -> str:
    if "prefixItems" in schema:
        return "pair of: " + _words(schema["prefixItems"][0])
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    count = f"{least}: " if least == most else ""
    return f"list of {count}{_words(schema['items'])}"


def _bounds(schema: dict[str, Any]) -> str:
    """Return the bounds that a user can meet; larger ones only guard against overflow."""
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{sign} {schema[key]:g}" for key, sign in words.items() if abs(schema.get(key, 1e9)) < 1e6]
    return " " + " and ".join(found) if found else ""


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of scenario files.

    A file with `extends` may leave out anything, so only `kind` is required here; what else is
    missing is told when the scenario is loaded.
    """
    schema = Scenario.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "onecenter scenario"
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "a shipped scenario's name, or a file relative to this one; "
        "tables merge, lists and scalars replace",
    }
    _relax(schema)
    return schema


def _relax(part: Any) -> None:
    if isinstance(part, list):
        for entry in part:
            _relax(entry)
    if not isinstance(part, dict):
        return
    if isinstance(part.get("required"), list):
        part["required"] = [key for key in part["required"] if key == "kind"]
    for entry in part.values():
        _relax(entry)

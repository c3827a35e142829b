"""The JSON schema of scenario files, for editors."""

from typing import Any

from onecenter.scenario.model import Scenario


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

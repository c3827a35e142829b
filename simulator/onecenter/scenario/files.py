"""Reading and checking scenarios."""

import copy
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from pydantic import ValidationError

from onecenter.errors import ScenarioError
from onecenter.scenario import overrides, shape
from onecenter.scenario.layers import Layer, found, layers_of, merged
from onecenter.scenario.mistakes import mistakes_of, shortened, written
from onecenter.scenario.model import Scenario
from onecenter.system.inputs import label

#: Beyond every bound, and short enough to be written.
HUGE = 10**100

#: What is said where Python itself gives up on the depth of plain data.
TOO_DEEP = "tables or lists are nested too deeply"


def load(name_or_path: str | PathLike[str], set: str | Sequence[str] = ()) -> Scenario:
    """Return a scenario, checked.

    Parameters
    ----------
    name_or_path : str or path
        A shipped scenario's name, a TOML file, or "-" for standard input.
    set : str or sequence of str
        Overrides `path=value`, applied in order.

    Raises
    ------
    ScenarioError
        Naming every mistake with its path, value and what would be right.
    """
    file = found(name_or_path)
    layers = layers_of(file)
    data = merged([layer.data for layer in layers])
    data.pop("extends", None)
    data["name"] = layers[0].data.get("name", re.sub(r"[^\w-]", "_", file.stem)[:64])
    changes, mistakes = _override(data, set)
    return _checked(data, label(file), [Layer("--set", changes), *layers], mistakes).with_changes(_listed(set))


def from_dict(data: Mapping[str, Any], source: str = "scenario") -> Scenario:
    """Return a scenario from the words of the file, such as `Scenario.resolved` gives."""
    try:
        own = copy.deepcopy(dict(data)) if isinstance(data, Mapping) else data
    except RecursionError:
        raise ScenarioError(source, [TOO_DEEP]) from None
    return _checked(own, source)


def with_set(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some values changed, checked again.

    They are by dotted path in the words of the file: {"center.nodes.910b.count": 220, "time.horizon": "7 d"}.
    """
    data = scenario.resolved()
    mistakes = []
    for path, value in values.items():
        try:
            overrides.put(data, overrides.names(path), copy.deepcopy(value))
        except ValueError as error:
            mistakes.append(f"{shortened(path)} = {written(value)}: {error}")
        except RecursionError:
            mistakes.append(f"{shortened(path)}: {TOO_DEEP}")
    return _checked(data, scenario.name, mistakes=mistakes).with_changes(scenario.changes)


def with_texts(scenario: Scenario, texts: str | Sequence[str]) -> Scenario:
    """Return a scenario with some values changed by overrides `path=value`, as `load` changes them, checked again."""
    if not isinstance(texts, str) and not texts:
        return scenario
    data = scenario.resolved()
    changes, mistakes = _override(data, texts)
    found = _checked(data, scenario.name, [Layer("--set", changes)], mistakes)
    return found.with_changes([*scenario.changes, *_listed(texts)])


def _listed(texts: str | Sequence[str]) -> Sequence[str]:
    return [texts] if isinstance(texts, str) else texts


def _override(data: dict[str, Any], texts: str | Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Apply overrides to the data; return what they set as a tree of its own, and what is wrong with them."""
    tree: dict[str, Any] = {}
    mistakes = []
    for text in _listed(texts):
        try:
            path, value = overrides.split(text)
            keys, read = overrides.names(path), overrides.value_of(value)
            overrides.put(data, keys, read)
        except ValueError as error:
            mistakes.append(f"--set {shortened(str(text))}: {error}")
            continue
        at = tree
        for key in keys[:-1]:
            at = at.setdefault(key, {})
        at[keys[-1]] = read
    return tree, mistakes


def _checked(data: dict[str, Any], source: str, layers: Sequence[Layer] = (), mistakes: Sequence[str] = ()) -> Scenario:
    def origin(path: shape.Path) -> str:
        for layer in layers:
            if all(shape.has(shape.at(layer.data, path[:i]), key) for i, key in enumerate(path)):
                return "" if layer.label == source else f" ({layer.label})"
        return ""

    try:
        try:
            scenario = Scenario.model_validate(_writable(data))
        except ValidationError as error:
            raise ScenarioError(source, [*mistakes, *mistakes_of(error, Scenario, data, origin)]) from None
    except RecursionError:
        raise ScenarioError(source, [TOO_DEEP]) from None
    if mistakes:
        raise ScenarioError(source, mistakes)
    return scenario


def _writable(data: Any) -> Any:
    """Return plain data with no number that is too long to be written: pydantic prints a traceback where it tries."""
    if isinstance(data, dict):
        return {key: _writable(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_writable(value) for value in data]
    return max(-HUGE, min(data, HUGE)) if type(data) is int else data

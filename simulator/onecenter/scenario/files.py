"""Finding, reading and checking scenarios."""

import copy
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onecenter.errors import ScenarioError
from onecenter.scenario import overrides, shape
from onecenter.scenario.mistakes import mistakes_of, written
from onecenter.scenario.model import Scenario
from onecenter.scenario.strangers import stranger

#: A scenario is read as a whole; a larger file is another kind of file.
MAX_BYTES = 16 * 2**20

#: A longer chain of `extends` is a mistake.
MAX_CHAIN = 20


@dataclass(frozen=True)
class Layer:
    """One file, or the overrides, of which a scenario is made up."""

    label: str
    data: dict[str, Any]


def shipped_folder() -> Path:
    """Return the folder of the scenarios that come along.

    Inside the package where it was installed from a wheel, at the root of the repository in an
    editable install.
    """
    here = Path(__file__).resolve()
    inside = here.parents[1] / "scenarios"
    return inside if inside.is_dir() else here.parents[3] / "scenarios"


def shipped() -> tuple[str, ...]:
    """Return the names of the scenarios that come along, sorted."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.toml")))


def load(name_or_path: str | PathLike[str], set: str | Sequence[str] = ()) -> Scenario:
    """Return a scenario, checked.

    Parameters
    ----------
    name_or_path : str or path
        A shipped scenario's name, or a TOML file.
    set : str or sequence of str
        Overrides `path=value`, applied in order.

    Raises
    ------
    ScenarioError
        Naming every mistake with its path, value and what would be right.
    """
    file = _find(name_or_path, None)
    chain = _chain(file)
    data = _merged([layer.data for layer in chain])
    data.pop("extends", None)
    data["name"] = chain[0].data.get("name", re.sub(r"[^\w-]", "_", file.stem)[:64])
    changes, mistakes = _override(data, set)
    return _checked(data, str(file), [Layer("--set", changes), *chain], mistakes)


def from_dict(data: Mapping[str, Any], source: str = "scenario") -> Scenario:
    """Return a scenario from the words of the file, such as `Scenario.resolved` gives.

    Raises
    ------
    ScenarioError
        Naming every mistake.
    """
    return _checked(copy.deepcopy(dict(data)) if isinstance(data, Mapping) else data, source)


def with_set(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some values changed, checked again.

    Parameters
    ----------
    scenario : Scenario
        Stays as it is.
    values : mapping
        From dotted path to value in the words of the file, such as
        {"center.nodes.910b.count": 220, "time.horizon": "7 d"}.

    Raises
    ------
    ScenarioError
        Naming every mistake.
    """
    data = scenario.resolved()
    mistakes = []
    for path, value in values.items():
        try:
            overrides.put(data, overrides.names(path), copy.deepcopy(value))
        except ValueError as error:
            mistakes.append(f"{path} = {written(value)}: {error}")
    return _checked(data, scenario.name, mistakes=mistakes)


def with_texts(scenario: Scenario, texts: str | Sequence[str]) -> Scenario:
    """Return a scenario with some values changed as `load` changes them, checked again.

    Parameters
    ----------
    scenario : Scenario
        Stays as it is.
    texts : str or sequence of str
        Overrides `path=value`, applied in order.

    Raises
    ------
    ScenarioError
        Naming every mistake.
    """
    if not isinstance(texts, str) and not texts:
        return scenario
    data = scenario.resolved()
    changes, mistakes = _override(data, texts)
    return _checked(data, scenario.name, [Layer("--set", changes)], mistakes)


def _find(name: str | PathLike[str], beside: Path | None) -> Path:
    text = str(name)
    if text in shipped():
        return shipped_folder() / f"{text}.toml"
    path = Path(text) if beside is None else beside / text
    try:
        found = path.exists()
    except (OSError, ValueError):
        found = False  # too long, or with a character that no file name has
    if not found:
        hint = shape.did_you_mean(path.stem, shipped())
        wrong = f"no such file, and no shipped scenario of that name; {hint}shipped: {', '.join(shipped())}"
        raise ScenarioError(text, [wrong])
    return path


def _chain(file: Path) -> list[Layer]:
    """Return the file and all that it extends, each before what it extends."""
    chain: list[Layer] = []
    seen: list[Path] = []
    while True:
        if len(seen) == MAX_CHAIN:
            raise ScenarioError(str(file), [f"a chain of extends longer than {MAX_CHAIN} files; join some of them"])
        if file.resolve() in seen:
            trail = " → ".join(path.name for path in [*seen, file])
            raise ScenarioError(
                str(file), [f"extends = {written(chain[-1].data['extends'])}: goes in a circle: {trail}"]
            )
        data = _read(file)
        seen.append(file.resolve())
        chain.append(Layer(str(file), data))
        if "extends" not in data:
            return chain
        base = data["extends"]
        if not isinstance(base, str):
            right = "the name of a shipped scenario, or the path of a file relative to this one, is expected"
            raise ScenarioError(str(file), [f"extends = {written(base)}: {right}"])
        try:
            file = _find(base, file.parent)
        except ScenarioError as error:
            raise ScenarioError(str(file), [f"extends = {written(base)}: {error.mistakes[0]}"]) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError(str(file), [f"cannot be read: {error.strerror or error}"]) from None
    foreign = stranger(file.name, raw)
    if foreign is not None:
        raise ScenarioError(str(file), [foreign])
    if len(raw) > MAX_BYTES:
        raise ScenarioError(str(file), [f"larger than {MAX_BYTES // 2**20} MiB; a scenario is a small TOML file"])
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            str(file), [f"line {line}: not UTF-8 (byte {error.start}); save the file as UTF-8"]
        ) from None
    except RecursionError:
        raise ScenarioError(str(file), ["tables or lists are nested too deeply"]) from None
    except ValueError as error:
        quotes = "; names with letters other than A to Z stand in quotes" if "for a key part" in str(error) else ""
        raise ScenarioError(str(file), [f"not TOML: {error}{quotes}"]) from None


def _merged(trees: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one tree, the first with the last word: tables merge, lists and scalars replace.

    A table of another `kind` replaces as well, since its keys are others.
    """
    merged = copy.deepcopy(trees[-1])
    for tree in reversed(trees[:-1]):
        _merge(merged, tree)
    return merged


def _merge(base: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        there = base.get(key)
        if isinstance(value, dict) and isinstance(there, dict) and value.get("kind") in (None, there.get("kind")):
            _merge(there, value)
        else:
            base[key] = copy.deepcopy(value)


def _override(data: dict[str, Any], texts: str | Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Apply overrides to the data; return what they set as a tree of its own, and what is wrong with them."""
    tree: dict[str, Any] = {}
    mistakes = []
    for text in [texts] if isinstance(texts, str) else texts:
        try:
            path, value = overrides.split(text)
            keys, read = overrides.names(path), overrides.value_of(value)
            overrides.put(data, keys, read)
        except ValueError as error:
            mistakes.append(f"--set {text}: {error}")
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
        scenario = Scenario.model_validate(data)
    except RecursionError:
        raise ScenarioError(source, ["tables or lists are nested too deeply"]) from None
    except ValidationError as error:
        raise ScenarioError(source, [*mistakes, *mistakes_of(error, Scenario, data, origin)]) from None
    if mistakes:
        raise ScenarioError(source, mistakes)
    return scenario

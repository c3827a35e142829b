"""The files of which a scenario is made up: found, read, and merged along `extends`."""

import copy
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Final

from onecenter.checks import did_you_mean
from onecenter.errors import ScenarioError
from onecenter.scenario.mistakes import written
from onecenter.system import inputs
from onecenter.system.extent import MAX_TOML, check_toml
from onecenter.system.inputs import label

#: A scenario is read as a whole; a larger file is another kind of file.
MAX_BYTES: Final = 4 * 2**20

#: More files, each of which extends the next, are a mistake.
MAX_LAYERS: Final = 20

#: Logs, which people hand over by mistake: their names; a comment of the Standard Workload Format, or its 18 numbers.
_LOG_NAME: Final = re.compile(r"\.(swf|csv)(\.gz)?$", re.IGNORECASE)
_LOG_LINE: Final = re.compile(rb"\s*(;|(-?\d[\d.]*\s+){17}-?\d)")

#: First bytes of other files, and what they are.
_MAGIC: Final = {
    b"\x1f\x8b": "packed with gzip: unpack it first; a scenario is a TOML file",
    b"PAR1": "a Parquet file, not TOML; the name of a saved result ends in .parquet",
}

_LOG: Final = (
    "this is a log: run, plan, sweep, show and validate take scenarios, `onecenter replay` takes logs, and so does "
    "`onecenter compare` (.swf, .csv, .gz, or with --format)"
)


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


def found(name: str | PathLike[str], beside: Path | None = None) -> Path:
    """Return the path of a scenario: a shipped one's name, a file, or "-" for standard input.

    A relative path starts from the folder `beside`; a file there may not be standard input.
    """
    text = str(name)
    if text in shipped():
        return shipped_folder() / f"{text}.toml"
    if text == inputs.STDIN and beside is None:
        return Path(text)
    path = Path(text) if beside is None else beside / text
    try:
        there = path.exists() and text != inputs.STDIN
    except (OSError, ValueError):
        there = False  # too long, or with a character that no file name has
    if not there:
        hint = did_you_mean(path.stem, shipped())
        wrong = f"no such file, and no shipped scenario of that name; {hint}shipped: {', '.join(shipped())}"
        raise ScenarioError(text, [wrong])
    return path


def layers_of(file: Path) -> list[Layer]:
    """Return the file and all that it extends, each before what it extends."""
    layers: list[Layer] = []
    seen: list[Path] = []
    left = MAX_TOML
    while True:
        if len(seen) == MAX_LAYERS:
            raise ScenarioError(label(file), [f"a chain of extends longer than {MAX_LAYERS} files; join some of them"])
        if file.resolve() in seen:
            trail = " → ".join(path.name for path in [*seen, file])
            raise ScenarioError(
                label(file), [f"extends = {written(layers[-1].data['extends'])}: goes in a circle: {trail}"]
            )
        data, size = _read(file, left)
        left -= size
        seen.append(file.resolve())
        layers.append(Layer(label(file), data))
        if "extends" not in data:
            return layers
        file = _base(file, data["extends"])


def _base(file: Path, name: Any) -> Path:
    if not isinstance(name, str):
        right = "the name of a shipped scenario, or the path of a file relative to this one, is expected"
        raise ScenarioError(label(file), [f"extends = {written(name)}: {right}"])
    try:
        return found(name, file.parent)
    except ScenarioError as error:
        raise ScenarioError(label(file), [f"extends = {written(name)}: {error.mistakes[0]}"]) from None


def _read(file: Path, left: int) -> tuple[dict[str, Any], int]:
    """Return what a file holds, and how much of the `left` keys and entries of lists that is."""
    try:
        raw = inputs.read(file, MAX_BYTES)
    except inputs.TooLargeError as error:
        what = _stranger(file.name, b"") or f"{error}; a scenario is a small TOML file"
        raise ScenarioError(label(file), [what]) from None
    except OSError as error:
        raise ScenarioError(label(file), [f"cannot be read: {error.strerror or error}"]) from None
    foreign = _stranger(file.name, raw)
    if foreign is not None:
        raise ScenarioError(label(file), [foreign])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            label(file), [f"line {line}: not UTF-8 (byte {error.start}); save the file as UTF-8"]
        ) from None
    return _parsed(file, text, left)


def _stranger(name: str, data: bytes) -> str | None:
    """Return what a file with this name and beginning is that cannot be a scenario, and what to do; None: it may be."""
    if _LOG_NAME.search(name) or _LOG_LINE.match(data):
        return _LOG
    return next((what for magic, what in _MAGIC.items() if data.startswith(magic)), None)


def _parsed(file: Path, text: str, left: int) -> tuple[dict[str, Any], int]:
    try:
        size = check_toml(text, left)
    except ValueError as error:
        raise ScenarioError(label(file), [f"{error}; that is no scenario"]) from None
    try:
        return tomllib.loads(text), size
    except RecursionError:
        raise ScenarioError(label(file), ["tables or lists are nested too deeply"]) from None
    except ValueError as error:
        quotes = "; names with letters other than A to Z stand in quotes" if "for a key part" in str(error) else ""
        raise ScenarioError(label(file), [f"not TOML: {error}{quotes}"]) from None


def merged(trees: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one tree, the first with the last word: tables merge, lists and scalars replace.

    A table of another `kind` replaces as well, since its keys are others.
    """
    joined = copy.deepcopy(trees[-1])
    for tree in reversed(trees[:-1]):
        _merge(joined, tree)
    return joined


def _merge(base: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        there = base.get(key)
        if isinstance(value, dict) and isinstance(there, dict) and value.get("kind") in (None, there.get("kind")):
            _merge(there, value)
        else:
            base[key] = copy.deepcopy(value)

"""What the models expect at a path: for messages, `--set` and the reference."""

import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from onecenter.scenario.table import Table

Path = Sequence[str | int]

#: Names in a list of what is known.
LISTED = 40


def alternatives(kind: Any) -> list[Any]:
    """Return the types behind Annotated and unions, without None."""
    origin = get_origin(kind)
    if origin is Annotated:
        return alternatives(get_args(kind)[0])
    if origin in (Union, types.UnionType):
        return [each for part in get_args(kind) for each in alternatives(part)]
    return [] if kind is type(None) else [kind]


def tag(kind: Any) -> str | None:
    """Return the value of `kind` that marks one of several tables."""
    if not is_table(kind) or "kind" not in kind.model_fields:
        return None
    literal = kind.model_fields["kind"].annotation
    return str(get_args(literal)[0]) if get_origin(literal) is Literal else None


def is_table(kind: Any) -> bool:
    """Return whether a type is a table with known keys."""
    return isinstance(kind, type) and issubclass(kind, Table)


def is_mapping(kind: Any) -> bool:
    """Return whether a type is a table whose keys are names chosen by the user."""
    return get_origin(kind) is Mapping


def below(kind: Any, key: str | int) -> Any:
    """Return the type of an entry of a type, or None."""
    if is_table(kind):
        field = kind.model_fields.get(key)
        return None if field is None else field.annotation
    if is_mapping(kind):
        return get_args(kind)[1]
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def expected(root: Any, data: Any, path: Path) -> list[Any]:
    """Return the types that may stand at a path of the data; several where `kind` is not given."""
    kinds = _narrowed(alternatives(root), data)
    for key in path:
        data = child(data, key)
        found = [below(kind, key) for kind in kinds]
        kinds = _narrowed([each for kind in found if kind is not None for each in alternatives(kind)], data)
    return kinds


def _narrowed(kinds: list[Any], data: Any) -> list[Any]:
    wanted = None
    if isinstance(data, Mapping):
        kinds, wanted = [kind for kind in kinds if is_table(kind) or is_mapping(kind)] or kinds, data.get("kind")
    return [kind for kind in kinds if tag(kind) == wanted] or kinds


def child(data: Any, key: str | int) -> Any:
    """Return an entry of a table or list, or None."""
    return data[key] if has(data, key) else None


def at(data: Any, path: Path) -> Any:
    """Return what stands at a path of the data, or None."""
    for key in path:
        data = child(data, key)
    return data


def has(data: Any, key: str | int) -> bool:
    """Return whether a table or list has an entry."""
    if isinstance(data, Mapping):
        return key in data
    return isinstance(data, list | tuple) and isinstance(key, int) and key < len(data)


def keys(kinds: Iterable[Any]) -> list[str]:
    """Return the known keys of tables."""
    return list(dict.fromkeys(key for kind in kinds if is_table(kind) for key in kind.model_fields))


def listed(names: Iterable[str]) -> str:
    """Return names with commas between them, of many the first."""
    all_ = list(names)
    more = f", … ({len(all_) - LISTED:,} more)" if len(all_) > LISTED else ""
    return ", ".join(all_[:LISTED]) + more

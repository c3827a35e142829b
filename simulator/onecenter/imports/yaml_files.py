"""YAML files, read safely: plain values alone, few of them, with the line of each; nothing in them is executed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from onecenter.errors import OnecenterError
from onecenter.imports.fields import Field, Place
from onecenter.system import inputs

#: Of one file. Values count with all that their aliases repeat.
MAX_BYTES, MAX_VALUES, MAX_DEPTH = 4 * 2**20, 100_000, 50

_CORE: Final = "tag:yaml.org,2002:"
_PLAIN: Final = frozenset(_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq"))
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_bytes(path: str, what: str) -> bytes:
    """Return what is in a file; an OnecenterError says why it cannot be read."""
    try:
        return inputs.read(Path(path), MAX_BYTES)
    except inputs.TooLargeError as error:
        raise OnecenterError(inputs.label(path), [f"{error}; {what}"]) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OnecenterError(inputs.label(path), [f"cannot be read: {why}"]) from None


def documents(path: str) -> list[Field]:
    """Return the documents of a file, those that are empty left out."""
    data, name = read_bytes(path, "a file with objects of Kubernetes is small"), inputs.label(path)
    try:
        found = list(_Reader(name, data.decode("utf-8-sig")).documents())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise OnecenterError(name, [f"line {line}: not UTF-8; save the file as UTF-8"]) from None
    except yaml.YAMLError as error:
        raise OnecenterError(name, [f"not YAML: {_said(error)}"]) from None
    return [each for each in found if each.value is not None]


def _said(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark is not None else ""
    return where + (getattr(error, "problem", None) or str(error).partition("\n")[0])


class _Reader:
    """Makes values of the events of a parser, so that each is looked at before it is made."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.loader, self.left = path, _LOADER(text), MAX_VALUES
        self.anchors: dict[str, Field] = {}

    def documents(self) -> Iterator[Field]:
        while not isinstance(event := self.loader.get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors = {}
            elif isinstance(event, yaml.NodeEvent):
                yield self._value(event, "", 0)

    def _value(self, event: Any, path: str, depth: int) -> Field:
        place = Place(self.path, event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            return self._repeated(event.anchor, place, path, depth)
        self._count(place, depth)
        if event.tag is not None and event.tag not in (*_PLAIN, "!"):
            self._refuse(place, f"tag {event.tag}: plain values alone are read; take the tag away")
        found = Field(None, place, path)
        if isinstance(event, yaml.MappingStartEvent):
            found.value = self._table(path, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            found.value = self._list(path, depth)
        else:
            found.value, found.quoted = self._scalar(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = found
        return found

    def _table(self, path: str, depth: int) -> dict[str, Field]:
        found: dict[str, Field] = {}
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            place = Place(self.path, event.start_mark.line + 1)
            if not isinstance(event, yaml.ScalarEvent) or event.value == "<<":
                self._refuse(place, f"{path or 'the document'}: keys are expected to be texts; write merged keys out")
            key = event.value
            if key in found:
                self._refuse(place, f"{path + '.' if path else ''}{key}: stands twice; each key is expected once")
            found[key] = self._value(self.loader.get_event(), f"{path}.{key}" if path else key, depth + 1)
        return found

    def _list(self, path: str, depth: int) -> list[Field]:
        found: list[Field] = []
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            found.append(self._value(event, f"{path}[{len(found)}]", depth + 1))
        return found

    def _scalar(self, event: Any) -> tuple[str | None, bool]:
        tag = event.tag or self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        return (None, False) if tag == _CORE + "null" else (event.value, tag in (_CORE + "str", "!"))

    def _repeated(self, anchor: str, place: Place, path: str, depth: int) -> Field:
        if anchor not in self.anchors:
            self._refuse(place, f"alias *{anchor}: nothing before it has that name; write the value out")
        return self._copied(self.anchors[anchor], place, path, depth)

    def _copied(self, of: Field, place: Place, path: str, depth: int) -> Field:
        self._count(place, depth)
        if isinstance(of.value, dict):
            table = {key: self._copied(each, place, f"{path}.{key}", depth + 1) for key, each in of.value.items()}
            return replace(of, value=table, place=place, path=path)
        if isinstance(of.value, list):
            entries = [self._copied(each, place, f"{path}[{i}]", depth + 1) for i, each in enumerate(of.value)]
            return replace(of, value=entries, place=place, path=path)
        return replace(of, place=place, path=path)

    def _count(self, place: Place, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._refuse(place, f"more than {MAX_DEPTH} levels; flatten it")
        self.left -= 1
        if self.left < 0:
            self._refuse(place, f"more than {MAX_VALUES:,} values, with what aliases repeat; split the file")

    def _refuse(self, place: Place, why: str) -> None:
        raise OnecenterError(self.path, [f"line {place.line}: {why}"])

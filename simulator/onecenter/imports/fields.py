"""Values of a file with their places, and which of them somebody has read: the others are not modelled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from onecenter.scenario.mistakes import written


class Place(NamedTuple):
    """A line of a file, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass
class Field:
    """A value: a table, a list, or a scalar as its text; None where there is none."""

    value: "dict[str, Field] | list[Field] | str | None"
    place: Place
    path: str
    quoted: bool = False  # a scalar that is a text whatever it looks like
    read: bool = field(default=False, compare=False)

    def at(self, *keys: str) -> "Field | None":
        """Return what is below, or None; nothing counts as read by that."""
        found: Field | None = self
        for key in keys:
            found = found.value.get(key) if found is not None and isinstance(found.value, dict) else None
        return found

    def entries(self, *keys: str) -> "list[Field]":
        """Return the entries of a list below; none where there is no list."""
        found = self.at(*keys)
        return found.value if found is not None and isinstance(found.value, list) else []

    def text(self, *keys: str) -> str:
        """Return a scalar below as its text, and "" where there is none; it does not count as read."""
        found = self.at(*keys)
        return found.value if found is not None and isinstance(found.value, str) else ""

    def take(self, *keys: str) -> "Field | None":
        """Return what is below, all of which counts as read."""
        found = self.at(*keys)
        if found is not None:
            found.read = True
        return found

    def plain(self) -> Any:
        """Return it as plain values."""
        if isinstance(self.value, dict):
            return {key: each.plain() for key, each in self.value.items()}
        if isinstance(self.value, list):
            return [each.plain() for each in self.value]
        return self.value

    def shown(self) -> str:
        """Return it for a message, shortened."""
        if isinstance(self.value, str) and not self.quoted:
            return written(self.value)[1:-1]
        return "null" if self.value is None else written(self.plain())

    def __str__(self) -> str:
        return f"{self.path or 'the document'} = {self.shown()}"

    def below(self) -> "Iterator[Field]":
        """Yield what a table or list holds."""
        if isinstance(self.value, dict):
            yield from self.value.values()
        elif isinstance(self.value, list):
            yield from self.value

    def leftovers(self) -> "Iterator[Field]":
        """Yield what nobody has read, a table or list as a whole where it is short and nothing of it has been read."""
        if self.read:
            return
        if not any(each.touched for each in self.below()) and not (any(self.below()) and self.shown().endswith("…")):
            yield self
            return
        for each in self.below():
            yield from each.leftovers()

    @property
    def touched(self) -> bool:
        """Whether it, or something in it, has been read."""
        return self.read or any(each.touched for each in self.below())

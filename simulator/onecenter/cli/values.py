"""What the values of options may be: every option of every command has one of these types.

A type reads the text of the command line and refuses what is impossible before anything is simulated. Numbers are
decimal, in ASCII digits, without underscores; the bounds are those of `onecenter.checks`, which calls obey too.
"""

import re
from argparse import ArgumentTypeError
from dataclasses import dataclass
from typing import Any, Final

from onecenter import units
from onecenter.checks import NODES, POWER, PROCESSORS, Number, OneOf, Whole, decimal, percentage, shown, whole
from onecenter.cli.conditions import Condition, parse
from onecenter.policies import NAMED


class Kind:
    """A type of `argparse`: `read` raises ValueError with what would be right."""

    def __call__(self, text: str) -> Any:
        """Return the value."""
        try:
            return self.read(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{shown(text)}: {error}") from None

    def read(self, text: str) -> Any:
        """Return the value, or raise ValueError."""
        raise NotImplementedError


@dataclass(frozen=True)
class Count(Kind):
    """A whole number."""

    check: Whole

    def read(self, text: str) -> int:
        """Return it."""
        return self.check(whole(text))


@dataclass(frozen=True)
class Amount(Kind):
    """A number."""

    check: Number

    def read(self, text: str) -> float:
        """Return it."""
        return self.check(decimal(text))


@dataclass(frozen=True)
class Percentage(Kind):
    """A percentage such as 1%; its value is a share."""

    check: Number

    def read(self, text: str) -> float:
        """Return the share."""
        return self.check(percentage(text))


@dataclass(frozen=True)
class Duration(Kind):
    """A duration such as "28 d"; the text stays as it is."""

    low: int

    def read(self, text: str) -> str:
        """Return the text."""
        if units.parse_duration(text) < self.low:
            raise ValueError(f"at least {units.duration_text(self.low)} is expected")
        return text.strip()


class Shape(Kind):
    """Nodes and accelerators per node, such as 48x8; the text stays as it is."""

    def read(self, text: str) -> str:
        """Return the text."""
        found = re.fullmatch(r"\s*([0-9]+)\s*[xX]\s*([0-9]+)\s*", text)
        if found is None:
            raise ValueError("nodes x accelerators per node is expected, such as 48x8")
        for number, check in zip(found.groups(), (NODES, PROCESSORS), strict=True):
            Count(check).read(number)
        return text


class Power(Kind):
    """A power such as "2 MW"."""

    def read(self, text: str) -> float:
        """Return W."""
        return POWER(units.parse_power(text))


@dataclass(frozen=True)
class Text(Kind):
    """A name, a file, or the like: not empty."""

    what: str

    def read(self, text: str) -> str:
        """Return it."""
        if not text.strip() or "\0" in text:
            raise ValueError(f"{self.what} is expected")
        return text


@dataclass(frozen=True)
class Name(Kind):
    """One of the names that there are."""

    check: OneOf

    def read(self, text: str) -> str:
        """Return it."""
        return self.check(text)


@dataclass(frozen=True)
class Names(Kind):
    """Some of the names that there are, with commas between them, each once."""

    check: OneOf

    def read(self, text: str) -> list[str]:
        """Return them."""
        names = [name.strip() for name in text.split(",")]
        for name in names:
            try:
                self.check(name)
            except ValueError as error:
                raise ValueError(f"{shown(name)}: {error}") from None
        if len(set(names)) < len(names):
            raise ValueError("each name is expected once")
        return names


@dataclass(frozen=True)
class Assignment(Kind):
    """A path of a scenario and what is given for it."""

    example: str

    def read(self, text: str) -> str:
        """Return the text; what it says is read with the scenario."""
        path, sign, value = text.partition("=")
        if not path.strip() or not sign or not value.strip():
            raise ValueError(f"path=value is expected, such as {self.example}")
        return text


@dataclass(frozen=True)
class Setting(Kind):
    """The value of one name, such as periods=0.95."""

    name: str
    check: Number
    example: str

    def read(self, text: str) -> float:
        """Return the value."""
        name, _, value = text.partition("=")
        if name.strip() != self.name:
            raise ValueError(f"{self.example} or the like is expected")
        return self.check(decimal(value))


class Judged(Kind):
    """A condition of --fail-if."""

    def read(self, text: str) -> Condition:
        """Return it."""
        return parse(text)


SCENARIO: Final = Text("the name of a shipped scenario, or a file,")
FOLDER: Final = Text("the name of a folder")
ADDRESS: Final = Text("an address such as tcp://10.0.0.1:8786")
FILE: Final = Text("the name of a file")
POLICY: Final = OneOf(tuple(NAMED))
CHANGE: Final = Assignment("center.nodes.910b.count=64")

"""What the values of options may be: every option of every command has one of these types.

A type reads the text of the command line and refuses what is impossible before anything is simulated. Numbers are
decimal, in ASCII digits, without underscores; the bounds are those of `onecenter.checks`, which calls obey too.
"""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from onecenter_kernels.schema import ESTIMATES, ORDERS, PLACEMENTS, VICTIMS

from onecenter import units
from onecenter.checks import (
    NODES,
    POWER,
    PROCESSORS,
    REPLICATIONS,
    SEED,
    Check,
    Number,
    OneOf,
    Whole,
    decimal,
    percentage,
    shown,
    whole,
)
from onecenter.cli.conditions import parse
from onecenter.policies import NAMED, column_of, installed, is_code


@dataclass(frozen=True)
class Kind:
    """A type of `argparse`: `read` returns the value of a text, or raises ValueError with what would be right.

    The name says what the values are.
    """

    name: str
    read: Callable[[str], Any]

    def __call__(self, text: str) -> Any:
        """Return the value."""
        try:
            return self.read(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{shown(text)}: {error}") from None


def count(check: Whole) -> Kind:
    """Return the type of a whole number."""
    return Kind("count", lambda text: check(whole(text)))


def amount(check: Number) -> Kind:
    """Return the type of a number."""
    return Kind("amount", lambda text: check(decimal(text)))


def amounts(check: Number) -> Kind:
    """Return the type of some numbers with commas between them, each once."""

    def read(given: str) -> list[float]:
        found = [check(decimal(part)) for part in given.split(",")]
        if len(set(found)) < len(found):
            raise ValueError("each number is expected once")
        return found

    return Kind("amounts", read)


def share(check: Number) -> Kind:
    """Return the type of a percentage such as 1%; its value is a share."""
    return Kind("share", lambda text: check(percentage(text)))


def duration(low: int) -> Kind:
    """Return the type of a duration such as "28 d", at least `low` ms; the text stays as it is."""

    def read(text: str) -> str:
        if units.parse_duration(text) < low:
            raise ValueError(f"at least {units.duration_text(low)} is expected")
        return text.strip()

    return Kind("duration", read)


def text(what: str) -> Kind:
    """Return the type of a name, a file, or the like: not empty."""

    def read(given: str) -> str:
        if not given.strip() or "\0" in given:
            raise ValueError(f"{what} is expected")
        return given

    return Kind("text", read)


def names(check: Check) -> Kind:
    """Return the type of some of the names that there are, with commas between them, each once."""

    def read(given: str) -> list[str]:
        found = [name.strip() for name in given.split(",")]
        for name in found:
            try:
                check(name)
            except ValueError as error:
                raise ValueError(f"{shown(name)}: {error}") from None
        if len(set(found)) < len(found):
            raise ValueError("each name is expected once")
        return found

    return Kind("names", read)


def assignment(example: str) -> Kind:
    """Return the type of a path of a scenario and what is given for it; what it says is read with the scenario."""

    def read(given: str) -> str:
        path, sign, value = given.partition("=")
        if not path.strip() or not sign or not value.strip():
            raise ValueError(f"path=value is expected, such as {example}")
        return given

    return Kind("assignment", read)


def setting(name: str, check: Check, example: str) -> Kind:
    """Return the type of the value of one name, such as periods=0.95."""

    def read(given: str) -> Any:
        found, _, value = given.partition("=")
        if found.strip() != name:
            raise ValueError(f"{example} or the like is expected")
        return check(decimal(value))

    return Kind("setting", read)


def _shape(given: str) -> str:
    """Read nodes and accelerators per node, such as 48x8; the text stays as it is."""
    found = re.fullmatch(r"\s*([0-9]+)\s*[xX]\s*([0-9]+)\s*", given)
    if found is None:
        raise ValueError("nodes x accelerators per node is expected, such as 48x8")
    for number, check in zip(found.groups(), (NODES, PROCESSORS), strict=True):
        check(whole(number))
    return given


def _nodes_of_flavor(given: str) -> tuple[str, tuple[int, int]]:
    """Read a flavor and its nodes, such as a100=16x8."""
    name, sign, shape = given.partition("=")
    if not name.strip() or not sign:
        raise ValueError("FLAVOR=COUNTxACCELERATORS is expected, such as a100=16x8")
    count, size = re.split("[xX]", _shape(shape))
    return name.strip(), (whole(count), whole(size))


def _seeds(given: str) -> range:
    """Read one seed, or the first and the last of several, such as 42..51."""
    first, dots, last = given.partition("..")
    ends = [SEED(whole(text)) for text in ((first, last) if dots else (first, first))]
    if ends[1] < ends[0] or ends[1] - ends[0] >= REPLICATIONS.high:
        raise ValueError(f"the first and the last of at most {REPLICATIONS.high:,} seeds are expected, such as 42..51")
    return range(ends[0], ends[1] + 1)


SEEDS: Final = Kind("seeds", _seeds)
SCENARIO: Final = text("the name of a shipped scenario, or a file,")
FOLDER: Final = text("the name of a folder")
ADDRESS: Final = text("an address such as tcp://10.0.0.1:8786")
FILE: Final = text("the name of a file")
NODES_OF_FLAVOR: Final = Kind("nodes", _nodes_of_flavor)
SHAPE: Final = Kind("shape", _shape)
POWER_OF_SITE: Final = Kind("power", lambda given: POWER(units.parse_power(given)))
CONDITION: Final = Kind("condition", parse)


def policies(text: str) -> str:
    """Return the name of a policy, column:NAME, or FILE:NAME of a key or a scheduler; packages register names, too."""
    return text if is_code(text) or text in NAMED or column_of(text) else OneOf((*NAMED, *installed()))(text)


def placements(text: str) -> str:
    """Return the name of a placement, or FILE:NAME of a score."""
    return text if is_code(text) else OneOf(PLACEMENTS)(text)


def orders(text: str) -> str:
    """Return the name of an order, or column:NAME."""
    return text if column_of(text) else OneOf(ORDERS)(text)


def backfill_orders(text: str) -> str:
    """Return the name of an order, column:NAME, or FILE:NAME of a key."""
    return text if is_code(text) else orders(text)


def estimates(text: str) -> str:
    """Return the name of an estimate, or FILE:NAME of a function."""
    return text if is_code(text) else OneOf(ESTIMATES)(text)


def victims(text: str) -> str:
    """Return the name of an order of victims, or FILE:NAME of a key."""
    return text if is_code(text) else OneOf(VICTIMS)(text)


ESTIMATE: Final = Kind("name", estimates)
VICTIM_ORDER: Final = Kind("name", victims)
BACKFILL_ORDER: Final = Kind("name", backfill_orders)
ORDER: Final = Kind("name", orders)
POLICY: Final = Kind("name", policies)
PLACEMENT: Final = Kind("name", placements)

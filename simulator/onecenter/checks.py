"""Checks of single values, whichever door they come in by: a file, the command line, a call.

A check takes a value, returns it as its plain type, and raises ValueError with what would be right.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from numbers import Real
from operator import index
from typing import Any, Final

from onecenter.errors import OnecenterError
from onecenter.units import MAX_POWER

Check = Callable[[Any], Any]

_WHOLE: Final = re.compile(r"\s*[+-]?[0-9]+\s*")

#: More digits than these are no number of anything, and Python reads no more than a few thousand.
_DIGITS: Final = 40
_DECIMAL: Final = re.compile(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")

#: A word is compared with so many others at most, and only if it is no longer than this: each comparison takes
#: microseconds, and there may be as many wrong words.
MAX_COMPARED, MAX_LETTERS = 1_000, 100

#: More of a wrong value than this is not shown.
LONGEST: Final = 60


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`; int or NumPy's, no bool, no 1.0."""

    low: int
    high: int

    def __call__(self, value: Any) -> int:
        """Return it as int."""
        try:
            found = index(value)
        except TypeError:
            raise ValueError("a whole number is expected") from None
        if isinstance(value, bool):
            raise ValueError("a whole number is expected")
        _between(found, self.low, self.high)
        return found


@dataclass(frozen=True)
class Number:
    """A finite number from `low` to `high`; with `above` it must lie above `low`, with `below` below `high`."""

    low: float
    high: float
    above: bool = False
    below: bool = False

    def __call__(self, value: Any) -> float:
        """Return it as float."""
        if isinstance(value, bool) or not isinstance(value, Real):
            raise ValueError("a number is expected")
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found):
            raise ValueError("a finite number is expected")
        if self.above and found <= self.low:
            raise ValueError(f"more than {self.low:,g} is expected")
        if self.below and found >= self.high:
            raise ValueError(f"less than {self.high:,g} is expected")
        _between(found, self.low, self.high)
        return found


@dataclass(frozen=True)
class OneOf:
    """One of some names."""

    choices: tuple[str, ...]

    def __call__(self, value: Any) -> str:
        """Return it."""
        if not isinstance(value, str) or value not in self.choices:
            raise ValueError(f"one of {', '.join(self.choices)} is expected")
        return value


def _between(value: float, low: float, high: float) -> None:
    if value < low:
        raise ValueError(f"at least {exactly(low)} is expected")
    if value > high:
        raise ValueError(f"at most {exactly(high)} is expected")


def exactly(bound: float) -> str:
    """Return a bound with all its digits: the largest int64 has more than a float holds."""
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:,.0f}" if bound == int(bound) else f"{bound:g}"


def shown(value: Any) -> str:
    """Return a value for a message, shortened; Python refuses to write very long numbers."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    except RecursionError:
        return "a value that is nested too deeply"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the nearest of the first known words, whatever their case; None where none is near."""
    if len(word) > MAX_LETTERS:
        return None
    by_folded = {each.casefold(): each for each in islice(known, MAX_COMPARED)}
    return next((by_folded[near] for near in get_close_matches(word.casefold(), by_folded, n=1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return 'did you mean "x"? ' for the nearest known word, or nothing."""
    near = nearest(word, known)
    return "" if near is None else f'did you mean "{near}"? '


def sorted_out(values: Mapping[str, Any], checks: Mapping[str, Check]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that are right, as their plain types, and what would be right of the others, both by name.

    A value that is not there is not checked.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in checks.keys() & values.keys():
        try:
            found[name] = checks[name](values[name])
        except ValueError as error:
            wrong[name] = str(error)
    return found, {name: wrong[name] for name in checks if name in wrong}


def told(values: Mapping[str, Any], wrong: Mapping[str, str]) -> list[str]:
    """Return the mistakes, each with its name, the value, and what would be right."""
    return [f"{name} = {shown(values[name])}: {right}" for name, right in wrong.items()]


def settle(self: Any, source: str, checks: Mapping[str, Check], error: type[OnecenterError]) -> None:
    """Check the fields of a frozen dataclass and keep them as their plain types; for its `__post_init__`."""
    found, wrong = sorted_out(vars(self), checks)
    if wrong:
        raise error(source, told(vars(self), wrong))
    vars(self).update(found)


def one(name: str, value: Any, check: Check, error: type[OnecenterError] = OnecenterError) -> Any:
    """Return the value of one argument of a call, as its plain type."""
    try:
        return check(value)
    except ValueError as wrong:
        raise error(name, [f"{shown(value)}: {wrong}"]) from None


def whole(text: str) -> int:
    """Return the whole number that a text is: ASCII digits without underscores; a ValueError says that it is none."""
    if _WHOLE.fullmatch(text) is None:
        raise ValueError("a whole number is expected")
    return int(text.strip()[:_DIGITS])


def decimal(text: str) -> float:
    """Return the number that a text is: ASCII digits without underscores.

    A number that is too large for a float is infinite, which no check allows.
    """
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError("a number is expected")
    return float(text)


def percentage(text: str) -> float:
    """Return the share that a percentage such as "5 %" is."""
    number, sign, rest = text.strip().partition("%")
    if not sign or rest or _DECIMAL.fullmatch(number) is None:
        raise ValueError("a percentage such as 5% is expected")
    return decimal(number) / 100


def optional(check: Check) -> Check:
    """Return a check that lets None through."""
    return lambda value: None if value is None else check(value)


#: A seed of random numbers.
SEED: Final = Whole(0, 2**63 - 1)

#: A job's number.
JOB: Final = Whole(0, 2**31 - 1)

#: Nodes of one type; accelerators of one node, whose thousandths are an int32.
NODES: Final = Whole(1, 1_000_000)
PROCESSORS: Final = Whole(1, (2**31 - 1) // 1_000)

#: Runs of one scenario with other random numbers; a comparison needs two of each.
REPLICATIONS: Final = Whole(1, 100_000)
PAIRED: Final = Whole(2, 100_000)

#: Windows that a log is cut into, and what its arrivals may be scaled by.
WINDOWS: Final = Whole(5, 1_000)
LOAD: Final = Number(0.01, 100)

#: Jobs of which a fair start time is worked out.
SAMPLE: Final = Whole(0, 100_000)

#: What tuning makes small: means over jobs.
OBJECTIVES: Final = ("bounded_slowdown", "wait_s")

#: Policies that tuning tries.
TRIALS: Final = Whole(1, 1_000_000)

#: Points of a quasi-random design.
POINTS: Final = Whole(2, 65_536)

#: Processes of this machine.
WORKERS: Final = Whole(1, 1_024)

#: What every stream is multiplied by.
DEMAND: Final = Number(0, 1e6, above=True)

#: Limits of a fleet: money per year, W of the site, racks.
MONEY: Final = Number(0, 1e15, above=True)
POWER: Final = Number(0, MAX_POWER, above=True)
RACKS: Final = Whole(1, 1_000_000)

#: A share that is neither nothing nor all; one that may be nothing.
INNER_SHARE: Final = Number(0, 1, above=True, below=True)
PART: Final = Number(0, 1, below=True)

"""Conditions of --fail-if: `path operator value` on the figures that --json prints."""

import json
import math
import operator
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onecenter.checks import decimal, did_you_mean, percentage
from onecenter.cli.status import CONDITION, FINE
from onecenter.errors import OnecenterError
from onecenter.units import MS, parse_duration
from onecenter.visible import visible

OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
EQUALITY: Final = ("==", "!=")

#: A name of a path; one with other letters stands in quotes.
_NAME: Final = r'(?:[\w+-]+|"[^"]+")'
_CONDITION: Final = re.compile(rf"\s*({_NAME}(?:\.{_NAME})*)\s*(>=|<=|==|!=|>|<)\s*(\S.*?)\s*", re.DOTALL)

WORDS: Final = {"true": True, "false": False}

#: Ends the name of a figure in a unit of time: wait_s, window_d.
_UNIT: Final = re.compile(rf"_({'|'.join(MS)})$")


@dataclass(frozen=True)
class Condition:
    """A condition as read."""

    text: str  # as it was written
    path: tuple[str, ...]  # names that lead to the figure
    sign: str  # one of OPERATORS
    value: float | bool | str  # what the figure is compared with; a duration is in ms
    duration: bool = False  # whether the value is one


def parse(text: str) -> Condition:
    """Return a condition; a ValueError says what would be right."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError("'path > value' is expected, such as 'platforms.talent.wait_s.p95 > 3 min'")
    path, sign, written = found.groups()
    names = tuple(name.strip('"') for name in re.findall(_NAME, path))
    value, duration = _value(written)
    if isinstance(value, bool | str) and sign not in EQUALITY:
        raise ValueError(f"{written} is either so or not: == or != is expected, not {sign}")
    return Condition(text, names, sign, value, duration)


def _value(text: str) -> tuple[float | bool | str, bool]:
    """Return a number, a percentage as a share, true or false, a text in quotes, or a duration in ms; and whether it
    is a duration.
    """
    if text.lower() in WORDS:
        return WORDS[text.lower()], False
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1], False
    try:
        value = percentage(text) if text.endswith("%") else decimal(text)
    except ValueError:
        return _duration(text), True
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large for a number")
    return value, False


def _duration(text: str) -> int:
    try:
        return parse_duration(text)
    except ValueError:
        right = 'a number, a percentage, a duration such as "3 min", true, false, or a text in quotes is expected'
        raise ValueError(f"{text} is no value: {right}") from None


def holding(conditions: Iterable[Condition], figures: Mapping[str, Any]) -> list[str]:
    """Return the conditions that hold, each with what was found.

    A figure that is known by its bounds only counts as the upper one, without an upper bound as greater than any value.
    """
    mistakes: list[str] = []
    found = [_judged(condition, figures, mistakes) for condition in conditions]
    if mistakes:
        raise OnecenterError("--fail-if", mistakes)
    return [text for text in found if text]


def status_of_holding(held: Sequence[str]) -> int:
    """Print the conditions that hold on standard error; return the exit status."""
    for text in held:
        print(f"onecenter: --fail-if holds: {visible(text)}", file=sys.stderr)
    return CONDITION if held else FINE


def _judged(condition: Condition, figures: Mapping[str, Any], mistakes: list[str]) -> str:
    """Return the condition with what was found where it holds, else nothing."""
    try:
        measured = figure(condition.path, figures)
        wanted = _comparable(condition, measured)
    except ValueError as error:
        mistakes.append(f"{condition.text!r}: {error}")
        return ""
    bounded = measured is None and not isinstance(wanted, bool | str)
    compared = _upper_bound(condition.path, figures) if bounded else measured
    if not OPERATORS[condition.sign](compared, wanted):
        return ""
    known = measured is not None or not bounded or math.isinf(compared)
    shown = json.dumps(measured, ensure_ascii=False) if known else f"null, at most {compared}"
    return f"{condition.text}  ({'.'.join(condition.path)} = {shown})"


def _upper_bound(path: Sequence[str], figures: Mapping[str, Any]) -> float:
    """Return the upper bound that stands beside a figure without a value; infinite where there is none."""
    try:
        bound = figure((*path[:-1], f"{path[-1]}_high"), figures)
    except ValueError:
        return math.inf
    return math.inf if bound is None else float(bound)


def _comparable(condition: Condition, measured: Any) -> Any:
    """Return the value in the unit of the figure; ValueError if the two cannot be compared."""
    value, path = condition.value, ".".join(condition.path)
    if condition.duration:
        units = [unit for unit in map(_unit, condition.path) if unit]
        if not units:
            raise ValueError(f"{path} is no time, but {condition.text.split(condition.sign)[-1].strip()} is one")
        value = condition.value / MS[units[-1]]  # type: ignore[operator]
    kinds = {bool: "true or false", str: "a text in quotes"}
    right = kinds.get(type(measured), "a number")
    if measured is not None and right != kinds.get(type(value), "a number"):
        raise ValueError(f"{path} is {json.dumps(measured, ensure_ascii=False)}: {right} is expected")
    return value


def _unit(name: str) -> str:
    """Return the unit of time of the figures below a name, or nothing; those of a target for the wait are in s."""
    found = _UNIT.search(name)
    return found[1] if found else "s" if name.startswith("wait ") else ""


def figure(path: Sequence[str], figures: Any) -> Any:
    """Return the figure that a path leads to.

    In a list of tables a name stands for those in which a text is that name: pairs.easy.talent.ratio is the ratio of
    the pair whose `other` is easy, on the platform talent.
    """
    part = figures
    for name in path:
        part = _below(part, name, ".".join(path))
    if isinstance(part, Mapping | list):
        raise ValueError(f"{'.'.join(path)} is no single figure: one of {', '.join(_names(part))} is expected below it")
    return part


def _below(part: Any, name: str, path: str) -> Any:
    if part is None:
        return None
    if isinstance(part, Mapping) and name in part:
        return part[name]
    if isinstance(part, list):
        if len(part) == 1 and isinstance(part[0], Mapping) and name in part[0]:
            return part[0][name]
        rows = [row for row in part if isinstance(row, Mapping) and name in _texts(row)]
        if rows:
            return rows
    raise ValueError(_unknown(path, name, _names(part)))


def _texts(row: Mapping[str, Any]) -> list[str]:
    return [value for value in row.values() if isinstance(value, str)]


def _names(part: Any) -> list[str]:
    """Return the names that may follow in a path."""
    if isinstance(part, Mapping):
        return list(part)
    rows = [row for row in part if isinstance(row, Mapping)] if isinstance(part, list) else []
    if len(rows) == 1:
        return list(rows[0])
    texts = [_texts(row) for row in rows]
    return list(dict.fromkeys(text for row in texts for text in row if any(text not in other for other in texts)))


def _unknown(path: str, name: str, known: Sequence[str]) -> str:
    hint = did_you_mean(name, known) or (f"known: {', '.join(known)}" if known else "")
    return f"there is no {name!r} in {path}; {hint}".rstrip("; ")

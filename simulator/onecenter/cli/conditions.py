"""Conditions of --fail-if: `path operator value` on the figures that --json prints."""

import difflib
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from onecenter.errors import OnecenterError
from onecenter.units import parse_duration

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
PATTERN = re.compile(r"^\s*([\w.\-]+)\s*(>=|<=|==|!=|>|<)\s*(.+?)\s*$")
WORDS = {"true": True, "false": False}


def holding(conditions: list[str], figures: Mapping[str, Any]) -> list[str]:
    """Return the conditions that hold, each with what was found.

    A percentile that the data do not reach counts as greater than any value.

    Raises
    ------
    OnecenterError
        If a condition cannot be read, or names no figure; all mistakes are listed.
    """
    mistakes: list[str] = []
    found = [_judged(text, figures, mistakes) for text in conditions]
    if mistakes:
        raise OnecenterError("--fail-if", mistakes)
    return [text for text in found if text]


def _judged(text: str, figures: Mapping[str, Any], mistakes: list[str]) -> str:
    """Return the condition with what was found where it holds, else nothing."""
    match = PATTERN.match(text)
    if match is None:
        mistakes.append(f"{text!r}: 'path > value' is expected, such as 'platforms.talent.wait_s.p95 > 3 min'")
        return ""
    path, sign, value = match.groups()
    try:
        measured, wanted = _figure(path, figures), _value(value)
    except OnecenterError as error:
        mistakes += [f"{text!r}: {mistake}" for mistake in error.mistakes]
        return ""
    if isinstance(wanted, bool):
        holds = OPERATORS[sign](measured, wanted) if sign in ("==", "!=") else False
    else:
        holds = OPERATORS[sign](float("inf") if measured is None else measured, wanted)
    return f"{text}  ({path} = {'beyond the data' if measured is None else measured})" if holds else ""


def _figure(path: str, figures: Mapping[str, Any]) -> Any:
    part: Any = figures
    for name in path.split("."):
        if not isinstance(part, Mapping) or name not in part:
            raise OnecenterError(path, [_unknown(path, name, part)])
        part = part[name]
    if isinstance(part, Mapping | list | str):
        raise OnecenterError(path, [f"{path} is no single figure{_inside(part)}"])
    return part


def _inside(part: Any) -> str:
    return f": one of {', '.join(part)} is expected below it" if isinstance(part, Mapping) else ""


def _unknown(path: str, name: str, part: Any) -> str:
    names = list(part) if isinstance(part, Mapping) else []
    close = difflib.get_close_matches(name, names, 1)
    hint = f": did you mean {close[0]!r}?" if close else f" (known: {', '.join(names)})"
    return f"there is no {name!r} in {path}{hint}"


def _value(text: str) -> Any:
    """Return a number; a duration in seconds; a percentage as a share; true or false."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if text.endswith("%"):
        return _number(text[:-1]) / 100
    try:
        return _number(text)
    except OnecenterError:
        return parse_seconds(text)


def parse_seconds(text: str) -> float:
    """Return a duration such as "3 min" in seconds."""
    try:
        return parse_duration(text) / 1_000
    except ValueError as error:
        raise OnecenterError(text, [str(error)]) from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise OnecenterError(text, [f"{text!r} is no number"]) from None

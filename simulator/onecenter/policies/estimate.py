"""Run times estimated by a function of the user's own."""

import inspect
from collections.abc import Callable
from typing import Any, Final

from onecenter.errors import PolicyError
from onecenter.policies.code import Code, find, hash_of

#: What a user's estimate is called, whatever its name.
BY_ESTIMATE: Final = "estimate"

EXPECTED: Final = "def estimate(job) or estimate(queue) is expected"


class Estimate(Code):
    """A function that gives each job that is submitted a run time in s, of what a key sees of it."""


def estimate_of(function: Callable[..., Any], name: str = "", source: bytes = b"", file: str = "") -> Estimate:
    """Return the estimate that a function is; a PolicyError says what else is expected."""
    named = name or getattr(function, "__qualname__", BY_ESTIMATE)
    try:
        arguments = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise PolicyError("policy", [f"{named}: {EXPECTED}"]) from None
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(arguments) != 1 or arguments[0].kind not in plain:
        raise PolicyError("policy", [f"{named}({', '.join(map(str, arguments))}): {EXPECTED}"])
    return Estimate(named, hash_of(function, source), function, file)


def read_estimate(text: str) -> Estimate:
    """Return the estimate of "FILE:NAME"; its file is run, as it is code."""
    found = find(text)
    return estimate_of(found.value, found.name, found.source, found.file)

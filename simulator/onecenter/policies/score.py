"""Placement by a score of the user's own: a function of a node and a job."""

import inspect
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from onecenter.errors import PolicyError
from onecenter.policies.code import Code, find, hash_of

#: What a user's score is called, whatever its name.
BY_SCORE: Final = "score"

EXPECTED: Final = "def score(node, job) is expected"


class Node(NamedTuple):
    """What a score sees of a node that can take the next task of a job: now or, for a reservation, then.

    Attributes
    ----------
    id, type, rack : float
        Numbers of the node, its type and its rack, from 0.
    free, cpus, memory : float
        Free accelerators and cpus, and memory in GiB.
    left : float
        Accelerators left in all: the free ones, and what is left of devices of which a part is given away.
    device : float
        What is left of the device that a task of a part of one would go to; 0 for other jobs.
    accelerators, all_cpus, all_memory : float
        What the empty node has.
    """

    id: Any
    type: Any
    rack: Any
    free: Any
    cpus: Any
    memory: Any
    left: Any
    device: Any
    accelerators: Any
    all_cpus: Any
    all_memory: Any


class Score(Code):
    """A function that gives each node that can take a task a number; the highest takes it, ties by the lowest id.

    Its function is `score(node, job)`, of a `Node` and a `Job`. It must depend on these alone.
    """


def score_of(function: Callable[..., Any], name: str = "", source: bytes = b"", file: str = "") -> Score:
    """Return the score that a function is; a PolicyError says what else is expected."""
    named = name or getattr(function, "__qualname__", BY_SCORE)
    try:
        arguments = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise PolicyError("policy", [f"{named}: {EXPECTED}"]) from None
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(arguments) != 2 or any(each.kind not in plain for each in arguments):
        raise PolicyError("policy", [f"{named}({', '.join(map(str, arguments))}): {EXPECTED}"])
    return Score(named, hash_of(function, source), function, file)


def read_score(text: str) -> Score:
    """Return the score of "FILE:NAME"; its file is run, as it is code."""
    return score_of(*find(text))

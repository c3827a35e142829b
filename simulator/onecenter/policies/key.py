"""An order by a key of the user's own: a function of a job, or of all that wait."""

import inspect
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from onecenter.errors import PolicyError
from onecenter.policies.code import Code, find, hash_of

#: What a user's key is called, whatever its name.
BY_KEY: Final = "key"

#: What its first argument is called where it is given all that wait at once.
QUEUE: Final = "queue"

EXPECTED: Final = "def key(job), key(job, now), key(queue) or key(queue, now) is expected"


class Job(NamedTuple):
    """What a key sees of a job; of a queue each is an array, one entry per job.

    Attributes
    ----------
    submit, walltime : float
        s, the submit since the start of the scenario.
    accelerators, tasks, cpus, memory : float
        Of the whole job; memory in GiB.
    priority : float
        Higher is more urgent.
    platform, tenant, stream : float
        Codes: the place of the platform among the scenario's, and so on; -1: none.
    deadline : float
        s since the start of the scenario; inf: none.
    """

    submit: Any
    walltime: Any
    accelerators: Any
    tasks: Any
    cpus: Any
    memory: Any
    priority: Any
    platform: Any
    tenant: Any
    stream: Any
    deadline: Any


class Key(Code):
    """A function that gives each waiting job a number; the lowest goes first, ties by submit.

    Its function is `key(job)` or `key(queue)`: asked once; with a further argument `now` (s): asked in each pass.
    """

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of its arguments."""
        return () if self.function is None else tuple(inspect.signature(self.function).parameters)

    @property
    def of_queue(self) -> bool:
        """Whether it is given all that wait at once."""
        return self.arguments[:1] == (QUEUE,)

    @property
    def changes_with_time(self) -> bool:
        """Whether it is asked in each pass."""
        return len(self.arguments) == 2


def key_of(function: Callable[..., Any], name: str = "", source: bytes = b"", file: str = "") -> Key:
    """Return the key that a function is; a PolicyError says what else is expected."""
    named = name or getattr(function, "__qualname__", "key")
    try:
        arguments = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise PolicyError("policy", [f"{named}: {EXPECTED}"]) from None
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(arguments) not in (1, 2) or any(each.kind not in plain for each in arguments):
        given = ", ".join(map(str, arguments))
        raise PolicyError("policy", [f"{named}({given}): {EXPECTED}"])
    return Key(named, hash_of(function, source), function, file)


def read_key(text: str) -> Key:
    """Return the key of "FILE:NAME"; its file is run, as it is code."""
    found = find(text)
    return key_of(found.value, found.name, found.source, found.file)

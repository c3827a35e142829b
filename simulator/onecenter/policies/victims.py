"""An order of victims by a key of the user's own: a function of a running job, or of all that may be evicted."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from onecenter.policies.code import find
from onecenter.policies.key import Key, key_of

#: What a user's key of victims is called, whatever its name.
BY_VICTIMS: Final = "victims"


class Victim(NamedTuple):
    """What a key of victims sees of a running job; of a queue each is an array, one entry per job.

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
    tier : float
        Of its platform or stream.
    start : float
        s since the start of the scenario: of this attempt.
    nodes : float
        How many nodes it holds.
    done, lost : float
        s: what it has done of its work, in all attempts; what of that is lost if it is evicted now.
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
    tier: Any
    start: Any
    nodes: Any
    done: Any
    lost: Any


class VictimKey(Key):
    """A function that gives each running job that may be evicted a number; the lowest is evicted first.

    Its arguments are those of a key of an order; what it sees is a `Victim`.
    """


def victim_key_of(function: Callable[..., Any], name: str = "", source: bytes = b"", file: str = "") -> VictimKey:
    """Return the key of victims that a function is; a PolicyError says what else is expected."""
    found = key_of(function, name, source, file)
    return VictimKey(found.name, found.sha256, found.function, found.file)


def read_victims(text: str) -> VictimKey:
    """Return the key of victims of "FILE:NAME"; its file is run, as it is code."""
    found = find(text)
    return victim_key_of(found.value, found.name, found.source, found.file)

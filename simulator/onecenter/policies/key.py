"""An order by a key of the user's own: a function of a job, or of all that wait."""

import hashlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

from onecenter.checks import shown
from onecenter.errors import PolicyError

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


@dataclass(frozen=True)
class Key:
    """A function that gives each waiting job a number; the lowest goes first, ties by submit.

    Attributes
    ----------
    name : str
        For people: "mine.py:key".
    sha256 : str
        Of its source.
    function : callable, optional
        `key(job)` or `key(queue)`: asked once; with a further argument `now` (s): asked in each pass. A saved result
        holds none.
    file : str
        Where it was read from; "": it was not.
    """

    name: str
    sha256: str
    function: Callable[..., Any] | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        """Return its name, and the first digits of its hash."""
        return f"{self.name} ({self.sha256[:8]})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process read it from its file again."""
        if self.file:
            return read_key, (f"{self.file}:{self.name.rpartition(':')[2]}", self.name)
        return Key, (self.name, self.sha256, self.function)

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
    return Key(named, hashlib.sha256(source or _source(function)).hexdigest(), function, file)


def _source(function: Callable[..., Any]) -> bytes:
    try:
        return inspect.getsource(function).encode()
    except (OSError, TypeError):
        code = getattr(function, "__code__", None)
        return repr(function).encode() if code is None else code.co_code + repr(code.co_consts).encode()


def read_key(text: str, name: str = "") -> Key:
    """Return the key of "FILE:NAME"; its file is run, as it is code."""
    path, _, function = text.rpartition(":")
    name = name or f"{Path(path).name}:{function}"
    module = _module(Path(path).absolute(), text)
    found = getattr(module, function, None)
    if not callable(found):
        raise PolicyError("policy", [f"{text}: there is no function {shown(function)} in the file"])
    return key_of(found, name, Path(path).read_bytes(), str(Path(path).absolute()))


def _module(path: Path, text: str) -> ModuleType:
    number = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(f"onecenter_policy_{number}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise PolicyError("policy", [f"{text}: a Python file and the name of a function in it are expected"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise PolicyError("policy", [f"{text}: the file cannot be run: {type(error).__name__}: {error}"]) from error
    return module

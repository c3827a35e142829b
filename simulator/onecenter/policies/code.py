"""Code of the user's own in a policy: what it is called, its hash, and the file that it is read from."""

import hashlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Self

from onecenter.checks import shown
from onecenter.errors import PolicyError


@dataclass(frozen=True)
class Code:
    """A function or class of the user's own.

    Attributes
    ----------
    name : str
        For people: "mine.py:key".
    sha256 : str
        Of its source.
    function : callable, optional
        What is called. A saved result holds none.
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

    def __repr__(self) -> str:
        """Return the same: it stands in messages about a policy."""
        return str(self)

    @property
    def text(self) -> str:
        """FILE:NAME, from which another process can read it; "": it was not read from a file."""
        return f"{self.file}:{self.name.rpartition(':')[2]}" if self.file else ""

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process read it from its file, where it runs; see `loaded`."""
        return type(self), (self.name, self.sha256, None if self.file else self.function, self.file)

    def loaded(self) -> Self:
        """Return it with its function: where it came from another process its file is read, once."""
        if self.function is not None or not self.file:
            return self
        return replace(self, function=_read(self.text, self.sha256).value)

    @property
    def can_be_sent(self) -> bool:
        """Whether another process finds it: in a file, or by the name that its module has for it."""
        if self.file:
            return True
        module = sys.modules.get(getattr(self.function, "__module__", ""))
        found: Any = module
        for name in getattr(self.function, "__qualname__", "").split("."):
            found = getattr(found, name, None)
        return found is self.function and (module is None or getattr(module, "__file__", None) is not None)


class Found(NamedTuple):
    """What a file has under a name: the value, what it is called for people, the file's bytes and its full path."""

    value: Any
    name: str
    source: bytes
    file: str


def is_code(text: str) -> bool:
    """Tell whether a text is no name of a policy, but FILE:NAME."""
    return ".py:" in text


def find(text: str) -> Found:
    """Return what "FILE:NAME" names; the file is run, as it is code."""
    path, _, name = text.rpartition(":")
    module = _module(Path(path).absolute(), text)
    found = getattr(module, name, None)
    if not callable(found):
        raise PolicyError("policy", [f"{text}: there is no function or class {shown(name)} in the file"])
    return Found(found, f"{Path(path).name}:{name}", Path(path).read_bytes(), str(Path(path).absolute()))


@lru_cache(maxsize=16)  # it comes with each run that a process gets, and is compiled once
def _read(text: str, sha256: str) -> Found:
    found = find(text)
    if hash_of(found.value, found.source) != sha256:
        raise PolicyError("policy", [f"{text}: the file has been changed since the work began: begin again"])
    return found


def hash_of(function: Callable[..., Any], source: bytes = b"") -> str:
    """Return the hash of the source of a function or class: of its file where that is known."""
    return hashlib.sha256(source or _source(function)).hexdigest()


def _source(function: Callable[..., Any]) -> bytes:
    try:
        return inspect.getsource(function).encode()
    except (OSError, TypeError):
        code = getattr(function, "__code__", None)
        return repr(function).encode() if code is None else code.co_code + repr(code.co_consts).encode()


def _module(path: Path, text: str) -> ModuleType:
    number = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(f"onecenter_policy_{number}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise PolicyError("policy", [f"{text}: a Python file and the name of a function or class in it are expected"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise PolicyError("policy", [f"{text}: the file cannot be run: {type(error).__name__}: {error}"]) from error
    return module

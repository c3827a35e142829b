"""Compiled kernels on disk: one file for each kernel and signature, written whole, checked when it is read.

Numba's own cache fails on a damaged file, and its index lets two processes that compile at once give two signatures
one file.
"""

import hashlib
import os
import pickle
import secrets
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from llvmlite.binding import parse_assembly
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

ENDING: Final = ".kernel"
DIGEST: Final = 32  # bytes of SHA-256
DAMAGED: Final = "compiled kernels in {} are damaged: they are compiled anew"


class KernelCache:
    """The compiled versions of one kernel; a dispatcher of numba asks it as it asks numba's own.

    Parameters
    ----------
    kernel : callable
        The Python function.
    folder : Path or None
        Where they are kept. The sources of all kernels must be a part of its name.
    """

    def __init__(self, kernel: Callable[..., Any], folder: Path | None) -> None:
        self._folder = folder
        self._kernel = f"{kernel.__module__}.{kernel.__qualname__}"

    @property
    def cache_path(self) -> str | None:
        """The folder."""
        return None if self._folder is None else str(self._folder)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the version for a signature; None where it is not there, or damaged."""
        target.refresh()
        path = self._path(signature, target.codegen())
        data = None if path is None else read(path)
        if data is None:
            return None
        try:
            return CompileResult._rebuild(target, *pickle.loads(data))
        except Exception:  # what unpickling may raise has no limit
            _say_once(DAMAGED.format(path.parent))
            return None

    def save_overload(self, signature: Any, version: Any) -> None:
        """Keep the version for a signature."""
        path = self._path(signature, version.codegen)
        if path is None or version.lifted or version.library.has_dynamic_globals:
            return
        try:
            write(path, dumps(reduced(version)))
        except OSError as error:
            why = error.strerror or error
            _say_once(f"kernels cannot be kept in {path.parent} ({why}): each run compiles them anew")

    def _path(self, signature: Any, codegen: Any) -> Path | None:
        if self._folder is None:
            return None
        what = repr((self._kernel, signature, codegen.magic_tuple(), sys.implementation.cache_tag))
        name = self._kernel.rpartition(".")[2]
        return self._folder / f"{name}-{hashlib.sha256(what.encode()).hexdigest()[:32]}{ENDING}"

    def enable(self) -> None:
        """Do nothing: it is always enabled."""

    def disable(self) -> None:
        """Do nothing."""

    def flush(self) -> None:
        """Do nothing."""


def reduced(version: Any) -> tuple[Any, ...]:
    """Return a version as data that numba builds it from.

    Numba adds the code as it was before it became native, from which callers could be compiled: more to load and to
    hold than all else, and nothing calls an outermost kernel. The names that it defines are enough.
    """
    (name, kind, (native, _)), *others = version._reduce()
    fndesc = version.fndesc
    defined = (fndesc.llvm_func_name, fndesc.llvm_cpython_wrapper_name, fndesc.llvm_cfunc_wrapper_name)
    stub = parse_assembly("\n".join(f'define void @"{each}"() {{ ret void }}' for each in defined))
    return (name, kind, (native, stub.as_bitcode())), *others


def is_kept(folder: Path | None, kernel: str) -> bool:
    """Whether a folder holds a version of a kernel of this name."""
    return folder is not None and any(folder.glob(f"{kernel}-*{ENDING}"))


def read(path: Path) -> bytes | None:
    """Return what `write` has written; None where the file is missing, or is not what was written."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if data[:DIGEST] == _digest(path, data[DIGEST:]):
        return data[DIGEST:]
    _say_once(DAMAGED.format(path.parent))
    return None


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; the folder may have been deleted since it was chosen.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        temporary.write_bytes(_digest(path, data) + data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _digest(path: Path, data: bytes) -> bytes:
    # The name is a part, else a file copied over another would be run in its place.
    return hashlib.sha256(path.name.encode() + data).digest()


@cache
def _say_once(text: str) -> None:
    # The filter "default" forgets what was said whenever numba changes the filters, which it does for each kernel.
    warnings.warn(text, stacklevel=3)

"""The one decorator of the kernels, and where their compiled code is kept."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import numba
from numba import config, types

from .cache import KernelCache, is_kept
from .folder import cache_folder
from .parts import KernelCompiler, PartCompiler, as_part, call_part

F = TypeVar("F", bound=Callable[..., Any])

JIT: Final = not config.DISABLE_JIT

OPTIONS: Final[dict[str, Any]] = {"nogil": True, "fastmath": False, "error_model": "python"}


def kernel_hash() -> str:
    """Return the SHA-256 (first 16 hex digits) of all kernel sources."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    text = b"".join(path.name.encode() + path.read_bytes() for path in sources)
    return hashlib.sha256(text).hexdigest()[:16]


# Whatever compiled code depends on is in the name: old code must not be run for new sources.
CACHE: Final = cache_folder(f"{kernel_hash()}-{numba.__version__}-{int(bool(config.BOUNDSCHECK))}")


def compiled_before(kernel: Callable[..., Any]) -> bool:
    """Tell whether an earlier process has left a compiled kernel in the cache."""
    return is_kept(CACHE, kernel.__name__)


def _widened(kind: Any) -> Any:
    """Return the type that a kernel's argument of this type is compiled for: int64 for any integer."""
    plain = types.unliteral(kind)
    return types.int64 if isinstance(plain, types.Integer) else plain


def _widen_arguments(dispatcher: Any) -> None:
    # Else Numba compiles a kernel anew for each constant and each width of integer that it is called with.
    template = dispatcher.get_call_template

    def get_call_template(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return template(tuple(map(_widened, args)), {name: _widened(kind) for name, kind in kws.items()})

    dispatcher.get_call_template = get_call_template


def _part(function: Callable[..., Any]) -> Any:
    """Return the dispatcher of a function as a part."""
    part = numba.njit(pipeline_class=PartCompiler, **OPTIONS)(function)
    as_part(part)
    _widen_arguments(part)
    return part


def njit(function: F) -> F:
    """Compile `function` at its first call, its integers as int64.

    Called from Python it is optimised with all that it calls, and kept on disk; kernels that call it make it a part.
    """
    compiled = numba.njit(pipeline_class=KernelCompiler, **OPTIONS)(function)
    if JIT:
        call_part(compiled, cache(lambda: _part(function)))
        compiled._cache = KernelCache(function, CACHE)
    return compiled  # type: ignore[no-any-return]

"""The one decorator of the kernels, and where their compiled code is kept."""

import hashlib
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import numba
from numba import config, types

F = TypeVar("F", bound=Callable[..., Any])

JIT: Final = not config.DISABLE_JIT


def kernel_hash() -> str:
    """Return the SHA-256 (first 16 hex digits) of all kernel sources."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    text = b"".join(path.name.encode() + path.read_bytes() for path in sources)
    return hashlib.sha256(text).hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.access(folder, os.W_OK)
    except OSError:
        return False


def _cache_folder() -> Path:
    # Numba keeps the old code of a callee whose file changed: the folder's name makes that impossible.
    name = f"{kernel_hash()}-{numba.__version__}-{int(bool(config.BOUNDSCHECK))}"
    base = os.environ.get("ONECENTER_CACHE") or os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base else Path.home() / ".cache"
    folder = root / "onecenter" / name
    if _writable(folder):
        return folder
    fallback = Path(tempfile.gettempdir()) / f"onecenter-{os.getuid()}" / name
    warnings.warn(f"{folder} cannot be written: compiled kernels go to {fallback}", stacklevel=2)
    fallback.mkdir(parents=True, exist_ok=True)
    return fallback


CACHE: Final = _cache_folder()


def compiled_before() -> bool:
    """Tell whether an earlier process has left compiled kernels in the cache."""
    return any(CACHE.rglob("*.nbi"))


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


def njit(function: F) -> F:
    """Compile `function` at its first call, its integers as int64, and keep the code on disk."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        compiled = numba.njit(cache=True, nogil=True, fastmath=False, error_model="python")(function)
    finally:
        config.CACHE_DIR = before
    if JIT:
        _widen_arguments(compiled)
    return compiled  # type: ignore[no-any-return]


def inlined(function: F) -> F:
    """Make `function` a part of the one kernel that calls it, which saves compiling its callees once more."""
    return numba.njit(inline="always", nogil=True, fastmath=False, error_model="python")(function)  # type: ignore[no-any-return]

"""Kernels as parts of those that call them: typed and lowered once, optimised and made native within their callers.

Numba optimises each function together with all that it calls, and makes native code of the whole, at every level of
calls anew. For kernels that only kernels call, that is work for nothing: here it is left to the outermost one.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite.binding import Linkage
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, Flags


class KernelFlags(Flags):  # type: ignore[misc]
    """Flags compared by those that are set: Numba compares all, for each call in a kernel, a tenth of its work."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Tell whether the same flags are set alike."""
        return self._values == other._values if isinstance(other, Flags) else NotImplemented

    def __hash__(self) -> int:
        """Return the same number for flags that are alike."""
        return len(self._values)


class PartLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of a part: to be linked into a kernel, never run on its own."""

    def finalize(self) -> None:
        """Link, optimise and verify nothing: the outermost kernel does."""
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True


class KernelLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of an outermost kernel with that of its parts."""

    def finalize(self) -> None:
        """Link the parts, theirs too, each once."""
        self._linking_libraries = all_linked(self)
        super().finalize()

    def _optimize_final_module(self) -> None:
        """Optimise the kernel and its parts together.

        Nobody else calls the parts. Where LLVM knows, it takes them apart: whole into their one caller, without the
        status of what cannot fail.
        """
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = "internal"
        super()._optimize_final_module()


def all_linked(library: Any) -> list[Any]:
    """Return the libraries that a library needs, and those that its parts need."""
    found: dict[int, Any] = {}
    rest = list(library._linking_libraries)
    while rest:
        needed = rest.pop()
        if id(needed) not in found:
            found[id(needed)] = needed
            if isinstance(needed, PartLibrary):
                rest.extend(needed._linking_libraries)
    return list(found.values())


class KernelCompiler(Compiler):  # type: ignore[misc]
    """Compiles an outermost kernel."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.state.flags = KernelFlags(self.state.flags)
        self.state.flags.no_cfunc_wrapper = True

    def compile_extra(self, function: Any) -> Any:
        """Compile a function into a library of a kernel."""
        self.state.library = KernelLibrary(self.state.targetctx.codegen(), function.__qualname__)
        self.state.library.enable_object_caching()
        with uncollected():
            return super().compile_extra(function)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no cycles of garbage: compiling makes millions of objects, and a tenth of its time would go there."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class PartCompiler(Compiler):  # type: ignore[misc]
    """Compiles a part: no native code, and nothing by which Python or C could call it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        flags = self.state.flags = KernelFlags(self.state.flags)
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True

    def compile_extra(self, function: Any) -> Any:
        """Compile a function into a library of a part."""
        self.state.library = PartLibrary(self.state.targetctx.codegen(), function.__qualname__)
        return super().compile_extra(function)


def as_part(part: Any) -> None:
    """Let a dispatcher keep versions that have no entry for Python."""

    def add_overload(version: Any) -> None:
        # Callers find the code by the entry, of which there is none: any object of its own serves.
        found = version._replace(entry_point=object())
        part.targetctx.insert_user_function(found.entry_point, found.fndesc, [found.library])
        part.overloads[tuple(found.signature.args)] = found

    part.add_overload = add_overload


def call_part(kernel: Any, part: Callable[[], Any]) -> None:
    """Let other kernels that call a kernel call a part instead, which `part` makes: few processes compile anything."""
    kernel.get_call_template = lambda args, kws: part().get_call_template(args, kws)
    kernel.get_overload = lambda signature: part().get_overload(signature)

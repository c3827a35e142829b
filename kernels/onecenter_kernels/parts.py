"""Kernels as parts of those that call them: typed and lowered once, optimised and made native within their callers.

Numba optimises each function together with all that it calls, and makes native code of the whole, at every level of
calls anew. For kernels that only kernels call, that is work for nothing: here it is left to the outermost one.
"""

from typing import Any

from llvmlite.binding import Linkage
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class PartLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of a part: to be linked into its callers, never run on its own."""

    def _optimize_final_module(self) -> None:
        """Leave it to the caller."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


class KernelLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of an outermost kernel with that of its parts."""

    def _optimize_final_module(self) -> None:
        """Optimise the kernel and its parts together.

        Nobody else calls the parts. Where LLVM knows, it takes them apart: whole into their one caller, without the
        status of what cannot fail.
        """
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = "internal"
        super()._optimize_final_module()


class KernelCompiler(Compiler):  # type: ignore[misc]
    """Compiles an outermost kernel."""

    def compile_extra(self, function: Any) -> Any:
        """Compile a function into a library of a kernel."""
        self.state.library = KernelLibrary(self.state.targetctx.codegen(), function.__qualname__)
        self.state.library.enable_object_caching()
        return super().compile_extra(function)


class PartCompiler(Compiler):  # type: ignore[misc]
    """Compiles a part: no native code, and nothing by which Python or C could call it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        flags = self.state.flags
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


def call_part(kernel: Any, part: Any) -> None:
    """Let other kernels that call a kernel call a part instead."""
    kernel.get_call_template = part.get_call_template
    kernel.get_overload = part.get_overload

"""Calls of users' functions by their address, so that no kernel is compiled anew for them."""

import ctypes

from numba import types

from .jit import JIT

if JIT:
    from llvmlite import ir
    from numba.core import cgutils
    from numba.extending import intrinsic

    def _called(builder, address, result, values):  # type: ignore[no-untyped-def]
        kind = ir.FunctionType(result, [ir.DoubleType()] * len(values))
        return builder.call(builder.inttoptr(address, kind.as_pointer()), values)

    @intrinsic
    def call_key(typing, address, values):  # type: ignore[no-untyped-def]
        """Return the key that the function at an address gives for a tuple of floats."""

        def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
            return _called(builder, args[0], ir.DoubleType(), cgutils.unpack_tuple(builder, args[1], len(values)))

        return types.float64(types.int64, values), build

    @intrinsic
    def call_keys(typing, address, t):  # type: ignore[no-untyped-def]
        """Let the function at an address write the keys of some jobs at t (ms); return 0."""

        def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
            return _called(builder, args[0], ir.IntType(64), [args[1]])

        return types.int64(types.int64, types.float64), build

    @intrinsic
    def call_score(typing, address, rows, count):  # type: ignore[no-untyped-def]
        """Return the row of the best of so many nodes, whose rows of floats are at another address."""

        def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
            kind = ir.FunctionType(ir.IntType(64), [ir.DoubleType().as_pointer(), ir.IntType(64)])
            seen = builder.inttoptr(args[1], ir.DoubleType().as_pointer())
            return builder.call(builder.inttoptr(args[0], kind.as_pointer()), [seen, args[2]])

        return types.int64(types.int64, types.int64, types.int64), build

else:

    def call_key(address: int, values: tuple[float, ...]) -> float:
        """Return the key that the function at an address gives for some floats."""
        return float(ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * len(values))(address)(*values))

    def call_keys(address: int, t: float) -> int:
        """Let the function at an address write the keys of some jobs at t (ms); return 0."""
        return int(ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_double)(int(address))(t))

    def call_score(address: int, rows: int, count: int) -> int:
        """Return the row of the best of so many nodes, whose rows of floats are at another address."""
        called = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(int(address))
        return int(called(int(rows), int(count)))

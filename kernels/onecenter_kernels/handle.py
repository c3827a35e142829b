"""What the kernels take for the state: a pointer to its arrays, which are borrowed and never counted.

Numba counts who shares an array, and who shares a struct of them: that would cost a third of a run. Here whoever calls
a kernel holds the State, and so all arrays, for as long as the kernel runs.
"""

import hashlib
from functools import cache
from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.datamodel import default_manager, models
from numba.experimental import structref
from numba.extending import NativeValue, box, lower_getattr_generic, unbox

from .jit import JIT, njit
from .state import State

if JIT:

    class StateType(types.StructRef):  # type: ignore[misc]
        """The state behind one pointer: passing it costs the same however much it holds."""

        def __init__(self, fields: Any) -> None:
            super().__init__(fields)
            # Every symbol of the compiled code has the names of its arguments' types in it: of this one 20,000 letters.
            self.name = f"State_{hashlib.sha256(self.name.encode()).hexdigest()[:16]}"

        def get_data_type(self) -> Any:
            """Return the type of what is behind the pointer."""
            return _payload(self)

    @cache
    def _payload(kind: StateType) -> Any:
        # Numba makes it anew, out of the names of all types in it, whenever a field is read.
        return types.StructRefPayload(typename=kind.__class__.__name__, fields=kind._fields)

    class StateModel(models.StructModel):  # type: ignore[misc]
        """The pointer as a plain one, which Numba does not count."""

        def __init__(self, manager: Any, kind: StateType) -> None:
            super().__init__(manager, kind, [("meminfo", types.voidptr)])

    class Handle(structref.StructRefProxy):  # type: ignore[misc]
        """What compiled code is given in place of a State; it holds the struct."""

    default_manager.register(StateType, StateModel)
    structref.define_attributes(StateType)
    structref.define_constructor(Handle, StateType, list(State._fields))

    def _borrowed(context, builder, kind, rows):  # type: ignore[no-untyped-def]
        lent = context.make_array(kind)(context, builder, rows)
        lent.meminfo = cgutils.get_null_value(lent.meminfo.type)
        lent.parent = cgutils.get_null_value(lent.parent.type)
        return lent._getvalue()

    @lower_getattr_generic(StateType)
    def _field(context, builder, kind, value, name):  # type: ignore[no-untyped-def]
        rows = getattr(structref._Utils(context, builder, kind).get_data_struct(value), name)
        return _borrowed(context, builder, kind.field_dict[name], rows)

    @box(StateType)
    def _boxed(kind, pointer, c):  # type: ignore[no-untyped-def]
        struct = structref._Utils(c.context, c.builder, kind).get_struct_ref(pointer)
        held = c.box(types.MemInfoPointer(types.voidptr), struct.meminfo)
        make, of = (c.pyapi.unserialize(c.pyapi.serialize_object(each)) for each in (Handle._numba_box_, kind))
        made = c.pyapi.call_function_objargs(make, [of, held])
        for each in (make, of, held):
            c.pyapi.decref(each)
        return made

    @unbox(StateType)
    def _pointer(kind, handle, c):  # type: ignore[no-untyped-def]
        held = c.pyapi.object_getattr_string(handle, "_meminfo")
        counted = types.MemInfoPointer(types.voidptr)
        pointer = c.unbox(counted, held).value
        c.pyapi.decref(held)
        # The caller holds the handle, so the share that unboxing has taken is given back at once.
        c.context.nrt.decref(c.builder, counted, pointer)
        return NativeValue(structref._Utils(c.context, c.builder, kind).new_struct_ref(pointer)._getvalue())

    @njit
    def _handle(
        jobs, asks, owners, types, nodes, devices, queue, blocks, timers, holds, book, log, clock, hosts, runs,
        changes, bits, counts, shapes, waits, trees, earliest, reserved, coming, steps, spans, notes, keys, weights,
        kinds, classes, seen, users, accounts, habits, recent, scored, estimates, tree, quotas, ties, links, arrays,
        revisions, potentials, limits, circles, groups, attempts, heads, candidates, preemptor, tenants, plan,
        dominants, thresholds
    ):
        return Handle(
            jobs, asks, owners, types, nodes, devices, queue, blocks, timers, holds, book, log, clock, hosts, runs,
            changes, bits, counts, shapes, waits, trees, earliest, reserved, coming, steps, spans, notes, keys,
            weights, kinds, classes, seen, users, accounts, habits, recent, scored, estimates, tree, quotas, ties,
            links, arrays, revisions, potentials, limits, circles, groups, attempts, heads, candidates, preemptor,
            tenants, plan, dominants, thresholds
        )  # fmt: skip


def handle_of(s: State) -> Any:
    """Return what kernels take for a state; to be made anew when an array is replaced."""
    return _handle(*s) if JIT else s

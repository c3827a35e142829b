"""Progress on standard error: of the first compilation, and of a run."""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from onecenter_kernels.jit import JIT, compiled_before

from onecenter.engine.center import Center
from onecenter.system.progress import progress

TICKS = 100
#: About how many functions a first run compiles.
KERNELS = 220


@contextmanager
def compiling(show: bool, kernels: Iterable[Callable[..., Any]]) -> Iterator[None]:
    """Announce the compilation of kernels that no earlier process has left."""
    if not show or not JIT or all(map(compiled_before, kernels)):
        yield
        return
    from numba.core import event

    what = "compiling kernels (first run only)"
    if not sys.stderr.isatty():
        print(f"  {what}: about half a minute", file=sys.stderr)
    with progress(what, show, KERNELS) as move:

        class Count(event.Listener):
            """Moves the bar on with each kernel that is compiled."""

            def on_start(self, _: Any) -> None:
                """Do nothing."""

            def on_end(self, _: Any) -> None:
                """Count one kernel."""
                move(advance=1)

        counter = Count()
        event.register("numba:compile", counter)
        try:
            yield
        finally:
            event.unregister("numba:compile", counter)


@contextmanager
def running(center: Center, begin: int, until: int, show: bool) -> Iterator[None]:
    """Show how far a run has come from instant `begin` towards `until` (ms); a log's clock may begin anywhere."""
    if not show or until <= begin:
        yield
        return
    with progress("simulating", show, TICKS) as move:
        center.process(_ticks(center, move, begin, until))
        yield


def _ticks(center: Center, move: Callable[..., None], begin: int, until: int) -> Generator[Any, Any, None]:
    """Move the bar on a hundred times, as a SimPy process that touches nothing."""
    yield center.after(begin)
    length = until - begin
    for tick in range(TICKS):
        move(completed=tick)
        yield center.after(max(1, length * (tick + 1) // TICKS - length * tick // TICKS))
    move(description="simulating what still waits", completed=0, total=None)

"""Progress on standard error: of the first compilation, and of a run."""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from onecenter_kernels.jit import JIT, compiled_before

from onecenter.engine.center import Center

TICKS = 100
#: About how many kernels a first run compiles.
KERNELS = 130


def _bar(text: str) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    # In a file or pipe a bar leaves blank lines.
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    bar.add_task(text, total=None)
    return bar


@contextmanager
def compiling(show: bool) -> Iterator[None]:
    """Announce the compilation of the kernels where no earlier process has left its results."""
    if not show or not JIT or compiled_before():
        yield
        return
    from numba.core import event

    what = "compiling kernels (first run only)"
    if not sys.stderr.isatty():
        print(f"  {what}: about a minute", file=sys.stderr)
    with _bar(what) as bar:
        task = bar.tasks[0].id
        bar.update(task, total=KERNELS)

        class Count(event.Listener):
            """Moves the bar on with each kernel that is compiled."""

            def on_start(self, _: Any) -> None:
                """Do nothing."""

            def on_end(self, _: Any) -> None:
                """Count one kernel."""
                bar.advance(task)

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
    with _bar("simulating") as bar:
        task = bar.tasks[0].id
        bar.update(task, total=TICKS)
        center.process(_ticks(center, bar, task, begin, until))
        yield


def _ticks(center: Center, bar: Any, task: Any, begin: int, until: int) -> Generator[Any, Any, None]:
    """Move the bar on a hundred times, as a SimPy process that touches nothing."""
    yield center.after(begin)
    length = until - begin
    for tick in range(TICKS):
        bar.update(task, completed=tick)
        yield center.after(max(1, length * (tick + 1) // TICKS - length * tick // TICKS))
    bar.update(task, description="simulating what still waits", completed=0, total=None)

"""A bar of progress on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial


@contextmanager
def progress(text: str, show: bool, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Show a bar with the time taken and the time left, on a terminal only: in a file it would leave blank lines.

    It gives the function that moves the bar on, which takes what rich's `Progress.update` does: completed, advance,
    total, description.
    """
    if not show:
        yield lambda **_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield partial(bar.update, bar.add_task(text, total=total))

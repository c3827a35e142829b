"""The folder of --out, tried before the work, and the pictures in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onecenter.errors import OnecenterError, PolicyError
from onecenter.simulation.result import Result
from onecenter.system.atomic import replacing, try_folder


@contextmanager
def output_folder(name: str | None) -> Iterator[None]:
    """Make the folder, try to write there, and let the work begin; if it fails, folders made here vanish again."""
    if name is None:
        yield
        return
    if not name or "\0" in name:
        raise OnecenterError("--out", [f"{name!r}: the name of a folder is expected, such as out/run"])
    folder = Path(name)
    with cannot_be_written(name):
        made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        with cannot_be_written(name):
            try_folder(folder)
        with _log_kept(folder):
            yield
    except BaseException:
        with suppress(OSError):  # something was written: it stays
            for each in made:
                each.rmdir()
        raise


@contextmanager
def _log_kept(folder: Path) -> Iterator[None]:
    """Write the log so far where code of the user's own goes wrong in a run."""
    try:
        yield
    except PolicyError as error:
        if error.log is None:
            raise
        path = folder / "log.parquet"
        with cannot_be_written(str(folder)), replacing(path) as temporary:
            error.log.write_parquet(temporary)
        kept = [f"{mistake}; the log so far is in {path}" for mistake in error.mistakes]
        raise PolicyError(error.source, kept) from error


@contextmanager
def cannot_be_written(name: str, option: str = "--out") -> Iterator[None]:
    """Turn an error of the disk into one of an option."""
    try:
        yield
    except OSError as error:
        raise OnecenterError(option, [f"{name}: cannot be written: {error.strerror or error}"]) from error


if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More jobs than that make no legible Gantt chart.
GANTT_JOBS = 200


def save_plots(result: Result, folder: Path) -> list[Path]:
    """Write the plots as PNG; return their paths."""
    shared = [] if result.usage.is_empty() else ["shares"]
    names = ["utilisation", "queue", "waits", *shared, *(["gantt"] if len(result.workload) <= GANTT_JOBS else [])]
    return [save_axes(getattr(result.plot, name), folder / f"{name}.png") for name in names]


def save_axes(draw: Callable[["Axes"], Any], path: Path) -> Path:
    """Write one plot as PNG; return its path."""
    from onecenter.plot import new_axes

    ax = new_axes(9, 4.5)
    draw(ax)
    figure: Any = ax.get_figure()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return path

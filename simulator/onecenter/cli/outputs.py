"""The folder of --out, tried before the work."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from onecenter.errors import OnecenterError
from onecenter.system.atomic import try_folder


@contextmanager
def output_folder(name: str | None) -> Iterator[None]:
    """Make the folder, try to write there, and let the work begin; if it fails, folders made here vanish again.

    Raises
    ------
    OnecenterError
        If the folder cannot be made or written.
    """
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
        yield
    except BaseException:
        with suppress(OSError):  # something was written: it stays
            for each in made:
                each.rmdir()
        raise


@contextmanager
def cannot_be_written(name: str) -> Iterator[None]:
    """Turn an error of the disk into one of the option --out."""
    try:
        yield
    except OSError as error:
        raise OnecenterError("--out", [f"{name}: cannot be written: {error.strerror or error}"]) from error

"""Files that are written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from onecenter.visible import json_text

PREFIX: Final = ".onecenter-"
SUFFIX: Final = ".part"

#: Bytes of a trial: a file system that is full lets an empty file be made.
BLOCK: Final = 4096


@contextmanager
def replacing(target: str | Path) -> Iterator[Path]:
    """Give a temporary name in the folder of `target`; what is written there replaces `target` at the end.

    If the block raises, the temporary file is deleted and `target` is as it was. An OSError refuses what is not a file.
    """
    # The file that a link points to, so that the link stays.
    real = Path(os.path.realpath(target))
    if real.exists() and not real.is_file():
        raise OSError(f"{target} is not a regular file")
    temporary = real.with_name(f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}")
    try:
        yield temporary
        os.replace(temporary, real)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(target: str | Path, text: str) -> None:
    """Write a text in UTF-8."""
    data = text.encode("utf-8")
    with replacing(target) as temporary:
        temporary.write_bytes(data)


def write_json(target: str | Path, data: Any) -> None:
    """Write plain data as JSON; errors as for `write_text`."""
    write_text(target, json_text(data, 2))


def sweep_up(folder: Path) -> None:
    """Delete the temporary files that killed processes have left in a folder."""
    for left in folder.glob(f"{PREFIX}*{SUFFIX}"):
        left.unlink(missing_ok=True)


def try_folder(folder: Path) -> None:
    """Make a folder and try to write a file there, so that nothing is computed that cannot be kept."""
    folder.mkdir(parents=True, exist_ok=True)
    sweep_up(folder)
    trial = folder / f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    try:
        trial.write_bytes(bytes(BLOCK))
    finally:
        trial.unlink(missing_ok=True)

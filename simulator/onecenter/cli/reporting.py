"""The command `onecenter report`."""

import argparse
import os
from pathlib import Path

from onecenter.errors import OnecenterError
from onecenter.visible import visible


def command_report(options: argparse.Namespace) -> int:
    """Write a report; whole or not at all."""
    from onecenter.report.page import page
    from onecenter.report.sources import read

    target = Path(options.out)
    _check(target, options.inputs)
    subjects, plan = read(options.inputs)
    write(target, page(subjects, plan, options.lang))
    print(f"  report: {visible(str(target))}")
    return 0


def _check(target: Path, inputs: list[str]) -> None:
    """Refuse what cannot be written, or would write over what is read, before any work."""
    wrong = ""
    if target.is_dir():
        wrong = "a folder; a file such as report.html is expected"
    elif not target.parent.is_dir():
        wrong = f"there is no folder {target.parent}"
    elif any(target.resolve() == Path(each).resolve() for each in inputs):
        wrong = "it is one of the files that the report is made from"
    if wrong:
        raise OnecenterError("--out", [f"{target}: {wrong}"])


def write(target: Path, text: str) -> None:
    """Write a text under a temporary name and rename it.

    Raises
    ------
    OnecenterError
        If it cannot be written.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, target)
    except OSError as error:
        raise OnecenterError("--out", [f"{target}: {error.strerror or error}"]) from error
    finally:
        temporary.unlink(missing_ok=True)

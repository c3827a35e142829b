"""The command `onecenter report`."""

import argparse
from pathlib import Path

from onecenter.cli.outputs import cannot_be_written
from onecenter.cli.status import FINE
from onecenter.errors import OnecenterError
from onecenter.system.atomic import try_folder, write_text
from onecenter.visible import visible


def command_report(options: argparse.Namespace) -> int:
    """Write a report; whole or not at all."""
    from onecenter.report.page import page
    from onecenter.report.sources import read

    target = Path(options.out)
    _check(target, options.inputs)
    subjects, plan = read(options.inputs)
    text = page(subjects, plan, options.lang)
    with cannot_be_written(str(target)):
        write_text(target, text)
    print(f"  report: {visible(str(target))}")
    return FINE


def _check(target: Path, inputs: list[str]) -> None:
    """Refuse what cannot be written, or would write over what is read, before any work."""
    wrong = ""
    with cannot_be_written(str(target)):
        if target.is_dir():
            wrong = "a folder; a file such as report.html is expected"
        elif not target.parent.is_dir():
            wrong = f"there is no folder {target.parent}"
        elif any(target.resolve() == Path(each).resolve() for each in inputs):
            wrong = "it is one of the files that the report is made from"
        else:
            try_folder(target.parent)
    if wrong:
        raise OnecenterError("--out", [f"{target}: {wrong}"])

"""The options of `onecenter report`."""

import argparse
from collections.abc import Callable

from onecenter.cli.values import FILE

Command = Callable[[argparse.Namespace], int]


def add_report(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Add the command."""
    part = parts.add_parser("report", help="write a report for a board: one HTML file, in English or Chinese")
    part.add_argument(
        "inputs",
        nargs="+",
        type=FILE,
        metavar="RESULT",
        help="saved results (.parquet), a plan (.json), or folders of `onecenter run --out` and `onecenter plan --out`",
    )
    part.add_argument("-o", "--out", type=FILE, metavar="FILE", required=True, help="the HTML file to write")
    part.add_argument("--lang", choices=("en", "zh"), default="en", help="English or Chinese")
    part.set_defaults(command=command)

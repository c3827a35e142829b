"""The command `onecenter export`."""

import argparse

from onecenter.cli.outputs import cannot_be_written
from onecenter.cli.status import FINE
from onecenter.simulation.exporting import checked_target, export
from onecenter.simulation.opening import opened
from onecenter.visible import visible


def command_export(options: argparse.Namespace) -> int:
    """Write a result for another tool; whole or not at all."""
    target = checked_target(options.to)
    result = opened(options.result)
    with cannot_be_written(str(target), "--to"):
        export(result, target)
    print(f"  written: {visible(str(target))}")
    return FINE

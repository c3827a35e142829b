"""What `onecenter sweep` understands."""

import argparse
from collections.abc import Callable

from onecenter.checks import POINTS, REPLICATIONS, WORKERS
from onecenter.cli.options import add_scenario_options
from onecenter.cli.values import ADDRESS, FOLDER, SCENARIO, Assignment, Count

Command = Callable[[argparse.Namespace], int]


def add_sweep(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Add the command."""
    part = parts.add_parser("sweep", help="run many variants of a scenario; interrupted, it goes on with --resume")
    part.add_argument("scenario", type=SCENARIO, help="a shipped scenario, a TOML file, a saved result, or - (stdin)")
    part.add_argument(
        "--vary",
        action="append",
        type=Assignment("center.nodes.910b.count=16:64:8"),
        required=True,
        metavar="PATH=VALUES",
        help="center.nodes.910b.count=16:64:8 (start, stop, step), a list 1,1.5,2, or for sobol a range 16:64",
    )
    part.add_argument(
        "-n", "--replications", type=Count(REPLICATIONS), default=1, metavar="N", help="of each point (1)"
    )
    part.add_argument("--design", choices=("grid", "sobol"), default="grid", help="all combinations, or Sobol' points")
    part.add_argument("--points", type=Count(POINTS), metavar="N", help="of the design sobol, a power of two (64)")
    part.add_argument(
        "--out", type=FOLDER, required=True, metavar="FOLDER", help="keeps each run as soon as it is done"
    )
    part.add_argument(
        "--resume", action="store_true", help="go on with what the folder holds, also with more values or replications"
    )
    part.add_argument("--workers", type=Count(WORKERS), metavar="N", help="processes; default: one per processor")
    part.add_argument(
        "--cluster", type=ADDRESS, metavar="ADDRESS", help="a Dask scheduler instead, such as tcp://10.0.0.1:8786"
    )
    add_scenario_options(part)
    part.add_argument("--json", action="store_true", help="print one JSON object")
    part.set_defaults(command=command)

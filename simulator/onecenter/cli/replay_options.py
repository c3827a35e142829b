"""What `onecenter replay` understands."""

import argparse
from collections.abc import Callable

from onecenter_kernels.schema import BACKFILLS, ORDERS, PLACEMENTS

from onecenter.checks import PART, PROCESSORS, OneOf
from onecenter.cli.options import add_outputs, add_run_options
from onecenter.cli.values import FILE, POLICY, SCENARIO, Count, Duration, Name, Percentage, Shape, Text

Command = Callable[[argparse.Namespace], int]


def add_replay(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Add the command."""
    part = parts.add_parser("replay", help="simulate a real log (SWF, ITP or Philly table)")
    part.add_argument("trace", type=FILE, help="the log, plain or .gz, or - (stdin)")
    center = part.add_mutually_exclusive_group()
    center.add_argument(
        "--processors",
        type=Count(PROCESSORS),
        metavar="N",
        help="one flat pool of N accelerators; default: the log's MaxProcs",
    )
    center.add_argument("--nodes", type=Shape(), metavar="NxA", help="N nodes of A accelerators each, such as 128x8")
    center.add_argument("--center", type=SCENARIO, metavar="SCENARIO", help="the center (and policy) of a scenario")
    part.add_argument("--policy", type=Name(POLICY), metavar="NAME", help="a named policy")
    part.add_argument("--order", type=Name(OneOf(ORDERS)), help="fifo, sjf, smallest-first, largest-first or priority")
    part.add_argument("--backfill", type=Name(OneOf(BACKFILLS)), help="none, easy, easy-sjbf or conservative")
    part.add_argument(
        "--placement", type=Name(OneOf(PLACEMENTS)), help="first-fit, best-fit, worst-fit or fewest-racks"
    )
    part.add_argument(
        "--format",
        type=Text("the name of a format"),
        help="the log's format where its name and first line do not tell it",
    )
    part.add_argument(
        "--warmup",
        type=Duration(0),
        metavar="TIME",
        default="0 s",
        help='where the figures begin, such as "7 d" from the first submit',
    )
    part.add_argument(
        "--horizon", type=Duration(0), metavar="TIME", help='where they end, such as "28 d" from the first submit'
    )
    part.add_argument(
        "--skip-first",
        type=Percentage(PART),
        metavar="N%",
        default="0%",
        help="leave the first N %% of the jobs out of them",
    )
    add_run_options(part)
    add_outputs(part)
    part.set_defaults(command=command)

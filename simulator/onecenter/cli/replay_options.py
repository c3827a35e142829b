"""What `onecenter replay` understands."""

import argparse
from collections.abc import Callable

from onecenter.cli.options import add_outputs, add_run_options

Command = Callable[[argparse.Namespace], int]


def add_replay(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Add the command."""
    part = parts.add_parser("replay", help="simulate a real log (SWF, ITP or Philly table)")
    part.add_argument("trace", help="the log, plain or .gz")
    center = part.add_mutually_exclusive_group(required=True)
    center.add_argument("--processors", type=int, metavar="N", help="one flat pool of N accelerators")
    center.add_argument("--nodes", metavar="NxA", help="N nodes of A accelerators each, such as 128x8")
    center.add_argument("--center", metavar="SCENARIO", help="the center (and policy) of a scenario")
    part.add_argument("--policy", metavar="NAME", help="a named policy")
    part.add_argument("--order", help="fifo, sjf, smallest-first, largest-first or priority")
    part.add_argument("--backfill", help="none, easy, easy-sjbf or conservative")
    part.add_argument("--placement", help="first-fit, best-fit, worst-fit or fewest-racks")
    part.add_argument("--format", help="the log's format where its name and first line do not tell it")
    part.add_argument("--horizon", metavar="TIME", help='stop there, such as "28 d" from the log\'s zero')
    part.add_argument("--warmup", metavar="TIME", default="0 d", help="leave the jobs of this time out of the figures")
    part.add_argument("--skip-first", metavar="N%", default="0%", help="leave the first N %% of the jobs out")
    add_run_options(part)
    add_outputs(part)
    part.set_defaults(command=command)

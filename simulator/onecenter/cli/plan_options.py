"""What `onecenter plan` understands."""

import argparse
from collections.abc import Callable

Command = Callable[[argparse.Namespace], int]


def add_plan(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Add the command."""
    part = parts.add_parser("plan", help="find the smallest or cheapest fleet that meets every platform's targets")
    part.add_argument("scenario", help="name of a shipped scenario, or a TOML file")
    part.add_argument(
        "--vary",
        action="append",
        required=True,
        metavar="PATH=LOW:HIGH",
        help="a node count and its range: center.nodes.910b.count=16:128; more than one: a mix",
    )
    part.add_argument(
        "--target", action="append", default=[], metavar="PATH=LIMIT", help="platforms.talent.wait.p95='15 min'"
    )
    part.add_argument("--seed", type=int, help="instead of the scenario's seed")
    part.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="change a value")
    part.add_argument("--demand", type=float, default=1.0, metavar="X", help="scale every stream: 1.4 is 40 %% more")
    part.add_argument(
        "--criterion", metavar="periods=SHARE", help="plan on that share of four-week periods meeting the targets"
    )
    part.add_argument(
        "--horizon", metavar="TIME", help='with growth: which target fails when, and what to buy when, such as "3 y"'
    )
    part.add_argument("--budget", type=float, metavar="MONEY", help="a year, in the scenario's currency")
    part.add_argument("--power-cap", metavar="POWER", help='of the whole site at full use, such as "2 MW"')
    part.add_argument("--racks", type=int, metavar="N", help="racks at the most")
    part.add_argument("--minimise", choices=("cost", "nodes"), default="nodes", help="what a mix makes small")
    part.add_argument("--replications", type=int, default=80, metavar="N", help="of one fleet, at the most (80)")
    part.add_argument("--workers", type=int, metavar="N", help="processes; default: one a processor")
    part.add_argument("--out", metavar="FOLDER", help="write plan.json and the frontier there")
    part.add_argument("--json", action="store_true", help="print one JSON object")
    part.set_defaults(command=command)

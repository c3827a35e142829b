"""What `onecenter plan` understands."""

import argparse
from collections.abc import Callable

from onecenter.checks import DEMAND, INNER_SHARE, MONEY, PAIRED, RACKS, WORKERS
from onecenter.cli.options import add_fail_if, add_scenario_options
from onecenter.cli.values import FOLDER, SCENARIO, Amount, Assignment, Count, Duration, Power, Setting, Text
from onecenter.units import MS

Command = Callable[[argparse.Namespace], int]


def add_plan(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Add the command."""
    part = parts.add_parser("plan", help="find the smallest or cheapest fleet that meets every platform's targets")
    part.add_argument("scenario", type=SCENARIO, help="a shipped scenario, a TOML file, a saved result, or - (stdin)")
    part.add_argument(
        "--vary",
        action="append",
        type=Text("PATH=LOW:HIGH"),
        required=True,
        metavar="PATH=LOW:HIGH",
        help="a node count and its range: center.nodes.910b.count=16:128; more than one: a mix",
    )
    target = Assignment("platforms.talent.wait.p95='15 min'")
    part.add_argument("--target", action="append", type=target, default=[], metavar="PATH=LIMIT", help=target.example)
    add_scenario_options(part)
    part.add_argument(
        "--demand", type=Amount(DEMAND), default=1.0, metavar="X", help="scale every stream: 1.4 is 40 %% more"
    )
    part.add_argument(
        "--criterion",
        type=Setting("periods", INNER_SHARE, "periods=0.95"),
        metavar="periods=SHARE",
        help="plan on that share of four-week periods meeting the targets",
    )
    part.add_argument(
        "--horizon",
        type=Duration(MS["y"] // 12),
        metavar="TIME",
        help='with growth: which target fails when, and what to buy when, such as "3 y"',
    )
    part.add_argument("--budget", type=Amount(MONEY), metavar="MONEY", help="a year, in the scenario's currency")
    part.add_argument(
        "--power-cap", type=Power(), metavar="POWER", help='of the whole site at full use, such as "2 MW"'
    )
    part.add_argument("--racks", type=Count(RACKS), metavar="N", help="at most this number of racks")
    part.add_argument("--minimise", choices=("cost", "nodes"), default="nodes", help="what a mix makes small")
    part.add_argument(
        "--replications", type=Count(PAIRED), default=60, metavar="N", help="of one fleet, at the most (60)"
    )
    part.add_argument("--workers", type=Count(WORKERS), metavar="N", help="processes; default: one per processor")
    part.add_argument("--out", type=FOLDER, metavar="FOLDER", help="write plan.json and the frontier there")
    part.add_argument("--json", action="store_true", help="print one JSON object")
    add_fail_if(part, "cost > 50e6")
    part.set_defaults(command=command)
